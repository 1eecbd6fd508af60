"""The warm-up of a cold start: a short supervised training, so that the model knows what an answer looks like."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.rollout import Rollout
from exceptions.environment import Case
from training.checkpoints import Checkpoint
from training.grpo.recipes import GrpoRecipe
from training.recipes import SftRecipe
from training.reporting import Reporter
from training.sft import Outcome, train_sft
from training.traces import catalogue_traces

#: Looks of its traces before the submit.
_TRACE_LENGTHS = (5, 9)


def warm_up(recipe: GrpoRecipe, cases: Sequence[Case], *, folder: Path, reporter: Reporter, **where: Any) -> Outcome:
    """Train on expert traces of the first cases, all turns alike, and evaluate nothing.

    Goes on by itself where `folder` says it stopped. Its optimizer steps are the run's first ones.

    Args:
        where: base model, cache, device and threads, as `train_sft` takes them.
    """
    chosen = cases[: recipe.warm_up_cases]
    reporter.log(f"Warm-up on expert traces of {len(chosen)} cases, for the form of the answers.")
    fields = recipe.model_dump(include=set(SftRecipe.model_fields) & set(GrpoRecipe.model_fields) - {"kind"})
    shape = SftRecipe.model_validate(
        fields
        | {
            "epochs": recipe.warm_up_epochs,
            "learning_rate": recipe.warm_up_learning_rate,
            "traces_per_step": 4,
            "submit_weight": 1.0,
        }
    )
    return train_sft(
        shape,
        folder=folder,
        reporter=_WarmUpReporter(reporter),
        traces=catalogue_traces(chosen, _TRACE_LENGTHS),
        select=(),
        **where,
    )


class _WarmUpReporter:
    """Passes on what the run's own charts show; the run's checkpoints and its progress begin after it."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        self._reporter.metrics(step, values)

    def log(self, text: str, level: str = "info") -> None:
        self._reporter.log(text, level)

    def should_stop(self) -> bool:
        return self._reporter.should_stop()

    def progress(self, done: int, total: int, *, tokens_per_second: float | None, memory_bytes: int | None) -> None:
        """Not the run's."""

    def evaluated(self, epoch: int, set_name: str, rollouts: Sequence[Rollout]) -> None:
        """Nothing is evaluated."""

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """Not the run's."""
