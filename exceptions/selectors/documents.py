"""Uploaded documents by trade: which case they became part of, or what they wait for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from exceptions import ubl
from exceptions.models import Case, Document, DocumentKind, UploadedDocument

#: Kinds that become part of a case; the others are kept and said not to be used.
JOINING: Final = [kind.value for kind in ubl.DocumentKind if kind.joins_a_trade]
#: The order that a document is filed under: the first one it names; a document that names none stands alone.
_TRADE: Final = Coalesce(F("order_numbers__0"), F("number"))
RECEIPTS: Final = {ubl.DocumentKind.RECEIPT_ADVICE, ubl.DocumentKind.DESPATCH_ADVICE}


@dataclass(frozen=True, slots=True)
class FiledDocument:
    """One uploaded document and the cases that it is part of now. `repeats` has one of the same number in its place."""

    uploaded: UploadedDocument
    cases: list[Case]
    repeats: Case | None = None

    @property
    def kind(self) -> ubl.DocumentKind:
        return ubl.DocumentKind(self.uploaded.kind)


@dataclass(frozen=True, slots=True)
class Trade:
    """The uploaded documents of one order number. `waits_for` is what would complete it, in words; empty: nothing."""

    number: str
    documents: list[FiledDocument]
    waits_for: str = ""

    @property
    def cases(self) -> list[Case]:
        """The cases that were made of it, each once."""
        return list({case.pk: case for document in self.documents for case in document.cases}.values())

    @property
    def names_order(self) -> bool:
        """Whether `number` is an order's, not that of a document that names no order."""
        return any(document.uploaded.order_numbers for document in self.documents)

    @property
    def supplier_name(self) -> str:
        return next((d.uploaded.supplier_name for d in self.documents if d.uploaded.supplier_name), "")

    @property
    def uploaded_at(self) -> datetime:
        """When its newest document came in."""
        return max(document.uploaded.uploaded_at for document in self.documents)


def uploaded_documents(search: str = "", *, waiting: bool = False) -> QuerySet[UploadedDocument]:
    """Uploaded documents without their bytes, each with its `trade`: its first order number, else its own number."""
    documents = UploadedDocument.objects.defer("source").annotate(trade=_TRADE)
    if search:
        documents = documents.filter(
            Q(number__icontains=search)
            | Q(trade__icontains=search)
            | Q(supplier_name__icontains=search)
            | Q(file_name__icontains=search)
        )
    if waiting:
        documents = documents.filter(~Exists(_current().filter(uploaded=OuterRef("pk"))), kind__in=JOINING)
    return documents


def trade_numbers(documents: QuerySet[UploadedDocument]) -> QuerySet[UploadedDocument, str]:
    """The trades that the documents belong to, the one that last got a document first."""
    return (
        documents.order_by()
        .values(order=_TRADE)
        .annotate(newest=Max("uploaded_at"))
        .order_by("-newest", "order")
        .values_list("order", flat=True)
    )


def trades_of(numbers: Sequence[str]) -> list[Trade]:
    """These trades with all their documents, in the order given. Three queries."""
    rows = (
        uploaded_documents().filter(Q(trade__in=numbers)).select_related("uploaded_by").order_by("-uploaded_at", "-pk")
    )
    filed = file_documents(rows)
    received = _with_receipt({case.pk for document in filed for case in document.cases})
    by_trade: dict[str, list[FiledDocument]] = defaultdict(list)
    for document in filed:
        row = document.uploaded
        by_trade[row.order_numbers[0] if row.order_numbers else row.number].append(document)
    return [
        Trade(number, _with_repeats(by_trade[number]), _waits_for(number, by_trade[number], received))
        for number in numbers
    ]


def _with_receipt(cases: set[UUID]) -> set[UUID]:
    """Those of the cases whose latest version has a goods receipt, whatever number it came under."""
    receipts = _current().filter(case_version__case__in=cases, kind=DocumentKind.GOODS_RECEIPT)
    return set(receipts.values_list("case_version__case", flat=True))


