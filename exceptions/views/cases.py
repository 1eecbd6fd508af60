"""The queue, and case packs coming in."""

from datetime import datetime, time
from typing import Final

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from exceptions import environment, roles
from exceptions.filters import CaseFilter, made_from_documents
from exceptions.forms import JSON_FILES, CasePackForm
from exceptions.models import Case
from exceptions.selectors.queue import QUEUE_STATES, queue_for
from exceptions.selectors.suppliers import suppliers_in_queue
from exceptions.services.cases import case_pack_import
from exceptions.views.request import DeskRequest, asked, render_list

ROWS_PER_PAGE: Final = 50
SORTS: Final = [
    ("date", "Oldest first"),
    ("-date", "Newest first"),
    ("-amount", "Highest amount"),
    ("amount", "Lowest amount"),
    ("vendor", "Vendor A–Z"),
    ("-vendor", "Vendor Z–A"),
]


@require_safe
@permission_required(roles.PLAY, raise_exception=True)
def queue(request: DeskRequest) -> HttpResponse:
    """Which case next? All cases with the reader's own state; the address holds what is filtered and sorted."""
    query = asked(request)
    shown = CaseFilter(
        query, queryset=queue_for(request.user).annotate(real=made_from_documents()).defer("latest__content")
    )
    page = Paginator(shown.qs, ROWS_PER_PAGE).get_page(query.get("page"))
    sort = query.get("sort", SORTS[0][0])
    context = {
        "filter": shown,
        "page": page,
        "rows": [(case, _waiting_since(case)) for case in page],
        "narrowed": bool(set(query) & set(shown.filters) - {"sort"}),
        "states": QUEUE_STATES,
        "suppliers": suppliers_in_queue,
        "sort": sort,
        "sorts": SORTS,
        "sort_name": dict(SORTS).get(sort, "").lower(),
    }
    return render_list(request, page="exceptions/queue.html", fragment="exceptions/queue/results.html", context=context)


def _waiting_since(case: Case) -> datetime | None:
    if case.latest is None:
        return None
    return timezone.make_aware(datetime.combine(case.latest.invoice_date, time.min))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(roles.IMPORT_CASES, raise_exception=True)
def import_pack(request: DeskRequest) -> HttpResponse:
    """Bring cases in: all of a pack, or nothing and everything that is wrong with it."""
    form = CasePackForm(request.POST, request.FILES) if request.method == "POST" else CasePackForm()
    context = {"form": form, "accept": JSON_FILES}
    if request.method != "POST":
        return render(request, "exceptions/import_cases.html", context)
    if not form.is_valid():
        return render(request, "exceptions/import_cases.html", context, status=422)
    pack = form.cleaned_data["pack"]
    context["file_name"] = pack.name
    try:
        context["result"] = case_pack_import(source=pack.read(), user=request.user)
    except environment.CasePackError as error:
        context["problems"] = error.errors
        return render(request, "exceptions/import_cases.html", context, status=422)
    return render(request, "exceptions/import_cases.html", context)
