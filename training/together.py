"""One run, trained by several processes (`accelerate launch manage.py train`): the first has it, the others compute.

Only the first knows of the database: it holds the lease and writes. The others are handed what is trained on, take the
same steps, and end when it ends.
"""

import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from training.checkpoints import Checkpoint
from training.reporting import TrainingFailed

if TYPE_CHECKING:
    from evaluation.rollout import Rollout

#: The others have been told what to train.
_handed_out: Final = threading.Event()


def several_processes() -> bool:
    """Whether `accelerate launch` or `torchrun` started this process as one of several. Needs no torch."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def others_compute() -> None:
    """What a command that trains begins with: only the first process goes on, the others compute along and end here.

    What Ctrl-C asks for is asked of the first process, and all end at the same step.
    """
    if not several_processes():
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    if take_part():
        sys.stdout.flush()
        sys.stderr.flush()
        # There is nothing to tidy up, and one process was aborted in tidying up by a native thread of a library
        # ("terminate called without an active exception"), which failed the run of all.
        os._exit(0)
    for number, handler in before.items():
        signal.signal(number, handler)


def hand_out(part: Mapping[str, Any]) -> None:
    """Tell the other processes what `train_sft` is to be called with, all but the reporter."""
    if several_processes():
        from training.processes import Processes

        _handed_out.set()
        Processes.start().share(dict(part))


def let_go() -> None:
    """The first has ended: let those go that still wait, because there was nothing to train, and take leave of all."""
    if several_processes():
        from training.processes import Processes

        processes = Processes.start()
        if not _handed_out.is_set():
            processes.share(None)
        processes.end()


def take_part() -> bool:
    """Compute along until the first process has ended, in every other one. False: this is the first."""
    from training.processes import Processes

    processes = Processes.start()
    if processes.first:
        return False
    part: dict[str, Any] | None = processes.share(None)
    if part is not None:
        from training.sft import train_sft

        # It fails in all of them for the same reason, and the first says it.
        with suppress(TrainingFailed):
            train_sft(**part, reporter=_Silent())
    processes.end()
    return True


class _Silent:
    """The reporter of a process that has nobody to tell: the trainer tells the first one's."""

    def metrics(self, step: int, values: Mapping[str, float]) -> None: ...

    def log(self, text: str, level: str = "info") -> None: ...

    def progress(self, done: int, total: int, *, tokens_per_second: float | None, memory_bytes: int | None) -> None: ...

    def evaluated(self, epoch: int, set_name: str, rollouts: "Sequence[Rollout]") -> None: ...

    def checkpoint(self, checkpoint: Checkpoint) -> None: ...

    def should_stop(self) -> bool:
        return False
