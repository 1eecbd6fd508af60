"""What the HTTP addresses of OpenEnv have in common."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from exceptions.api.endpoint import Endpoint
from exceptions.openenv.callers import Caller, caller_of
from exceptions.selectors.openenv import open_sessions
from exceptions.services.errors import DeskError


class WhichSession(DeskError):
    """The request names no session, and which one is meant cannot be told."""

    status = 409
    title = "Which session?"


# /api/v1/schema/ describes the REST API; OpenEnv has a document of its own.
@extend_schema(exclude=True)
class OpenEnvEndpoint(Endpoint):
    """One address. What is public asks nobody who calls; what plays asks for the `caller`."""

    permission_classes = [AllowAny]
    #: No session of the signed-in page: a form on somebody's page must not be able to play.
    authentication_classes: list[Any] = []

    def get_authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return "Token"

    def caller(self, rate: str) -> Caller:
        """Who plays; the request is counted against the rate."""
        caller = caller_of(self.request.META.get("HTTP_AUTHORIZATION", ""), self.request.META.get("REMOTE_ADDR", ""))
        caller.count(rate)
        return caller


def session_meant(caller: Caller, named: UUID | None) -> UUID:
    """The session that a request is about: the named one, else the only one of the caller's that is in play.

    Raises:
        WhichSession: none was named, and the caller has none or several in play, or shares its account.
    """
    if named is not None:
        return named
    if caller.is_stranger:
        raise WhichSession("Send `session_id`: the answer to reset has it in `metadata`.")
    playing = [UUID(row["session"]) for row in open_sessions(caller.user).values_list("settings", flat=True)[:2]]
    if not playing:
        raise WhichSession("You have no session with an episode in play. Send reset first.")
    if len(playing) > 1:
        raise WhichSession("Several of your sessions are in play. Send the `session_id` of one: reset answers with it.")
    return playing[0]
