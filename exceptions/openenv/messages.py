"""One connection's messages, answered one at a time: synchronous, because they all work on the database."""

import io
import time
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, ParseError, PermissionDenied, Throttled

from exceptions.api.endpoint import field_problems
from exceptions.api.parsers import BoundedJSONParser
from exceptions.api.problems import BodyTooLarge, InvalidBody
from exceptions.openenv.callers import RESETS, STEPS, Caller, caller_of
from exceptions.openenv.mcp import answer_call
from exceptions.openenv.wire import ResetOptions, action_sent, observation_answer, state_answer
from exceptions.selectors.openenv import session_episode
from exceptions.services.errors import DeskError
from exceptions.services.openenv import TooManySessions, openenv_close, openenv_reset, openenv_step

#: Seconds after which a token is looked up again: one that was revoked meanwhile ends the connection.
_TOKEN_TRUSTED: Final = 10.0

log = structlog.get_logger(__name__)

Message = dict[str, Any]


class Incoming(BaseModel):
    """A message of a client."""

    model_config = ConfigDict(extra="forbid")

    type: str
    data: dict[str, Any] = Field(default_factory=dict)


class Left(Exception):
    """The client has said `close`."""


class Connection:
    """Who is at the other end, and which session it plays. Used by one thread at a time."""

    def __init__(self, *, authorization: str, address: str, session: UUID) -> None:
        self._authorization = authorization
        self._address = address
        self._session = session
        self._caller: Caller | None = None
        self._looked_up = 0.0

    @property
    def is_known(self) -> bool:
        """Whether a message has come from somebody who may play."""
        return self._caller is not None

    def answer(self, text: str) -> tuple[Message, bool]:
        """The answer to a message, and whether the connection ends with it.

        Raises:
            Left: the client has taken its leave; there is nothing to answer.
        """
        try:
            incoming = Incoming.model_validate(BoundedJSONParser().parse(io.BytesIO(text.encode())))
            return self._answer(incoming), False
        except (NotAuthenticated, AuthenticationFailed, PermissionDenied) as error:
            self._caller = None
            return _error("SESSION_ERROR", str(error.detail)), True
        except ParseError as error:
            return _error("INVALID_JSON", str(error.detail)), False
        except (ValidationError, InvalidBody) as error:
            problems = error.errors if isinstance(error, InvalidBody) else field_problems(error)
            said = [problem.model_dump(exclude_none=True) for problem in problems]
            return _error(
                "VALIDATION_ERROR", "; ".join(f"{e['path']}: {e['message']}" for e in said), errors=said
            ), False
        except BodyTooLarge as error:
            return _error("VALIDATION_ERROR", str(error.detail)), True
        except TooManySessions as error:
            return _error("CAPACITY_REACHED", str(error), active_sessions=error.active, max_sessions=error.limit), False
        except Throttled as error:
            return _error("CAPACITY_REACHED", str(error.detail)), False
        except DeskError as error:
            return _error("SESSION_ERROR", str(error)), False
        except (OperationalError, InterfaceError) as error:
            log.warning("the database does not answer", error=str(error))
            said_now = "The database does not answer; send state to see what was stored, or try again."
            return _error("EXECUTION_ERROR", said_now), False
        except Left:
            raise
        except Exception:
            log.exception("a message could not be answered", session=str(self._session))
            return _error("EXECUTION_ERROR", "This is a fault of the desk, and it was logged."), False

    def leave(self) -> None:
        """End the session: its client is gone for good."""
        if self._caller is None:
            return
        try:
            openenv_close(user=self._caller.user, session=self._session)
        except (OperationalError, InterfaceError) as error:
            log.warning("a session was left open until it counts as forgotten", error=str(error))

    def _answer(self, incoming: Incoming) -> Message:
        match incoming.type:
            case "reset":
                self._take_token(incoming.data)
                caller = self._counted(RESETS)
                options = ResetOptions.model_validate(incoming.data)
                played = openenv_reset(user=caller.user, session=self._session, **options.arguments())
                return {"type": "observation", "data": observation_answer(played)}
            case "step":
                user = self._counted(STEPS).user
                played = openenv_step(user=user, session=self._session, given=action_sent(incoming.data))
                return {"type": "observation", "data": observation_answer(played)}
            case "state":
                episode = session_episode(self._counted(STEPS).user, self._session)
                return {"type": "state", "data": state_answer(episode)}
            case "mcp":
                return {"type": "mcp", "data": answer_call(lambda: incoming.data, self._counted, self._session)}
            case "close":
                raise Left
        return _error("UNKNOWN_TYPE", f"There is no message {incoming.type[:80]!r}: reset, step, state, mcp or close.")

    def _counted(self, rate: str) -> Caller:
        """Who plays; the message is counted against the rate."""
        if self._caller is None or time.monotonic() - self._looked_up > _TOKEN_TRUSTED:
            self._caller = caller_of(self._authorization, self._address)
            self._looked_up = time.monotonic()
        self._caller.count(rate)
        return self._caller

    def _take_token(self, options: dict[str, Any]) -> None:
        """A client that can set no header sends its token with `reset`: in an address it would end up in logs."""
        if isinstance(options.get("token"), str):
            authorization = f"Token {options.pop('token')}"
            if authorization != self._authorization:
                self._authorization, self._caller = authorization, None


def _error(code: str, message: str, **more: Any) -> Message:
    return {"type": "error", "data": {"message": message, "code": code} | more}
