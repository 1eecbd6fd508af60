"""A played batch on disk: a run that is killed while it learns from it need not play it again."""

import json
import os
from pathlib import Path

from training.grpo.groups import Batch


def read_batch(folder: Path, iteration: int) -> Batch | None:
    """The batch that this iteration played; None when it has not, or not to the end."""
    path = _path(folder, iteration)
    return Batch.from_dict(json.loads(path.read_text())) if path.is_file() else None


def write_batch(folder: Path, iteration: int, batch: Batch) -> None:
    """Keep a batch. It is there whole or not at all.

    Raises:
        OSError: the disk would not take it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(folder, iteration)
    unfinished = path.with_suffix(".writing")
    with unfinished.open("w") as file:
        json.dump(batch.to_dict(), file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def drop_batch(folder: Path, iteration: int) -> None:
    """Forget the batch of an iteration that is over."""
    _path(folder, iteration).unlink(missing_ok=True)


def _path(folder: Path, iteration: int) -> Path:
    return folder / f"batch-{iteration:04d}.json"
