"""A reporter that writes down what it is told, and may die at a chosen moment."""

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from evaluation.rollout import Rollout
from training.checkpoints import Checkpoint

#: Of no interest when metrics are compared: they tell of the machine.
_OF_THE_MACHINE = {"train/tokens_per_second"}


class Recorder:
    """Metrics by (step, name): what is said again replaces, as in the database."""

    def __init__(self, *, stop_after: int | None = None) -> None:
        self.values: dict[tuple[int, str], float] = {}
        self.lines: list[str] = []
        self.checkpoints: list[Checkpoint] = []
        self.played: dict[int, int] = {}
        self.done: list[tuple[int, int]] = []
        self.asked = 0
        self._stop_after = stop_after

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            if name not in _OF_THE_MACHINE:
                self.values[step, name] = value

    def log(self, text: str, level: str = "info") -> None:
        self.lines.append(text)

    def progress(self, done: int, total: int, *, tokens_per_second: float | None, memory_bytes: int | None) -> None:
        self.done.append((done, total))

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        self.checkpoints.append(checkpoint)

    def evaluated(self, epoch: int, set_name: str, rollouts: Sequence[Rollout]) -> None:
        self.played[epoch] = len(rollouts)

    def should_stop(self) -> bool:
        self.asked += 1
        return self._stop_after is not None and self.asked > self._stop_after

    def of(self, name: str) -> list[float]:
        """The values of one metric, by step."""
        return [value for (_step, found), value in sorted(self.values.items()) if found == name]


class Mortal(Recorder):
    """Writes its metrics to a file, and kills its own process, as `kill -9` does, when the moment has come.

    `playing`: in the second iteration's second turn. `learning`: between its first optimizer step and the checkpoint
    of it. `evaluating`: after it has learned. `between`: when its checkpoint is written.
    """

    def __init__(self, file: Path, moment: str) -> None:
        super().__init__()
        self._file, self._moment = file, moment
        self._iterations = 0
        self._turns = 0

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        super().metrics(step, values)
        with self._file.open("a") as file:
            for name, value in values.items():
                file.write(f"{step} {name} {value!r}\n")
        self._die_if("learning", self._iterations == 1 and "train/loss" in values)
        self._die_if("evaluating", self._iterations == 1 and "grpo/policy_loss" in values)

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        if checkpoint.kind == "epoch" and checkpoint.epoch:
            self._iterations += 1
            self._die_if("between", self._iterations == 2)

    def should_stop(self) -> bool:
        if self._iterations == 1:
            self._turns += 1
            self._die_if("playing", self._turns == 2)
        return False

    def _die_if(self, moment: str, now: bool) -> None:
        if now and moment == self._moment:
            os.kill(os.getpid(), signal.SIGKILL)


def read_metrics(file: Path) -> dict[tuple[int, str], float]:
    """What a `Mortal` wrote before it died."""
    found: dict[tuple[int, str], float] = {}
    for line in file.read_text().splitlines():
        step, name, value = line.split()
        if name not in _OF_THE_MACHINE:
            found[int(step), name] = float(value)
    return found
