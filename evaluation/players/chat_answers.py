"""What an OpenAI-compatible chat endpoint answers, read strictly: what is no answer is never taken for one."""

import json
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field, ValidationError

from evaluation.players.protocol import CompletionStop

#: As far as a step's token counts are stored.
_Tokens = Annotated[int, Field(ge=0, le=2**31 - 1)]
_SHOWN: Final = 200


class _Message(BaseModel):
    role: Literal["assistant"] = "assistant"
    #: Null when a model spent all its tokens on reasoning, or only called tools: it said nothing.
    content: str | None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _PromptDetails(BaseModel):
    cached_tokens: _Tokens | None = None


class _Usage(BaseModel):
    prompt_tokens: _Tokens
    completion_tokens: _Tokens = 0
    prompt_tokens_details: _PromptDetails | None = None


class _Answer(BaseModel):
    choices: Annotated[list[_Choice], Field(min_length=1)]
    usage: _Usage | None = None


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """One answer. `counted` is False when the endpoint did not say how many tokens it took."""

    text: str
    stop: CompletionStop
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    counted: bool = False


class NoAnswer(Exception):
    """The body is not an answer; says what is wrong with it."""


class Withheld(Exception):
    """The endpoint's own filter kept the answer back: asking again would not help."""


def read_answer(body: bytes) -> ChatAnswer:
    """The first choice's `message.content` and the tokens it took. Reasoning beside it is left out.

    Raises:
        NoAnswer: not JSON, not the shape of a chat completion, or without a choice.
        Withheld: a content filter kept it back.
    """
    begins = f"it begins “{shortened(body[:1000].decode('utf-8', 'replace'))}”" if body.strip() else "it is empty"
    try:
        answer = _Answer.model_validate_json(_storable(json.dumps(json.loads(body), ensure_ascii=False)))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise NoAnswer(f"it answered JSON that is no chat completion ({where}: {first['msg']}): {begins}") from None
    except (ValueError, RecursionError):
        raise NoAnswer(f"it answered something that is no JSON: {begins}") from None
    choice = answer.choices[0]
    if choice.message.content is None and choice.finish_reason == "content_filter":
        raise Withheld("its content filter kept the answer back")
    usage = answer.usage
    details = usage.prompt_tokens_details if usage else None
    return ChatAnswer(
        text=choice.message.content or "",
        stop="length" if choice.finish_reason == "length" else "turn_end",
        prompt_tokens=usage.prompt_tokens if usage else 0,
        cached_tokens=(details.cached_tokens or 0) if details else 0,
        completion_tokens=usage.completion_tokens if usage else 0,
        counted=usage is not None,
    )


def error_words(body: bytes) -> str:
    """What an error answer says: its `error.message` where there is one, else how it begins."""
    text = body.decode("utf-8", "replace")
    try:
        said: Any = json.loads(text)
    except (ValueError, RecursionError):
        return text
    for name in ("error", "detail", "message"):
        if isinstance(said, dict) and name in said:
            said = said[name]
    return said if isinstance(said, str) else text


def shortened(text: str) -> str:
    """On one line, and no longer than an error message should quote."""
    line = " ".join(_storable(text).replace("\x00", "␀").split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _storable(text: str) -> str:
    """JSON can carry half a surrogate pair, which is no text: it becomes the replacement character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
