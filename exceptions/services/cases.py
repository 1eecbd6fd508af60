"""Cases come in as packs: all of a pack or nothing, new versions for changed cases, nothing for unchanged ones."""

import hashlib
import json
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction

from exceptions import environment
from exceptions.models import Case, CaseVersion, Document, DocumentKind, GroundTruthRecord, UploadedDocument
from exceptions.ubl import DocumentKind as TradeDocumentKind
from exceptions.ubl import TradeDocument

#: Held while cases are made, so that two imports at once give every case one reference and one next version.
_IMPORT_LOCK = 4_217_001
#: `/cases/import/` is a page: a case of this reference could not be opened.
_TAKEN_BY_PAGES = frozenset({"import", "generate"})
#: Rows in one statement.
_BATCH = 500


@dataclass
class ImportResult:
    """What an import did, by slug."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{len(self.created)} new, {len(self.changed)} changed, {len(self.unchanged)} unchanged"


def case_pack_import(*, source: str | bytes | Path | dict[str, Any], user: User | None) -> ImportResult:
    """Import a case pack.

    Raises:
        environment.CasePackError: something in the pack is wrong; nothing was stored.
    """
    return cases_store(cases=environment.load_case_pack(source), user=user)


def cases_store(*, cases: Sequence[environment.Case], user: User | None) -> ImportResult:
    """Store cases, each under an id of its own: all or none. New ones, which may be thousands, in a few statements."""
    result = ImportResult()
    with transaction.atomic():
        lock_case_imports()
        there = set(Case.objects.filter(slug__in=[case.id for case in cases]).values_list("slug", flat=True))
        new = [case for case in cases if case.id not in there]
        for start in range(0, len(new), _BATCH):
            _new_cases_store(new[start : start + _BATCH], user)
        result.created.extend(case.id for case in new)
        for case in cases:
            if case.id in there:
                _version, outcome = case_version_store(case=case, user=user)
                getattr(result, outcome).append(case.id)
        Case.objects.filter(slug__in=there, queued=False).update(queued=True)
    return result


def _new_cases_store(cases: Sequence[environment.Case], user: User | None, *, queued: bool = True) -> None:
    references = _references(cases)
    rows = Case.objects.bulk_create(
        Case(slug=case.id, reference=reference, queued=queued)
        for case, reference in zip(cases, references, strict=True)
    )
    made = [_version(row, 1, case, user) for row, case in zip(rows, cases, strict=True)]
    CaseVersion.objects.bulk_create(version for version, _answer in made)
    GroundTruthRecord.objects.bulk_create(
        GroundTruthRecord(case_version=version, answer=answer) for version, answer in made if answer is not None
    )
    Document.objects.bulk_create(
        document
        for (version, _answer), case in zip(made, cases, strict=True)
        for document in _documents(version, case, ())
    )
    for row, (version, _answer) in zip(rows, made, strict=True):
        row.latest = version
    Case.objects.bulk_update(rows, ["latest"])


def _version(
    row: Case, number: int, case: environment.Case, user: User | None
) -> tuple[CaseVersion, dict[str, Any] | None]:
    """A version that is not stored yet, and the answer to it."""
    content, answer = _content_and_answer(case)
    version = CaseVersion(
        case=row,
        number=number,
        content=content,
        digest=_digest(content, answer),
        title=case.title,
        slice=case.slice,
        difficulty=case.difficulty,
        max_steps=case.max_steps,
        invoice_number=case.invoice.number,
        po_number=case.invoice.po_number or "",
        supplier_id=case.invoice.supplier_id,
        supplier_name=case.invoice.supplier_name,
        invoice_date=case.invoice.date,
        currency=case.invoice.currency,
        total=case.invoice.total,
        created_by=user,
    )
    return version, answer


def case_digest(case: environment.Case) -> str:
    """What the version that says exactly this has as its digest."""
    return _digest(*_content_and_answer(case))


def _digest(content: dict[str, Any], answer: dict[str, Any] | None) -> str:
    text = json.dumps([content, answer], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def lock_case_imports() -> None:
    """Take the import lock until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IMPORT_LOCK])


@transaction.atomic
def measured_cases_store(*, cases: Sequence[environment.Case]) -> dict[str, CaseVersion]:
    """The stored version that says exactly what each case says, by id, whichever number it has.

    What is not there yet is stored for models to be measured on, and does not stand in the queue.
    """
    lock_case_imports()
    wanted = {case.id: (case, case_digest(case)) for case in cases}
    there = Case.objects.filter(slug__in=wanted).in_bulk(field_name="slug")
    _new_cases_store([case for case, _digest in wanted.values() if case.id not in there], None, queued=False)
    stored = (
        CaseVersion.objects.filter(case__slug__in=wanted, digest__in=[digest for _case, digest in wanted.values()])
        .select_related("case", "truth")
        .order_by("number")
    )
    found = {row.case.slug: row for row in stored if row.digest == wanted[row.case.slug][1]}
    for slug, (case, _digest) in wanted.items():
        if slug not in found:
            version, _outcome = case_version_store(case=case, user=None)
            found[slug] = CaseVersion.objects.select_related("case", "truth").get(pk=version.pk)
    return found


