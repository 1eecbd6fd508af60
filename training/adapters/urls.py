"""Pages about adapters and the Hub."""

from django.urls import path

from training.adapters import views

urlpatterns = [
    path("hub/", views.hub, name="hub"),
    path("hub/token/", views.hub_token_saved, name="hub-token"),
    path("hub/token/clear/", views.hub_token_cleared, name="hub-token-clear"),
    path("hub/<uuid:transfer_id>/", views.hub_transfer, name="hub-transfer"),
    path("models/<slug:slug>/push/", views.adapter_pushed, name="adapter-push"),
    path("models/<slug:slug>/adapter.zip", views.adapter_downloaded, name="adapter-archive"),
]
