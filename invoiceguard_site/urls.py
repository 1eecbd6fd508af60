"""Every address of the site. docs/roles.md says who may use which; a test walks them all."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from invoiceguard_site.views import SignIn, healthz

handler400 = "invoiceguard_site.views.bad_request"
handler403 = "invoiceguard_site.views.permission_denied"
handler404 = "invoiceguard_site.views.page_not_found"
handler500 = "invoiceguard_site.views.server_error"

urlpatterns = [
    path("", include("exceptions.urls")),
    path("", include("evaluation.urls")),
    path("", include("training.urls")),
    path("", include("training.adapters.urls")),
    path("api/v1/", include("evaluation.api.urls")),
    path("api/v1/", include("training.api.urls")),
    path("api/v1/", include("training.adapters.api_urls")),
    path("api/v1/", include("exceptions.api.urls")),
    path("openenv/", include("exceptions.openenv.urls")),
    path("accounts/login/", SignIn.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("healthz", healthz, name="healthz"),
]
