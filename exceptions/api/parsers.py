"""Reading what clients send: bounded before anything is built."""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any, Final

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from exceptions.api.problems import BodyTooLarge, FieldProblem, InvalidBody
from exceptions.environment.strict_json import JsonRefused, read_json

#: More than any session or action needs: an explanation has at most 8000 characters.
MAX_BODY_BYTES: Final = 256 * 1024
_MAX_DEPTH: Final = 20
_MAX_VALUES: Final = 5000


class BoundedJSONParser(BaseParser):
    """JSON with a bounded size, depth and number of values, and only text that can be stored."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The decoded value.

        Raises:
            BodyTooLarge: more than `MAX_BODY_BYTES`.
            ParseError: not JSON in UTF-8, too deep, too many values, a key twice.
            InvalidBody: a text holds NUL or half a surrogate pair.
        """
        try:
            value = read_json(
                read_at_most(stream, MAX_BODY_BYTES).decode(), max_depth=_MAX_DEPTH, max_values=_MAX_VALUES
            )
        except UnicodeDecodeError as error:
            raise ParseError(f"The body is not UTF-8 text (byte {error.start}).") from None
        except JsonRefused as error:
            raise ParseError(f"The body is not JSON that the desk reads: {error}.") from None
        return _storable(value, "")


class PackParser(BaseParser):
    """A case pack as it came: whoever imports it reads it, and says what is wrong with it."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The bytes of the body.

        Raises:
            BodyTooLarge: more than `UPLOAD_MAX_BYTES`.
        """
        return read_at_most(stream, settings.UPLOAD_MAX_BYTES)


def read_at_most(stream: IO[Any], limit: int) -> bytes:
    """The whole body when it has at most `limit` bytes.

    Raises:
        BodyTooLarge: it has more; the rest was not read.
    """
    content: bytes = stream.read(limit + 1)
    if len(content) > limit:
        raise BodyTooLarge(f"The body has more than the {limit} bytes that are read here.")
    return content


def _storable(value: Any, path: str) -> Any:
    """The value with its texts checked, and its decimals as floats, as a JSON client means them."""
    match value:
        case str():
            if "\0" in value:
                raise InvalidBody(
                    [FieldProblem(path=path, message="contains the character NUL, which cannot be stored")]
                )
            if any("\ud800" <= character <= "\udfff" for character in value):
                raise InvalidBody(
                    [FieldProblem(path=path, message="contains half of a surrogate pair: this is no text")]
                )
            return value
        case Decimal():
            number = float(value)
            if not math.isfinite(number):
                raise InvalidBody([FieldProblem(path=path, message="is larger than any number that is read here")])
            return number
        case dict():
            return {
                _storable(name, path): _storable(inner, f"{path}.{name}"[:200].lstrip("."))
                for name, inner in value.items()
            }
        case list():
            return [_storable(inner, f"{path}[{index}]") for index, inner in enumerate(value)]
    return value
