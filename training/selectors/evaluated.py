"""What a run's evaluations found, each figure with its interval: computed from the episodes, not from the metrics.

NumPy and SciPy are loaded when the first one is asked for.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Max, Q

from evaluation.selectors.run_results import SUCCESS_AT
from exceptions.environment import StopReason
from exceptions.models import Grade
from training.models import EvaluatedSet, TrainingCheckpoint, TrainingEvaluation, TrainingRun
from training.selectors.curves import Point, curves_of

if TYPE_CHECKING:
    from evaluation.statistics.intervals import Estimate, Floats

#: What estimates are of: an evaluation, or several of them pooled.
Named = TypeVar("Named", bound=Hashable)
#: The figures, by the names of their metrics; the shares among them have Wilson's interval.
_SHARES: Final = ("eval/resolved_rate", "eval/success_rate", "eval/decision_accuracy")
_MEANS: Final = ("eval/score", "eval/score_grounded", "eval/steps_mean")


class PlayedCase(NamedTuple):
    """A case that was played in an evaluation. `slug` says how it was made, and so its answer: it is never shown."""

    entry: int
    version: UUID
    slug: str
    slice: str


#: The figures of every case of an evaluation, by the names of their metrics.
CaseFigures = Mapping[PlayedCase, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class EvaluatedEpoch:
    """An evaluation at the end of an epoch or iteration (0: before training) on `cases` cases of a set."""

    run_id: UUID
    epoch: int
    set_name: str
    evaluation_id: UUID
    cases: int
    #: Of so many; `going`: they are still being played, as those of a test are after the run.
    planned: int
    going: bool
    figures: "Mapping[str, Estimate]"


def evaluated_epochs(
    runs: Iterable[UUID], *, epochs: Iterable[tuple[UUID, int]] | None = None, tests: bool = True
) -> dict[UUID, list[EvaluatedEpoch]]:
    """By run, in the order of epochs and sets: all evaluations, or only those of these (run, epoch), or none of the
    `tests`, which are no part of a curve. Two queries.
    """
    wanted = Q(run__in=list(runs))
    if epochs is not None:
        pairs = list(epochs)
        if not pairs:
            return {}
        wanted &= Q.create([Q(run=run, epoch=epoch) for run, epoch in pairs], connector=Q.OR)
    if not tests:
        wanted &= ~Q(set_name=EvaluatedSet.TEST)
    evaluations = list(
        TrainingEvaluation.objects.filter(wanted).select_related("evaluation").order_by("run", "epoch", "set_name")
    )
    by_case = case_figures([one.evaluation_id for one in evaluations])
    estimates = estimates_of(by_case)
    found: dict[UUID, list[EvaluatedEpoch]] = {}
    for one in evaluations:
        cases, figures = len(by_case[one.evaluation_id]), estimates.get(one.evaluation_id, {})
        found.setdefault(one.run_id, []).append(
            EvaluatedEpoch(
                run_id=one.run_id,
                epoch=one.epoch,
                set_name=one.set_name,
                evaluation_id=one.evaluation_id,
                cases=cases,
                planned=one.evaluation.planned,
                going=not one.evaluation.ended,
                figures=figures,
            )
        )
    return found


def selected_metric(run: TrainingRun) -> str:
    """The figure by which the run's best checkpoint is chosen."""
    return "eval/resolved_rate" if run.config.get("select_by") == "resolved" else "eval/score"


def best_epochs(runs: Sequence[TrainingRun]) -> dict[UUID, int]:
    """The epoch or iteration that a list names, by run: of the best checkpoint, of the best point of the curves where
    no checkpoint is marked, of the last test where there are no curves. Three queries at most.
    """
    keys = [run.pk for run in runs]
    found = dict(TrainingCheckpoint.objects.filter(run__in=keys, best=True).values_list("run", "epoch"))
    rest = [run for run in runs if run.pk not in found]
    if not rest:
        return found
    names = sorted({name for run in rest for name in _selected_by(run)})
    curves = curves_of([run.pk for run in rest], names)
    played = TrainingEvaluation.objects.filter(run__in=rest).values_list("run").annotate(last=Max("epoch"))
    found |= dict(played)
    return found | {run.pk: best for run in rest if (best := best_measured(run, curves.get(run.pk, {}))) is not None}


