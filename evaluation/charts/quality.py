"""Where the score comes from (criteria), and what a stated confidence is worth (calibration)."""

from collections.abc import Iterator
from typing import Final

from evaluation.charts.by_player import SYMBOLS
from evaluation.charts.chart import Chart, Figure, Table, axis, layout, short
from evaluation.selectors.comparison.entrants import Role
from evaluation.selectors.comparison.figures import Comparison, Row
from evaluation.statistics.calibration import Calibration

#: Players in a chart with a row for each criterion; the table has them all.
MOST_PLAYERS: Final = 6
_CRITERION_HEIGHT: Final = 18


def criteria_chart(comparison: Comparison) -> Chart:
    """The mean of every criterion of the rubric, for the subject and the players around it."""
    chosen = _chosen(comparison)
    names = list(chosen[0].summary.criteria) if chosen and chosen[0].summary else []
    span = 0.7
    traces = []
    for place, row in enumerate(chosen):
        if row.summary is None:
            continue
        offset = span * ((place + 0.5) / len(chosen) - 0.5)
        estimates = list(row.summary.criteria.values())
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": short(row.label),
                "meta": {"role": row.entrant.role.value, "place": place},
                "x": [estimate.value for estimate in estimates],
                "y": [at + offset for at in range(len(names))],
                "error_x": {
                    "type": "data",
                    "symmetric": False,
                    "array": [max(estimate.high - estimate.value, 0) for estimate in estimates],
                    "arrayminus": [max(estimate.value - estimate.low, 0) for estimate in estimates],
                    "thickness": 1.5,
                    "width": 0,
                },
                "marker": {"symbol": _SHAPES[place % len(_SHAPES)], "size": 8},
                "cliponaxis": False,
                "hovertemplate": "%{x:.3f}<extra>%{fullData.name}</extra>",
            }
        )
    height = len(names) * max(len(chosen), 2) * _CRITERION_HEIGHT + 90
    return Chart(
        name="criteria",
        title="Criteria",
        words=f"Mean of each criterion of {comparison.choice.rubric}, 0 to 1, with 95 % intervals over cases.",
        figure={
            "data": traces,
            "layout": layout(
                height=height,
                showlegend=True,
                legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "itemclick": False},
                xaxis=axis(range=[-0.02, 1.02], tickformat=".1f"),
                yaxis=axis(
                    range=[max(len(names), 1) - 0.5, -0.5],
                    tickmode="array",
                    tickvals=list(range(len(names))),
                    ticktext=[name.replace("_", " ") for name in names],
                    showgrid=False,
                ),
            ),
        },
        table=_criteria_table(comparison),
        note=f"The {len(chosen)} players shown: the best, and the best of each role. The table has all."
        if len(chosen) < len(comparison.shown)
        else "",
    )


_SHAPES: Final = ("circle", "square", "diamond", "cross", "triangle-up", "star")


def _chosen(comparison: Comparison) -> list[Row]:
    """The subject, then the best of every role, then the next best: in the order of the leaderboard."""
    rows = comparison.shown
    firsts = [next((row for row in rows if row.entrant.role == role), None) for role in Role]
    wanted = [row for row in (comparison.subject, *firsts, *rows) if row is not None]
    chosen: list[Row] = []
    for row in wanted:
        if row not in chosen and len(chosen) < MOST_PLAYERS:
            chosen.append(row)
    return [row for row in rows if row in chosen]


def _criteria_table(comparison: Comparison) -> Table:
    return Table(
        ("player", "version", "condition", "criterion", "mean", "low", "high", "n"),
        [
            (
                row.label,
                row.entrant.version,
                row.entrant.condition,
                name,
                round(estimate.value, 6),
                round(estimate.low, 6),
                round(estimate.high, 6),
                estimate.n,
            )
            for row in comparison.shown
            if row.summary is not None
            for name, estimate in row.summary.criteria.items()
        ],
    )


def calibration_chart(comparison: Comparison) -> Chart:
    """Stated confidence against the share that was right, for the subject."""
    subject = comparison.subject
    found = subject.plays.calibration if subject is not None else None
    name = subject.label if subject is not None else ""
    return Chart(
        name="calibration",
        title="Calibration",
        words=f"{name}: share right by stated confidence, with 95 % intervals; the dashed line is perfect.",
        figure=_calibration_figure(found, subject.entrant.role if subject is not None else Role.MODEL),
        table=_calibration_table(comparison),
        note=f"Expected calibration error {found.error:.3f}, Brier score {found.brier:.3f}, on {found.n} answers."
        if found
        else "",
    )


def _calibration_figure(found: Calibration | None, role: Role) -> Figure:
    return {
        "data": list(_calibration_traces(found, role)),
        "layout": layout(
            height=320,
            xaxis=axis(range=[-0.02, 1.02], tickformat=".1f", title={"text": "stated confidence"}),
            yaxis=axis(range=[-0.02, 1.02], tickformat=".1f", title={"text": "share right"}),
        ),
    }


def _calibration_traces(found: Calibration | None, role: Role) -> Iterator[Figure]:
    yield {
        "type": "scatter",
        "mode": "lines",
        "name": "perfect",
        "meta": {"role": "published"},
        "x": [0, 1],
        "y": [0, 1],
        "line": {"dash": "dash", "width": 1},
        "hoverinfo": "skip",
    }
    if found is not None:
        yield {
            "type": "scatter",
            "mode": "markers",
            "name": "answers",
            "meta": {"role": role.value},
            "x": [one.confidence for one in found.bins],
            "y": [one.right.value for one in found.bins],
            "error_y": {
                "type": "data",
                "symmetric": False,
                "array": [one.right.high - one.right.value for one in found.bins],
                "arrayminus": [one.right.value - one.right.low for one in found.bins],
                "thickness": 2,
                "width": 0,
            },
            "marker": {"symbol": SYMBOLS[role], "size": 9},
            "cliponaxis": False,
            "text": [f"n = {one.right.n}" for one in found.bins],
            "hovertemplate": "stated %{x:.2f}, right %{y:.2f}, %{text}<extra></extra>",
        }


def _calibration_table(comparison: Comparison) -> Table:
    """Every player's bins: those of the subject are what the figure shows."""
    rows = []
    for row in comparison.shown:
        if row.plays.calibration is None:
            continue
        for one in row.plays.calibration.bins:
            rows.append(
                (
                    row.label,
                    row.entrant.version,
                    row.entrant.condition,
                    one.low,
                    one.high,
                    round(one.confidence, 6),
                    round(one.right.value, 6),
                    round(one.right.low, 6),
                    round(one.right.high, 6),
                    one.right.n,
                    round(row.plays.calibration.error, 6),
                )
            )
    return Table(
        (
            "player",
            "version",
            "condition",
            "confidence from",
            "confidence to",
            "mean confidence",
            "right",
            "low",
            "high",
            "n",
            "expected calibration error",
        ),
        rows,
    )
