"""Who is calling: a token in the header, or the session of the signed-in page."""

from typing import Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

_LONGEST_TOKEN: Final = 200


class DeskTokenAuthentication(TokenAuthentication):  # type: ignore[misc]  # knox ships no types
    """`Authorization: Token …`, hashed in the database, perhaps expiring."""

    def authenticate_credentials(self, token: bytes) -> tuple[object, object]:
        """Refuse what can be no token before it reaches the database."""
        if not token.isalnum() or len(token) > _LONGEST_TOKEN:
            raise AuthenticationFailed("This is no token of the desk; make one on the page /tokens/.")
        credentials: tuple[object, object] = super().authenticate_credentials(token)
        return credentials


class DeskTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI pages ask for a token."""

    target_class = DeskTokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """The header as an API key: OpenAPI has no name for the scheme `Token`."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token ` and a token that was made on the page /tokens/.",
        }
