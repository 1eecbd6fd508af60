"""The actions as tools of the Model Context Protocol: JSON-RPC 2.0, as `POST mcp` and `mcp` messages carry it."""

from collections.abc import Callable
from typing import Any, Final, Literal
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rest_framework.exceptions import APIException, ParseError

from exceptions import environment
from exceptions.api.endpoint import field_problems
from exceptions.openenv.callers import RESETS, STEPS, Caller
from exceptions.openenv.endpoint import session_meant
from exceptions.openenv.wire import ResetOptions, observation_answer
from exceptions.services.errors import DeskError
from exceptions.services.openenv import openenv_close, openenv_reset, openenv_step

# https://www.jsonrpc.org/specification#error_object
_PARSE_ERROR: Final = -32700
_INVALID_REQUEST: Final = -32600
_METHOD_NOT_FOUND: Final = -32601
_INVALID_PARAMS: Final = -32602
#: What the desk refuses: no token, no session, too many of them.
_REFUSED: Final = -32000

_SUMMARIES: Final = {
    environment.ActionType.SUMMARIZE_FINDINGS: "List the findings that no summary has listed yet.",
    environment.ActionType.PROPOSE_EXCEPTION_TYPE: "Note what kind of exception this may be.",
    environment.ActionType.SUBMIT_FINAL_RESOLUTION: "Decide, and end the episode.",
}
_FIELDS: Final = {
    environment.ActionType.PROPOSE_EXCEPTION_TYPE: ["exception_type"],
    environment.ActionType.SUBMIT_FINAL_RESOLUTION: [
        "final_decision",
        "exception_type",
        "evidence_references",
        "explanation",
        "confidence",
    ],
}


class Call(BaseModel):
    """A JSON-RPC request."""

    model_config = ConfigDict(extra="forbid")

    jsonrpc: Literal["2.0"]
    method: str
    params: dict[str, Any] = Field(default_factory=dict)
    id: str | int | None = None


class _Params(BaseModel):
    model_config = ConfigDict(extra="forbid")

    session_id: UUID | None = None


class _ToolCall(_Params):
    name: environment.ActionType
    arguments: dict[str, Any] = Field(default_factory=dict)


def answer_call(
    read: Callable[[], Any], caller: Callable[[str], Caller], session: UUID | None = None
) -> dict[str, Any]:
    """The JSON-RPC response to the call that `read` gives; `session` is that of the WebSocket that carried it.

    `caller` says who plays, and counts the request against a rate; listing tools asks it nothing.
    """
    call_id = None
    try:
        call = Call.model_validate(read())
        call_id = call.id
        return {"jsonrpc": "2.0", "id": call_id, "result": _result(call, caller, session)}
    except _NoSuchMethod as error:
        return _error(call_id, _METHOD_NOT_FOUND, str(error))
    except ParseError as error:
        return _error(call_id, _PARSE_ERROR, str(error.detail))
    except ValidationError as error:
        reasons = [f"{problem.path}: {problem.message}" for problem in field_problems(error)[:5]]
        code = _INVALID_REQUEST if error.title == Call.__name__ else _INVALID_PARAMS
        return _error(call_id, code, "; ".join(reasons))
    except APIException as error:
        return _error(call_id, _REFUSED, str(error.detail))
    except DeskError as error:
        return _error(call_id, _REFUSED, f"{error.title}: {error}")


class _NoSuchMethod(Exception):
    pass


def _result(call: Call, caller: Callable[[str], Caller], session: UUID | None) -> dict[str, Any]:
    match call.method:
        case "tools/list":
            return {"tools": [_tool(kind) for kind in environment.ActionType]}
        case "tools/call":
            tool = _ToolCall.model_validate(call.params)
            player = caller(STEPS)
            played = openenv_step(
                user=player.user,
                session=session or session_meant(player, tool.session_id),
                given={"action_type": tool.name.value} | tool.arguments,
            )
            said = played.observation.last_error or played.observation.last_result
            return {
                "content": [{"type": "text", "text": said}],
                "structuredContent": observation_answer(played),
                "isError": played.observation.last_error is not None,
            }
        case "openenv/session/create" if session is not None:
            return {"session_id": str(session)}
        case "openenv/session/create":
            options = ResetOptions.model_validate(call.params)
            opened = uuid4()
            openenv_reset(user=caller(RESETS).user, session=opened, **options.arguments())
            return {"session_id": str(opened)}
        case "openenv/session/close":
            named = _Params.model_validate(call.params).session_id
            player = caller(STEPS)
            closing = session or session_meant(player, named)
            return {"session_id": str(closing), "closed": openenv_close(user=player.user, session=closing)}
    known = "tools/list, tools/call, openenv/session/create, openenv/session/close"
    raise _NoSuchMethod(f"There is no method {call.method[:80]!r}; known: {known}")


def _tool(kind: environment.ActionType) -> dict[str, Any]:
    fields = _FIELDS.get(kind, [])
    schema = environment.Action.model_json_schema()
    shapes = {name: schema["properties"][name] for name in fields}
    return {
        "name": kind.value,
        "description": _SUMMARIES.get(kind, kind.value.replace("_", " ").capitalize() + "."),
        "inputSchema": {
            "type": "object",
            "properties": shapes,
            "required": fields[:1],
            "additionalProperties": False,
        }
        | ({"$defs": schema["$defs"]} if fields else {}),
    }


def _error(call_id: str | int | None, code: int, message: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": call_id, "error": {"code": code, "message": message}}
