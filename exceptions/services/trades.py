"""Trade documents in: every readable file is kept as it came, what joins becomes a case, what does not waits and
says for what.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import transaction

from exceptions import environment, ubl
from exceptions.models import Case, CaseVersion, Supplier, UploadedDocument
from exceptions.selectors.documents import related_documents
from exceptions.services.cases import case_version_store, lock_case_imports

#: Real trades have no published step budget; this is the catalogue's for hard cases.
_MAX_STEPS = 12


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """One uploaded file. `refused` says why it was not taken; otherwise `uploaded` is its row, `known` when it was
    there before.
    """

    name: str
    uploaded: UploadedDocument | None = None
    known: bool = False
    refused: ubl.DocumentError | None = None


@dataclass(frozen=True, slots=True)
class TradeOutcome:
    """A trade that became a case: `outcome` is `created`, `changed` or `unchanged`, `missing` what has not come in
    yet.
    """

    case: Case
    outcome: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaitingOutcome:
    """A document that is part of no case yet; `waiting_for` completes "waiting for …"."""

    uploaded: UploadedDocument
    waiting_for: str


@dataclass(frozen=True, slots=True)
class SetAsideOutcome:
    """A document that is kept but not used, and why."""

    uploaded: UploadedDocument
    reason: str


@dataclass(slots=True)
class UploadResult:
    """Everything that happened to an upload; each file given is in `files`."""

    files: list[FileOutcome] = field(default_factory=list)
    trades: list[TradeOutcome] = field(default_factory=list)
    waiting: list[WaitingOutcome] = field(default_factory=list)
    set_aside: list[SetAsideOutcome] = field(default_factory=list)
    problems: list[ubl.TradeProblem] = field(default_factory=list)

    @property
    def refused(self) -> list[ubl.DocumentError]:
        return [outcome.refused for outcome in self.files if outcome.refused is not None]


def documents_upload(*, files: Sequence[tuple[str, bytes]], user: User | None) -> UploadResult:
    """Take UBL documents in, together or one after the other.

    A file that cannot be read is refused with the reason and does not keep the others out. Every other one is
    stored; with
    what was stored before it is joined by order number, and each complete trade becomes a case (or the next version
    of its
    case, when a document came late).
    """
    result = UploadResult()
    read: list[tuple[str, bytes, ubl.TradeDocument]] = []
    for name, data in files:
        try:
            read.append((name, data, ubl.read_document(data, name)))
        except ubl.DocumentError as error:
            result.files.append(FileOutcome(name, refused=error))
    with transaction.atomic():
        lock_case_imports()
        for name, data, document in read:
            uploaded, known = _keep(name, data, document, user)
            result.files.append(FileOutcome(name, uploaded, known))
        if read:
            _join([outcome.uploaded for outcome in result.files if outcome.uploaded is not None], result, user)
    return result


def _keep(name: str, data: bytes, document: ubl.TradeDocument, user: User | None) -> tuple[UploadedDocument, bool]:
    sha256 = hashlib.sha256(data).hexdigest()
    known = UploadedDocument.objects.filter(sha256=sha256).first()
    if known is not None:
        return known, True
    orders = set(document.order_numbers)
    if document.kind is ubl.DocumentKind.ORDER:
        orders.add(document.number)
    uploaded = UploadedDocument.objects.create(
        sha256=sha256,
        file_name=name[:255],
        source=data,
        kind=document.kind,
        number=document.number,
        order_numbers=sorted(orders),
        trade_keys=_trade_keys(document),
        supplier_name=document.supplier.name[:200] if document.supplier else "",
        uploaded_by=user,
    )
    return uploaded, False


def _trade_keys(document: ubl.TradeDocument) -> list[str]:
    keys = {f"{document.kind}:{document.number}"}
    keys.update(f"{ubl.DocumentKind.ORDER}:{number}" for number in document.order_numbers)
    keys.update(f"{ubl.DocumentKind.INVOICE}:{number}" for number in document.invoice_references)
    keys.update(f"{ubl.DocumentKind.DESPATCH_ADVICE}:{number}" for number in document.despatch_references)
    return sorted(keys)


def _join(given: Sequence[UploadedDocument], result: UploadResult, user: User | None) -> None:
    any_new = any(not outcome.known for outcome in result.files if outcome.uploaded is not None)
    rows = related_documents(given)
    # Names tell the files apart in problems; two files of one name get their row's number.
    by_name: dict[str, UploadedDocument] = {}
    for row in rows:
        by_name[row.file_name if row.file_name not in by_name else f"{row.file_name} ({row.pk})"] = row
    joined = ubl.join_trade(ubl.read_document(bytes(row.source), name) for name, row in by_name.items())
    result.problems.extend(joined.problems)
    for trade in joined.trades:
        result.problems.extend(problem for problem in trade.problems if problem not in result.problems)
        sources = [(document, by_name[document.name]) for document in trade.documents]
        case = _case(trade, identity=by_name[trade.documents[0].name].sha256)
        # Nothing new has come in: the case stays, even when its duplicate check would say more by now.
        known = None if any_new else Case.objects.filter(slug=case.id).first()
        if known is not None:
            result.trades.append(TradeOutcome(known, "unchanged", trade.missing))
            continue
        version, outcome = case_version_store(case=case, user=user, sources=sources)
        result.trades.append(TradeOutcome(version.case, outcome, trade.missing))
    result.waiting.extend(WaitingOutcome(by_name[w.document.name], w.waiting_for) for w in joined.waiting)
    result.set_aside.extend(SetAsideOutcome(by_name[s.document.name], s.reason) for s in joined.set_aside)


def _case(trade: ubl.JoinedTrade, *, identity: str) -> environment.Case:
    """The case of a trade. `identity` is its invoice's sha256: two different invoices of one number are two cases."""
    invoice, order = trade.invoice, trade.purchase_order
    supplier = _supplier(order.supplier_id, trade.supplier.name)
    slug = _slug(f"trade {order.number} {invoice.number}", identity)
    return environment.Case(
        id=slug,
        title=f"Invoice {invoice.number} on order {order.number}",
        slice=environment.Slice.IMPORTED,
        difficulty=environment.Difficulty.MODERATE,
        max_steps=_MAX_STEPS,
        invoice=invoice,
        purchase_order=order,
        goods_receipts=trade.goods_receipts,
        vendor=environment.Vendor(
            supplier_id=supplier.supplier_id,
            name=supplier.name,
            risk_tier=environment.RiskTier(supplier.risk_tier),
            duplicate_incidents=supplier.duplicate_incidents,
            preferred=supplier.preferred,
            price_tolerance_pct=supplier.price_tolerance_pct,
            escalation_threshold=supplier.escalation_threshold,
        ),
        policy=environment.Policy.model_validate(supplier.policy),
        history=environment.History(
            comments=trade.comments,
            similar_invoices=_similar_invoices(slug, invoice),
        ),
        ground_truth=None,
    )


