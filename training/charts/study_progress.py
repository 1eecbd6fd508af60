"""The time line over all stages: our runs with intervals, their means joined, and the published values dashed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from evaluation.charts.chart import Chart, Figure, Table, Value, axis, layout, plain, short
from evaluation.published import Published
from training.charts.lines import HEIGHT
from training.charts.of_study import (
    COLUMNS,
    Measure,
    counted,
    ends,
    error_bars,
    interval,
    published_note,
    published_rows,
    rounded,
    value_axis,
)
from training.selectors.study.measured import Study
from training.selectors.study.pooling import Reading
from training.selectors.study.stages import STAGE_NAMES, STAGES, UNTRAINED

#: The places of sets, without the one whose colour published values have; from 6 on they are dashed. And the mark of
#: each, for the chart and for its key.
_PLACES: Final = (0, 1, 3, 4, 5, 6, 7)
_MARKS: Final = (
    ("circle", "●"),
    ("square", "■"),
    ("diamond", "◆"),
    ("triangle-up", "▲"),
    ("cross", "✚"),
    ("star", "★"),
    ("triangle-down", "▼"),
)
#: How far the sets of cases, and then the runs of one, stand apart within a stage.
_APART: Final = 0.6


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A set of cases as the key of the time line names it."""

    place: int
    mark: str
    words: str


def progress_key(study: Study) -> list[KeyEntry]:
    """One key for all charts of the time line: on a phone a legend leaves no room for what it explains."""
    return [
        KeyEntry(_PLACES[at % len(_PLACES)], _MARKS[at % len(_MARKS)][1], words)
        for at, words in enumerate(study.sets.values())
    ]


def progress_chart(study: Study, measure: Measure) -> Chart:
    """Every stage from left to right: runs as points with intervals, a line through their means for each set of cases,
    and the published values, dashed.
    """
    data = [*_runs(study, measure), *_published_line(measure)]
    words = f"{measure.title} over the stages: {measure.words}, with 95 % intervals over cases. "
    return Chart(
        name=f"progress-{measure.name}",
        title=f"{measure.title} over all stages",
        words=words + (_told(study, measure) or "No run of any stage has been evaluated yet."),
        figure={
            "data": data,
            "layout": layout(
                height=HEIGHT + 60,
                xaxis=axis(
                    range=[-0.5, len(STAGES) - 0.5],
                    tickmode="array",
                    tickvals=list(range(len(STAGES))),
                    ticktext=list(STAGE_NAMES),
                    # So that the last name has room on a phone, too.
                    tickangle=-35,
                ),
                yaxis=value_axis(study.readings, measure),
            ),
        },
        table=_progress_table(study, measure),
        note=published_note(measure, drawn=any(_published_line(measure))),
    )


def _runs(study: Study, measure: Measure) -> Iterator[Figure]:
    for place, (of_set, words) in enumerate(study.sets.items()):
        middle = _APART * ((place + 0.5) / len(study.sets) - 0.5)
        line = study.line(of_set)
        yield {
            "type": "scatter",
            "mode": "lines+markers",
            "name": plain(words),
            "meta": {"place": _PLACES[place % len(_PLACES)]},
            "x": [STAGE_NAMES.index(pool.stage) + middle for pool in line],
            "y": [rounded(pool.figures[measure.metric].value) for pool in line],
            "line": {"width": 2, "dash": "dash" if _PLACES[place % len(_PLACES)] > 5 else "solid"},
            "marker": {"symbol": "line-ew-open", "size": 14},
            "text": [
                f"{pool.stage}: mean of {counted(len(pool.readings), 'run')}<br>"
                f"{interval(measure, pool.figures[measure.metric])}"
                for pool in line
            ],
            "hovertemplate": "%{text}<extra></extra>",
            "cliponaxis": False,
        }
        points = [one for one in study.readings if one.of_set == of_set]
        if points:
            yield _points(measure, points, place, middle, _APART / max(len(study.sets), 1))


def _points(measure: Measure, readings: Sequence[Reading], place: int, middle: float, room: float) -> Figure:
    """The runs of one set, those of a stage beside each other."""
    of_stage: dict[str, list[Reading]] = {}
    for one in readings:
        # Every run plays the same untrained model: what came out the same is one point.
        group = of_stage.setdefault(one.stage, [])
        if one.stage != UNTRAINED or all(known.cases != one.cases for known in group):
            group.append(one)
    xs = [
        STAGE_NAMES.index(one.stage) + middle + 0.8 * room * ((at + 0.5) / len(group) - 0.5)
        for group in of_stage.values()
        for at, one in enumerate(group)
    ]
    ordered = [one for group in of_stage.values() for one in group]
    estimates = [one.figures[measure.metric] for one in ordered]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "runs",
        "showlegend": False,
        "meta": {"place": _PLACES[place % len(_PLACES)]},
        "x": [round(x, 4) for x in xs],
        "y": [rounded(one.value) for one in estimates],
        "error_y": error_bars(estimates),
        "marker": {"symbol": _MARKS[place % len(_MARKS)][0], "size": 8},
        "cliponaxis": False,
        "text": [
            f"{one.stage}: {short(one.source.name)}<br>{interval(measure, estimate)}"
            for one, estimate in zip(ordered, estimates, strict=True)
        ],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _published_line(measure: Measure) -> Iterator[Figure]:
    """A dashed line for each set of cases that values were published of: that of a stage which it names first."""
    by_cases: dict[str, list[tuple[int, Published, float]]] = {}
    for at, stage in enumerate(STAGES):
        seen: set[str] = set()
        for one in stage.published:
            value = measure.published(one)
            if value is not None and one.cases not in seen:
                seen.add(one.cases)
                by_cases.setdefault(one.cases, []).append((at, one, value))
    for cases, found in by_cases.items():
        yield {
            "type": "scatter",
            "mode": "lines+markers",
            "name": f"published, {plain(cases)}",
            "meta": {"role": "published"},
            "x": [at for at, _one, _value in found],
            "y": [value for _at, _one, value in found],
            "line": {"dash": "dash", "width": 1.5},
            "marker": {"symbol": "diamond-open", "size": 9},
            "cliponaxis": False,
            "text": [f"{plain(one.label)}<br>{value:.{measure.places}f}" for _at, one, value in found],
            "hovertemplate": "%{text}<extra></extra>",
        }


def _told(study: Study, measure: Measure) -> str:
    """What a reader of the screen hears instead of the lines."""
    lines = []
    for of_set, words in study.sets.items():
        said = [f"{pool.stage} {pool.figures[measure.metric].value:.{measure.places}f}" for pool in study.line(of_set)]
        lines.append(f"{words}: {', '.join(said)}")
    return f"{'; '.join(lines)}." if lines else ""


def _progress_table(study: Study, measure: Measure) -> Table:
    rows: list[tuple[Value, ...]] = []
    for stage in STAGES:
        for pool in (one for one in study.pools if one.stage == stage.name):
            words = study.sets[pool.of_set]
            for one in pool.readings:
                at = (stage.name, "a run here", one.source.name, str(one.source.pk), one.seed, words)
                rows.append((*at, *ends(one.figures[measure.metric]), str(one.evaluation_id)))
            mean = f"mean of {counted(len(pool.readings), 'run')}"
            rows.append((stage.name, mean, None, None, None, words, *ends(pool.figures[measure.metric]), None))
        rows += published_rows(stage, measure)
    return Table((*COLUMNS, measure.name, "low", "high", "n", "evaluation"), rows)
