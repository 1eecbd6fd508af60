"""Trade documents: upload them, see what each became, read them, take the bytes out again."""

from decimal import Decimal
from typing import Final
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from exceptions import roles, ubl
from exceptions.forms import XML_FILES, DocumentsForm
from exceptions.models import UploadedDocument
from exceptions.selectors.documents import (
    RECEIPTS,
    document_standing,
    file_documents,
    trade_numbers,
    trades_of,
    uploaded_documents,
)
from exceptions.services.trades import documents_upload
from exceptions.views.request import DeskRequest, asked, render_list
from exceptions.views.upload_report import upload_report

TRADES_PER_PAGE: Final = 20
may_upload = permission_required(roles.UPLOAD_DOCUMENTS, raise_exception=True)


@require_http_methods(["GET", "HEAD", "POST"])
@may_upload
def document_list(request: DeskRequest) -> HttpResponse:
    """What came in, and what does it wait for? A POST takes documents in and says what each became."""
    if request.method != "POST":
        return _list(request, DocumentsForm())
    form = DocumentsForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, status=422)
    files = [(file.name or "unnamed", file.read()) for file in form.cleaned_data["documents"]]
    result = documents_upload(files=files, user=request.user)
    taken = any(outcome.uploaded for outcome in result.files)
    return _list(request, DocumentsForm(), {"report": upload_report(result)}, status=200 if taken else 422)


def _list(
    request: DeskRequest, form: DocumentsForm, extra: dict[str, object] | None = None, *, status: int = 200
) -> HttpResponse:
    query = asked(request)
    search = query.get("q", "").replace("\x00", "").strip()[:200]
    waiting = query.get("waiting") == "true"
    found = trade_numbers(uploaded_documents(search, waiting=waiting))
    page = Paginator(found, TRADES_PER_PAGE).get_page(query.get("page"))
    context = {
        "form": form,
        "accept": XML_FILES,
        "page": page,
        "trades": trades_of(list(page)),
        "search": search,
        "waiting": waiting,
        "narrowed": bool(search or waiting),
    } | (extra or {})
    response = render_list(
        request,
        page="exceptions/documents.html",
        fragment="exceptions/documents/results.html",
        context=context,
    )
    response.status_code = status
    return response


@require_safe
@may_upload
def document_page(request: DeskRequest, document_id: UUID) -> HttpResponse:
    """What does this document say, and which case is it part of?"""
    uploaded = get_object_or_404(UploadedDocument.objects.select_related("uploaded_by"), pk=document_id)
    context: dict[str, object] = {"uploaded": uploaded, "cases": file_documents([uploaded])[0].cases}
    try:
        document = context["document"] = ubl.read_document(bytes(uploaded.source), uploaded.file_name)
        context["moves_goods"] = document.kind in RECEIPTS
        context["totals"] = _totals(document)
        context["standing"] = document_standing(uploaded)
    except ubl.DocumentError as error:
        context["error"] = error
    return render(request, "exceptions/document.html", context)


def _totals(document: ubl.TradeDocument) -> list[tuple[str, Decimal]]:
    """The amounts that the document prints about itself, by name."""
    totals = document.totals
    printed = [
        ("Sum of lines", totals.line_extension),
        ("Allowances", totals.allowances),
        ("Charges", totals.charges),
        ("Tax", totals.tax),
        ("Without tax", totals.tax_exclusive),
        ("With tax", totals.tax_inclusive),
        ("Prepaid", totals.prepaid),
        ("Rounding", totals.rounding),
        ("To pay", totals.payable),
    ]
    return [(name, value) for name, value in printed if value is not None]


@require_safe
@may_upload
def document_source(request: DeskRequest, document_id: UUID) -> HttpResponse:
    """The bytes as they were uploaded, never shown by the browser in the desk's own name."""
    uploaded = get_object_or_404(UploadedDocument, pk=document_id)
    disposition = content_disposition_header(as_attachment=True, filename=uploaded.file_name)
    return HttpResponse(
        bytes(uploaded.source),
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": disposition or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
