"""The lines of a recorded training run, in the order in which they stand in a file."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from exceptions.services.errors import DeskError

FORMAT: Final = "invoiceguard.recorded-training/1"


class RecordingRefused(DeskError):
    """A file or folder that is no recorded training run, or one whose episodes do not play out here as it says."""

    status = 422
    title = "The recorded training run was not loaded"


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RunLine(_Line):
    """The first line."""

    line: Literal["run"] = "run"
    format: Literal["invoiceguard.recorded-training/1"]
    id: UUID
    name: str
    #: The whole recipe as it was run; it need not be one that this code knows.
    config: dict[str, Any]
    #: As `LocalModelConfig.base_model` has it: a player with this base model and no adapter must be here.
    base_model: str
    #: SHA-256 of the adapter that it began with; empty for a new one.
    adapter: str = ""
    status: Literal["succeeded", "failed", "cancelled"]
    error: str = ""
    code_version: str = ""
    machine: str = ""
    started_at: AwareDatetime
    ended_at: AwareDatetime
    done: int = 0
    total: int = 0
    tokens_per_second: float | None = None
    memory_bytes: int | None = None
    worked_seconds: float = 0.0


class MetricLine(_Line):
    """One curve: [step, value] in order; null where what was measured was no number."""

    line: Literal["metric"] = "metric"
    name: str
    points: list[tuple[int, float | None]]


class LogLine(_Line):
    line: Literal["log"] = "log"
    at: AwareDatetime
    level: Literal["info", "warning", "error"] = "info"
    text: str


class CheckpointLine(_Line):
    """`folder`: where its adapter is, relative to the folder of a run that was told to one, or to that of the file;
    empty where it was left out.
    """

    line: Literal["checkpoint"] = "checkpoint"
    kind: Literal["epoch", "rolling"]
    epoch: int
    step: int
    scores: dict[str, float] = {}
    sha256: str
    size: int = 0
    at: AwareDatetime
    folder: str = ""


class CaseLine(_Line):
    """A case that was played, with its answer, as a case pack has it."""

    line: Literal["case"] = "case"
    case: dict[str, Any]


class AnswerPart(_Line):
    """One answer and what it cost."""

    text: str
    prompt_tokens: int = 0
    computed_tokens: int = 0
    completion_tokens: int = 0
    latency: float = 0.0
    stop: str = ""


class EpisodeLine(_Line):
    """An episode. Those of one epoch and set stand beside each other."""

    line: Literal["episode"] = "episode"
    epoch: int
    set: Literal["holdout", "select", "test"]
    case: str
    seed: int = 0
    rewards: str
    prompt: dict[str, Any]
    stop: str
    error: str = ""
    answers: list[AnswerPart]
    #: When its evaluation ended.
    at: AwareDatetime


Line = RunLine | MetricLine | LogLine | CheckpointLine | CaseLine | EpisodeLine
_LINE: Final[TypeAdapter[Line]] = TypeAdapter(Annotated[Line, Field(discriminator="line")])


def read_line(text: str, where: str) -> Line:
    """One line of a file.

    Raises:
        RecordingRefused: it is none; says what is wrong.
    """
    try:
        return _LINE.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RecordingRefused(f"{where}: {place} {first['msg']}. Nothing was loaded.") from error
