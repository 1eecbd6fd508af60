"""Group relative policy optimisation of a LoRA adapter, top to bottom.

Play groups with the present policy, learn from what set their samples apart, evaluate, keep the best; again. Everything
that is drawn is drawn from the recipe's seed and the place in the run, so a run that was killed while it played, while
it learned or in between ends with exactly the metrics of one that was never interrupted (on a CPU).

Imported only where torch is wanted.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch

from evaluation.players.local_model import LocalModelPlayer
from exceptions.environment import Case
from training.checkpoints import (
    STATE_FILE,
    Checkpoint,
    CheckpointNotWritten,
    all_checkpoints,
    latest_checkpoint,
    write_checkpoint,
)
from training.forward import check_trainable, suitable_micro_batch
from training.grpo.batch_file import drop_batch, read_batch, write_batch
from training.grpo.cases import cases_of_iteration
from training.grpo.groups import Batch, Stopped, collect, optimizer_batches
from training.grpo.loss import Signals
from training.grpo.recipes import GrpoRecipe
from training.grpo.update import Step, update_step
from training.grpo.warm_up import warm_up
from training.holdout import evaluate, evaluation_metrics
from training.lora import Trainee, load_trainee
from training.optimising import adamw
from training.processes import Processes
from training.reporting import Reporter, TrainingFailed
from training.sft import Outcome, best_checkpoint


def train_grpo(
    recipe: GrpoRecipe,
    *,
    base_model: str,
    folder: Path,
    reporter: Reporter,
    cases: Sequence[Case],
    select: Sequence[Case],
    adapter: Path | None = None,
    cache_directory: Path | None = None,
    device: str = "auto",
    threads: int | None = None,
) -> Outcome:
    """Train, evaluating on `select` before the first and after each iteration; go on where `folder` says it stopped.

    Args:
        base_model: as `LocalModelPlayer.load` takes it.
        folder: of this run; its checkpoints are kept there.
        cases: what is played to learn.
        select: cases that choose the best iteration; called `holdout` in the published recipes.
        adapter: what to start from; a recipe that warms up by itself takes none.

    Raises:
        TrainingFailed: nothing to play, no adapter where the recipe needs one, too many losses that are no numbers, a
            checkpoint that cannot be written.
        PlayerError: the base model cannot be loaded.
    """
    if not cases:
        raise TrainingFailed("There are no cases to play.")
    if recipe.starts_from == "adapter" and adapter is None:
        raise TrainingFailed(f"{recipe.title} goes on from an adapter; choose the run or model that it starts from.")
    if Processes.start().count > 1:
        raise TrainingFailed("GRPO trains in one process; start it without accelerate launch.")
    resumed = latest_checkpoint(folder)
    begun, steps = (resumed.folder, resumed.step) if resumed else (adapter, 0)
    where: dict[str, Any] = {
        "base_model": base_model,
        "cache_directory": cache_directory,
        "device": device,
        "threads": threads,
    }
    if not resumed and recipe.starts_from == "warm-up":
        warmed = warm_up(recipe, cases, folder=folder / "warm-up", reporter=reporter, **where)
        if warmed.status == "stopped" or warmed.last is None:
            return Outcome("stopped", None, None)
        begun, steps = warmed.last.folder, warmed.last.step
    trainee = load_trainee(recipe, adapter=begun, **where)
    check_trainable(trainee.model)
    _without_dropout(trainee.model)
    training = _GrpoTraining(recipe, trainee, folder, reporter, cases, select)
    training.position.step = steps
    return training.run(resumed)


@dataclass(slots=True)
class _Position:
    """Where a run is: what has to be known to go on from here. `signals` are summed over the iteration's steps."""

    iteration: int = 0
    step_in_iteration: int = 0
    step: int = 0
    nonfinite: int = 0
    signals: Signals = field(default_factory=Signals)


