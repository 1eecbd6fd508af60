"""The figures of a run by step, as charts, REST and exports want them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Q

from training.models import TrainingMetric, TrainingRun

#: A point of a curve; the value is None where what was measured was no number.
Point = tuple[int, float | None]


@dataclass(frozen=True, slots=True)
class CurvesState:
    """Changes whenever a value was added or replaced: what a page that is up to date need not fetch again."""

    points: int
    newest: datetime | None

    @property
    def tag(self) -> str:
        return f"{self.points}-{self.newest.timestamp():.6f}" if self.newest else "0"


def curves_state(run: TrainingRun) -> CurvesState:
    """One query."""
    found = run.metrics.aggregate(points=Count("pk"), newest=Max("written_at"))
    return CurvesState(found["points"], found["newest"])


def curves(
    run: TrainingRun, *, names: Sequence[str] = (), after: int | None = None, written_after: datetime | None = None
) -> dict[str, list[Point]]:
    """Points by name, in the order of steps: of all names or these, behind a step, or written since. One query."""
    found: dict[str, list[Point]] = {}
    for name, step, value in _rows(run, names, after, written_after):
        found.setdefault(name, []).append((step, value))
    return found


def curves_of(runs: Iterable[UUID], names: Sequence[str]) -> dict[UUID, dict[str, list[Point]]]:
    """Some curves of several runs, to lay over each other. One query, and one row for each curve."""
    found: dict[UUID, dict[str, list[Point]]] = {}
    rows = (
        TrainingMetric.objects.filter(run__in=list(runs), name__in=names)
        .values_list("run", "name")
        .annotate(steps=ArrayAgg("step", order_by="step"), measured=ArrayAgg("value", order_by="step"))
        .order_by("run", "name")
    )
    for run, name, steps, measured in rows:
        found.setdefault(run, {})[name] = list(zip(steps, measured, strict=True))
    return found


def latest_values(runs: Iterable[UUID], names: Sequence[str]) -> dict[UUID, dict[str, float | None]]:
    """The value of the highest step of each of these figures, by run. One query."""
    found: dict[UUID, dict[str, float | None]] = {}
    rows = (
        TrainingMetric.objects.filter(run__in=list(runs), name__in=names)
        .order_by("run", "name", "-step")
        .distinct("run", "name")
    )
    for run, name, value in rows.values_list("run", "name", "value"):
        found.setdefault(run, {})[name] = value
    return found


def not_numbers(run: TrainingRun) -> int:
    """How many values of the run were no numbers."""
    return run.metrics.filter(value=None).count()


def _rows(
    run: TrainingRun, names: Sequence[str], after: int | None, written_after: datetime | None
) -> Iterable[tuple[str, int, float | None]]:
    condition = Q()
    if names:
        condition &= Q(name__in=names)
    if after is not None:
        condition &= Q(step__gt=after)
    if written_after is not None:
        condition &= Q(written_at__gt=written_after)
    return run.metrics.filter(condition).order_by("name", "step").values_list("name", "step", "value")