def _with_repeats(documents: list[FiledDocument]) -> list[FiledDocument]:
    in_case = {(d.uploaded.kind, d.uploaded.number): d.cases[0] for d in documents if d.cases}
    return [d if d.cases else replace(d, repeats=in_case.get((d.uploaded.kind, d.uploaded.number))) for d in documents]


def file_documents(rows: Iterable[UploadedDocument]) -> list[FiledDocument]:
    """Each document with the cases that it is part of. One query."""
    rows = list(rows)
    cases: dict[object, list[Case]] = defaultdict(list)
    for document in _current().filter(uploaded__in=[row.pk for row in rows]).select_related("case_version__case"):
        cases[document.uploaded_id].append(document.case_version.case)
    return [FiledDocument(row, cases[row.pk]) for row in rows]


def _current() -> QuerySet[Document]:
    """Documents of the latest version of each case."""
    return Document.objects.filter(case_version=F("case_version__case__latest"))


def waiting_trades(limit: int) -> list[Trade]:
    """The latest trades that something is missing from: a document is in no case yet, or no receipt has come."""
    unfinished = list(trade_numbers(uploaded_documents(waiting=True))[: 3 * limit])
    latest = list(trade_numbers(uploaded_documents())[: 3 * limit])
    found = [trade for trade in trades_of(list(dict.fromkeys(unfinished + latest))) if trade.waits_for]
    return sorted(found, key=lambda trade: trade.uploaded_at, reverse=True)[:limit]


def _waits_for(number: str, documents: list[FiledDocument], received: set[UUID]) -> str:
    joining = [document for document in documents if document.kind.joins_a_trade]
    if cases := {case.pk for document in joining for case in document.cases}:
        return "" if cases <= received else f"a goods receipt for order {number}"
    if not joining:
        return ""
    kinds = {document.kind for document in joining}
    missing = []
    if ubl.DocumentKind.ORDER not in kinds:
        missing.append(
            f"order {number}" if any(d.uploaded.order_numbers for d in joining) else "the number of the order"
        )
    if ubl.DocumentKind.INVOICE not in kinds:
        missing.append(f"the invoice on order {number}")
    return " and ".join(missing) or "a person: its order and its invoice are here but do not join; open one to see why"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one document stands after joining everything that was uploaded for its orders.

    `waits_for` and `set_aside` complete "waiting for …" and "kept, not used: …"; `problems` are those about it.
    """

    waits_for: str = ""
    set_aside: str = ""
    problems: list[ubl.TradeProblem] = field(default_factory=list)


def related_documents(given: Sequence[UploadedDocument]) -> list[UploadedDocument]:
    """These documents and all that hang together with them: a receipt may name only a despatch of the order."""
    related = {row.pk: row for row in given}
    keys: set[str] = set()
    while (found := {key for row in related.values() for key in row.trade_keys}) > keys:
        keys = found
        for row in UploadedDocument.objects.filter(trade_keys__overlap=sorted(keys)):
            related.setdefault(row.pk, row)
    return sorted(related.values(), key=lambda row: (row.uploaded_at, row.pk))


def document_standing(uploaded: UploadedDocument) -> Standing:
    """Join the document with all others of its trade once more, and say what came of it.

    Raises:
        ubl.DocumentError: one of them can no longer be read.
    """
    rows = related_documents([uploaded])
    names = {row.pk: f"{row.file_name} ({row.pk})" for row in rows} | {uploaded.pk: uploaded.file_name}
    joined = ubl.join_trade([ubl.read_document(bytes(row.source), names[row.pk]) for row in rows])
    name = uploaded.file_name
    problems = [*joined.problems, *(problem for trade in joined.trades for problem in trade.problems)]
    return Standing(
        waits_for=next((w.waiting_for for w in joined.waiting if w.document.name == name), ""),
        set_aside=next((s.reason for s in joined.set_aside if s.document.name == name), ""),
        problems=list(dict.fromkeys(problem for problem in problems if problem.document == name)),
    )