class _GrpoTraining:
    """One run in memory."""

    def __init__(
        self,
        recipe: GrpoRecipe,
        trainee: Trainee,
        folder: Path,
        reporter: Reporter,
        cases: Sequence[Case],
        select: Sequence[Case],
    ) -> None:
        self.recipe, self.trainee, self.folder = recipe, trainee, folder
        self.reporter, self.cases, self.select = reporter, cases, select
        self.optimizer = adamw(trainee.trained(), recipe.learning_rate)
        self.player = LocalModelPlayer("in training", trainee.model, trainee.tokenizer, worksheet=recipe.worksheet)
        self.most_tokens = recipe.micro_batch_tokens or suitable_micro_batch(trainee.device)
        self.position = _Position()

    def run(self, resumed: Checkpoint | None) -> Outcome:
        try:
            if resumed:
                self._resume(resumed)
            else:
                self._evaluate_and_keep(0)
            while self.position.iteration < self.recipe.iterations:
                iteration = self.position.iteration + 1
                self._learn(iteration, self._batch(iteration))
                self._evaluate_and_keep(iteration)
                drop_batch(self.folder, iteration)
        except Stopped:
            return self._outcome("stopped")
        return self._outcome("succeeded")

    def _batch(self, iteration: int) -> Batch:
        """What this iteration learns from: played now, or before the run was interrupted."""
        if (kept := read_batch(self.folder, iteration)) is not None:
            return kept
        recipe, started = self.recipe, time.perf_counter()
        cases = cases_of_iteration(self.cases, count=recipe.cases_per_iteration, seed=recipe.seed, iteration=iteration)
        with self.trainee.playing():
            # What the player remembers was computed with other weights, and a resumed run has nothing to remember.
            self.player.weights_changed()
            batch = collect(self.player, cases, recipe, iteration=iteration, should_stop=self.reporter.should_stop)
            self.player.weights_changed()
        self.reporter.log(f"{batch.words}; played in {time.perf_counter() - started:.0f} s.")
        try:
            write_batch(self.folder, iteration, batch)
        except OSError as error:
            raise TrainingFailed(f"What was played could not be kept in {self.folder}: {error}; make room.") from error
        return batch

    def _learn(self, iteration: int, batch: Batch) -> None:
        """Take the optimizer steps of an iteration that are not taken yet."""
        self.reporter.metrics(iteration, batch.signals)
        if not batch.trajectories:
            self.reporter.log(f"Iteration {iteration} teaches nothing: no group has any variance.", "warning")
            self._progress(iteration, None)
            return
        steps = optimizer_batches(batch.trajectories, self.recipe.trajectories_per_step) * self.recipe.passes
        longest = self.recipe.max_new_tokens * max(case.max_steps for case in self.cases)
        for number in range(self.position.step_in_iteration, len(steps)):
            if self.reporter.should_stop():
                raise Stopped
            started = time.perf_counter()
            step = update_step(
                self.trainee, self.optimizer, steps[number], self.recipe, longest=longest, most_tokens=self.most_tokens
            )
            speed = sum(len(one.ids) for one in steps[number]) / (time.perf_counter() - started)
            self.position.step += 1
            self.position.step_in_iteration = number + 1
            self._take(step, speed)
            self._progress(iteration - 1 + (number + 1) / len(steps), speed)
            self._save("rolling", {})
        means = self.position.signals.means()
        if not self.recipe.kl_weight:
            del means["grpo/kl"]
        self.reporter.metrics(iteration, means)

    def _take(self, step: Step, speed: float) -> None:
        """Report a step; count it when it was skipped."""
        at = self.position
        if step.gradient_norm is not None:
            at.signals = at.signals + step.signals
            values = {"train/loss": step.loss, "train/lr": self.recipe.learning_rate}
            values |= {"train/grad_norm": step.gradient_norm, "train/tokens_per_second": speed}
            self.reporter.metrics(at.step, values)
            return
        at.nonfinite += 1
        self.reporter.metrics(at.step, {"train/nonfinite": float(at.nonfinite)})
        self.reporter.log(f"The loss of step {at.step} is no number; the step was skipped.", "warning")
        if at.nonfinite > self.recipe.max_nonfinite:
            raise TrainingFailed(
                f"{at.nonfinite} losses were no numbers and {self.recipe.max_nonfinite} are allowed. "
                "Lower the learning rate, or train in float32."
            )

    def _evaluate_and_keep(self, iteration: int) -> None:
        """Evaluate what there is now, and keep it."""
        scores: dict[str, float] = {}
        if self.select:
            played = evaluate(
                self.trainee,
                self.select,
                self.recipe,
                should_stop=self.reporter.should_stop,
            )
            if played is None:
                raise Stopped
            scores = evaluation_metrics([one.play.env for one in played])
            self.reporter.evaluated(iteration, "holdout" if self.recipe.published else "select", played)
            self.reporter.metrics(iteration, scores)
        self.position = _Position(iteration, step=self.position.step, nonfinite=self.position.nonfinite)
        self._save("epoch", scores)

    def _save(self, kind: Literal["epoch", "rolling"], scores: Mapping[str, float]) -> None:
        at = self.position
        try:
            checkpoint = write_checkpoint(
                self.folder, kind=kind, epoch=at.iteration, step=at.step, scores=scores, write=self._write
            )
        except CheckpointNotWritten as error:
            raise TrainingFailed(str(error)) from error
        self.reporter.checkpoint(checkpoint)

    def _write(self, folder: Path) -> None:
        self.trainee.save(folder)
        torch.save({"optimizer": self.optimizer.state_dict(), "position": asdict(self.position)}, folder / STATE_FILE)

    def _resume(self, checkpoint: Checkpoint) -> None:
        state: dict[str, Any] = torch.load(
            checkpoint.folder / STATE_FILE, map_location=self.trainee.device, weights_only=True
        )
        self.optimizer.load_state_dict(state["optimizer"])
        self.position = _Position(**state["position"] | {"signals": Signals(**state["position"]["signals"])})
        drop_batch(self.folder, self.position.iteration)
        self.reporter.log(f"Going on after iteration {self.position.iteration} of {self.recipe.iterations}.")
        for earlier in all_checkpoints(self.folder):
            self.reporter.checkpoint(earlier)

    def _outcome(self, status: Literal["succeeded", "stopped"]) -> Outcome:
        kept = all_checkpoints(self.folder)
        return Outcome(status, best_checkpoint(kept, self.recipe.select_by), kept[-1] if kept else None)

    def _progress(self, iterations: float, speed: float | None) -> None:
        """In optimizer steps, as many as there would be if all groups had variance."""
        cases = min(self.recipe.cases_per_iteration or len(self.cases), len(self.cases))
        steps = math.ceil(cases * self.recipe.group_size / self.recipe.trajectories_per_step) * self.recipe.passes
        self.reporter.progress(
            round(iterations * steps),
            self.recipe.iterations * steps,
            tokens_per_second=speed,
            memory_bytes=self.trainee.memory_bytes,
        )


def _without_dropout(model: torch.nn.Module) -> None:
    """The policy that is scored is the one that sampled: an adapter trained with dropout goes on without."""
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
