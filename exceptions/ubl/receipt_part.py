"""Goods receipts of a case out of receipt advices, for one order."""

from __future__ import annotations

from decimal import Decimal

from exceptions.environment.case import GoodsReceipt, ReceiptLine
from exceptions.ubl.documents import TradeDocument, TradeLine
from exceptions.ubl.fields import EXACT
from exceptions.ubl.pairing import Match
from exceptions.ubl.trade import TradeLog
from exceptions.ubl.wording import plain, sentences


def lines_for_order(document: TradeDocument, order_number: str, log: TradeLog) -> list[TradeLine]:
    """The lines of a receipt or despatch advice that belong to an order.

    A line that names no order, in a document that names several, belongs to none of them and is warned about.
    """
    for line in document.lines:
        if line.order_number is None:
            orders = ", ".join(document.order_numbers)
            log.caution(
                document,
                line.element,
                f"line {line.id} ({line.quantity}) does not say to which of the orders {orders} it belongs: "
                "not counted",
            )
    return [line for line in document.lines if line.order_number == order_number]


def receipt_part(document: TradeDocument, order_number: str, matches: list[Match]) -> GoodsReceipt:
    """The case's goods receipt: accepted is received less rejected; short and over are said in the note."""
    return GoodsReceipt(
        number=document.number,
        po_number=order_number,
        date=document.issue_date,
        lines=tuple(
            ReceiptLine(
                item_code=match.case_code,
                received=match.line.quantity.value,
                accepted=accepted(match.line),
                rejected=_rejected(match.line),
            )
            for match in matches
        ),
        note=sentences([*document.notes, *(said for match in matches for said in _line_notes(match))]),
    )


def accepted(line: TradeLine) -> Decimal:
    """Received less rejected, in the line's unit."""
    return EXACT.subtract(line.quantity.value, _rejected(line))


def _rejected(line: TradeLine) -> Decimal:
    return line.rejected.value if line.rejected else Decimal(0)


def _line_notes(match: Match) -> list[str]:
    line, code = match.line, match.case_code
    said = []
    if line.short and line.short.value:
        said.append(f"{code}: {plain(line.short.value)} {line.short.unit or ''}".rstrip() + " short")
    if line.oversupply and line.oversupply.value:
        said.append(f"{code}: {plain(line.oversupply.value)} {line.oversupply.unit or ''}".rstrip() + " too many")
    return said + [f"{code}: {note}" for note in line.notes]
