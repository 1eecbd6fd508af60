"""Score, success, steps and resolved by player, with intervals: the first charts, as those of the published runs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Final

from evaluation.charts.chart import ROW_HEIGHT, Chart, Figure, Table, axis, dashed_at, layout, plain, short
from evaluation.published import OTHER_CASES, PUBLISHED, PUBLISHED_RUBRIC, Published
from evaluation.selectors.comparison.entrants import Role
from evaluation.selectors.comparison.figures import Comparison, Row
from evaluation.selectors.comparison.plays import Summary
from evaluation.statistics.intervals import Estimate

#: Shapes tell the roles apart where colours cannot.
SYMBOLS: Final = {
    Role.CEILING: "square-open",
    Role.RULES: "square",
    Role.FLOOR: "square-open",
    Role.MODEL: "circle",
    Role.PERSON: "diamond",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """What a chart shows of every player."""

    name: str
    title: str
    words: str
    of: Callable[[Summary], Estimate]
    published: Callable[[Published], float | None] = lambda _one: None
    #: Digits after the point.
    places: int = 3
    #: Published values of this measure are by the published rubric.
    by_rubric: bool = False


MEASURES: Final = (
    Measure(
        "score",
        "Score",
        "Mean score by the rubric, 0 to 1",
        lambda summary: summary.score,
        lambda one: one.score,
        by_rubric=True,
    ),
    Measure(
        "success",
        "Success",
        "Share of cases submitted with a seed-1 score of at least 0.5",
        lambda summary: summary.success,
        lambda one: one.success,
    ),
    Measure("steps", "Steps", "Mean number of steps of an episode", lambda summary: summary.steps, places=1),
    Measure(
        "resolved",
        "Resolved",
        "Share of cases with decision and exception type both right",
        lambda summary: summary.resolved,
        lambda one: one.resolved / one.n if one.resolved is not None else None,
    ),
)


def charts_by_player(comparison: Comparison) -> list[Chart]:
    """Score, success, steps and resolved, in this order."""
    return [_chart(comparison, measure) for measure in MEASURES]


def _chart(comparison: Comparison, measure: Measure) -> Chart:
    rows = [(row, measure.of(row.summary)) for row in comparison.shown if row.summary is not None]
    published, note = _published(comparison, measure)
    title = f"{measure.title}, {comparison.choice.rubric}" if measure.by_rubric else measure.title
    return Chart(
        name=measure.name,
        title=title,
        words=f"{measure.words}, by player, with 95 % intervals over cases.",
        figure=_figure(measure, rows, published),
        table=_table(measure, rows, published),
        note=note,
    )


def _published(comparison: Comparison, measure: Measure) -> tuple[list[tuple[Published, float]], str]:
    found = [(one, value) for one in PUBLISHED if (value := measure.published(one)) is not None]
    if not found:
        return [], ""
    if measure.by_rubric and comparison.choice.rubric != PUBLISHED_RUBRIC:
        return [], f"Published scores are by {PUBLISHED_RUBRIC}: choose that rubric to see them here."
    return found, OTHER_CASES


def _figure(measure: Measure, rows: list[tuple[Row, Estimate]], published: list[tuple[Published, float]]) -> Figure:
    names = [short(row.label) for row, _estimate in rows] + [
        f"{plain(one.player)}, published, n {one.n}" for one, _v in published
    ]
    height = ROW_HEIGHT * max(len(names), 1) + 48
    return {
        "data": [*_players(measure, rows), *_references(measure, len(rows), published)],
        "layout": layout(
            height=height,
            xaxis=axis(range=_range(measure, rows), tickformat=".1f" if measure.name != "steps" else "d"),
            yaxis=axis(
                range=[max(len(names), 1) - 0.5, -0.5],
                tickmode="array",
                tickvals=list(range(len(names))),
                ticktext=names,
                showgrid=False,
            ),
            shapes=[dashed_at(value) for _one, value in published],
        ),
    }


def _players(measure: Measure, rows: list[tuple[Row, Estimate]]) -> Iterator[Figure]:
    """A trace for each role, so that the page can colour it."""
    for role in Role:
        of_role = [(at, row, estimate) for at, (row, estimate) in enumerate(rows) if row.entrant.role == role]
        if not of_role:
            continue
        yield {
            "type": "scatter",
            "mode": "markers",
            "name": role.value,
            "meta": {"role": role.value},
            "x": [estimate.value for _at, _row, estimate in of_role],
            "y": [at for at, _row, _estimate in of_role],
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": [estimate.high - estimate.value for _at, _row, estimate in of_role],
                "arrayminus": [estimate.value - estimate.low for _at, _row, estimate in of_role],
                "thickness": 2,
                "width": 0,
            },
            "marker": {"symbol": SYMBOLS[role], "size": 9},
            "cliponaxis": False,
            "text": [_hover(measure, row, estimate) for _at, row, estimate in of_role],
            "hovertemplate": "%{text}<extra></extra>",
        }


def _hover(measure: Measure, row: Row, estimate: Estimate) -> str:
    digits = measure.places
    interval = f"{estimate.low:.{digits}f} to {estimate.high:.{digits}f}"
    return f"{plain(row.label)}<br>{estimate.value:.{digits}f}, 95 % {interval}, n = {estimate.n}"


def _references(measure: Measure, first: int, published: list[tuple[Published, float]]) -> Iterator[Figure]:
    if published:
        yield {
            "type": "scatter",
            "mode": "markers",
            "name": "published",
            "meta": {"role": "published"},
            "x": [value for _one, value in published],
            "y": list(range(first, first + len(published))),
            "marker": {"symbol": "diamond-open", "size": 9},
            "cliponaxis": False,
            "text": [f"{plain(one.label)}<br>{value:.{measure.places}f}, {one.cases}" for one, value in published],
            "hovertemplate": "%{text}<extra></extra>",
        }


def _range(measure: Measure, rows: list[tuple[Row, Estimate]]) -> list[float]:
    if measure.name != "steps":
        return [-0.02, 1.02]
    # Steps begin at 0 and end at a multiple of 4 behind the longest interval.
    highest = max((estimate.high for _row, estimate in rows), default=12)
    return [0, 4 * ceil((highest + 0.2) / 4)]


def _table(measure: Measure, rows: list[tuple[Row, Estimate]], published: list[tuple[Published, float]]) -> Table:
    return Table(
        ("player", "version", "condition", "source", measure.name, "low", "high", "n", "cases"),
        [
            (
                row.label,
                row.entrant.version,
                row.entrant.condition,
                "measured here",
                round(estimate.value, 6),
                round(estimate.low, 6),
                round(estimate.high, 6),
                estimate.n,
                "the cases of this comparison",
            )
            for row, estimate in rows
        ]
        + [
            (one.player, None, None, one.source, round(value, 6), None, None, one.n, one.cases)
            for one, value in published
        ],
    )
