"""The two kinds of line of a recorded run."""

from typing import Any, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

FORMAT: Final = "invoiceguard.recorded-run/1"


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RunLine(_Line):
    """The first line."""

    format: Literal["invoiceguard.recorded-run/1"]
    id: UUID
    name: str
    case_set: dict[str, Any]
    rewards: str
    settings: dict[str, Any]
    samples: int
    #: Configurations of the players by slug: only who is configured alike here is the same player.
    players: dict[str, dict[str, Any]]
    #: Digests of the cases by slug: an episode on a case that has changed since says nothing about it.
    cases: dict[str, str]
    started_at: AwareDatetime
    ended_at: AwareDatetime
    #: Processor and library versions, in words.
    played_on: str


class StepPart(_Line):
    """One answer and what it cost. `ids` and `logprobs` are left out for who answers without tokens."""

    raw: str
    prompt: int = 0
    computed: int = 0
    completion: int = 0
    latency: float = 0.0
    budget: dict[str, Any] = {}
    ids: list[int] | None = None
    logprobs: list[float] | None = None
    stop: str = ""


class EpisodeLine(_Line):
    """An episode. `scores` are what grading it must give."""

    id: UUID
    player: str
    case: str
    sample: int
    stop_reason: str
    error: str = ""
    steps: list[StepPart]
    scores: dict[str, float]
