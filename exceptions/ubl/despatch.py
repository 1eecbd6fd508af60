"""What despatch advices say, as comments: the supplier's own statement, never goods that anybody accepted."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from exceptions.ubl.documents import TradeDocument
from exceptions.ubl.fields import EXACT
from exceptions.ubl.pairing import Match
from exceptions.ubl.trade import TradeLog
from exceptions.ubl.wording import plain

Matched = tuple[TradeDocument, list[Match]]


def comment_on_despatches(despatches: Sequence[Matched], receipts: Sequence[Matched], log: TradeLog) -> None:
    """Say what the supplier claims to have sent: all of it without a receipt, the differences beside one."""
    if not receipts:
        for document, matches in despatches:
            log.comment(
                f"{document.title} of {document.issue_date}: supplier says "
                f"{'; '.join(_claim(match) for match in matches)}; no receipt confirmed"
            )
        return
    sent, received = _sums(despatches), _sums(receipts)
    names = ", ".join(document.title for document, _ in despatches)
    for code, (quantity, unit) in sent.items():
        arrived = received.get(code, (Decimal(0), unit))[0]
        if arrived != quantity:
            log.comment(
                f"{names}: supplier says {plain(quantity)}{_spaced(unit)} of {code} sent; "
                f"the receipts show {plain(arrived)} received"
            )


def _claim(match: Match) -> str:
    line = match.line
    ordered = ""
    if match.item:
        wanted = [match.order_line] if match.order_line else match.item.lines
        if all(order_line.quantity.unit in (None, line.quantity.unit) for order_line in wanted):
            total = Decimal(0)
            for order_line in wanted:
                total = EXACT.add(total, order_line.quantity.value)
            ordered = f" of {plain(total)}"
    claim = f"{plain(line.quantity.value)}{ordered}{_spaced(line.quantity.unit)} of {match.case_code} sent"
    if line.backorder and line.backorder.value:
        claim += f", {plain(line.backorder.value)} on backorder"
    return claim + (f" ({'; '.join(line.notes)})" if line.notes else "")


def _sums(documents: Sequence[Matched]) -> dict[str, tuple[Decimal, str | None]]:
    sums: dict[str, tuple[Decimal, str | None]] = {}
    for _, matches in documents:
        for match in matches:
            before = sums.get(match.case_code, (Decimal(0), None))[0]
            sums[match.case_code] = (EXACT.add(before, match.line.quantity.value), match.line.quantity.unit)
    return sums


def _spaced(unit: str | None) -> str:
    return f" {unit}" if unit else ""
