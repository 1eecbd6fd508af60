"""Training runs that were made by this code elsewhere, and travel as files: written, read, replayed and graded anew.

A file is gzipped NDJSON: a line for the run, then lines for its figures, log, checkpoints, cases and episodes. Rewards
and grades are not in it. They are computed again from the answers, and their means must be the figures that the run
states; so nothing that a page shows of an evaluation is anybody's word for it. Weights are not in it either: unless it
names a folder beside it that holds the adapter, the model is shown, and plays nothing until its adapter is there.

A run that was told to a folder (`training.files.FileReporter`) becomes the same lines, and its adapters are kept.
"""

from pathlib import Path
from typing import Final

from training.recorded.folder import folder_lines
from training.recorded.lines import RecordingRefused
from training.recorded.reading import recorded_training_load
from training.recorded.writing import recorded_training_lines

#: The runs that every desk begins with.
SHIPPED: Final = sorted(Path(__file__).parent.glob("*.ndjson.gz"))

__all__ = [
    "SHIPPED",
    "RecordingRefused",
    "folder_lines",
    "recorded_training_lines",
    "recorded_training_load",
]
