"""How amounts, notes and lists of lines are put into words for people, within what a case's texts hold."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

MAX_FREE_TEXT = 4000
MAX_LABEL = 300


def fit(text: str, longest: int = MAX_FREE_TEXT) -> str:
    """The text, cut with a word about it where it is longer than a case holds."""
    if len(text) <= longest:
        return text
    ending = "… (cut; the document says more)"
    return text[: longest - len(ending)].rstrip() + ending


def sentences(parts: Iterable[str]) -> str:
    """Parts as sentences, one after the other, each with its full stop."""
    written = (part.strip() for part in parts)
    return fit(" ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in written if part))


def folded(text: str) -> str:
    """A number or name for comparing: upper and lower case and white space do not count."""
    return "".join(text.split()).casefold()


def plain(number: Decimal) -> str:
    """A quantity without trailing zeros: ``90``, not ``90.00``."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
