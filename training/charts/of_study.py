"""What the charts of the study have in common: the figures of a stage, its published values, and their tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

from evaluation.charts.chart import Figure, Value, axis
from evaluation.published import OTHER_CASES, PUBLISHED_RUBRIC, Published
from training.selectors.study.pooling import Reading
from training.selectors.study.stages import STAGES, Stage

if TYPE_CHECKING:
    from evaluation.statistics.intervals import Estimate

#: The first columns of every table.
COLUMNS: Final = ("stage", "source", "run", "id", "seed", "cases")


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of the study. `name` is what addresses call it."""

    name: str
    title: str
    words: str
    metric: str
    published: Callable[[Published], float | None] = lambda _one: None
    #: Digits after the point.
    places: int = 3
    share: bool = True


def measures(rubric: str) -> tuple[Measure, ...]:
    """Score by this rubric, resolved, success, steps. Published scores are drawn beside those of their own rubric."""
    seed = rubric == PUBLISHED_RUBRIC
    return (
        Measure(
            "score",
            f"Score, {rubric}",
            f"mean score by {rubric}, 0 to 1",
            "eval/score" if seed else "eval/score_grounded",
            (lambda one: one.score) if seed else (lambda _one: None),
        ),
        Measure(
            "resolved",
            "Resolved",
            "share of cases with decision and exception type both right",
            "eval/resolved_rate",
            lambda one: one.resolved / one.n if one.resolved is not None else None,
        ),
        Measure(
            "success",
            "Success",
            "share of cases submitted with a seed-1 score of at least 0.5",
            "eval/success_rate",
            lambda one: one.success,
        ),
        Measure("steps", "Steps", "mean number of steps of an episode", "eval/steps_mean", places=1, share=False),
    )


def published_note(measure: Measure, *, drawn: bool) -> str:
    """What stands below a chart, with published values `drawn` in it or without."""
    if drawn:
        return OTHER_CASES
    if any(measure.published(one) is not None for stage in STAGES for one in stage.published):
        return "No value of these stages was published."
    if measure.name == "score":
        return f"Published scores are by {PUBLISHED_RUBRIC}: choose that rubric to see them here."
    return "No published values of this figure are at hand."


def value_axis(readings: Sequence[Reading], measure: Measure) -> Figure:
    if measure.share:
        return axis(range=[-0.02, 1.02], tickformat=".1f")
    highest = max((one.figures[measure.metric].high for one in readings), default=12)
    return axis(range=[0, 4 * ceil((highest + 0.2) / 4)], tickformat="d")


def error_bars(estimates: "Sequence[Estimate]") -> Figure:
    return {
        "type": "data",
        "symmetric": False,
        "array": [rounded(max(one.high - one.value, 0)) for one in estimates],
        "arrayminus": [rounded(max(one.value - one.low, 0)) for one in estimates],
        "thickness": 1.5,
        "width": 0,
    }


def interval(measure: Measure, one: "Estimate") -> str:
    digits = measure.places
    return f"{one.value:.{digits}f}, 95 % {one.low:.{digits}f} to {one.high:.{digits}f}, n = {one.n}"


def rounded(value: float) -> float:
    return round(value, 6)


def counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def published_rows(stage: Stage, measure: Measure) -> list[tuple[Value, ...]]:
    return [
        (stage.name, one.source, one.player, None, None, one.cases, rounded(value), None, None, one.n, None)
        for one in stage.published
        if (value := measure.published(one)) is not None
    ]


def ends(one: "Estimate") -> tuple[Value, ...]:
    return rounded(one.value), rounded(one.low), rounded(one.high), one.n
