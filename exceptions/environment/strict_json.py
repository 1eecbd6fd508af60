"""Reading JSON that strangers send: everything bounded before anything is built, nothing guessed."""

import json
import re
from decimal import Decimal
from typing import Any

#: A string (an unclosed one runs to the end, so that the scan stays linear whatever the input).
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_NOT_STRUCTURE = re.compile(r"[^\[\]{},]+")
#: No object that we read has nearly as many; thousands of unknown ones would each become an error to report.
MAX_KEYS = 100


class JsonRefused(ValueError):
    """JSON that we do not read; the message says why."""


class JsonBroken(JsonRefused):
    """Not JSON at all."""


def _number_text(digits: str) -> str:
    if len(digits) > 64:
        raise JsonRefused(f"a number of {len(digits)} characters")
    return digits


def _integer(digits: str) -> int:
    return int(_number_text(digits))


def _decimal(digits: str) -> Decimal:
    return Decimal(_number_text(digits))


def _no_constant(name: str) -> Any:
    raise JsonRefused(f"{name} is not a number")


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MAX_KEYS:
        raise JsonRefused(f"an object with more than {MAX_KEYS} keys")
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise JsonRefused(f"the key {key[:80]!r} occurs twice in one object")
            seen.add(key)
    return result


def _check_structure(text: str, max_depth: int, max_values: int) -> None:
    # A value brings two strings at most, its key and itself: far more quotes are not worth taking apart.
    if text.count('"') > 4 * max_values:
        raise JsonRefused(f"more than {max_values} values")
    structure = _NOT_STRUCTURE.sub("", _STRING.sub("", text))
    if len(structure) > max_values:
        raise JsonRefused(f"more than {max_values} values")
    depth = 0
    for mark in structure.replace(",", ""):
        if mark in "[{":
            depth += 1
            if depth > max_depth:
                raise JsonRefused(f"nested more than {max_depth} levels deep")
        else:
            depth -= 1


_DECODER = json.JSONDecoder(
    parse_int=_integer, parse_float=_decimal, parse_constant=_no_constant, object_pairs_hook=_each_key_once
)


def read_json(text: str, *, max_depth: int, max_values: int) -> Any:
    """The value of a JSON text; fractions and exponents become Decimal.

    `max_values` bounds the memory: it counts brackets and commas outside of strings.

    Raises:
        JsonBroken: not JSON.
        JsonRefused: too deep, too many values, a key twice, NaN or Infinity, an absurdly long number.
    """
    _check_structure(text, max_depth, max_values)
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise JsonBroken(f"{error.msg} (line {error.lineno}, column {error.colno})") from None
