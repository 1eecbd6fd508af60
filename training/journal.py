"""What a run has told, kept beside its checkpoints until it is known to be in the database.

A checkpoint may be newer than what the database knows of its run: the process was killed between the two, or the
database was away. A run that goes on from that checkpoint does not take those steps again, so what was told of them is
told again from here. Every line is on the disk before the checkpoint that follows it is.
"""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TextIO

from exceptions.environment import Case, Environment, StopReason
from exceptions.services.episode_rows import StepCost
from training.reporting import TrainingFailed
from training.services.evaluations import PlayedEpisode

_FILE: Final = "told.ndjson"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The episodes of one epoch on one set, and when they were played."""

    epoch: int
    set_name: str
    episodes: list[PlayedEpisode]
    began: datetime
    ended: datetime


@dataclass(slots=True)
class Told:
    """Everything that a run has told so far: values by (name, step), the last of each, and evaluations."""

    metrics: dict[tuple[str, int], float] = field(default_factory=dict)
    evaluations: dict[tuple[int, str], Evaluated] = field(default_factory=dict)


class Journal:
    """The journal of a run's folder, to be added to."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self._file: TextIO = self._path.open("a", encoding="utf-8")

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        self._write({"step": step, "values": dict(values)})

    def evaluated(self, one: Evaluated) -> None:
        self._write(
            {
                "epoch": one.epoch,
                "set": one.set_name,
                "began": one.began.isoformat(),
                "ended": one.ended.isoformat(),
                "episodes": [_episode(episode) for episode in one.episodes],
            }
        )

    def close(self) -> None:
        # What a full disk did not take is tried once more by closing.
        with suppress(OSError):
            self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        # The line before may be half a line, of a process that was killed while it wrote.
        try:
            self._file.write(f"\n{json.dumps(line, ensure_ascii=False)}")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise TrainingFailed(
                f"{self._path} could not be written: {error}. Earlier checkpoints are intact; make room on the disk, "
                "then resume the run."
            ) from error


def read_journal(folder: Path, cases: Sequence[Case]) -> Told:
    """What was told of the run in this folder; its episodes are on these cases, and are replayed on them."""
    told, by_id = Told(), {case.id: case for case in cases}
    path = folder / _FILE
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if "values" in line:
            told.metrics |= {(name, line["step"]): value for name, value in line["values"].items()}
        elif all(episode["case"] in by_id for episode in line["episodes"]):
            told.evaluations[line["epoch"], line["set"]] = Evaluated(
                epoch=line["epoch"],
                set_name=line["set"],
                episodes=[_replayed(episode, by_id[episode["case"]]) for episode in line["episodes"]],
                began=datetime.fromisoformat(line["began"]),
                ended=datetime.fromisoformat(line["ended"]),
            )
    return told


def _episode(one: PlayedEpisode) -> dict[str, Any]:
    return {
        "case": one.case.id,
        "rewards": one.rewards,
        "settings": dict(one.settings),
        "stop": one.state.stop_reason,
        "error": one.error,
        "steps": [
            {
                "text": record.raw or "",
                "prompt_tokens": cost.prompt_tokens,
                "computed_tokens": cost.computed_tokens,
                "completion_tokens": cost.completion_tokens,
                "latency": cost.latency,
                "token_ids": None if cost.token_ids is None else list(cost.token_ids),
                "logprobs": None if cost.logprobs is None else list(cost.logprobs),
                "answer_stop": cost.answer_stop,
            }
            for record, cost in zip(one.state.steps, one.costs, strict=True)
        ],
    }


def _replayed(line: dict[str, Any], case: Case) -> PlayedEpisode:
    env = Environment.replay(case, [step["text"] for step in line["steps"]], rewards=line["rewards"])
    if not env.state.done:
        env.end(StopReason(line["stop"]))
    costs = [StepCost(**{name: value for name, value in step.items() if name != "text"}) for step in line["steps"]]
    return PlayedEpisode(case, env.state, costs, line["rewards"], line["settings"], line["error"])
