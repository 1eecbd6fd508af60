"""Cases come in as packs: all of a pack or nothing, new versions for changed cases, nothing for unchanged ones."""

import hashlib
import json
from collections.abc import Sequence
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
_TAKEN_BY_A_PAGE = "import"


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
    cases = environment.load_case_pack(source)
    result = ImportResult()
    with transaction.atomic():
        lock_case_imports()
        for case in cases:
            version, outcome = case_version_store(case=case, user=user)
            getattr(result, outcome).append(version.case.slug)
    return result


def lock_case_imports() -> None:
    """Take the import lock until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IMPORT_LOCK])


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
    content, answer = _content_and_answer(case)
    digest = hashlib.sha256(
        json.dumps([content, answer], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()
    row = Case.objects.select_for_update(of=("self",)).select_related("latest").filter(slug=case.id).first()
    if row is not None and row.latest is not None and row.latest.digest == digest:
        return row.latest, "unchanged"
    outcome = "created" if row is None else "changed"
    if row is None:
        row = Case.objects.create(slug=case.id, reference=_reference(case))
    version = CaseVersion.objects.create(
        case=row,
        number=row.latest.number + 1 if row.latest else 1,
        content=content,
        digest=digest,
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
    if answer is not None:
        GroundTruthRecord.objects.create(case_version=version, answer=answer)
    Document.objects.bulk_create(_documents(version, case, sources))
    row.latest = version
    row.save(update_fields=["latest"])
    return version, outcome


def _content_and_answer(case: environment.Case) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The case pack's entry without what the row holds already (id, reference) and without the answer; and the
    answer.
    """
    content = case.model_dump(mode="json")
    for name in ("id", "reference"):
        content.pop(name)
    return content, content.pop("ground_truth")


def _reference(case: environment.Case) -> str:
    """The reference that the pack gives when it is free, else the next one of the desk's own."""
    if (
        case.reference
        and case.reference != _TAKEN_BY_A_PAGE
        and not Case.objects.filter(reference=case.reference).exists()
    ):
        return case.reference
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT nextval('exceptions_case_reference')")
            reference = f"C-{cursor.fetchone()[0]}"
            if not Case.objects.filter(reference=reference).exists():
                return reference


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
