"""One trade out of an invoice, its order, and the receipts and other papers of that order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from pydantic import ValidationError

from exceptions.environment.case import MAX_RECEIPTS, GoodsReceipt, Invoice, PurchaseOrder
from exceptions.ubl.despatch import Matched, comment_on_despatches
from exceptions.ubl.documents import DocumentKind, Party, TradeDocument, TradeLine
from exceptions.ubl.identity import compare_parties, describe_difference, supplier_ids
from exceptions.ubl.invoice_part import invoice_part
from exceptions.ubl.order_part import order_part
from exceptions.ubl.pairing import OrderItems
from exceptions.ubl.receipt_part import lines_for_order, receipt_part
from exceptions.ubl.trade import JoinedTrade, TradeLog, TradeProblem

# A case's history holds more, but nobody reads more; the problems of the import have the rest.
MAX_COMMENTS = 200

Part = TypeVar("Part", Invoice, PurchaseOrder, GoodsReceipt)


@dataclass(frozen=True, slots=True)
class OrderFile:
    """An order and every document that names it."""

    order: TradeDocument
    invoices: tuple[TradeDocument, ...]
    receipts: tuple[TradeDocument, ...]
    despatches: tuple[TradeDocument, ...]
    others: tuple[TradeDocument, ...]


def assemble_trade(invoice: TradeDocument, file: OrderFile) -> JoinedTrade | tuple[TradeProblem, ...]:
    """Build the parts of a case for one invoice.

    Returns:
        The trade, or the problems, at least one of them an error, that keep it from becoming a case.
    """
    log = TradeLog()
    order = file.order
    for document in (invoice, order, *file.receipts):
        for remark in document.remarks:
            log.caution(document, remark.element, remark.message)
    supplier = order.supplier or Party(order.number)
    ours, theirs = supplier_ids(supplier, invoice.supplier or supplier)
    _compare_parties(invoice, file, log)
    _compare_currencies(invoice, order, log)

    items = OrderItems(order, log)
    billed = [items.match(invoice, line, line.order_line_id) for line in invoice.lines]
    receipts = _match_all(file.receipts, file, items, log)
    despatches = _match_all(file.despatches, file, items, log)
    if len(receipts) > MAX_RECEIPTS:
        log.error(order, None, f"order {order.number} has {len(receipts)} receipts; a case holds {MAX_RECEIPTS}")
    invoice_side = _fitted(invoice, log, lambda: invoice_part(invoice, theirs, order.number, billed, log))
    order_side = _fitted(order, log, lambda: order_part(order, ours, items, log))
    receipt_side = [
        part
        for document, matches in receipts
        if (part := _fitted(document, log, partial(receipt_part, document, order.number, matches)))
    ]
    if log.failed or invoice_side is None or order_side is None:
        return tuple(log.problems)

    missing = []
    if not receipts:
        missing.append(f"no goods receipt for order {order.number}")
        log.comment(f"No goods receipt for order {order.number} has come in: what was accepted is not known")
    comment_on_despatches(despatches, receipts, log)
    _comment_on_other_papers(invoice, file, log)
    return JoinedTrade(
        invoice=invoice_side,
        purchase_order=order_side,
        goods_receipts=tuple(receipt_side),
        comments=_readable(log.comments),
        missing=tuple(missing),
        supplier=supplier,
        documents=(invoice, order, *(document for document, _ in (*receipts, *despatches))),
        problems=tuple(log.problems),
    )


def _match_all(
    documents: tuple[TradeDocument, ...], file: OrderFile, items: OrderItems, log: TradeLog
) -> list[Matched]:
    """The documents that have lines for the order, each with its lines matched."""
    matched = []
    for document in documents:
        lines = lines_for_order(document, file.order.number, log)
        matches = [items.match(document, line, _order_line_id(document, line, file)) for line in lines]
        if matches:
            matched.append((document, matches))
    return matched


def _fitted(document: TradeDocument, log: TradeLog, build: Callable[[], Part | None]) -> Part | None:
    """What ``build`` makes; None, with the errors logged, when it does not fit into a case."""
    try:
        return build()
    except ValidationError as error:
        for fault in error.errors():
            field = ".".join(map(str, fault["loc"]))
            log.error(document, None, f"does not fit into a case: {error.title} {field}: {fault['msg']}")
    return None


def _readable(comments: list[str]) -> tuple[str, ...]:
    distinct = list(dict.fromkeys(comments))
    if len(distinct) > MAX_COMMENTS:
        left_out = len(distinct) - MAX_COMMENTS
        distinct = [
            *distinct[:MAX_COMMENTS],
            f"{left_out} more remarks stand among the problems of the import.",
        ]
    return tuple(distinct)


def _order_line_id(document: TradeDocument, line: TradeLine, file: OrderFile) -> str | None:
    """The order line that a line refers to, directly or by way of a despatch line."""
    if line.order_line_id or line.despatch_line is None:
        return line.order_line_id
    number, despatch_line = line.despatch_line
    wanted = (number,) if number else document.despatch_references
    for despatch in file.despatches:
        if despatch.number in wanted or (not wanted and len(file.despatches) == 1):
            for candidate in despatch.lines:
                if candidate.id == despatch_line and candidate.order_number == file.order.number:
                    return candidate.order_line_id
    return None


def _compare_parties(invoice: TradeDocument, file: OrderFile, log: TradeLog) -> None:
    order = file.order
    if order.supplier and invoice.supplier:
        for difference in describe_difference(order.supplier, invoice.supplier, "supplier"):
            log.caution(invoice, "Invoice/cac:AccountingSupplierParty", difference)
    if order.buyer and invoice.buyer and compare_parties(order.buyer, invoice.buyer).contradictions:
        for difference in describe_difference(order.buyer, invoice.buyer, "buyer"):
            log.caution(invoice, "Invoice/cac:AccountingCustomerParty", difference)
    for document in (*file.receipts, *file.despatches):
        if order.supplier and document.supplier:
            for ours, theirs in compare_parties(order.supplier, document.supplier).contradictions:
                log.caution(
                    document,
                    None,
                    f"the supplier's identity differs: the order has {ours}, this one {theirs}",
                )


def _compare_currencies(invoice: TradeDocument, order: TradeDocument, log: TradeLog) -> None:
    if invoice.currency != order.currency:
        log.caution(
            invoice,
            "Invoice/cbc:DocumentCurrencyCode",
            f"the invoice is in {invoice.currency}, the order in {order.currency}: nothing is converted",
        )


def _comment_on_other_papers(invoice: TradeDocument, file: OrderFile, log: TradeLog) -> None:
    for sibling in file.invoices:
        if sibling == invoice:
            continue
        text = f"order {file.order.number} is also billed by {_money(sibling)}"
        if sibling.number == invoice.number:
            text = f"another {_money(sibling)} carries the same number with other content ({sibling.name})"
        elif invoice.uuid and sibling.uuid == invoice.uuid:
            text += ", a document with the same UUID"
        log.comment(text)
    for paper in file.others:
        day = f"{paper.title} of {paper.issue_date}"
        if paper.kind is DocumentKind.CREDIT_NOTE:
            if not paper.invoice_references or invoice.number in paper.invoice_references:
                log.comment(f"{_money(paper)} credits this trade; credit notes are not handled yet: read it by hand")
        elif paper.kind is not DocumentKind.ORDER_RESPONSE:
            log.comment(f"{day} names this order; such documents are not handled yet: read it by hand")
        elif paper.accepted is False:
            log.comment(f"{day}: the supplier rejected the order")


def _money(document: TradeDocument) -> str:
    amount = document.totals.payable
    over = f" over {amount:f} {document.currency}" if amount is not None else ""
    return f"{document.title} of {document.issue_date}{over}"
