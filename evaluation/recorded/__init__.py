"""Runs that were played by this code elsewhere, and travel as files: written, read, replayed and graded anew.

A file is gzipped NDJSON: one line for the run, then one line per episode with the player's answers as they were given.
Observations, rewards and grades are not in it. They are computed again, and must give the scores that the line states;
so nothing that a page shows of a recorded run is anybody's word for it.
"""

from pathlib import Path
from typing import Final

from evaluation.recorded.reading import RecordingRefused, recorded_run_load
from evaluation.recorded.writing import recorded_run_lines

#: The runs that every desk begins with.
SHIPPED: Final = sorted(Path(__file__).parent.glob("*.ndjson.gz"))

__all__ = ["SHIPPED", "RecordingRefused", "recorded_run_lines", "recorded_run_load"]
