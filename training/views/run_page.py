"""What the page of a run shows: the live part, the tables below it, and what stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from evaluation.models import RunStatus
from exceptions.services.leases import queues_served
from training.charts.of_run import DrawnRun, curve_chart, measures_of
from training.models import RecipeKind, TrainingCheckpoint, TrainingRun
from training.selectors.evaluated import EvaluatedEpoch, selected_metric
from training.selectors.progress import training_progress
from training.selectors.runs import checkpoints_of, models_from
from training.services.preflight import QUEUE
from training.views import run_words
from training.views.curve_view import SMOOTHINGS, AskedView

if TYPE_CHECKING:
    from exceptions.models import Player

#: Runs that are offered to be laid over this one.
_OFFERED: Final = 24
#: The columns of the table of evaluations.
_FIGURES: Final = (
    "eval/resolved_rate",
    "eval/score_grounded",
    "eval/score",
    "eval/success_rate",
    "eval/decision_accuracy",
    "eval/steps_mean",
)


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """A checkpoint with the figures of its evaluation, and the model that was made of it."""

    checkpoint: TrainingCheckpoint
    selected: float | None
    player: "Player | None"


def state_context(
    run: TrainingRun, drawn: Sequence[DrawnRun], evaluated: Sequence[EvaluatedEpoch], view: AskedView
) -> dict[str, Any]:
    """Progress, verdict, and the figure of every chart."""
    of_set = run_words.set_words(run)
    best = drawn[0].best
    return {
        "progress": training_progress(run),
        "unserved": not run.ended and QUEUE not in queues_served(),
        "queue": QUEUE,
        "round": run_words.round_word(run),
        "verdict": run_words.verdict(run, evaluated, best),
        "goes_on": run.status in (RunStatus.FAILED, RunStatus.CANCELLED) and run.checkpoints.exists(),
        "of_set": of_set,
        "figures": [
            curve_chart(measure, drawn, view.curves, of_set=of_set) for measure in measures_of(RecipeKind(run.kind))
        ],
        "silent": silence(run),
        "log_empty": run_words.empty_log(run),
        "drawn": drawn,
        # The test at the end is played after the run: its figures come in as well.
        "live": not run.ended or any(one.going for one in evaluated),
    }


def results_context(run: TrainingRun, evaluated: Sequence[EvaluatedEpoch]) -> dict[str, Any]:
    """Evaluations, checkpoints, and the models that were made of them. Two queries."""
    models = models_from(run)
    by_checkpoint = {one.checkpoint_id: one.player for one in models}
    metric = selected_metric(run)
    rows = [
        CheckpointRow(one, one.scores.get(metric), by_checkpoint.get(one.pk)) for one in reversed(checkpoints_of(run))
    ]
    return {
        "evaluated": [
            (one, run_words.moment_words(run, one.epoch, one.set_name), [one.figures.get(name) for name in _FIGURES])
            for one in reversed(evaluated)
        ],
        "evaluates_first": run.kind == RecipeKind.GRPO or bool(run.config.get("evaluate_first")),
        "tests": any(one.set_name == "test" for one in evaluated),
        "checkpoints": rows,
        "selected_words": run_words.METRIC_WORDS[metric],
        "models": models,
        "round": run_words.round_word(run),
        "of_set": run_words.set_words(run),
    }


def page_context(run: TrainingRun, view: AskedView) -> dict[str, Any]:
    """What does not change while the run goes. One query."""
    offered, settings = _overlayable(run, view), run_words.settings_of(run)
    chosen = set(view.overlaid)
    measures = measures_of(RecipeKind(run.kind))
    return {
        "recipe_title": run_words.recipe_title(run),
        "trained_on": run_words.train_words(run),
        "settings": settings,
        "changed": [one for one in settings if one.own],
        "smoothings": SMOOTHINGS,
        "offered": [(one, one.pk in chosen) for one in offered],
        "chosen": sum(one.pk in chosen for one in offered),
        "measures": [measure for measure in measures if not measure.aside],
        "asides": [measure for measure in measures if measure.aside],
        "can_resume": run.ended and run.status != RunStatus.SUCCEEDED and not run.recorded,
    }


def _overlayable(run: TrainingRun, view: AskedView) -> list[TrainingRun]:
    """The newest runs, and those that the address names."""
    others: QuerySet[TrainingRun] = TrainingRun.objects.exclude(pk=run.pk).only("name", "created_at")
    newest = list(others.order_by("-created_at", "-pk")[:_OFFERED])
    known = {one.pk for one in newest}
    named = [key for key in view.overlaid if key not in known]
    return [*newest, *(others.filter(pk__in=named) if named else ())]


def silence(run: TrainingRun) -> timedelta | None:
    """For how long a run that is going has had no worker: its lease has run out."""
    if run.status != RunStatus.RUNNING or run.lease_expires_at is None:
        return None
    late = timezone.now() - run.lease_expires_at
    return late if late > timedelta(0) else None
