"""The OpenAPI document, the pages that show it, and the answer to addresses that do not exist."""

from typing import Any

from csp.decorators import csp_update
from django.http import Http404
from django.urls import Resolver404, resolve
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions.api.endpoint import Endpoint


class SchemaDocument(SpectacularAPIView):
    """The OpenAPI document. Open to everybody: it holds no data of the desk."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    http_method_names = ["get", "head"]


# Swagger UI draws its icons from data: URLs in its stylesheet.
@method_decorator(csp_update({"img-src": ["data:"]}), name="dispatch")
class SwaggerPages(SpectacularSwaggerSplitView):
    """The document to read and try out; its script is an address of its own, so that no inline script is needed."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    http_method_names = ["get", "head"]
    url_name = "api-schema"


class NothingHere(Endpoint):
    """Every other address under /api/v1/."""

    permission_classes = [AllowAny]
    authentication_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Nothing to look at but the address."""
        path = request.path + "/"
        try:
            found = resolve(path).url_name
        except Resolver404:
            found = None
        if found and found != "api-nothing":
            raise Http404(f"There is nothing at this address; {path} is one.")
        raise Http404("There is nothing at this address; /api/v1/docs/ has all that there are.")

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise Http404
