"""Suppliers: those that have a case in the queue, and those that the desk keeps a profile of."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Case as When_
from django.db.models import Count, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from exceptions import environment
from exceptions.models import CaseVersion, Supplier

#: The fields of the policy and what they are called.
POLICY_NAMES: Final = {
    "quantity_tolerance_pct": "Quantity tolerance",
    "price_tolerance_pct": "Price tolerance",
    "total_tolerance": "Total tolerance",
    "duplicate_check": "Duplicate check",
    "high_value_threshold": "High value from",
    "mandatory_escalation_above": "Must be escalated above",
}


@dataclass(frozen=True, slots=True)
class SupplierChoice:
    """A supplier to filter by."""

    supplier_id: str
    name: str


def suppliers_in_queue() -> list[SupplierChoice]:
    """Every supplier with a case, by name."""
    rows = (
        CaseVersion.objects.filter(case__latest__isnull=False, case__queued=True)
        .values("supplier_id")
        .annotate(name=Min("supplier_name"))
        .order_by("name", "supplier_id")
        .values_list("supplier_id", "name")
    )
    return [SupplierChoice(supplier_id, name) for supplier_id, name in rows]


def suppliers_kept(search: str = "") -> QuerySet[Supplier]:
    """Suppliers with a profile, riskiest first, each with the number of its `cases`."""
    cases = (
        CaseVersion.objects.filter(supplier_id=OuterRef("supplier_id"))
        .order_by()
        .values("supplier_id")
        .annotate(cases=Count("case", distinct=True))
        .values("cases")
    )
    kept = Supplier.objects.annotate(
        cases=Coalesce(Subquery(cases), 0),
        rank=When_(
            *(When(risk_tier=tier, then=Value(rank)) for rank, tier in enumerate(reversed(environment.RiskTier))),
            output_field=IntegerField(),
        ),
    )
    if search:
        kept = kept.filter(Q(name__icontains=search) | Q(supplier_id__icontains=search))
    return kept.order_by("rank", "name", "supplier_id")


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One field of the policy that holds for a supplier, and whether it is the default."""

    name: str
    value: str
    is_default: bool


def supplier_policy(supplier: Supplier) -> list[PolicyRow]:
    """The policy that the next case of this supplier gets."""
    policy = environment.Policy.model_validate(supplier.policy)
    rows = []
    for field, name in POLICY_NAMES.items():
        value = getattr(policy, field)
        if isinstance(value, bool):
            written = "on" if value else "off"
        else:
            written = f"{value.normalize():f} %" if field.endswith("_pct") else f"{value:,.2f}"
        rows.append(PolicyRow(name, written, field not in supplier.policy))
    return rows
