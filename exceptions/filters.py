"""What the queue and the list of episodes can be narrowed by: the same on the pages and over REST."""

import re
from decimal import Decimal
from typing import Any, Final

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from exceptions.models import Case, Document
from exceptions.selectors.queue import QUEUE_STATES

MAX_WORDS: Final = 8
_AMOUNT = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,4})?|\d{1,15}(?:\.\d{1,4})?")


class SortWithReference(django_filters.OrderingFilter):
    """Sorts, and puts equal rows in the order of their references so that pages never overlap."""

    def filter(self, qs: QuerySet[Case], value: list[str] | None) -> QuerySet[Case]:
        """Leave the order of the queryset when nothing is asked for."""
        if not value:
            return qs
        return qs.order_by(*(self.get_ordering_value(part) for part in value), "reference")


class CaseFilter(django_filters.FilterSet):
    """Narrows the queue of one user (`queue_for`). Nothing here tells titles, slices or difficulties."""

    q = django_filters.CharFilter(method="search", label="Search", max_length=200)
    state = django_filters.ChoiceFilter(choices=QUEUE_STATES, label="My state", empty_label="All")
    supplier = django_filters.CharFilter(field_name="latest__supplier_id", label="Supplier", max_length=100)
    currency = django_filters.CharFilter(field_name="latest__currency", lookup_expr="iexact", label="Currency")
    total_min = django_filters.NumberFilter(field_name="latest__total", lookup_expr="gte", label="Amount from", max_digits=20)
    total_max = django_filters.NumberFilter(field_name="latest__total", lookup_expr="lte", label="Amount to", max_digits=20)
    real = django_filters.BooleanFilter(method="real_trades", label="Real trades only")
    sort = SortWithReference(
        fields={"latest__invoice_date": "date", "latest__total": "amount", "latest__supplier_name": "vendor"},
        label="Sort",
    )

    class Meta:
        model = Case
        fields: list[str] = []

    def search(self, cases: QuerySet[Case], _name: str, value: str) -> QuerySet[Case]:
        """Every word must be found in the reference, the invoice or order number, the vendor, or be the amount."""
        for word in value.split()[:MAX_WORDS]:
            found = (
                Q(reference__icontains=word)
                | Q(latest__invoice_number__icontains=word)
                | Q(latest__po_number__icontains=word)
                | Q(latest__supplier_name__icontains=word)
                | Q(latest__supplier_id__iexact=word)
                | Q(latest__currency__iexact=word)
            )
            if _AMOUNT.fullmatch(word):
                found |= _amount_is(word)
            cases = cases.filter(found)
        return cases

    def real_trades(self, cases: QuerySet[Case], _name: str, value: bool) -> QuerySet[Case]:
        """Real trades are the ones made from uploaded documents."""
        return cases.filter(made_from_documents()) if value else cases


def made_from_documents() -> Exists:
    """Whether a case comes from documents that were uploaded, not from a case pack."""
    return Exists(Document.objects.filter(case_version=OuterRef("latest"), uploaded__isnull=False))


def _amount_is(word: str) -> Q:
    """`11,662.00` is that amount exactly; `11662` is any amount from 11662.00 to 11662.99."""
    amount = Decimal(word.replace(",", ""))
    if "." in word:
        return Q(latest__total=amount)
    return Q(latest__total__gte=amount, latest__total__lt=amount + 1)
