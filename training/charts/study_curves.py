"""The curves of the runs chosen: what was evaluated by epoch, apart for each set of cases; losses; signals of GRPO."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from evaluation.charts.chart import Table
from evaluation.published import OTHER_CASES, PUBLISHED_RUBRIC
from training.charts.lines import CurveChart
from training.charts.of_run import BY_NAME, CurveView, DrawnRun, Measure, curve_chart, curve_table
from training.models import TrainingRun
from training.selectors.study.stages import STAGES

_LOSS: Final = BY_NAME["loss"]
_SUCCESS: Final = BY_NAME["sampled-success"]
_POLICY: Final = BY_NAME["policy-parts"]
LOSSES: Final = (
    replace(_LOSS, title="Training loss", log=False),
    replace(_LOSS, name="loss-log", title="Training loss, log axis", log=True),
)
COMPONENTS: Final = (
    replace(
        _LOSS,
        name="loss-submit",
        title="Loss of the submit turn",
        words="mean loss of a token of the submit turn",
        metric="train/loss_submit",
        log=True,
    ),
    replace(
        _LOSS,
        name="loss-decision",
        title="Loss of decision and type",
        words="mean loss of a token of decision and exception type, the part that matters",
        metric="train/loss_decision",
        log=True,
    ),
)


def _part(of: Measure, at: int, name: str, title: str, words: str) -> Measure:
    return replace(of, name=name, title=title, words=words, metric=of.parts[at][1], parts=())


SIGNALS: Final = (
    BY_NAME["reward"],
    BY_NAME["reward-spread"],
    BY_NAME["flat-groups"],
    BY_NAME["grade"],
    _part(_SUCCESS, 0, "sampled-success", "Success when sampling", "share of sampled episodes that succeed"),
    _part(_SUCCESS, 1, "sampled-invalid", "Invalid when sampling", "share of sampled steps that are invalid"),
    _part(_POLICY, 0, "divergence", "Divergence", "divergence from the base model for each token (k3)"),
    _part(_POLICY, 1, "clipped", "Clipped share", "share of tokens whose ratio was clipped"),
    BY_NAME["policy-loss"],
    BY_NAME["entropy"],
)


#: A chart, and the name by which its data is downloaded.
Drawn = tuple[str, CurveChart]


def evaluated_measures(rubric: str) -> tuple[Measure, ...]:
    """What is drawn over epochs and iterations."""
    score = BY_NAME["score-seed" if rubric == PUBLISHED_RUBRIC else "score"]
    return (
        replace(score, name="epochs-score"),
        *(replace(BY_NAME[name], name=f"epochs-{name}") for name in ("resolved", "success", "steps")),
    )


def all_measures(rubric: str) -> tuple[Measure, ...]:
    """Every chart of curves that the page can have."""
    return (*evaluated_measures(rubric), *LOSSES, *COMPONENTS, *SIGNALS)


def metric_names(rubric: str) -> list[str]:
    """What has to be read for them."""
    return list(dict.fromkeys(measure.metric for measure in all_measures(rubric)))


@dataclass(frozen=True, slots=True)
class ChosenRun:
    """A run with its curves, and the cases that its evaluations over epochs are of, in words."""

    run: TrainingRun
    drawn: DrawnRun
    of_set: str

    @property
    def on_holdout(self) -> bool:
        return bool(self.run.config.get("source") == "catalogue")


def evaluated_charts(chosen: Sequence[ChosenRun], rubric: str) -> list[tuple[str, list[Drawn]]]:
    """A group of charts for each set of cases, in words: runs that were evaluated on different cases share no chart."""
    groups: dict[str, list[ChosenRun]] = {}
    for one in chosen:
        groups.setdefault(one.of_set, []).append(one)
    found = []
    for at, (words, members) in enumerate(groups.items()):
        charts = [
            (measure.name, _evaluated(measure, members, words, f"{measure.name}-{at + 1}" if at else measure.name))
            for measure in evaluated_measures(rubric)
            if _measured(measure, members)
        ]
        if charts:
            found.append((words, charts))
    return found


def curve_charts(measures: Iterable[Measure], chosen: Sequence[ChosenRun], view: CurveView) -> list[Drawn]:
    """The charts that one of the runs has something for."""
    charts: list[Drawn] = []
    for measure in measures:
        members = [one.drawn for one in chosen if measure.metric in one.drawn.curves]
        if members:
            charts.append((measure.name, curve_chart(measure, members, view, of_set="")))
    return charts


def study_curve_table(measure: Measure, chosen: Sequence[ChosenRun]) -> Table:
    """What a chart draws, whole and as measured; evaluations with the cases they are of."""
    table = curve_table(measure, [one.drawn for one in chosen])
    if not measure.evaluated:
        return table
    sets: Mapping[str, str] = {str(one.run.pk): one.of_set for one in chosen}
    return Table((*table.columns, "cases"), [(*row, sets[str(row[1])]) for row in table.rows])


def _measured(measure: Measure, members: Sequence[ChosenRun]) -> bool:
    return any(measure.metric in one.drawn.curves for one in members)


def _evaluated(measure: Measure, members: Sequence[ChosenRun], words: str, name: str) -> CurveChart:
    drawn = [one.drawn for one in members if measure.metric in one.drawn.curves]
    chart = replace(curve_chart(measure, drawn, CurveView(), of_set=words), name=name)
    published = _published(measure, members)
    if not published:
        return chart
    shapes = [
        {
            "type": "line",
            "xref": "paper",
            "yref": "y",
            "x0": 0,
            "x1": 1,
            "y0": value,
            "y1": value,
            "layer": "below",
            "line": {"dash": "dash", "width": 1},
        }
        for _name, value in published
    ]
    figure = chart.figure | {"layout": chart.figure["layout"] | {"shapes": shapes}}
    said = ", ".join(f"{name} {value:.3f}" for name, value in published)
    return replace(chart, figure=figure, note=f"Dashed, from below: {said}. {OTHER_CASES}")


def _published(measure: Measure, members: Sequence[ChosenRun]) -> list[tuple[str, float]]:
    """The published end scores of these recipes and of the untrained model: their curves are not at hand."""
    if measure.metric != "eval/score" or not any(one.on_holdout for one in members):
        return []
    names = {"untrained", *(one.run.recipe for one in members)}
    values = [
        (stage.name, stage.published[0].score)
        for stage in STAGES
        if stage.name in names and stage.published and stage.published[0].score is not None
    ]
    return sorted(values, key=lambda one: one[1])
