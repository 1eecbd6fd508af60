"""What a trainer tells whoever runs it: the database's side of a run, a test, or a folder of files."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from training.checkpoints import Checkpoint

if TYPE_CHECKING:
    from evaluation.rollout import Rollout


class TrainingFailed(Exception):
    """A run that cannot go on; says why and what to do."""


class Reporter(Protocol):
    """Told everything once it is done; asked whether to go on at least once for each optimizer step."""

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        """Values by name, at an optimizer step; evaluations at an epoch or iteration (0: before training).

        The same step and name again replaces: a resumed run says again what it said after its last checkpoint.
        """
        ...

    def log(self, text: str, level: str = "info") -> None:
        """One line; `level` is info, warning or error."""
        ...

    def progress(self, done: int, total: int, *, tokens_per_second: float | None, memory_bytes: int | None) -> None:
        """Optimizer steps done, of so many."""
        ...

    def evaluated(self, epoch: int, set_name: str, rollouts: "Sequence[Rollout]") -> None:
        """The ended episodes of an evaluation on the set `holdout`, `select` or `test`; before its metrics."""
        ...

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """One that has been written whole. A resumed run tells of its earlier ones again."""
        ...

    def should_stop(self) -> bool:
        """Whether the run is to end here, with what it has."""
        ...
