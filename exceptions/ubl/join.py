"""Documents into trades by order number and line, one for each invoice; what does not join waits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from exceptions.ubl.assembly import OrderFile, assemble_trade
from exceptions.ubl.documents import DocumentKind, Party, TradeDocument
from exceptions.ubl.identity import compare_parties, same_name
from exceptions.ubl.trade import (
    JoinedTrade,
    SetAside,
    Severity,
    TradeJoin,
    TradeProblem,
    WaitingDocument,
)

ORDER_REFERENCE = "cac:OrderReference/cbc:ID"


def join_trade(documents: Iterable[TradeDocument]) -> TradeJoin:
    """Join documents to trades by order number.

    An invoice becomes a trade when it names exactly one order and that order is among them; every receipt
    and despatch advice that names the order belongs to it. Joining again with more documents completes what
    was waiting.

    Returns:
        Trades with the parts of a case, documents that wait, documents set aside, and all problems.
    """
    return _Joining(documents).result()


class _Joining:
    def __init__(self, documents: Iterable[TradeDocument]) -> None:
        self._trades: list[JoinedTrade] = []
        self._waiting: list[WaitingDocument] = []
        self._set_aside: list[SetAside] = []
        self._problems: list[TradeProblem] = []
        self._originals: dict[TradeDocument, TradeDocument] = {}
        self._documents = self._resolved(self._distinct(documents))
        self._orders: dict[str, list[TradeDocument]] = {}
        for document in self._of(DocumentKind.ORDER):
            self._orders.setdefault(document.number, []).append(document)

    def result(self) -> TradeJoin:
        for document in self._documents:
            if not document.kind.joins_a_trade:
                reason = f"{document.root} documents are not handled by the desk yet; it is kept"
                self._set_aside.append(SetAside(document, reason))
                self._tell(document, None, reason, Severity.INFORMATION)
        for invoice in self._of(DocumentKind.INVOICE):
            self._join(invoice)
        self._leave_waiting()
        return TradeJoin(
            tuple(self._trades),
            tuple(self._waiting),
            tuple(self._set_aside),
            tuple(dict.fromkeys(self._problems)),
        )

    def _of(self, kind: DocumentKind) -> list[TradeDocument]:
        return [document for document in self._documents if document.kind is kind]

    def _tell(self, document: TradeDocument, element: str | None, message: str, severity: Severity) -> None:
        self._problems.append(TradeProblem(document.name, element, message, severity))

    def _distinct(self, documents: Iterable[TradeDocument]) -> list[TradeDocument]:
        """Documents that say the same are one document; the later ones are set aside."""
        kept: dict[TradeDocument, TradeDocument] = {}
        for document in documents:
            if document in kept:
                reason = f"says the same as {kept[document].name} ({document.title}); it counts once"
                self._set_aside.append(SetAside(document, reason))
                self._tell(document, None, reason, Severity.INFORMATION)
            else:
                kept[document] = document
        return list(kept)

    def _resolved(self, documents: list[TradeDocument]) -> list[TradeDocument]:
        """A receipt that names only the despatch advice belongs to the order of that despatch advice."""
        orders_of: dict[str, set[str]] = {}
        for document in documents:
            if document.kind is DocumentKind.DESPATCH_ADVICE:
                orders_of.setdefault(document.number, set()).update(document.order_numbers)
        resolved = []
        for document in documents:
            found = {number for despatch in document.despatch_references for number in orders_of.get(despatch, ())}
            if document.kind is DocumentKind.RECEIPT_ADVICE and not document.order_numbers and len(found) == 1:
                number = found.pop()
                lines = tuple(replace(line, order_number=number) for line in document.lines)
                resolved.append(replace(document, order_numbers=(number,), lines=lines))
                self._originals[resolved[-1]] = document
            else:
                resolved.append(document)
        return resolved

    def _join(self, invoice: TradeDocument) -> None:
        reference = self._reference(invoice)
        if reference is None:
            return
        orders = self._orders.get(reference, [])
        if not orders:
            self._wait(invoice, f"order {reference}{self._alike(reference)}")
            return
        file = OrderFile(
            order=orders[0],
            invoices=tuple(self._naming(reference, DocumentKind.INVOICE)),
            receipts=tuple(self._naming(reference, DocumentKind.RECEIPT_ADVICE)),
            despatches=tuple(self._naming(reference, DocumentKind.DESPATCH_ADVICE)),
            others=tuple(self._others(invoice, reference)),
        )
        rivals = orders if len(orders) > 1 else _rivals(file.receipts)
        if rivals:
            names = " and ".join(document.name for document in rivals)
            self._tell(
                invoice,
                None,
                f"{names} are different versions of {rivals[0].title}: withdraw the one that does not count",
                Severity.ERROR,
            )
            self._wait(invoice, f"a decision which {rivals[0].title} counts")
            return
        outcome = assemble_trade(invoice, file)
        if isinstance(outcome, JoinedTrade):
            self._trades.append(replace(outcome, documents=tuple(map(self._original, outcome.documents))))
            self._problems += outcome.problems
            return
        self._problems += outcome
        faulty = ", ".join(dict.fromkeys(p.document for p in outcome if p.severity is Severity.ERROR))
        self._wait(invoice, f"a version of {faulty} without errors")

    def _reference(self, invoice: TradeDocument) -> str | None:
        """The order that an invoice names, or None after saying why that is not exactly one."""
        named = invoice.order_numbers
        if len(named) == 1:
            return named[0]
        if named:
            problem = f"the invoice bills the orders {', '.join(named)}; a case compares with one order"
            wish = "an invoice for each order"
        else:
            problem = f"the invoice names no order{self._from_supplier(invoice)}"
            wish = "the number of the order"
        self._tell(invoice, f"Invoice/{ORDER_REFERENCE}", problem, Severity.ERROR)
        self._wait(invoice, wish)
        return None

    def _wait(self, document: TradeDocument, waiting_for: str) -> None:
        self._waiting.append(WaitingDocument(self._original(document), waiting_for))

    def _original(self, document: TradeDocument) -> TradeDocument:
        """The document as it was given, where it was resolved to another reading."""
        return self._originals.get(document, document)

    def _naming(self, number: str, kind: DocumentKind) -> list[TradeDocument]:
        return [document for document in self._of(kind) if number in document.order_numbers]

    def _others(self, invoice: TradeDocument, number: str) -> list[TradeDocument]:
        return [
            document
            for document in self._documents
            if not document.kind.joins_a_trade
            and (number in document.order_numbers or invoice.number in document.invoice_references)
            and _one_supplier(invoice.supplier, document.supplier)
        ]

    def _leave_waiting(self) -> None:
        used: set[TradeDocument] = {document for trade in self._trades for document in trade.documents}
        used |= {waiting.document for waiting in self._waiting}
        for document in self._documents:
            if self._original(document) in used or not document.kind.joins_a_trade:
                continue
            if not document.order_numbers:
                self._tell(document, f"{document.root}/{ORDER_REFERENCE}", "names no order", Severity.ERROR)
                self._wait(document, "the number of the order")
                continue
            numbers = document.order_numbers
            absent = [f"order {number}{self._alike(number)}" for number in numbers if number not in self._orders]
            billed = {number for invoice in self._of(DocumentKind.INVOICE) for number in invoice.order_numbers}
            absent += [f"an invoice for order {number}" for number in numbers if number not in billed]
            if len(numbers) > 1 and any(line.order_number is None for line in document.lines):
                absent.append("lines that say which order they are for")
            self._wait(document, " and ".join(absent) or f"the invoice of order {', '.join(numbers)} to join")

    def _alike(self, number: str) -> str:
        close = [known for known in self._orders if known != number and _letters(known) == _letters(number)]
        return f" (order {', '.join(close)} is here and almost the same)" if close else ""

    def _from_supplier(self, invoice: TradeDocument) -> str:
        close = [
            number
            for number, orders in self._orders.items()
            if any(_one_supplier(order.supplier, invoice.supplier) for order in orders)
        ]
        return f"; from this supplier there is order {', '.join(close)}" if close else ""


def _rivals(receipts: tuple[TradeDocument, ...]) -> list[TradeDocument]:
    """Different receipts under one number: counting both might count goods twice."""
    by_number: dict[str, list[TradeDocument]] = {}
    for receipt in receipts:
        by_number.setdefault(receipt.number, []).append(receipt)
    return next((same for same in by_number.values() if len(same) > 1), [])


def _one_supplier(first: Party | None, second: Party | None) -> bool:
    if first is None or second is None:
        return True
    comparison = compare_parties(first, second)
    return bool(comparison.agreeing) or (not comparison.differing and same_name(first, second))


def _letters(number: str) -> str:
    return re.sub(r"[^0-9a-z]", "", number.casefold()).lstrip("0")
