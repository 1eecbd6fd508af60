"""Playing over HTTP, one request after the other; any web process may answer each."""

from uuid import UUID, uuid4

from rest_framework.request import Request
from rest_framework.response import Response

from exceptions.api.endpoint import read_body
from exceptions.api.problems import FieldProblem, InvalidBody
from exceptions.openenv.callers import RESETS, STEPS
from exceptions.openenv.endpoint import OpenEnvEndpoint, session_meant
from exceptions.openenv.mcp import answer_call
from exceptions.openenv.wire import ResetRequest, StepRequest, action_sent, observation_answer, state_answer
from exceptions.selectors.openenv import session_episode
from exceptions.services.openenv import NoSuchSession, openenv_reset, openenv_step


class Reset(OpenEnvEndpoint):
    """The next episode."""

    def post(self, request: Request) -> Response:
        """Begin an episode, in a new session unless one is named."""
        caller = self.caller(RESETS)
        body = read_body(request, ResetRequest)
        return Response(
            observation_answer(
                openenv_reset(user=caller.user, session=body.session_id or uuid4(), **body.arguments()),
            )
        )


class Step(OpenEnvEndpoint):
    """The next step."""

    def post(self, request: Request) -> Response:
        """Take an action."""
        caller = self.caller(STEPS)
        body = read_body(request, StepRequest)
        session = session_meant(caller, body.session_id)
        return Response(
            observation_answer(openenv_step(user=caller.user, session=session, given=action_sent(body.action)))
        )


class State(OpenEnvEndpoint):
    """Where a session stands."""

    def parameters(self) -> set[str]:
        """Which session; may be left out while only one has an episode in play."""
        return {"session_id"}

    def get(self, request: Request) -> Response:
        """How far its episode is."""
        caller = self.caller(STEPS)
        named = request.query_params.get("session_id")
        session = session_meant(caller, None if named is None else _uuid(named))
        episode = session_episode(caller.user, session)
        if episode is None:
            raise NoSuchSession(f"You have no session {session}.")
        return Response(state_answer(episode))


class Mcp(OpenEnvEndpoint):
    """The actions as tools of the Model Context Protocol."""

    def post(self, request: Request) -> Response:
        """A JSON-RPC call. Everything that goes wrong is an error of JSON-RPC, with status 200."""
        return Response(answer_call(lambda: request.data, self.caller))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidBody([FieldProblem(path="session_id", message="is no UUID")]) from None
