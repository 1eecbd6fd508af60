"""From what a model wrote to the action it meant: thinking stripped, the first balanced JSON object taken.

Bounded for any input: thinking is skipped by substring search, at most `MAX_ANSWER` characters are scanned
for an object, and at most `MAX_UNCLOSED` opening braces without an end are tried.
"""

import re
from collections.abc import Iterator

from exceptions.environment.actions import Action, InvalidAction, read_action
from exceptions.environment.strict_json import JsonBroken, JsonRefused, read_json

MAX_ANSWER = 65_536
MAX_UNCLOSED = 16
MAX_DEPTH = 16
_MAX_VALUES = 2_000

_OPEN_THINK = "<think>"
_CLOSE_THINK = "</think>"
_STRUCTURE = re.compile(r'["{}]')
_STRING_END = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


def parse_action(text: str) -> Action:
    """The action in a model's raw text.

    Prose and code fences around the object are ignored. Braces that close but do not hold JSON are passed
    over as prose; the first object that is JSON decides, right or wrong, and nothing after it is read.

    Raises:
        InvalidAction: there is no JSON object, or the first one is no action.
    """
    answer = without_thinking(text)
    if len(answer) > MAX_ANSWER:
        raise InvalidAction(f"the answer has {len(answer)} characters; at most {MAX_ANSWER} are read")
    broken: str | None = None
    for candidate in _balanced(answer):
        try:
            fields = read_json(candidate, max_depth=MAX_DEPTH, max_values=_MAX_VALUES)
        except JsonBroken as error:
            broken = broken or f"the JSON object is broken: {error}"
            continue
        except JsonRefused as error:
            raise InvalidAction(f"the JSON object was refused: {error}") from None
        return read_action(fields)
    raise InvalidAction(broken or "no complete JSON object in the answer")


def without_thinking(text: str) -> str:
    """The text before an object without `<think>…</think>` blocks.

    An unclosed block runs to the end. A closing tag without an opening one ends a block that the prompt had
    opened. Tags after the first brace that is no thinking are left alone: they can only be inside the
    answer.
    """
    close = text.find(_CLOSE_THINK)
    position = 0
    if close != -1 and text.find(_OPEN_THINK, 0, close) == -1:
        position = close + len(_CLOSE_THINK)
    kept = []
    while True:
        opened = text.find(_OPEN_THINK, position)
        if opened == -1 or text.find("{", position, opened) != -1:
            kept.append(text[position:])
            break
        kept.append(text[position:opened])
        closed = text.find(_CLOSE_THINK, opened)
        if closed == -1:
            break
        position = closed + len(_CLOSE_THINK)
    return "".join(kept)


def _balanced(text: str) -> Iterator[str]:
    """The outermost `{…}` groups of a text, in order; braces in JSON strings do not count."""
    start = text.find("{")
    unclosed = 0
    while start != -1 and unclosed < MAX_UNCLOSED:
        end = _closing_brace(text, start)
        if end is None:
            unclosed += 1
            start = text.find("{", start + 1)
        else:
            yield text[start : end + 1]
            start = text.find("{", end + 1)


def _closing_brace(text: str, start: int) -> int | None:
    depth = 0
    position = start
    while (mark := _STRUCTURE.search(text, position)) is not None:
        position = mark.end()
        match mark.group():
            case "{":
                depth += 1
            case "}":
                depth -= 1
                if depth == 0:
                    return mark.start()
            case '"':
                string = _STRING_END.match(text, position)
                if string is None:
                    return None
                position = string.end()
    return None
