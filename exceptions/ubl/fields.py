"""Typed values out of elements: text, dates, decimals, quantities, amounts; every error names its element."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation

from exceptions.environment.fields import MAX_DECIMAL_PLACES, MAX_INTEGER_DIGITS
from exceptions.ubl.documents import Quantity
from exceptions.ubl.errors import DocumentError
from exceptions.ubl.xml_tree import Element

# Wide enough for the exact product of two such numbers and the sum of any document's lines.
EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero])
# A price per base quantity (10.00 per 3) need not end; a case keeps this many places.
PRICE_PLACES = Decimal(1).scaleb(-MAX_DECIMAL_PLACES)

# What a case's identifier holds, and what is left for a line's id where a code and the id make one.
MAX_IDENTIFIER = 100
MAX_LINE_ID = 40
MAX_UNIT = 40
DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?")
CURRENCY = re.compile(r"[A-Z]{3}")


def divide_price(amount: Decimal, quantity: Decimal) -> Decimal:
    """``amount`` ÷ ``quantity``: exact when it ends within nine places, else rounded half to even there."""
    exact = EXACT.divide(amount, quantity)
    rounded = exact.quantize(PRICE_PLACES, context=EXACT)
    return trim(rounded, places=max(2, -int(amount.as_tuple().exponent)))


def trim(value: Decimal, places: int) -> Decimal:
    """Drop trailing zeros beyond ``places`` decimal places."""
    while -int(value.as_tuple().exponent) > places and value.as_tuple().digits[-1] == 0:
        value = value.quantize(Decimal(1).scaleb(int(value.as_tuple().exponent) + 1), context=EXACT)
    return value


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """A parsed document with the name that its errors carry."""

    name: str
    root: Element

    def error(self, element: Element, problem: str, remedy: str) -> DocumentError:
        return DocumentError(self.name, problem, remedy, element=element.path, line=element.line)

    def required(self, parent: Element, path: str) -> Element:
        element = parent.find(path)
        if element is None:
            raise DocumentError(
                self.name,
                "The element is missing.",
                "Ask the sender for a document that has it.",
                element=f"{parent.path}/{path}",
                line=parent.line,
            )
        return element

    def identifier(self, element: Element, longest: int = MAX_IDENTIFIER) -> str | None:
        """The number or code in an element, or None when it is empty; at most ``longest`` characters."""
        if len(element.text) > longest:
            raise self.error(
                element,
                f"{shown(element.text)} is longer than {longest} characters.",
                "Numbers and codes are short: ask the sender for a document with the right one.",
            )
        return element.text or None

    def required_identifier(self, parent: Element, path: str, longest: int = MAX_IDENTIFIER) -> str:
        element = self.required(parent, path)
        found = self.identifier(element, longest)
        if found is None:
            raise self.error(element, "The element is empty.", "Ask the sender for a document that fills it.")
        return found

    def optional_identifier(self, parent: Element, path: str) -> str | None:
        """The first non-empty number or code along a path, or None."""
        return next((found for element in parent.find_all(path) if (found := self.identifier(element))), None)

    def date(self, parent: Element, path: str) -> date:
        element = self.required(parent, path)
        match = DATE.fullmatch(element.text)
        try:
            if match:
                return date.fromisoformat(match[1])
        except ValueError:
            pass  # a date such as 2005-02-30: refused below like every other text that is no date
        raise self.error(element, f"{shown(element.text)} is not a date.", "Write it as YYYY-MM-DD.")

    def decimal(self, element: Element) -> Decimal:
        text = element.text
        if not DECIMAL.fullmatch(text):
            raise self.error(
                element,
                f"{shown(text)} is not a decimal number.",
                "Write digits with a point before the decimals and no separators, like 1234.50.",
            )
        value = Decimal(text)
        _, digits, exponent = value.as_tuple()
        if len(digits) + int(exponent) > MAX_INTEGER_DIGITS or -int(exponent) > MAX_DECIMAL_PLACES:
            raise self.error(
                element,
                f"{shown(text)} has too many digits.",
                f"At most {MAX_INTEGER_DIGITS} before and {MAX_DECIMAL_PLACES} after the point are read.",
            )
        return abs(value) if value.is_zero() else value

    def quantity(self, element: Element) -> Quantity:
        unit = " ".join(element.attributes.get("unitCode", "").split())
        if len(unit) > MAX_UNIT:
            raise self.error(
                element,
                f"{shown(unit)} is not a unit code.",
                "Write a code of UN/ECE Recommendation 20, like KGM.",
            )
        return Quantity(self.decimal(element), unit or None)

    def counted(self, element: Element) -> Quantity:
        """A quantity of goods that moved: never negative."""
        quantity = self.quantity(element)
        if quantity.value < 0:
            raise self.error(
                element,
                f"The quantity {quantity} is negative.",
                "Returns and corrections are not read: take the line out and look at it by hand.",
            )
        return quantity

    def amount(self, element: Element, currency: str) -> Decimal:
        """An amount of money, which must be in the document's currency."""
        stated = element.attributes.get("currencyID", "").strip()
        if stated and stated != currency:
            raise self.error(
                element,
                f"The amount is in {shown(stated)}, the document in {currency}.",
                "Nothing is converted here: ask the sender for a document in one currency.",
            )
        return self.decimal(element)

    def optional_amount(self, parent: Element, path: str, currency: str) -> Decimal | None:
        element = parent.find(path)
        return None if element is None else self.amount(element, currency)


def text_of(parent: Element, path: str) -> str | None:
    """The first non-empty text along a path, or None."""
    return next((element.text for element in parent.find_all(path) if element.text), None)


def texts_of(parent: Element, path: str) -> tuple[str, ...]:
    """All non-empty texts along a path."""
    return tuple(element.text for element in parent.find_all(path) if element.text)


def shown(text: str) -> str:
    """A text from a document, quoted and short enough for a message."""
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"
