"""Who plays over OpenEnv: the owner of a token, or on a public demo whoever comes. A cookie never counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.http.request import split_domain_port, validate_host
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied, Throttled

from exceptions import roles
from exceptions.api.authentication import DeskTokenAuthentication
from exceptions.api.throttles import WindowThrottle

RESETS: Final = "openenv-resets"
STEPS: Final = "openenv-steps"
#: The account that owns what strangers play on a public demo. It has no password and no token.
_DEMO_ACCOUNT: Final = "public-demo"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who plays, and whose requests are counted together: a user's, or on a public demo those of one address."""

    user: User
    counted_as: str
    #: Not known to the desk: such a caller always has to name its session, because others share its account.
    is_stranger: bool

    def count(self, rate: str) -> None:
        """Count a request against the rate.

        Raises:
            Throttled: it is one too many.
        """
        throttle = WindowThrottle(rate)
        if not throttle.counted_for(self.counted_as):
            raise Throttled(wait=throttle.wait())


def caller_of(authorization: str, address: str) -> Caller:
    """Who sends this `Authorization` header from this address.

    Raises:
        NotAuthenticated: there is no token, and this is no public demo.
        AuthenticationFailed: it is no token that is good now.
        PermissionDenied: the owner of the token may not play.
    """
    if not authorization:
        if not settings.PUBLIC_DEMO:
            raise NotAuthenticated("Playing needs the header `Authorization: Token …`; make one on the page /tokens/.")
        return Caller(_demo_user(), f"address:{address}", is_stranger=True)
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "token" or not token.strip().isascii():
        raise AuthenticationFailed("The header has to be `Authorization: Token …`, with a token of the page /tokens/.")
    user, _row = DeskTokenAuthentication().authenticate_credentials(token.strip().encode())
    assert isinstance(user, User)  # noqa: S101 - narrows the type only
    if not user.has_perm(roles.PLAY):
        raise PermissionDenied("Your roles do not let you play; ask an admin of the desk.")
    return Caller(user, str(user.pk), is_stranger=False)


def is_from_here(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a WebSocket handshake is for this site, and from a page of this site if it comes from a browser.

    Browsers open WebSockets to anywhere and say from which page in `Origin`; other clients send none.
    """
    found = {name.lower(): value.decode("latin-1") for name, value in headers}
    host, origin = found.get(b"host", ""), found.get(b"origin")
    name, _port = split_domain_port(host)
    if not validate_host(name, settings.ALLOWED_HOSTS):
        return False
    return origin is None or origin.partition("://")[2] == host or origin in settings.CSRF_TRUSTED_ORIGINS


def _demo_user() -> User:
    user, _created = User.objects.get_or_create(
        username=_DEMO_ACCOUNT, defaults={"first_name": "Public demo", "password": make_password(None)}
    )
    return user
