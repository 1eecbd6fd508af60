"""The field types of a case: exact decimals, ISO dates, text that any database and terminal can hold.

Pydantic's own conversions are too kind for papers that decide about money: they read `true` as 1, a
timestamp as a date and `"yes"` as a boolean. Everything here refuses what it would have to guess.
"""

import datetime
import math
import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints
from pydantic_core import PydanticCustomError

#: Wide enough for any invoice, narrow enough that sums and differences stay exact in 28 digits.
MAX_INTEGER_DIGITS = 15
MAX_DECIMAL_PLACES = 9

_PLAIN_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def read_decimal(value: object) -> Decimal:
    """An exact decimal from a string in plain notation, a number or a Decimal.

    A float (only Python callers have one; JSON numbers are read as decimals) stands for its shortest
    decimal form.
    """
    match value:
        case bool():
            number = None
        case str() if _PLAIN_DECIMAL.match(value) and len(value) <= 64:
            number = Decimal(value)
        case int() if abs(value) < 10**MAX_INTEGER_DIGITS:
            number = Decimal(value)
        case float() if math.isfinite(value):
            number = Decimal(repr(value))
        case Decimal() if value.is_finite():
            number = value
        case _:
            number = None
    if number is None:
        raise PydanticCustomError("decimal", 'not a decimal number (write it as a string such as "1250.00")')
    exponent = number.as_tuple().exponent
    if number.adjusted() >= MAX_INTEGER_DIGITS or (isinstance(exponent, int) and exponent < -MAX_DECIMAL_PLACES):
        raise PydanticCustomError(
            "decimal_size",
            "more than {integer} digits before or {places} after the decimal point",
            {"integer": MAX_INTEGER_DIGITS, "places": MAX_DECIMAL_PLACES},
        )
    return number if exponent == 0 or (isinstance(exponent, int) and exponent < 0) else Decimal(f"{number:f}")


def print_decimal(number: Decimal) -> str:
    """Plain notation with the digits as they were given: `1250.00`, never `1.25E+3`."""
    return f"{number:f}"


def brief_decimal(number: Decimal) -> str:
    """As printed, without decimals that say nothing: `1250`, `12.50`. Small models pay a token for every digit."""
    return f"{number:.0f}" if number == number.to_integral_value() else f"{number:f}"


def _read_date(value: object) -> datetime.date:
    match value:
        case datetime.datetime():
            pass
        case datetime.date():
            return value
        case str() if _ISO_DATE.match(value):
            try:
                return datetime.date.fromisoformat(value)
            except ValueError:
                raise PydanticCustomError("date", "no such day in the calendar") from None
    raise PydanticCustomError("date", "not an ISO 8601 date (write it as YYYY-MM-DD)")


def shown(text: str, length: int = 100) -> str:
    """The beginning of a stranger's text, fit for a message: what cannot be printed is replaced."""
    return _UNPRINTABLE.sub("\ufffd", text[:length])


def _printable(text: str) -> str:
    if _UNPRINTABLE.search(text):
        raise PydanticCustomError("unprintable", "contains a control character or half of a surrogate pair")
    return text


def _trimmed(text: str) -> str:
    if text != text.strip():
        raise PydanticCustomError("untrimmed", "begins or ends with a space")
    if len(text.splitlines()) > 1:
        raise PydanticCustomError("line_break", "contains a line break")
    return _printable(text)


_decimal = (BeforeValidator(read_decimal), PlainSerializer(print_decimal, when_used="json"))

#: Money that may be negative (a discount line, a reversed tax).
Amount = Annotated[Decimal, *_decimal]
#: A quantity, a unit price, a tolerance or a threshold.
NonNegative = Annotated[Decimal, *_decimal, Field(ge=0)]
IsoDate = Annotated[datetime.date, BeforeValidator(_read_date)]

#: Document, supplier and item numbers: compared character by character, hence no spaces around them.
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_trimmed)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_trimmed)]
#: Free text: a note, a comment, payment terms. May be empty.
FreeText = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_printable)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=120)]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