def best_measured(run: TrainingRun, curves: Mapping[str, Sequence[Point]]) -> int | None:
    """The epoch or iteration whose evaluation is the best, the earlier on a tie: as checkpoints are chosen."""
    first, *others = (dict(curves.get(name, ())) for name in _selected_by(run))
    ranked = [
        (value, *(other.get(epoch) or 0.0 for other in others), -epoch)
        for epoch, value in first.items()
        if value is not None
    ]
    return -int(max(ranked)[-1]) if ranked else None


def _selected_by(run: TrainingRun) -> list[str]:
    """`selected_metric`, and what decides on a tie."""
    metric = selected_metric(run)
    return [metric, "eval/score_grounded"] if metric == "eval/resolved_rate" else [metric]


def case_figures(evaluations: Sequence[UUID]) -> "defaultdict[UUID, dict[PlayedCase, dict[str, float]]]":
    """The figures of every case, by evaluation. One query."""
    found: defaultdict[UUID, dict[PlayedCase, dict[str, float]]] = defaultdict(dict)
    rows = Grade.objects.filter(episode__entries__run__in=evaluations, revision=None).values_list(
        "episode__entries__run",
        "episode__entries",
        "episode__case_version",
        "episode__case_version__case__slug",
        "episode__case_version__slice",
        "rubric",
        "score",
        "resolved",
        "decision_right",
        "episode__steps_used",
        "episode__stop_reason",
    )
    for run, entry, version, slug, part, rubric, score, resolved, right, steps, stopped in rows:
        case = found[run].setdefault(PlayedCase(entry, version, slug, part), {})
        if rubric == "seed-1":
            case["eval/score"] = float(score)
            case["eval/success_rate"] = float(score >= SUCCESS_AT and stopped == StopReason.SUBMITTED)
        else:
            case["eval/score_grounded"] = float(score)
        case |= {"eval/resolved_rate": resolved, "eval/decision_accuracy": right, "eval/steps_mean": steps}
    return found


def estimates_of(
    by_case: Mapping[Named, Mapping[Any, Mapping[str, float]]],
) -> "dict[Named, dict[str, Estimate]]":
    """Means over cases with their intervals. One matrix product for all evaluations of equally many cases."""
    if not any(by_case.values()):
        return {}
    import numpy as np

    from evaluation.statistics.bootstrap import bootstrap_means
    from evaluation.statistics.intervals import Estimate, wilson

    by_count: defaultdict[int, list[Named]] = defaultdict(list)
    for evaluation, cases in by_case.items():
        by_count[len(cases)].append(evaluation)
    found: dict[Named, dict[str, Estimate]] = {}
    for count, group in by_count.items():
        rows = [list(by_case[evaluation].values()) for evaluation in group]
        totals = _columns(rows, _SHARES).sum(axis=0)
        shares = (totals / count, *wilson(totals, np.full_like(totals, count)))
        means = bootstrap_means(_columns(rows, _MEANS))
        for names, ends in ((_SHARES, shares), (_MEANS, means)):
            for at, (value, low, high) in enumerate(zip(*ends, strict=True)):
                estimate = Estimate(float(value), float(low), float(high), count)
                found.setdefault(group[at // len(names)], {})[names[at % len(names)]] = estimate
    return found


def _columns(evaluations: Sequence[Sequence[Mapping[str, float]]], names: Sequence[str]) -> "Floats":
    """The figures of equally many cases: a row for each, a column for each evaluation and name, in this order."""
    import numpy as np

    return np.array([[float(case.get(name, 0)) for case in cases] for cases in evaluations for name in names]).T
