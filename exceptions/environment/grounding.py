"""The checkable things in a text: amounts, quantities, percentages, dates and document numbers.

A *fact* is one of them in a normal form, so that `$1,200.00` and `1200` are the same: `n:1200`, `d:2026-02-03`,
`i:po7731` (letters and digits, lower case; a hyphen stays between digits, `i:inv2026-14`). A *mention* is a place in
a text that names one; where a spelling can be read in several ways (`90/100` as a document number or as two
quantities), any reading that holds is good.
"""

import datetime
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

Facts = frozenset[str]
#: The readings of one mention: it holds when all facts of one reading are known.
Mention = tuple[Facts, ...]

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = r"([0-9]{1,2})(?:st|nd|rd|th)?"
_WORDED_DATE = re.compile(
    rf"\b(?:{_DAY} {_MONTH},? ([0-9]{{4}})|{_MONTH} {_DAY},? ([0-9]{{4}}))(?![0-9])", re.IGNORECASE
)
_ISO_DATE = re.compile(r"(?<![0-9])([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])")
_SHORT_DATE = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})\Z")

#: Marks that join no number and no identifier.
_CUT = r"\s=:;|→()\[\]{}\"'<>"
#: A run between cuts that contains a digit. It is entered at its start only, so that the scan stays linear.
_CHUNK = re.compile(rf"(?<![^{_CUT}])[^{_CUT}0-9]*+[0-9][^{_CUT}]*+")
_EDGE = " .,!?*`~_-–—/+±$€£¥%#&@…"
_NUMBER = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?\Z")
_CURRENCY_NUMBER = re.compile(
    r"(?:USD|EUR|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|INR|CNY)[$€£¥]?([0-9].*)\Z", re.IGNORECASE
)
_NUMBER_UNIT = re.compile(r"([0-9][0-9.,]*)-?([A-Za-z]{1,6})\Z")
#: `2nd`, `3-way`: not figures of a case.
_NOT_FIGURES = frozenset({"st", "nd", "rd", "th", "way"})
_PARTS = re.compile(r"[/,–—-]")
_DIGITS = re.compile(r"[0-9]+")
_JOINT = re.compile(r"(?<![0-9])[\W_]+|[\W_]+(?![0-9])")
_SEPARATOR = re.compile(r"[\W_]+")
_LETTER = re.compile(r"[^0-9-]")
_NUMERIC_TAIL = re.compile(r"[0-9][0-9-]*\Z")
_LONGEST_CHUNK = 100


def mentions(text: str) -> list[Mention]:
    """Every amount, quantity, percentage, date and document number in a text."""
    found: list[Mention] = []
    if not _MONTHS.keys().isdisjoint([word[:3] for word in text.lower().split()]):
        text = _WORDED_DATE.sub(lambda match: _take(found, match, _worded_date(match)), text)
    for chunk in _CHUNK.findall(text):
        found += _chunk_mentions(chunk) if len(chunk) <= _LONGEST_CHUNK else (_identifier(chunk),)
    return found


def facts(found: Iterable[Mention]) -> Facts:
    """All that a revealed text makes known.

    An identifier makes its digit groups known too (`PO-7731` is often written `PO 7731`, `INV-2026-14` `2026-14`),
    a date its year.
    """
    known: set[str] = set()
    for mention in found:
        known.update(*mention)
    for fact in list(known):
        match fact[0]:
            case "d":
                known.add(f"n:{fact[2:6]}")
            case "i" if _LETTER.search(fact, 2):
                known.update(_number_fact(digits) for digits in _DIGITS.findall(fact))
                known.update(f"i:{tail}" for tail in _NUMERIC_TAIL.findall(fact))
    return frozenset(known)


def holds(mention: Mention, known: Facts) -> bool:
    """Whether one reading of a mention is known."""
    return any(reading <= known for reading in mention)


def _take(found: list[Mention], match: re.Match[str], readings: Mention) -> str:
    if not readings:
        return match.group()
    found.append(readings)
    return " "


def _worded_date(match: re.Match[str]) -> Mention:
    day, month, year, other_month, other_day, other_year = match.groups()
    return _dates((year or other_year, str(_MONTHS[(month or other_month).lower()]), day or other_day))


def _dates(*candidates: Sequence[str]) -> Mention:
    """One reading for each (year, month, day) that is in the calendar."""
    readings = []
    for year, month, day in candidates:
        try:
            readings.append(frozenset((f"d:{datetime.date(int(year), int(month), int(day))}",)))
        except ValueError:
            continue
    return tuple(readings)


@lru_cache(maxsize=8192)
def _chunk_mentions(chunk: str) -> tuple[Mention, ...]:
    """The mentions in one run, mostly one. Kept, since the same numbers come up in every text about a case."""
    found: list[Mention] = []
    if "-" in chunk:
        chunk = _ISO_DATE.sub(lambda match: _take(found, match, _dates(match.groups())), chunk)
    chunk = chunk.strip(_EDGE)
    if _NUMBER.match(chunk):
        found.append((frozenset((_number_fact(chunk),)),))
    elif _DIGITS.search(chunk):
        found.extend(_mixed_mentions(chunk))
    return tuple(found)


def _mixed_mentions(chunk: str) -> list[Mention]:
    """The mentions in a run that is no plain number."""
    whole = frozenset((_identifier_fact(chunk),))
    unit = _NUMBER_UNIT.match(chunk)
    if unit is not None:
        return [] if unit[2].lower() in _NOT_FIGURES else [_with_number(whole, unit[1])]
    money = _CURRENCY_NUMBER.match(chunk)
    if money is not None:
        return [_with_number(whole, money[1])]
    short_date = _SHORT_DATE.match(chunk)
    if short_date is not None:
        first, second, year = short_date.groups()
        return [(whole, *_dates((year, second, first), (year, first, second)))]
    parts = [part.strip(_EDGE) for part in _PARTS.split(chunk)]
    if len(parts) > 1 and all(_NUMBER.match(part) for part in parts):
        return [(whole, frozenset(_number_fact(part) for part in parts))]
    return [(whole,)]


def _identifier(chunk: str) -> Mention:
    return (frozenset((_identifier_fact(chunk),)),)


def _with_number(whole: Facts, digits: str) -> Mention:
    digits = digits.strip(_EDGE)
    return (whole, frozenset((_number_fact(digits),))) if _NUMBER.match(digits) else (whole,)


def _number_fact(digits: str) -> str:
    text = digits.replace(",", "")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = text.lstrip("0") or "0"
    return f"n:0{text}" if text[0] == "." else f"n:{text}"


def _identifier_fact(chunk: str) -> str:
    return "i:" + _SEPARATOR.sub("-", _JOINT.sub("", chunk)).lower()
