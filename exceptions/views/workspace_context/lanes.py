"""The lanes: what I did and may do, and what a model does beside me."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from exceptions.views.workspace_context.actions import ActionButton, Choice

LaneState = Literal[
    "absent",  # nobody plays beside this reviewer, and nobody was asked to
    "waiting",  # asked for; no worker has taken it yet
    "no_worker",  # asked for; no worker is running
    "not_installed",  # the model's weights are not on this machine
    "playing",
    "crashed",
    "finished",
    "recorded",  # an episode from another day, replayed
]


@dataclass(frozen=True, slots=True)
class StepBudget:
    """Steps of the episode."""

    used: int
    maximum: int

    @property
    def left(self) -> int:
        return max(self.maximum - self.used, 0)

    @property
    def pips(self) -> list[bool]:
        """One per step, True when used."""
        return [number < self.used for number in range(self.maximum)]


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One step as the timeline shows it.

    `says` are short lines of result, `flags` the discrepancies it found, `detail` the whole result text. `reward`
    stays None while the episode is open: under `seed-1` the reward of a proposal gives the answer away.
    """

    number: int
    title: str
    says: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    detail: str = ""
    valid: bool = True
    error: str = ""
    raw: str = ""
    reward: float | None = None
    seconds: float | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    is_new: bool = False
    parted: bool = False  # the first step at which the two players differ


@dataclass(frozen=True, slots=True)
class EvidenceTick:
    action_type: str
    name: str
    step: int
    ticked: bool = True


@dataclass(frozen=True, slots=True)
class ResolutionForm:
    """The submit form, filled anew or with what was sent and refused (`errors` by field name, `form` for the whole).

    `expected_step` travels with the form, so that a second tab or a second click cannot submit twice.
    `reason_for` asks for a reason: "override" (assist mode) or "revise" (after the submit), else "".
    """

    action_url: str
    draft_key: str
    expected_step: int
    decisions: list[Choice]
    exception_types: list[Choice]
    evidence: list[EvidenceTick]
    explanation: str = ""
    confidence_percent: int | None = None
    reason_for: Literal["", "override", "revise"] = ""
    reason: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResolutionText:
    """A resolution that was given or is proposed, to read."""

    decision: str
    exception_type: str = ""
    evidence: list[str] = field(default_factory=list)
    explanation: str = ""
    confidence: float | None = None
    reason: str = ""
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """Assist mode: what a model would do, to accept or override. `text` is None while it has not decided."""

    player_name: str
    accept_url: str
    key: str = ""  # accepts it
    text: ResolutionText | None = None
    waiting: str = ""  # why there is none yet, in words


@dataclass(frozen=True, slots=True)
class MyLane:
    """The reviewer's own lane. `form` is None once the resolution is submitted."""

    budget: StepBudget
    look: list[ActionButton]
    compare: list[ActionButton]
    think: list[ActionButton]  # summarise
    propose: list[Choice]  # exception types; empty when no step may be taken
    timeline: list[TimelineStep]
    form: ResolutionForm | None = None
    proposals: list[Proposal] = field(default_factory=list)
    proposed_type: str = ""
    error: str = ""  # a step that was refused, and why
    announce: str = ""  # for the live region: what the last step found
    ended: str = ""  # how the episode ended, when it did: "Resolved", "Out of steps"


@dataclass(frozen=True, slots=True)
class ModelLane:
    """Another player's lane. With `veiled` no step is given, whatever its state."""

    slug: str
    player_name: str
    player_kind: str  # "local model", "script"
    state: LaneState
    veiled: bool = False
    steps: list[TimelineStep] = field(default_factory=list)
    ahead: int = 0  # steps that it has made and that open with mine
    maximum: int | None = None
    recorded_at: datetime | None = None
    since: datetime | None = None  # waiting, or thinking, since
    error: str = ""  # crashed, not installed: what happened
    remedy: str = ""  # and what to do about it
    episode_url: str = ""  # once it may be seen
    may_ask: bool = False  # "Play live" / "Try again"
    resolution: ResolutionText | None = None
