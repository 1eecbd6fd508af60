"""A recorder of what a trainer tells, and a short recipe for the tiny Qwen3."""

from collections.abc import Mapping, Sequence

import pytest

from evaluation.rollout import Rollout
from exceptions.catalogue import load_catalogue
from exceptions.environment import Case
from training.checkpoints import Checkpoint
from training.recipes import SFT_RECIPES, SftRecipe
from training.traces import Trace, catalogue_split, catalogue_traces


class Recorder:
    """Keeps the last value of every (step, name), and stops after so many optimizer steps of its own."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.values: dict[tuple[int, str], float] = {}
        self.lines: list[str] = []
        self.evaluations: dict[tuple[int, str], int] = {}
        self.checkpoints: dict[str, Checkpoint] = {}
        self._steps_left = stop_after

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        self.values |= {(step, name): value for name, value in values.items()}

    def log(self, text: str, level: str = "info") -> None:
        self.lines.append(f"{level}: {text}")

    def progress(self, done: int, total: int, *, tokens_per_second: float | None, memory_bytes: int | None) -> None:
        assert done <= total
        assert tokens_per_second
        assert memory_bytes
        if self._steps_left is not None:
            self._steps_left -= 1

    def evaluated(self, epoch: int, set_name: str, rollouts: Sequence[Rollout]) -> None:
        self.evaluations[epoch, set_name] = len(rollouts)

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        assert (checkpoint.folder / "adapter_model.safetensors").is_file()
        self.checkpoints[checkpoint.folder.name] = checkpoint

    def should_stop(self) -> bool:
        return self._steps_left is not None and self._steps_left <= 0

    @property
    def lasting(self) -> dict[tuple[int, str], float]:
        """The values that do not tell how fast the machine was."""
        return {key: value for key, value in self.values.items() if "per_second" not in key[1]}


@pytest.fixture
def recipe() -> SftRecipe:
    """Ten traces in steps of four, twice: six optimizer steps."""
    return SFT_RECIPES["full-trace"].model_copy(
        update={"epochs": 2, "traces_per_step": 4, "learning_rate": 1e-2, "checkpoint_every": 2, "max_new_tokens": 8}
    )


@pytest.fixture
def traces() -> list[Trace]:
    return catalogue_traces(catalogue_split(load_catalogue())[0][:10], [3])


@pytest.fixture
def holdout() -> list[Case]:
    return catalogue_split(load_catalogue())[1][:2]
