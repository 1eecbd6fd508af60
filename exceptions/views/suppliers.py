"""Suppliers: the vendor profile and the matching policy that the desk keeps for each."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from exceptions import environment, roles
from exceptions.forms import SupplierForm
from exceptions.models import Supplier
from exceptions.selectors.suppliers import supplier_policy, suppliers_kept
from exceptions.services.suppliers import SupplierChanged, supplier_profile_save
from exceptions.views.request import DeskRequest, asked, render_list

ROWS_PER_PAGE: Final = 50


@require_safe
@permission_required(roles.PLAY, raise_exception=True)
def supplier_list(request: DeskRequest) -> HttpResponse:
    """Whom does the desk keep a profile of?"""
    query = asked(request)
    search = query.get("q", "").replace("\x00", "")[:200]
    page = Paginator(suppliers_kept(search), ROWS_PER_PAGE).get_page(query.get("page"))
    context = {"page": page, "search": search, "narrowed": bool(search), "defaults": environment.Policy()}
    return render_list(
        request,
        page="exceptions/suppliers.html",
        fragment="exceptions/suppliers/results.html",
        context=context,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(roles.PLAY, raise_exception=True)
def supplier_page(request: DeskRequest, pk: int) -> HttpResponse:
    """What does the desk know about this supplier, and which tolerances hold for it?"""
    supplier = get_object_or_404(suppliers_kept(), pk=pk)
    may_edit = request.user.has_perm(roles.EDIT_SUPPLIERS)
    if request.method == "POST":
        if not may_edit:
            raise PermissionDenied("Supervisors and admins keep the vendor profiles; ask one of them.")
        return _save(request, supplier)
    form = SupplierForm(initial=SupplierForm.initial_from(supplier)) if may_edit else None
    return _render(request, supplier, form)


def _save(request: DeskRequest, supplier: Supplier) -> HttpResponse:
    form = SupplierForm(request.POST)
    if not form.is_valid():
        return _render(request, supplier, form, status=422)
    try:
        supplier_profile_save(pk=supplier.pk, profile=form.profile, read_at=form.cleaned_data["read_at"])
    except SupplierChanged as conflict:
        supplier.refresh_from_db()
        again = request.POST.copy()
        again["read_at"] = supplier.updated_at.isoformat()
        form = SupplierForm(again)
        return _render(request, supplier, form, conflict=conflict, status=conflict.status)
    messages.success(request, f"Saved. Cases that are made from now on use this profile of {supplier.name}.")
    return redirect("supplier", pk=supplier.pk)


def _render(
    request: DeskRequest,
    supplier: Supplier,
    form: SupplierForm | None,
    *,
    conflict: SupplierChanged | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "supplier": supplier,
        "form": form,
        "conflict": conflict,
        "policy": supplier_policy(supplier),
    }
    return render(request, "exceptions/supplier.html", context, status=status)
