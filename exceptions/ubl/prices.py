"""The price of one unit of a line, whatever base quantity and unit the document prices in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from exceptions.ubl.documents import Quantity, Remark
from exceptions.ubl.fields import EXACT, DocumentSource, divide_price
from exceptions.ubl.wording import plain
from exceptions.ubl.xml_tree import Element

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """What a line prints about its money; ``adjustment`` is its charges less its allowances, in ``total``."""

    quantity: Quantity
    total: Decimal | None
    adjustment: Decimal = Decimal(0)


def read_unit_price(
    source: DocumentSource, line: Element, currency: str, amounts: LineAmounts, remarks: list[Remark]
) -> Decimal | None:
    """The price of one unit of the line's quantity, or None when the line says nothing about it.

    It is ``PriceAmount`` ÷ ``BaseQuantity`` × ``OrderableUnitFactorRate`` (UBL 2.0 and OIOUBL). Where that
    cannot be the price of one unit of the line, because the base quantity is in another unit or the price
    field holds the line's total, it is the line's total ÷ quantity. That is remarked, and so is a price that
    does not give the total.

    Raises:
        DocumentError: an amount is no decimal or in another currency, a price is negative, a base quantity is
            not positive.
    """
    element = line.find("cac:Price/cbc:PriceAmount")
    if element is None:
        price = _price_from_total(amounts)
        if price is not None:
            remarks.append(Remark(line.path, f"no price is printed; line total ÷ quantity makes it {price:f}"))
        return price
    amount = source.amount(element, currency)
    if amount < 0:
        raise source.error(
            element,
            f"The price {amount:f} is negative.",
            "A price is never negative: ask the sender for a correct one.",
        )
    base = _base_quantity(source, line)
    factor = _factor(source, line)
    price = divide_price(EXACT.multiply(amount, factor or Decimal(1)), base.value)
    if factor is None and base.unit and amounts.quantity.unit and base.unit != amounts.quantity.unit:
        return _priced_in_another_unit(element, amount, base, amounts, remarks)
    if _explains(price, amounts):
        return price
    from_total = _price_from_total(amounts)
    if from_total is not None and amount == amounts.total:
        remarks.append(
            Remark(
                element.path,
                f"the price field says {amount:f} per {base}, the line's total for {amounts.quantity}; "
                f"read as {from_total:f} each",
            )
        )
        return from_total
    product = EXACT.multiply(price, amounts.quantity.value)
    remarks.append(
        Remark(
            element.path,
            f"{amounts.quantity} at {price:f} make {plain(product)}, the line says {amounts.total:f}",
        )
    )
    return price


def _base_quantity(source: DocumentSource, line: Element) -> Quantity:
    element = line.find("cac:Price/cbc:BaseQuantity")
    if element is None:
        return Quantity(Decimal(1))
    base = source.quantity(element)
    if base.value <= 0:
        raise source.error(
            element,
            f"The price is for {base}.",
            "A base quantity is above zero: ask the sender for a correct document.",
        )
    return base


def _factor(source: DocumentSource, line: Element) -> Decimal | None:
    element = line.find("cac:Price/cbc:OrderableUnitFactorRate")
    if element is None:
        return None
    factor = source.decimal(element)
    if factor <= 0:
        raise source.error(
            element,
            f"The factor {factor:f} is not above zero.",
            "Ask the sender for a document with the right factor.",
        )
    return factor


def _price_from_total(amounts: LineAmounts) -> Decimal | None:
    if amounts.total is None or amounts.quantity.value <= 0:
        return None
    price = divide_price(EXACT.subtract(amounts.total, amounts.adjustment), amounts.quantity.value)
    return price if price >= 0 else None


def _priced_in_another_unit(
    element: Element, amount: Decimal, base: Quantity, amounts: LineAmounts, remarks: list[Remark]
) -> Decimal | None:
    price = _price_from_total(amounts)
    told = f"the price is {amount:f} per {base}, the quantity is {amounts.quantity}: units are not converted"
    if price is not None:
        told += f"; line total ÷ quantity makes it {price:f} per {amounts.quantity.unit}"
    remarks.append(Remark(element.path, told))
    return price


def _explains(price: Decimal, amounts: LineAmounts) -> bool:
    """Whether quantity × price, with the line's allowances and charges, gives the line's total to a cent."""
    if amounts.total is None:
        return True
    expected = EXACT.add(EXACT.multiply(price, amounts.quantity.value), amounts.adjustment)
    return EXACT.abs(EXACT.subtract(expected, amounts.total)) <= CENT
