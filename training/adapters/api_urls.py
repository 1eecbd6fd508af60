"""What adapters add to /api/v1/."""

from django.urls import path

from training.adapters.api import AdapterArchive, AdapterDetail, HubTokenDetail, TransferDetail, TransferList

urlpatterns = [
    path("players/<slug:slug>/adapter/", AdapterDetail.as_view(), name="api-adapter"),
    path("players/<slug:slug>/adapter/archive/", AdapterArchive.as_view(), name="api-adapter-archive"),
    path("hub-transfers/", TransferList.as_view(), name="api-hub-transfers"),
    path("hub-transfers/<uuid:transfer_id>/", TransferDetail.as_view(), name="api-hub-transfer"),
    path("hub-token/", HubTokenDetail.as_view(), name="api-hub-token"),
]
