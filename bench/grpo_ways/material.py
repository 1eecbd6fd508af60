"""What all ways play and learn from, and what is measured of each."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from exceptions.catalogue import load_catalogue
from exceptions.environment import Case
from training.grpo.groups import Trajectory
from training.grpo.recipes import GRPO_RECIPES
from training.traces import catalogue_split

BASE_MODEL: Final = "SmolLM2-135M-Instruct"
#: Four samples of each case, 16 trajectories for each optimizer step; sampled and scored by one distribution.
RECIPE: Final = GRPO_RECIPES["grpo-warm"].model_copy(
    update={"top_p": 1.0, "precision": "float32", "lora_dropout": 0.0, "trajectories_per_step": 16}
)


def cases_of(count: int) -> list[Case]:
    """The first training cases of the catalogue."""
    return catalogue_split(load_catalogue())[0][:count]


@dataclass(frozen=True, slots=True)
class Episode:
    """What our engine sampled, for the others to sample again: (start, end) of each answer, turn by turn."""

    case_id: str
    trajectory: Trajectory
    answers: tuple[tuple[int, int], ...]

    @property
    def turn_tokens(self) -> int:
        """Tokens of all turns' whole conversations: what is computed by whoever remembers nothing between turns."""
        return sum(end for _start, end in self.answers)


def write_episodes(path: Path, episodes: Sequence[Episode]) -> None:
    path.write_text(json.dumps([asdict(one) for one in episodes]))


def read_episodes(path: Path) -> list[Episode]:
    found = []
    for fields in json.loads(path.read_text()):
        trajectory = {
            name: tuple(value) if isinstance(value, list) else value for name, value in fields["trajectory"].items()
        }
        answers = tuple((start, end) for start, end in fields["answers"])
        found.append(Episode(fields["case_id"], Trajectory(**trajectory), answers))
    return found


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of the clock and of all threads together, for so many trajectories of so many `turn_tokens`."""

    way: str
    trajectories: int
    turn_tokens: int
    playing: float
    learning: float
    cpu: float

    @property
    def seconds(self) -> float:
        return self.playing + self.learning

    @classmethod
    def read(cls, path: Path) -> "Measured":
        return cls(**json.loads(path.read_text()))

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))


class Stopwatch:
    """Adds up the seconds of what runs inside `with`."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0
        self._begun = (0.0, 0.0)

    def __enter__(self) -> "Stopwatch":
        self._begun = (time.perf_counter(), time.process_time())
        return self

    def __exit__(self, *_exception: object) -> None:
        self.wall += time.perf_counter() - self._begun[0]
        self.cpu += time.process_time() - self._begun[1]
