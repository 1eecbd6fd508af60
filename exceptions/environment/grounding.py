"""The checkable things in a text: amounts, quantities, percentages, dates and document numbers.

A *fact* is one of them in a normal form, so that `$1,200.00` and `1200` are the same: `n:1200`,
`d:2026-02-03`, `i:po7731` (letters and digits only, lower case). A *mention* is a place in a text that
names one; where a spelling can be read in several ways (`90/100` as a document number or as two
quantities), any reading that holds is good.
"""

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal

Facts = frozenset[str]
#: The readings of one mention: it holds when all facts of one reading are known.
Mention = tuple[Facts, ...]
Mentions = list[Mention]

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = re.compile(
    r"\b(?:([0-9]{4})-([0-9]{2})-([0-9]{2})"
    rf"|([0-9]{{1,2}})(?:st|nd|rd|th)? {_MONTH},? ([0-9]{{4}})"
    rf"|{_MONTH} ([0-9]{{1,2}})(?:st|nd|rd|th)?,? ([0-9]{{4}})"
    r"|([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4}))(?![0-9])",
    re.IGNORECASE,
)
#: A run without spaces that contains a digit, cut at marks that join no number and no identifier.
_CHUNK = re.compile(r"[^\s=:;|→()\[\]{}\"'<>]*[0-9][^\s=:;|→()\[\]{}\"'<>]*")
_EDGE = ".,!?*`~_-–—/+±$€£¥%#&@…"
_NUMBER = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?\Z")
_CURRENCY_NUMBER = re.compile(
    r"(?:USD|EUR|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|INR|CNY)([0-9].*)\Z", re.IGNORECASE
)
_NUMBER_UNIT = re.compile(r"([0-9][0-9.,]*)-?([A-Za-z]{1,6})\Z")
_NOT_FIGURES = frozenset({"st", "nd", "rd", "th", "way"})
_PARTS = re.compile(r"[/,–—-]")
_DIGITS = re.compile(r"[0-9]+")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


def mentions(text: str) -> Mentions:
    """Every amount, quantity, percentage, date and document number in a text, in order of kind."""
    found: Mentions = []

    def take_date(match: re.Match[str]) -> str:
        readings = _date_readings(match)
        if not readings:
            return match.group()
        found.append(readings)
        return " "

    for chunk in _CHUNK.findall(_DATE.sub(take_date, text)):
        found.extend(_chunk_mentions(chunk.strip(_EDGE)))
    return found


def facts(found: Iterable[Mention]) -> Facts:
    """All that a revealed text makes known.

    An identifier makes its digit groups known too (`PO-7731` is often written `PO 7731`), a date its year.
    """
    known: set[str] = set()
    for mention in found:
        for reading in mention:
            known |= reading
    for fact in list(known):
        match fact[0]:
            case "d":
                known.add(f"n:{fact[2:6]}")
            case "i":
                known.update(_number_fact(digits) for digits in _DIGITS.findall(fact))
    return frozenset(known)


def holds(mention: Mention, known: Facts) -> bool:
    """Whether one reading of a mention is known."""
    return any(reading <= known for reading in mention)


def _date_readings(match: re.Match[str]) -> Mention:
    iso_y, iso_m, iso_d, d1, m1, y1, m2, d2, y2, first, second, y3 = match.groups()
    if iso_y:
        candidates = [(iso_y, iso_m, iso_d)]
    elif y1:
        candidates = [(y1, str(_MONTHS[m1.lower()]), d1)]
    elif y2:
        candidates = [(y2, str(_MONTHS[m2.lower()]), d2)]
    else:
        candidates = [(y3, second, first), (y3, first, second)]
    readings = []
    for year, month, day in candidates:
        try:
            readings.append(frozenset({f"d:{datetime.date(int(year), int(month), int(day))}"}))
        except ValueError:
            continue
    return tuple(readings)


def _chunk_mentions(chunk: str) -> Mentions:
    if _NUMBER.match(chunk):
        return [(frozenset({_number_fact(chunk)}),)]
    if len(chunk) > 100:
        return [(frozenset({_identifier_fact(chunk)}),)]
    whole = frozenset({_identifier_fact(chunk)})
    unit = _NUMBER_UNIT.match(chunk)
    if unit is not None:
        if unit[2].lower() in _NOT_FIGURES:
            return []
        return [_with_number(whole, unit[1])]
    money = _CURRENCY_NUMBER.match(chunk)
    if money is not None:
        return [_with_number(whole, money[1])]
    parts = [part.strip(_EDGE) for part in _PARTS.split(chunk)]
    if len(parts) > 1 and all(_NUMBER.match(part) for part in parts):
        return [(whole, frozenset(_number_fact(part) for part in parts))]
    return [(whole,)]


def _with_number(whole: Facts, digits: str) -> Mention:
    digits = digits.strip(_EDGE)
    if not _NUMBER.match(digits):
        return (whole,)
    return (whole, frozenset({_number_fact(digits)}))


def _number_fact(digits: str) -> str:
    text = digits.replace(",", "")
    if len(text) <= 40:
        text = f"{Decimal(text).normalize():f}"
    return f"n:{text}"


def _identifier_fact(chunk: str) -> str:
    return "i:" + _NOT_ALPHANUMERIC.sub("", chunk).lower()
