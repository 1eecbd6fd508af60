"""What a page says about a run: what its figures are from, what it found, what was changed of its recipe."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from exceptions.templatetags.desk import score
from training.forms.run import field_label, written
from training.models import EvaluatedSet, RecipeKind, TrainingRun
from training.recipes import RECIPES, practice_words
from training.selectors.evaluated import EvaluatedEpoch, selected_metric

if TYPE_CHECKING:
    from evaluation.statistics.intervals import Estimate

METRIC_WORDS: Final = {
    "eval/resolved_rate": "resolved",
    "eval/score": "score by seed-1",
    "eval/score_grounded": "score by grounded-1",
}
#: Parts of a configuration that a page says elsewhere.
_SAID: Final = frozenset({"name", "kind", "title", "words", "published"})


@dataclass(frozen=True, slots=True)
class BestFigure:
    """The figure by which the best is chosen: what it is, its value with interval and n, and where it was reached."""

    metric: str
    moment: str
    set_name: str
    estimate: "Estimate | None"


def round_word(run: TrainingRun) -> str:
    """What the run counts: epochs, or iterations."""
    return "iteration" if run.kind == RecipeKind.GRPO else "epoch"


def moment_words(run: TrainingRun, epoch: int, set_name: str) -> str:
    """Of which moment of the run an evaluation is: an epoch or iteration, before training, or on the way to the first.

    Supervised training is tested after it: a test of epoch 0 is of a run that was stopped within its first epoch.
    """
    if epoch:
        return f"{round_word(run)} {epoch}"
    if set_name == EvaluatedSet.TEST and run.kind == RecipeKind.SFT:
        return f"on the way to {round_word(run)} 1"
    return "before training"


def empty_log(run: TrainingRun) -> str:
    """What stands where its log would."""
    if run.recorded:
        return "The recording came without a log."
    return "Nothing was said." if run.ended else "Nothing has been said yet."


def set_words(run: TrainingRun) -> str:
    """Which cases the curves of evaluations are from, and what they are used for."""
    if run.published:
        return "on the holdout of 4 catalogue cases, which both selects and reports, as published"
    if run.config.get("source") == "catalogue":
        return "on the holdout of 4 catalogue cases, which selects: test on other cases"
    count, seed = run.config.get("select_count", 0), run.config.get("select_seed", 0)
    return f"on {count} generated cases of seed {seed}, which select and are not trained on"


def train_words(run: TrainingRun) -> str:
    """What is trained on."""
    config = run.config
    if run.dataset_chosen and run.dataset is not None:
        return f"{run.dataset.name} ({run.dataset.traces:,} traces of {run.dataset.cases:,} cases)"
    if config.get("source") == "generated":
        cases, seed = config.get("case_count", 0), config.get("case_seed", 0)
        return f"{cases:,} generated cases of seed {seed}{practice_words(config)}"
    return "18 cases of the catalogue"


def best_figure(run: TrainingRun, evaluated: Sequence[EvaluatedEpoch], epoch: int | None) -> BestFigure | None:
    """Of that epoch, or of the newest evaluation; of a test only where nothing else was evaluated."""
    metric = selected_metric(run)
    known = [one for one in evaluated if one.set_name != EvaluatedSet.TEST] or list(evaluated)
    chosen = next((one for one in known if one.epoch == epoch), known[-1] if known else None)
    if chosen is None:
        return None
    moment = moment_words(run, chosen.epoch, chosen.set_name)
    return BestFigure(METRIC_WORDS[metric], moment, chosen.set_name, chosen.figures.get(metric))


def verdict(run: TrainingRun, evaluated: Sequence[EvaluatedEpoch], best: int | None) -> str:
    """Is it learning? Before training against the best, in one sentence; empty before the second evaluation."""
    metric, unit = selected_metric(run), round_word(run)
    selecting = {one.epoch: one for one in evaluated if one.set_name != EvaluatedSet.TEST}
    first = selecting.get(0)
    last = selecting.get(best if best is not None else max(selecting, default=0))
    if first is None or last is None or last.epoch == 0:
        return ""
    before, after = first.figures.get(metric), last.figures.get(metric)
    if before is None or after is None:
        return ""
    words = METRIC_WORDS[metric].capitalize()
    said = f"{words}: {_figure(before, metric)} before training, {_figure(after, metric)} after {unit} {last.epoch}"
    said += f" (95 % {after.low:.2f} to {after.high:.2f}, n = {after.n})"
    if after.low > before.high:
        return f"{said}. It has learned."
    if after.high < before.low:
        return f"{said}. It has become worse."
    return f"{said}. That can still be chance."


def _figure(estimate: "Estimate", metric: str) -> str:
    if metric == "eval/resolved_rate":
        return f"{round(estimate.value * estimate.n)} of {estimate.n}"
    return score(estimate.value)


@dataclass(frozen=True, slots=True)
class Setting:
    """A field of the run's configuration in words; `own` is the recipe's value where that is another."""

    name: str
    value: str
    own: str


def settings_of(run: TrainingRun) -> list[Setting]:
    """All that can be changed of a recipe, in its order. A run from before a field had what is its default now."""
    recipe = RECIPES.get(run.recipe)
    original: dict[str, Any] = recipe.model_dump(mode="json") if recipe else {}
    config = {name: field.default for name, field in type(recipe).model_fields.items()} if recipe else {}
    config |= run.config
    order = [*original, *(name for name in run.config if name not in original)]
    found = []
    for name in order:
        if name in _SAID:
            continue
        value, own = config[name], original.get(name, config[name])
        found.append(Setting(field_label(name), _said(value), _said(own) if own != value else ""))
    return found


def _said(value: Any) -> str:
    return "by itself" if value is None else written(value)


def recipe_title(run: TrainingRun) -> str:
    return str(run.config.get("title") or run.recipe)
