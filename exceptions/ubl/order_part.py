"""The purchase order of a case out of an order document."""

from __future__ import annotations

from decimal import Decimal

from exceptions.environment.case import OrderLine, PurchaseOrder
from exceptions.ubl.documents import TradeDocument, TradeLine
from exceptions.ubl.fields import EXACT, PRICE_PLACES, trim
from exceptions.ubl.pairing import OrderItems
from exceptions.ubl.trade import TradeLog
from exceptions.ubl.wording import fit, sentences

ISSUED_IS_APPROVED = "UBL orders carry no approval; an order that was issued is shown as approved"


def order_part(document: TradeDocument, supplier_id: str, items: OrderItems, log: TradeLog) -> PurchaseOrder | None:
    """The case's purchase order; None, with the error logged, when a line has no price.

    A line total that the order does not print is quantity × unit price.
    """
    lines = []
    for line in document.lines:
        if line.unit_price is None:
            log.error(document, line.element, f"line {line.id} has neither a price nor a total that gives one")
            continue
        lines.append(
            OrderLine(
                item_code=items.order_code(line),
                description=fit(line.description),
                quantity=line.quantity.value,
                unit_price=line.unit_price,
                line_total=_line_total(line, line.unit_price),
                unit=line.quantity.unit,
            )
        )
    if log.failed:
        return None
    notes = [*document.notes, *(f"line {line.id}: {note}" for line in document.lines for note in line.notes)]
    if notes:
        log.comment(f"Notes on order {document.number}: {'; '.join(notes)}")
    log.comment(ISSUED_IS_APPROVED)
    return PurchaseOrder(
        number=document.number,
        supplier_id=supplier_id,
        date=document.issue_date,
        currency=document.currency or "",
        approved=True,
        payment_terms=sentences(document.payment_terms) or "Not stated on the order",
        lines=tuple(lines),
    )


def _line_total(line: TradeLine, price: Decimal) -> Decimal:
    if line.line_total is not None:
        return line.line_total
    product = EXACT.multiply(line.quantity.value, price)
    return trim(product.quantize(PRICE_PLACES, context=EXACT), places=2)
