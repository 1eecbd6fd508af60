"""Which charts a training run has, and what is drawn in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from evaluation.charts.chart import Table, Value
from training.charts.lines import CurveChart, Line, Scale, curve_figure
from training.models import RecipeKind
from training.selectors.curves import Point

if TYPE_CHECKING:
    from evaluation.statistics.intervals import Estimate

    #: By epoch.
    Intervals = Mapping[str, Mapping[int, Estimate]]

Curves = Mapping[str, Sequence[Point]]
_SFT: Final = frozenset({RecipeKind.SFT})
_GRPO: Final = frozenset({RecipeKind.GRPO})
_BOTH: Final = _SFT | _GRPO


@dataclass(frozen=True, slots=True)
class Measure:
    """A chart of one metric, a curve for each run; or of several `parts` of one run."""

    name: str
    title: str
    words: str
    metric: str
    scale: Scale
    kinds: frozenset[RecipeKind] = _BOTH
    #: An evaluation: its steps are epochs or iterations, few and whole.
    evaluated: bool = False
    #: On a logarithmic axis: never, always, or when the reader wants the loss so.
    log: bool | None = False
    parts: tuple[tuple[str, str], ...] = ()
    #: Of lesser interest: below the others, folded away.
    aside: bool = False


MEASURES: Final = (
    Measure(
        "resolved",
        "Resolved",
        "share of cases with decision and exception type both right",
        "eval/resolved_rate",
        "share",
        evaluated=True,
    ),
    Measure(
        "score",
        "Score, grounded-1",
        "mean score by grounded-1, 0 to 1",
        "eval/score_grounded",
        "share",
        evaluated=True,
    ),
    Measure(
        "score-seed",
        "Score, seed-1",
        "mean score by seed-1, 0 to 1",
        "eval/score",
        "share",
        evaluated=True,
    ),
    Measure(
        "success",
        "Success",
        "share of cases submitted with a seed-1 score of at least 0.5",
        "eval/success_rate",
        "share",
        evaluated=True,
    ),
    Measure(
        "decision",
        "Decision right",
        "share of cases with the decision right",
        "eval/decision_accuracy",
        "share",
        evaluated=True,
    ),
    Measure(
        "cumulative-reward",
        "Cumulative reward",
        "mean of what an episode earned in all, by grounded-1",
        "eval/cumulative_reward",
        "signed",
        evaluated=True,
    ),
    Measure("steps", "Steps", "mean number of steps of an episode", "eval/steps_mean", "positive", evaluated=True),
    Measure(
        "loss",
        "Loss",
        "weighted loss of each optimizer step on the training set",
        "train/loss",
        "positive",
        _SFT,
        log=None,
    ),
    Measure(
        "loss-parts",
        "Loss by part",
        "mean loss of a token: of the submit turn, and of decision and exception type alone, the part that matters",
        "",
        "positive",
        _SFT,
        log=True,
        parts=(("submit turn", "train/loss_submit"), ("decision and type", "train/loss_decision")),
    ),
    Measure("reward", "Reward", "mean reward of the episodes sampled", "grpo/reward_mean", "signed", _GRPO),
    Measure(
        "reward-spread",
        "Spread of rewards",
        "mean standard deviation of the rewards in a group: at 0 there is nothing to learn from",
        "grpo/reward_std",
        "positive",
        _GRPO,
    ),
    Measure(
        "flat-groups",
        "Groups without variance",
        "groups whose episodes all earned the same: they carry no signal",
        "grpo/zero_variance_groups",
        "positive",
        _GRPO,
    ),
    Measure("grade", "Grade when sampling", "mean grade of the episodes sampled", "grpo/grade_mean", "share", _GRPO),
    Measure(
        "sampled-success",
        "Success and invalid when sampling",
        "share of sampled episodes that succeed, and share of sampled steps that are invalid",
        "",
        "share",
        _GRPO,
        parts=(("success", "grpo/success_rate"), ("invalid steps", "grpo/invalid_rate")),
    ),
    Measure(
        "policy-parts",
        "Divergence and clipping",
        "divergence from the base model for each token (k3), and share of tokens whose ratio was clipped",
        "",
        "positive",
        _GRPO,
        log=True,
        parts=(("divergence", "grpo/kl"), ("clipped share", "grpo/clip_fraction")),
    ),
    Measure("policy-loss", "Policy loss", "the loss that is minimised", "grpo/policy_loss", "signed", _GRPO),
    Measure("entropy", "Entropy", "mean entropy of a sampled token, in nats", "grpo/entropy", "positive", _GRPO),
    Measure("lr", "Learning rate", "of each optimizer step", "train/lr", "positive", aside=True),
    Measure(
        "grad-norm",
        "Gradient",
        "norm before it was clipped",
        "train/grad_norm",
        "positive",
        log=True,
        aside=True,
    ),
    Measure(
        "speed",
        "Speed",
        "tokens a second of each optimizer step",
        "train/tokens_per_second",
        "positive",
        aside=True,
    ),
)
BY_NAME: Final = {measure.name: measure for measure in MEASURES}


@dataclass(frozen=True, slots=True)
class DrawnRun:
    """A run as its charts draw it. `place` 0 is the run that the page is about; `total` its optimizer steps."""

    id: UUID
    name: str
    place: int
    curves: Curves
    rounds: int
    total: int
    best: int | None = None
    last: int | None = None
    intervals: "Intervals | None" = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class CurveView:
    """How the reader wants to see curves: `smoothing` is the weight of the past, `log` puts the loss on a log axis."""

    smoothing: float = 0.0
    log: bool = False


def measures_of(kind: RecipeKind) -> list[Measure]:
    """Those that a run of this kind can have."""
    return [measure for measure in MEASURES if kind in measure.kinds]


def metric_names(kind: RecipeKind) -> list[str]:
    """The metrics that its charts read."""
    found = [name for measure in measures_of(kind) for name in _metrics(measure)]
    return list(dict.fromkeys(found))


def curve_chart(measure: Measure, runs: Sequence[DrawnRun], view: CurveView, *, of_set: str) -> CurveChart:
    """One chart over the runs, the page's own first. `of_set` says which cases evaluations are of."""
    own = runs[0]
    lines = _lines(measure, runs)
    unit = _unit(measure, own)
    own_lines = lines if measure.parts else lines[:1]
    cases = f", {of_set}" if measure.evaluated else ""
    measured = [_newest(line, named=bool(measure.parts)) for line in own_lines if line.points]
    return CurveChart(
        name=measure.name,
        title=measure.title,
        words=f"{measure.title} by {unit}: {measure.words}{cases}. {_told(lines, unit)}.",
        figure=curve_figure(
            lines,
            scale=measure.scale,
            x_title=unit,
            total=max(one.rounds if _counts_rounds(measure) else one.total for one in runs),
            whole_steps=_counts_rounds(measure),
            smoothing=0.0 if measure.evaluated else view.smoothing,
            log=view.log if measure.log is None else measure.log,
            legend=bool(measure.parts),
        ),
        now="; ".join(measured) or ("not measured" if own.ended else "nothing yet"),
    )


