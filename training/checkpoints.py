"""Checkpoints on disk: an adapter in PEFT format and what is needed to go on from it exactly.

A checkpoint is written under another name, flushed to the disk, and renamed: it is there whole or not at all.
"""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from evaluation.players.adapters import adapter_sha256

Kind = Literal["epoch", "rolling"]
STATE_FILE: Final = "trainer_state.pt"
_ABOUT: Final = "checkpoint.json"
_UNFINISHED: Final = ".writing-"


class CheckpointNotWritten(Exception):
    """The disk would not take a checkpoint; earlier ones are as they were."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder with `adapter_config.json`, `adapter_model.safetensors`, the trainer's state and `checkpoint.json`.

    `kind`: `epoch` for one that was evaluated and stays, `rolling` for one that the next replaces. `epoch` counts
    finished epochs (iterations in reinforcement), `step` optimizer steps. `sha256` is that of the adapter.
    """

    folder: Path
    kind: Kind
    epoch: int
    step: int
    sha256: str
    scores: Mapping[str, float] = field(default_factory=dict)


def write_checkpoint(
    run_folder: Path,
    *,
    kind: Kind,
    epoch: int,
    step: int,
    scores: Mapping[str, float],
    write: Callable[[Path], None],
) -> Checkpoint:
    """Let `write` fill a folder with adapter and state, and make it the run's newest checkpoint.

    Raises:
        CheckpointNotWritten: the disk is full or broken; what was there before is untouched.
    """
    name = f"{kind}-{epoch:04d}-{step:07d}"
    target, unfinished = run_folder / name, run_folder / f"{_UNFINISHED}{name}"
    try:
        run_folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        write(unfinished)
        checkpoint = Checkpoint(target, kind, epoch, step, adapter_sha256(unfinished), dict(scores))
        about = {name: value for name, value in asdict(checkpoint).items() if name != "folder"}
        (unfinished / _ABOUT).write_text(json.dumps(about, indent=1))
        for path in unfinished.iterdir():
            _flush(path)
        _flush(unfinished)
        if target.exists():
            # Of a run that was killed between this rename and what it would have done next; the same content.
            shutil.rmtree(target)
        unfinished.rename(target)
        _flush(run_folder)
    # safetensors reports a full disk by an exception of its own, torch by RuntimeError.
    except Exception as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise CheckpointNotWritten(
            f"The checkpoint {name} could not be written into {run_folder}: {error}. Earlier checkpoints are intact; "
            "make room on the disk, then resume the run."
        ) from error
    for older in all_checkpoints(run_folder):
        if older.kind == "rolling" and (older.epoch, older.step) < (epoch, step):
            shutil.rmtree(older.folder, ignore_errors=True)
    return checkpoint


def all_checkpoints(run_folder: Path) -> list[Checkpoint]:
    """Those of a run that were written whole, oldest first."""
    found = []
    for about in run_folder.glob(f"*/{_ABOUT}"):
        if not about.parent.name.startswith(_UNFINISHED):
            fields: dict[str, Any] = json.loads(about.read_text())
            found.append(Checkpoint(folder=about.parent, **fields))
    return sorted(found, key=lambda one: (one.step, one.epoch, one.kind == "epoch"))


def latest_checkpoint(run_folder: Path) -> Checkpoint | None:
    """The one to go on from; None when there is none."""
    found = all_checkpoints(run_folder)
    return found[-1] if found else None


def _flush(path: Path) -> None:
    """Wait until it is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
