"""Actions: the twelve things that a player can do, and the one JSON object that each is on the wire."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from exceptions.environment.pack import field_path
from exceptions.environment.vocabulary import ActionType, Decision, ExceptionType

MAX_EXPLANATION = 8000
MAX_CITATIONS = 50
#: What no database column and no UTF-8 text can hold.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class InvalidAction(ValueError):
    """What a player sent is no action; `reason` says why, in one line."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def _number(value: object) -> object:
    if isinstance(value, str | bool):
        raise PydanticCustomError("number", "must be a number from 0 to 1")
    return value


def _storable(text: str) -> str:
    if _UNSTORABLE.search(text):
        raise PydanticCustomError("unstorable", "contains a NUL character or half of a surrogate pair")
    return text


Citation = Annotated[str, StringConstraints(max_length=200), AfterValidator(_storable)]
Confidence = Annotated[float, BeforeValidator(_number), Field(ge=0, le=1, allow_inf_nan=False)]


class Action(BaseModel):
    """One action.

    `exception_type` belongs to a proposal and to the submit, the fields after it to the submit alone; on
    any other action they mean nothing. A proposal without a type and a submit without a decision can be
    built, but not played: the environment records them as invalid. `evidence_references` are the names of
    actions; other texts are kept as they are and count as citations of something that was never done.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    action_type: ActionType
    exception_type: ExceptionType | None = None
    final_decision: Decision | None = None
    evidence_references: Annotated[tuple[Citation, ...], Field(max_length=MAX_CITATIONS)] = ()
    explanation: Annotated[str, StringConstraints(max_length=MAX_EXPLANATION), AfterValidator(_storable)] = ""
    confidence: Confidence | None = None

    def to_dict(self) -> dict[str, Any]:
        """The wire form: only the fields that say something."""
        return self.model_dump(mode="json", exclude_defaults=True)


def missing_part(action: Action) -> str | None:
    """Why an action that is well formed cannot be played, or None when it can."""
    if action.action_type is ActionType.SUBMIT_FINAL_RESOLUTION and action.final_decision is None:
        return f"submit_final_resolution needs final_decision: {_one_of(Decision)}"
    if action.action_type is ActionType.PROPOSE_EXCEPTION_TYPE and action.exception_type is None:
        return f"propose_exception_type needs exception_type: {_one_of(ExceptionType)}"
    return None


def read_action(fields: object) -> Action:
    """The action of a decoded JSON object.

    Raises:
        InvalidAction: a field is unknown, missing or has a value that it cannot have.
    """
    if not isinstance(fields, Mapping):
        raise InvalidAction(f"an action is a JSON object, not {_quoted(fields)}")
    if len(fields) > len(Action.model_fields) + 20:
        raise InvalidAction(f"an object with {len(fields)} fields is no action")
    try:
        action = Action.model_validate(dict(fields))
    except ValidationError as error:
        raise InvalidAction("; ".join(_reasons(error, fields))) from None
    reason = missing_part(action)
    if reason is not None:
        raise InvalidAction(reason)
    return action


def _one_of(values: type[ActionType] | type[Decision] | type[ExceptionType]) -> str:
    return ", ".join(values)


_ENUM_FIELDS: dict[str, type[Decision] | type[ExceptionType]] = {
    "final_decision": Decision,
    "exception_type": ExceptionType,
}


def _reasons(error: ValidationError, fields: Mapping[str, Any]) -> list[str]:
    reasons = []
    for detail in error.errors(include_url=False, include_input=False)[:3]:
        path = field_path(detail["loc"])
        match detail["type"], path:
            case "missing", "action_type":
                reasons.append("action_type is missing")
            case _, "action_type":
                reasons.append(f"there is no action_type {_quoted(fields.get('action_type'))}")
            case "extra_forbidden", _:
                reasons.append(f"there is no field {_quoted(path)}")
            case "enum", "final_decision" | "exception_type":
                reasons.append(f"{path} must be one of {_one_of(_ENUM_FIELDS[path])}")
            case _:
                reasons.append(f"{path}: {detail['msg']}")
    return reasons


def _quoted(value: object) -> str:
    return repr(value if isinstance(value, str | int | float | None) else type(value).__name__)[:80]
