"""What OPTIONS answers. A module of its own: rest_framework imports it while it is itself being imported."""

from typing import TYPE_CHECKING, Any

from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView


class AllowedMethods(BaseMetadata):
    """What OPTIONS answers: the methods, and nothing that the schema does not say better."""

    def determine_metadata(self, request: Request, view: "APIView") -> dict[str, Any]:
        return {"methods": view.allowed_methods}
