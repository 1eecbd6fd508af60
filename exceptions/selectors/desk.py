"""What needs one user: their own queue in figures, where they left off, and what became of their latest cases.

Exception types are left out on purpose: what a case really is may not be seen before it is resolved.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.contrib.auth.models import User
from django.db.models import Case as When_
from django.db.models import CharField, Count, Max, Min, Q, QuerySet, Sum, Value, When

from exceptions import environment
from exceptions.models import Case, Episode, EpisodeOrigin, EpisodeStatus
from exceptions.selectors.queue import DONE, OPEN, STARTED, queue_for

#: Upper bounds in days since the invoice's date; older ones are in the last group.
AGES: Final = [(7, "up to 7 days"), (30, "8 to 30 days"), (90, "31 to 90 days")]
OLDER: Final = "older than 90 days"
#: Upper bounds in the invoice's own currency.
SIZES: Final = [
    (Decimal(1_000), "under 1,000"),
    (Decimal(10_000), "1,000 to 10,000"),
    (Decimal(50_000), "10,000 to 50,000"),
]
LARGER: Final = "50,000 and more"
SUPPLIERS_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the cases to do: how many, what share of all of them, and the queue's filters that show them."""

    name: str
    count: int
    share: float
    filters: dict[str, str]


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """The cases to do in one currency."""

    currency: str
    count: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class SupplierLoad:
    """The cases to do of one supplier in one currency."""

    supplier_id: str
    name: str
    currency: str
    count: int
    total: Decimal
    oldest: date


@dataclass(frozen=True, slots=True)
class Workload:
    """The queue of one user in figures."""

    open: int = 0
    started: int = 0
    done: int = 0
    oldest: date | None = None
    by_age: list[Group] = field(default_factory=list)
    by_size: list[Group] = field(default_factory=list)
    by_currency: list[CurrencyTotal] = field(default_factory=list)
    by_supplier: list[SupplierLoad] = field(default_factory=list)

    @property
    def todo(self) -> int:
        return self.open + self.started

    @property
    def all(self) -> int:
        return self.todo + self.done


def workload_of(user: User, today: date) -> Workload:
    """Count the user's cases by state, and those to do by age, value and supplier. Two queries."""
    cases = queue_for(user).order_by()
    counted = list(
        cases.annotate(age=_age(today), size=_size())
        .values("state", "age", "size", "latest__currency")
        .annotate(count=Count("pk"), total=Sum("latest__total"), oldest=Min("latest__invoice_date"))
    )
    states: Counter[str] = Counter()
    for row in counted:
        states[row["state"]] += row["count"]
    grouped = [row for row in counted if row["state"] != DONE]
    currencies: dict[str, CurrencyTotal] = {}
    for row in grouped:
        before = currencies.get(row["latest__currency"], CurrencyTotal(row["latest__currency"], 0, Decimal(0)))
        currencies[before.currency] = CurrencyTotal(
            before.currency, before.count + row["count"], before.total + row["total"]
        )
    return Workload(
        open=states[OPEN],
        started=states[STARTED],
        done=states[DONE],
        oldest=min((row["oldest"] for row in grouped), default=None),
        by_age=_groups(grouped, "age", _age_filters(today)),
        by_size=_groups(grouped, "size", _size_filters()),
        by_currency=sorted(currencies.values(), key=lambda part: (-part.count, part.currency)),
        by_supplier=_suppliers(cases.filter(~Q(state=DONE))),
    )


def _age(today: date) -> When_:
    return When_(
        *(When(latest__invoice_date__gte=today - timedelta(days=days), then=Value(name)) for days, name in AGES),
        default=Value(OLDER),
        output_field=CharField(),
    )


def _size() -> When_:
    return When_(
        *(When(latest__total__lt=bound, then=Value(name)) for bound, name in SIZES),
        default=Value(LARGER),
        output_field=CharField(),
    )


def _age_filters(today: date) -> dict[str, dict[str, str]]:
    """The queue's filters of every group of ages, oldest first."""
    filters = {}
    youngest = today
    for days, name in AGES:
        begin = today - timedelta(days=days)
        filters[name] = {"dated_from": begin.isoformat(), "dated_to": youngest.isoformat()}
        youngest = begin - timedelta(days=1)
    filters[AGES[0][1]].pop("dated_to")  # an invoice dated in the future counts among the youngest
    filters[OLDER] = {"dated_to": youngest.isoformat()}
    return dict(reversed(filters.items()))


def _size_filters() -> dict[str, dict[str, str]]:
    """The queue's filters of every group of values, largest first. Amounts have four places in the database."""
    filters = {}
    lowest = None
    for bound, name in SIZES:
        filters[name] = {"total_max": str(bound - Decimal("0.0001"))}
        if lowest is not None:
            filters[name] |= {"total_min": str(lowest)}
        lowest = bound
    filters[LARGER] = {"total_min": str(lowest)}
    return dict(reversed(filters.items()))


def _groups(rows: Iterable[Mapping[str, Any]], by: str, filters: dict[str, dict[str, str]]) -> list[Group]:
    counts = dict.fromkeys(filters, 0)
    for row in rows:
        counts[row[by]] += row["count"]
    total = sum(counts.values())
    return [Group(name, count, count / total if total else 0.0, filters[name]) for name, count in counts.items()]


def _suppliers(todo: QuerySet[Case]) -> list[SupplierLoad]:
    rows = (
        todo.values("latest__supplier_id", "latest__currency")
        .annotate(
            name=Min("latest__supplier_name"),
            count=Count("pk"),
            total=Sum("latest__total"),
            oldest=Min("latest__invoice_date"),
        )
        .order_by("-count", "oldest", "latest__supplier_id")[:SUPPLIERS_SHOWN]
    )
    return [
        SupplierLoad(
            row["latest__supplier_id"],
            row["name"],
            row["latest__currency"],
            row["count"],
            row["total"],
            row["oldest"],
        )
        for row in rows
    ]


def left_off(user: User, limit: int) -> QuerySet[Episode]:
    """The user's open workspace episodes with at least one step, the one last worked on first (`worked_at`)."""
    return (
        Episode.objects.filter(user=user, origin=EpisodeOrigin.DESK, status=EpisodeStatus.RUNNING, steps_used__gt=0)
        .select_related("case_version__case")
        .defer("case_version__content")
        .annotate(worked_at=Max("steps__created_at"))
        .order_by("-worked_at")[:limit]
    )


def own_episodes(user: User) -> QuerySet[Episode]:
    """The user's ended workspace episodes, newest first; cancelled ones left out."""
    return (
        Episode.objects.filter(Q(user=user, origin=EpisodeOrigin.DESK, status=EpisodeStatus.ENDED))
        .exclude(stop_reason=environment.StopReason.CANCELLED)
        .order_by("-created_at", "-id")
    )


def first_to_do(user: User) -> str | None:
    """The reference of the case to open next: the oldest one not started, or else the oldest that was."""
    references = queue_for(user).values_list("reference", flat=True)
    return references.filter(Q(state=OPEN)).first() or references.filter(Q(state=STARTED)).first()