def curve_table(measure: Measure, runs: Sequence[DrawnRun]) -> Table:
    """What a chart draws, whole and as measured: a row for each run, metric and step."""
    rows: list[tuple[Value, ...]] = []
    for run in runs:
        for metric in _metrics(measure):
            known = (run.intervals or {}).get(metric, {})
            for step, value in run.curves.get(metric, ()):
                ends = (known[step].low, known[step].high, known[step].n) if step in known else (None, None, None)
                rows.append((run.name, str(run.id), metric, step, value, *ends))
    unit = "epoch or iteration" if measure.evaluated else "step"
    return Table(("run", "id", "metric", unit, "value", "low", "high", "n"), rows)


def _metrics(measure: Measure) -> list[str]:
    return [name for _word, name in measure.parts] or [measure.metric]


def _counts_rounds(measure: Measure) -> bool:
    """Steps of reinforcement are iterations, as those of evaluations are epochs or iterations."""
    return measure.evaluated or measure.kinds == _GRPO


def _unit(measure: Measure, run: DrawnRun) -> str:
    if not _counts_rounds(measure):
        return "optimizer step"
    return "iteration" if measure.kinds == _GRPO or "grpo/reward_mean" in run.curves else "epoch"


def _lines(measure: Measure, runs: Sequence[DrawnRun]) -> list[Line]:
    if measure.parts:
        return [
            Line(word, place, runs[0].curves.get(metric, ()))
            for place, (word, metric) in enumerate(measure.parts)
            if runs[0].curves.get(metric)
        ]
    return [_line(measure, run) for run in runs if run.curves.get(measure.metric) or run.place == 0]


def _line(measure: Measure, run: DrawnRun) -> Line:
    marks: list[tuple[str, int]] = []
    if measure.evaluated and run.place == 0:
        marks += [("best", run.best)] if run.best is not None else []
        marks += [("last", run.last)] if run.last is not None else []
    intervals = dict((run.intervals or {}).get(measure.metric, {})) or None
    return Line(run.name, run.place, run.curves.get(measure.metric, ()), intervals, tuple(marks))


def _newest(line: Line, *, named: bool) -> str:
    _step, value = line.points[-1]
    written = "no number" if value is None else _plain(value)
    return f"{line.name} {written}" if named else written


def _told(lines: Sequence[Line], unit: str) -> str:
    """What a reader of the screen hears instead of the curves."""
    said = [_line_told(line, unit) for line in lines if line.points]
    return "; ".join(said) if said else "Nothing measured yet"


def _line_told(line: Line, unit: str) -> str:
    numbers = [(number, at) for at, number in line.points if number is not None]
    words = f"{line.name}: {_newest(line, named=False)} at {unit} {line.points[-1][0]}"
    if len(numbers) < 2:
        return words
    (low, low_at), (high, high_at) = min(numbers), max(numbers)
    return f"{words}, least {_plain(low)} at {low_at}, most {_plain(high)} at {high_at}"


def _plain(value: float) -> str:
    if value and (abs(value) < 1e-3 or abs(value) >= 1e6):
        return f"{value:.2e}"
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) < 100 else f"{value:,.0f}"
