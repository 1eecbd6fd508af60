"""What joining gives: trades that are complete enough for a case, and what is not one yet, with reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from exceptions.environment.case import GoodsReceipt, Invoice, PurchaseOrder
from exceptions.ubl.documents import Party, TradeDocument
from exceptions.ubl.wording import fit, sentences


class Severity(StrEnum):
    """An error keeps documents from becoming a case; a warning is for the reviewer too."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class TradeProblem:
    """Something about one document: ``document`` is the name it was read under, ``element`` a path in it."""

    document: str
    element: str | None
    message: str
    severity: Severity

    def __str__(self) -> str:
        place = f"{self.document}, {self.element}" if self.element else self.document
        return f"{place}: {self.message}"


@dataclass(frozen=True, slots=True)
class WaitingDocument:
    """A document that is part of no trade yet; ``waiting_for`` completes the sentence "waiting for …"."""

    document: TradeDocument
    waiting_for: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """A document that is kept but not used: a duplicate, or a kind that the desk does not handle yet."""

    document: TradeDocument
    reason: str


@dataclass(frozen=True, slots=True)
class JoinedTrade:
    """One invoice with its order and receipts as the parts of a case.

    Attributes:
        invoice, purchase_order, goods_receipts: the case's parts of these names.
        comments: what a reviewer must know and no part has a field for; meant for the case's history.
        missing: parts that have not come in, in words, such as "no goods receipt for order X".
        supplier: the supplier as the order names it, with every identifier: the one whose profile applies.
        documents: the documents that the trade is made of, invoice and order first.
        problems: warnings and information about these documents.
    """

    invoice: Invoice
    purchase_order: PurchaseOrder
    goods_receipts: tuple[GoodsReceipt, ...]
    comments: tuple[str, ...]
    missing: tuple[str, ...]
    supplier: Party
    documents: tuple[TradeDocument, ...]
    problems: tuple[TradeProblem, ...]


@dataclass(frozen=True, slots=True)
class TradeJoin:
    """Every document given is in at least one of ``trades``, ``waiting`` and ``set_aside``."""

    trades: tuple[JoinedTrade, ...]
    waiting: tuple[WaitingDocument, ...]
    set_aside: tuple[SetAside, ...]
    problems: tuple[TradeProblem, ...]


@dataclass(slots=True)
class TradeLog:
    """Collects what is to be said about a trade: problems for the importer, comments for the reviewer."""

    problems: list[TradeProblem] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    def error(self, document: TradeDocument, element: str | None, message: str) -> None:
        self.problems.append(TradeProblem(document.name, element, fit(message), Severity.ERROR))

    def inform(self, document: TradeDocument, element: str | None, message: str) -> None:
        self.problems.append(TradeProblem(document.name, element, fit(message), Severity.INFORMATION))

    def caution(self, document: TradeDocument, element: str | None, message: str) -> None:
        """A problem that the reviewer reads too, after the document's title."""
        self.problems.append(TradeProblem(document.name, element, fit(message), Severity.WARNING))
        self.comment(f"{document.title}: {message}")

    def comment(self, text: str) -> None:
        sentence = text[:1].upper() + text[1:]
        self.comments.append(sentences([sentence]))

    @property
    def failed(self) -> bool:
        return any(problem.severity is Severity.ERROR for problem in self.problems)
