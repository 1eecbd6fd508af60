"""Supervised fine-tuning of a LoRA adapter, top to bottom.

One forward and backward pass for each trajectory, whatever its number of turns; logits only where there is loss. All
that is drawn is drawn from the recipe's seed and the position in the run, so a run that goes on from a checkpoint ends
with exactly the metrics of one that was never interrupted (on a CPU), and several processes (`accelerate launch`) take
the steps that one would take.

Imported only where torch is wanted.
"""

import math
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch
import torch.nn.functional as F  # noqa: N812 - as everybody writes it

from evaluation.players.chat_tokens import ChatTokens
from exceptions.environment import Case
from training.checkpoints import (
    STATE_FILE,
    Checkpoint,
    CheckpointNotWritten,
    all_checkpoints,
    latest_checkpoint,
    write_checkpoint,
)
from training.examples import Example, examples_of
from training.forward import check_trainable, computed_tokens, logits_at, micro_batches, reading, suitable_micro_batch
from training.holdout import evaluate, evaluation_metrics
from training.lora import Trainee, load_trainee
from training.optimising import adamw, learning_rate_at, optimizer_step
from training.processes import Processes
from training.recipes import SftRecipe
from training.reporting import Reporter, TrainingFailed
from training.traces import Trace


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a training ended, with the checkpoints that it left: the best evaluated one and the newest."""

    status: Literal["succeeded", "stopped"]
    best: Checkpoint | None
    last: Checkpoint | None


@dataclass(slots=True)
class _Position:
    """Where a run is: what has to be known to go on from here."""

    epoch: int = 0
    step_in_epoch: int = 0
    step: int = 0
    nonfinite: int = 0


@dataclass(slots=True)
class _Sums:
    """Loss of one optimizer step: weighted, of submit turns, and of decisions; each with what it is divided by."""

    values: torch.Tensor = field(default_factory=lambda: torch.zeros(6, dtype=torch.float64))

    def means(self) -> dict[str, float]:
        loss, weight, submit, submit_tokens, decision, decision_tokens = self.values.tolist()
        found = {"train/loss": loss / weight if weight else math.nan}
        if submit_tokens:
            found["train/loss_submit"] = submit / submit_tokens
        if decision_tokens:
            found["train/loss_decision"] = decision / decision_tokens
        return found


def train_sft(
    recipe: SftRecipe,
    *,
    base_model: str,
    folder: Path,
    reporter: Reporter,
    traces: Sequence[Trace],
    select: Sequence[Case],
    adapter: Path | None = None,
    cache_directory: Path | None = None,
    device: str = "auto",
    threads: int | None = None,
) -> Outcome:
    """Train, evaluating on `select` after each epoch (and before the first, if the recipe says so).

    Goes on where `folder` says that an earlier call stopped.

    Args:
        base_model: as `LocalModelPlayer.load` takes it.
        folder: of this run; its checkpoints are kept there.
        traces: what is trained on.
        select: cases that choose the best epoch; called `holdout` in the published recipes.
        adapter: one to go on from instead of a fresh one.

    Raises:
        TrainingFailed: nothing to train on, too many losses that are no numbers, a checkpoint that cannot be written.
        PlayerError: the base model cannot be loaded.
    """
    if not traces:
        raise TrainingFailed("There are no traces to train on.")
    processes = Processes.start()
    resumed = latest_checkpoint(folder)
    begun = resumed.folder if resumed else adapter
    trainee = load_trainee(
        recipe, base_model, adapter=begun, cache_directory=cache_directory, device=device, threads=threads
    )
    check_trainable(trainee.model)
    training = _SftTraining(recipe, trainee, folder, reporter, traces, select, processes)
    return training.run(resumed)


class _SftTraining:
    """One run in memory."""

    def __init__(
        self,
        recipe: SftRecipe,
        trainee: Trainee,
        folder: Path,
        reporter: Reporter,
        traces: Sequence[Trace],
        select: Sequence[Case],
        processes: Processes,
    ) -> None:
        self.recipe, self.trainee, self.folder = recipe, trainee, folder
        self.reporter, self.select, self.processes = reporter, select, processes
        self.examples = examples_of(ChatTokens(trainee.tokenizer), traces, recipe)
        self.by_case: dict[str, list[int]] = {}
        for at, trace in enumerate(traces):
            self.by_case.setdefault(trace.case.opaque_reference, []).append(at)
        self.optimizer = adamw(trainee.trained(), recipe.learning_rate)
        self.steps_per_epoch = math.ceil(len(self.examples) / recipe.traces_per_step)
        self.total_steps = self.steps_per_epoch * recipe.epochs
        self.most_tokens = recipe.micro_batch_tokens or suitable_micro_batch(trainee.device)
        self.position = _Position()

    def run(self, resumed: Checkpoint | None) -> Outcome:
        if resumed:
            self._resume(resumed)
        elif self.recipe.evaluate_first and self._evaluate(epoch=0) is None:
            return self._outcome("stopped")
        self.trainee.model.train()
        while self.position.epoch < self.recipe.epochs:
            for step, examples in self._steps_of_epoch():
                if self._should_stop():
                    self._save("rolling")
                    return self._outcome("stopped")
                self._optimizer_step(examples)
                self.position.step_in_epoch = step + 1
                last = self.position.step_in_epoch == self.steps_per_epoch
                if last or self.position.step % self.recipe.checkpoint_every == 0:
                    self._save("rolling")
            scores = self._evaluate(epoch=self.position.epoch + 1)
            if scores is None:
                return self._outcome("stopped")
            self.position.epoch, self.position.step_in_epoch = self.position.epoch + 1, 0
            self._save("epoch", scores)
        return self._outcome("succeeded")

    def _steps_of_epoch(self) -> list[tuple[int, list[Example]]]:
        """What is left of this epoch, by optimizer step: all examples once, in an order drawn for the epoch.

        The traces of a case stay beside each other: what they share is computed once.
        """
        cases = list(self.by_case.values())
        random.Random(f"{self.recipe.seed}/{self.position.epoch}").shuffle(cases)
        order = [at for case in cases for at in case]
        size = self.recipe.traces_per_step
        return [
            (step, [self.examples[at] for at in order[step * size : (step + 1) * size]])
            for step in range(self.position.step_in_epoch, self.steps_per_epoch)
        ]

    def _optimizer_step(self, examples: Sequence[Example]) -> None:
        started, sums = time.perf_counter(), _Sums()
        weight = sum(example.weight for example in examples)
        ids, device = [example.ids for example in examples], self.trainee.device
        groups = micro_batches(ids, self.most_tokens, device)
        costs = [computed_tokens([ids[at] for at in group], device) for group in groups]
        with reading(self.trainee.model):
            for number in self.processes.part(costs):
                self._seed_dropout(number)
                self._forward_backward([examples[at] for at in groups[number]], weight, sums)
        self.processes.sum_gradients(self.trainee.trained())
        sums.values = self.processes.sum(sums.values)
        means = sums.means()
        rate = learning_rate_at(
            self.position.step,
            highest=self.recipe.learning_rate,
            schedule=self.recipe.schedule,
            warmup_steps=self.recipe.warmup_steps,
            total_steps=self.total_steps,
        )
        finite = math.isfinite(means["train/loss"])
        norm = optimizer_step(self.optimizer, learning_rate=rate, clip=self.recipe.clip) if finite else None
        self.position.step += 1
        if norm is None:
            self._count_nonfinite()
        else:
            self._report_step(means | {"train/lr": rate, "train/grad_norm": norm}, examples, started)

    def _forward_backward(self, examples: Sequence[Example], weight: float, sums: _Sums) -> None:
        """One pass over some trajectories; their gradients are added, as shares of the step's whole loss."""
        wanted = [[at for at in range(1, len(one.ids)) if one.weights[at]] for one in examples]
        trained = [(one, places) for one, places in zip(examples, wanted, strict=True) if places]
        if not trained:
            return
        logits, targets = logits_at(self.trainee.model, [one.ids for one, _ in trained], [at for _, at in trained])
        losses = F.cross_entropy(logits, targets, reduction="none")
        rows = torch.tensor(
            [(one.weights[at], one.submit[at], one.decision[at]) for one, places in trained for at in places],
            device=losses.device,
        )
        weights, submit, decision = rows.unbind(1)
        loss = (losses * weights).sum() / weight
        if torch.isfinite(loss):
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        plain = losses.detach()
        sums.values += torch.stack(
            [
                (plain * weights).sum(),
                weights.sum(),
                (plain * submit).sum(),
                submit.sum(),
                (plain * decision).sum(),
                decision.sum(),
            ]
        ).to(sums.values)

    def _seed_dropout(self, micro_batch: int) -> None:
        """Dropout is drawn by place in the run, not by what was drawn before: a resumed run draws the same."""
        place = f"{self.recipe.seed}/{self.position.step}/{micro_batch}"
        torch.manual_seed(random.Random(place).getrandbits(63))

    def _count_nonfinite(self) -> None:
        self.position.nonfinite += 1
        self._metrics(self.position.step, {"train/nonfinite": float(self.position.nonfinite)})
        self._log(f"The loss of step {self.position.step} is no number; the step was skipped.", "warning")
        if self.position.nonfinite > self.recipe.max_nonfinite:
            raise TrainingFailed(
                f"{self.position.nonfinite} losses were no numbers and {self.recipe.max_nonfinite} are allowed. "
                "Lower the learning rate, or train in float32."
            )

    def _report_step(self, values: Mapping[str, float], examples: Sequence[Example], started: float) -> None:
        speed = sum(len(example.ids) for example in examples) / (time.perf_counter() - started)
        self._metrics(self.position.step, {**values, "train/tokens_per_second": speed})
        if self.processes.first:
            self.reporter.progress(
                self.position.step, self.total_steps, tokens_per_second=speed, memory_bytes=self.trainee.memory_bytes
            )

    def _evaluate(self, epoch: int) -> dict[str, float] | None:
        """Scores on the cases that select, by metric; None when the run was stopped meanwhile."""
        if not self.select:
            return {}
        # Every process plays all: they must agree on what is best without asking each other.
        played = evaluate(
            self.trainee,
            self.select,
            self.recipe,
            should_stop=self._should_stop,
        )
        if played is None:
            return None
        scores = evaluation_metrics([one.play.env for one in played])
        if self.processes.first:
            self.reporter.evaluated(epoch, "holdout" if self.recipe.published else "select", played)
        self._metrics(epoch, scores)
        return scores

    def _save(self, kind: Literal["epoch", "rolling"], scores: Mapping[str, float] | None = None) -> None:
        if not self.processes.first:
            return
        at = self.position
        try:
            checkpoint = write_checkpoint(
                self.folder, kind=kind, epoch=at.epoch, step=at.step, scores=scores or {}, write=self._write
            )
        except CheckpointNotWritten as error:
            raise TrainingFailed(str(error)) from error
        self.reporter.checkpoint(checkpoint)

    def _write(self, folder: Path) -> None:
        self.trainee.save(folder)
        at = self.position
        state = {
            "optimizer": self.optimizer.state_dict(),
            "position": [at.epoch, at.step_in_epoch, at.step, at.nonfinite],
        }
        torch.save(state, folder / STATE_FILE)

    def _resume(self, checkpoint: Checkpoint) -> None:
        state: dict[str, Any] = torch.load(
            checkpoint.folder / STATE_FILE, map_location=self.trainee.device, weights_only=True
        )
        self.optimizer.load_state_dict(state["optimizer"])
        self.position = _Position(*state["position"])
        self._log(f"Going on from step {self.position.step} of {self.total_steps}.")
        if self.processes.first:
            for earlier in all_checkpoints(self.folder):
                self.reporter.checkpoint(earlier)

    def _outcome(self, status: Literal["succeeded", "stopped"]) -> Outcome:
        kept = all_checkpoints(self.folder)
        return Outcome(status, best_checkpoint(kept, self.recipe.select_by), kept[-1] if kept else None)

    def _should_stop(self) -> bool:
        return self.processes.any(self.processes.first and self.reporter.should_stop())

    def _metrics(self, step: int, values: Mapping[str, float]) -> None:
        if self.processes.first:
            self.reporter.metrics(step, values)

    def _log(self, text: str, level: str = "info") -> None:
        if self.processes.first:
            self.reporter.log(text, level)


def best_checkpoint(checkpoints: Sequence[Checkpoint], select_by: Literal["score", "resolved"]) -> Checkpoint | None:
    """The evaluated checkpoint with the best score, the earlier one on a tie; None when none was evaluated.

    `score`: by `eval/score`. `resolved`: by `eval/resolved_rate`, then `eval/score_grounded`.
    """
    names = ("eval/score",) if select_by == "score" else ("eval/resolved_rate", "eval/score_grounded")
    evaluated = [one for one in checkpoints if one.kind == "epoch" and all(name in one.scores for name in names)]
    return max(evaluated, key=lambda one: ([one.scores[name] for name in names], -one.epoch), default=None)