def case_version_store(
    *,
    case: environment.Case,
    user: User | None,
    sources: Sequence[tuple[TradeDocument, UploadedDocument]] = (),
) -> tuple[CaseVersion, str]:
    """Store a case as its next version unless its latest one says the same.

    `sources` are the uploaded documents that it was joined from. To be called with the import lock held. Returns the
    version that now is the latest, and `created`, `changed` or `unchanged`.
    """
    row = Case.objects.select_for_update(of=("self",)).select_related("latest").filter(slug=case.id).first()
    outcome = "created" if row is None else "changed"
    known = row or Case(slug=case.id)
    version, answer = _version(known, known.latest.number + 1 if known.latest else 1, case, user)
    if known.latest is not None and known.latest.digest == version.digest:
        return known.latest, "unchanged"
    if row is None:
        known.reference = _references([case])[0]
        known.save(force_insert=True)
    version.save(force_insert=True)
    if answer is not None:
        GroundTruthRecord.objects.create(case_version=version, answer=answer)
    Document.objects.bulk_create(_documents(version, case, sources))
    known.latest = version
    known.save(update_fields=["latest"])
    return version, outcome


def _content_and_answer(case: environment.Case) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The case pack's entry without what the row holds already (id, reference) and without the answer; and the
    answer.
    """
    content = case.model_dump(mode="json")
    for name in ("id", "reference"):
        content.pop(name)
    return content, content.pop("ground_truth")


def _references(cases: Sequence[environment.Case]) -> list[str]:
    """For each new case the reference that its pack gives when it is free, else the next one of the desk's own."""
    given = {case.reference for case in cases if case.reference} - _TAKEN_BY_PAGES
    free = given - set(Case.objects.filter(reference__in=given).values_list("reference", flat=True))
    own = _own_references(sum(case.reference not in free for case in cases), free)
    return [case.reference if case.reference in free else next(own) for case in cases]


def _own_references(count: int, given: Set[str]) -> Iterator[str]:
    """So many that no case has and no case is given."""
    while count:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('exceptions_case_reference') FROM generate_series(1, %s)", [count])
            drawn = [f"C-{number}" for (number,) in cursor.fetchall()]
        taken = given | set(Case.objects.filter(reference__in=drawn).values_list("reference", flat=True))
        for reference in drawn:
            if reference not in taken:
                count -= 1
                yield reference


_SOURCE_KINDS = {
    TradeDocumentKind.INVOICE: DocumentKind.INVOICE,
    TradeDocumentKind.ORDER: DocumentKind.PURCHASE_ORDER,
    TradeDocumentKind.RECEIPT_ADVICE: DocumentKind.GOODS_RECEIPT,
    TradeDocumentKind.DESPATCH_ADVICE: DocumentKind.DESPATCH_ADVICE,
}


def _documents(
    version: CaseVersion, case: environment.Case, sources: Sequence[tuple[TradeDocument, UploadedDocument]]
) -> list[Document]:
    content = version.content
    uploaded = {(_SOURCE_KINDS[document.kind], document.number): row for document, row in sources}
    invoice, order = case.invoice, case.purchase_order
    documents = [
        Document(
            case_version=version,
            kind=DocumentKind.INVOICE,
            number=invoice.number,
            supplier_id=invoice.supplier_id,
            date=invoice.date,
            currency=invoice.currency,
            total=invoice.total,
            body=content["invoice"],
            uploaded=uploaded.get((DocumentKind.INVOICE, invoice.number)),
        ),
        Document(
            case_version=version,
            kind=DocumentKind.PURCHASE_ORDER,
            number=order.number,
            supplier_id=order.supplier_id,
            date=order.date,
            currency=order.currency,
            total=sum((line.line_total for line in order.lines), Decimal(0)),
            body=content["purchase_order"],
            uploaded=uploaded.get((DocumentKind.PURCHASE_ORDER, order.number)),
        ),
    ]
    documents.extend(
        Document(
            case_version=version,
            kind=DocumentKind.GOODS_RECEIPT,
            number=receipt.number,
            supplier_id=order.supplier_id,
            date=receipt.date,
            body=body,
            uploaded=uploaded.get((DocumentKind.GOODS_RECEIPT, receipt.number)),
        )
        for receipt, body in zip(case.goods_receipts, content["goods_receipts"], strict=True)
    )
    documents.extend(
        Document(
            case_version=version,
            kind=DocumentKind.DESPATCH_ADVICE,
            number=document.number,
            supplier_id=order.supplier_id,
            date=document.issue_date,
            body={
                "lines": [{"description": line.description, "quantity": str(line.quantity)} for line in document.lines]
            },
            uploaded=row,
        )
        for document, row in sources
        if document.kind is TradeDocumentKind.DESPATCH_ADVICE
    )
    return documents