def _supplier(supplier_id: str, name: str) -> Supplier:
    """What the desk keeps for the supplier; one that is new gets the defaults and can be edited from then on."""
    supplier, _created = Supplier.objects.get_or_create(
        supplier_id=supplier_id, defaults={"name": name[:200] or supplier_id}
    )
    return supplier


def _similar_invoices(slug: str, invoice: environment.Invoice) -> tuple[str, ...]:
    """Other real invoices of the supplier on this desk with the same number or the same total, for the duplicate
    check.
    """
    others = (
        CaseVersion.objects.filter(
            slice=environment.Slice.IMPORTED,
            supplier_id=invoice.supplier_id,
            pk__in=Case.objects.values("latest"),
        )
        .exclude(case__slug=slug)
        .select_related("case")
        .order_by("invoice_date", "pk")
    )
    similar = [
        other
        for other in others
        if other.invoice_number == invoice.number
        or (other.total == invoice.total and other.currency == invoice.currency)
    ]
    return tuple(
        f"{other.invoice_number} of {other.invoice_date}, {other.currency} {other.total.normalize():f}, order "
        f"{other.po_number}, on this desk as {other.case.reference}"
        for other in similar[:50]
    )


def _slug(text: str, identity: str) -> str:
    """Readable, and different for different trades even when their numbers are the same."""
    readable = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:100].strip("-")
    return f"{readable or 'trade'}-{identity[:12]}"
