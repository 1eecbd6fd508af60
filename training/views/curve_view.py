"""How curves are shown: the part of a run's address that says it, and the runs that are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.http import QueryDict
from pydantic import ValidationError

from training.charts.of_run import CurveView, DrawnRun, metric_names
from training.material import recipe_size
from training.models import CheckpointKind, RecipeKind, TrainingCheckpoint, TrainingRun
from training.recipes import read_recipe
from training.selectors.curves import curves_of
from training.selectors.evaluated import EvaluatedEpoch, best_measured, evaluated_epochs

if TYPE_CHECKING:
    from evaluation.statistics.intervals import Estimate

#: Weights of the past that can be chosen, with their words.
SMOOTHINGS: Final = (("0", "none"), ("0.6", "a little"), ("0.9", "much"), ("0.97", "very much"))
DEFAULT_SMOOTHING: Final = "0.6"
#: Runs that can be laid over one.
MOST_OVERLAID: Final = 7


@dataclass(frozen=True, slots=True)
class AskedView:
    """What the address asks for: `smooth`, `log`, and `with`, the runs to lay over this one."""

    smooth: str
    log: bool
    overlaid: tuple[UUID, ...]

    @property
    def curves(self) -> CurveView:
        return CurveView(float(self.smooth), self.log)

    @property
    def address(self) -> str:
        """As a query, what is as by default left out."""
        query = QueryDict(mutable=True)
        if self.overlaid:
            query["with"] = ",".join(map(str, self.overlaid))
        if self.smooth != DEFAULT_SMOOTHING:
            query["smooth"] = self.smooth
        if self.log:
            query["log"] = "1"
        return query.urlencode(safe=",")


def asked_view(query: QueryDict) -> AskedView:
    """Read leniently: what an address says wrongly is as by default."""
    smooth = query.get("smooth", DEFAULT_SMOOTHING)
    named = [part.strip() for value in query.getlist("with") for part in value.split(",")]
    overlaid = [key for part in dict.fromkeys(named) if (key := _key(part))]
    return AskedView(
        smooth=smooth if smooth in dict(SMOOTHINGS) else DEFAULT_SMOOTHING,
        log=query.get("log") == "1",
        overlaid=tuple(overlaid[:MOST_OVERLAID]),
    )


def drawn_runs(run: TrainingRun, asked: AskedView) -> tuple[list[DrawnRun], list[EvaluatedEpoch]]:
    """The run and those laid over it, with their curves; and the run's evaluations. Five queries."""
    others = {one.pk: one for one in TrainingRun.objects.filter(pk__in=asked.overlaid).exclude(pk=run.pk)}
    runs = [run, *(others[key] for key in asked.overlaid if key in others)]
    curves = curves_of([one.pk for one in runs], metric_names(RecipeKind(run.kind)))
    evaluated = evaluated_epochs([run.pk]).get(run.pk, [])
    marked = run.checkpoints.filter(kind=CheckpointKind.EPOCH)
    chosen, last = marked.filter(best=True).first(), marked.filter(last=True).first()
    best = _epoch(chosen)
    if best is None and run.ended:
        # Its checkpoints are elsewhere; what was measured is here.
        best = best_measured(run, curves.get(run.pk, {}))
    drawn = []
    for place, one in enumerate(runs):
        own = place == 0
        drawn.append(
            DrawnRun(
                id=one.pk,
                name=one.name,
                place=place,
                curves=curves.get(one.pk, {}),
                rounds=rounds_of(one),
                total=one.total or planned_steps(one),
                best=best if own else None,
                last=_epoch(last) if own else None,
                intervals=set_intervals(evaluated) if own else None,
                ended=one.ended,
            )
        )
    return drawn, evaluated


def planned_steps(run: TrainingRun) -> int:
    """Optimizer steps that the run will have, before its worker says so; 0 where that cannot be told."""
    try:
        return recipe_size(read_recipe(run.config)).steps
    except ValidationError:
        return 0


def rounds_of(run: TrainingRun) -> int:
    """Epochs or iterations that the run is to have."""
    return int(run.config.get("iterations" if run.kind == RecipeKind.GRPO else "epochs", 1))


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _epoch(checkpoint: TrainingCheckpoint | None) -> int | None:
    return checkpoint.epoch if checkpoint else None


def set_intervals(evaluated: Sequence[EvaluatedEpoch]) -> "dict[str, dict[int, Estimate]]":
    """Of the set that selects, by metric and epoch: tests are no curve."""
    found: dict[str, dict[int, Estimate]] = {}
    for one in evaluated:
        if one.set_name != "test":
            for name, estimate in one.figures.items():
                found.setdefault(name, {})[one.epoch] = estimate
    return found
