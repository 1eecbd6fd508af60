"""Snapshots: what the runs chosen came to, a row for each run and set of cases, beside what was published."""

from collections.abc import Sequence

from evaluation.charts.chart import ROW_HEIGHT, Chart, Figure, Table, Value, axis, dashed_at, layout, plain, short
from evaluation.published import Published
from training.charts.of_study import (
    COLUMNS,
    Measure,
    ends,
    error_bars,
    interval,
    published_note,
    published_rows,
    rounded,
    value_axis,
)
from training.selectors.study.pooling import Reading
from training.selectors.study.stages import STAGES, Stage


def snapshot_chart(readings: Sequence[tuple[Reading, str]], measure: Measure) -> Chart:
    """The runs chosen, each on each set in words, a row for each; below them what was published of their stages."""
    names = {reading.stage for reading, _words in readings}
    published = [
        (stage, one, value)
        for stage in STAGES
        if stage.name in names or not readings
        for one in stage.published
        if (value := measure.published(one)) is not None
    ]
    labels = [plain(f"{reading.stage}, {reading.of_set.short}") for reading, _words in readings]
    labels += [f"{short(_without_model(one.player))}, published, n {one.n}" for _stage, one, _value in published]
    estimates = [reading.figures[measure.metric] for reading, _words in readings]
    data: list[Figure] = []
    if readings:
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": "runs",
                "meta": {"role": "model"},
                "x": [rounded(one.value) for one in estimates],
                "y": list(range(len(readings))),
                "error_x": error_bars(estimates),
                "marker": {"symbol": "circle", "size": 9},
                "cliponaxis": False,
                "text": [
                    f"{short(reading.source.name)}<br>{plain(words)}<br>{interval(measure, estimate)}"
                    for (reading, words), estimate in zip(readings, estimates, strict=True)
                ],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    if published:
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": "published",
                "meta": {"role": "published"},
                "x": [value for _stage, _one, value in published],
                "y": list(range(len(readings), len(labels))),
                "marker": {"symbol": "diamond-open", "size": 9},
                "cliponaxis": False,
                "text": [
                    f"{plain(one.label)}<br>{value:.{measure.places}f}, {one.cases}" for _s, one, value in published
                ],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    return Chart(
        name=f"snapshot-{measure.name}",
        title=measure.title,
        words=f"{measure.words[0].upper()}{measure.words[1:]}, of the runs chosen, with 95 % intervals over cases.",
        figure={
            "data": data,
            "layout": layout(
                height=ROW_HEIGHT * max(len(labels), 2) + 48,
                xaxis=value_axis([reading for reading, _words in readings], measure),
                yaxis=axis(
                    range=[max(len(labels), 1) - 0.5, -0.5],
                    tickmode="array",
                    tickvals=list(range(len(labels))),
                    ticktext=labels,
                    showgrid=False,
                ),
                shapes=[dashed_at(value) for _stage, _one, value in published],
            ),
        },
        table=_snapshot_table(readings, measure, published),
        note=published_note(measure, drawn=bool(published)),
    )


def _without_model(player: str) -> str:
    """`Qwen3-4B, full-trace SFT` → `full-trace SFT`: the page says once whose the published values are."""
    return player.partition("Qwen3-4B, ")[2] or player.removeprefix("Qwen3-4B ")


def _snapshot_table(
    readings: Sequence[tuple[Reading, str]], measure: Measure, published: Sequence[tuple[Stage, Published, float]]
) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            *(one.stage, "a run here", one.source.name, str(one.source.pk), one.seed, words),
            *ends(one.figures[measure.metric]),
            str(one.evaluation_id),
        )
        for one, words in readings
    ]
    for stage in dict.fromkeys(stage for stage, _one, _value in published):
        rows += published_rows(stage, measure)
    return Table((*COLUMNS, measure.name, "low", "high", "n", "evaluation"), rows)
