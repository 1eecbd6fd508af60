"""What has happened in an episode so far: its steps, what they revealed, and how it ended."""

from dataclasses import dataclass, field, replace
from typing import Any

from exceptions.environment.actions import Action
from exceptions.environment.matching import Discrepancy
from exceptions.environment.vocabulary import ActionType, Decision, DocumentName, ExceptionType, StopReason


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was submitted. `confidence` is in 0…1."""

    final_decision: Decision
    exception_type: ExceptionType | None = None
    evidence_references: tuple[str, ...] = ()
    explanation: str = ""
    confidence: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "final_decision": self.final_decision.value,
            "exception_type": None if self.exception_type is None else self.exception_type.value,
            "evidence_references": list(self.evidence_references),
            "explanation": self.explanation,
            "confidence": self.confidence,
        }


@dataclass(slots=True)
class StepRecord:
    """One step.

    `revealed` is the document that this step brought to light, None when it had been revealed before.

    `number` counts from 1. `raw` is the text a player wrote, whenever it wrote text, and what it sent
    instead of an action when that was invalid. `reward` is None where a case without ground truth leaves it
    open; `reward_parts` are named `base`, `repeat`, `shortcut`, `confidence`, `timeout`, and sum to
    `reward` unless it is None.
    """

    number: int
    action: Action | None
    raw: str | None
    error: str | None
    result: str
    revealed: DocumentName | None
    discrepancies: tuple[Discrepancy, ...]
    reward: float | None
    reward_parts: dict[str, float]
    done: bool

    @property
    def valid(self) -> bool:
        """Whether it was an action at all."""
        return self.error is None

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "number": self.number,
            "action": None if self.action is None else self.action.to_dict(),
            "raw": self.raw,
            "valid": self.valid,
            "error": self.error,
            "result": self.result,
            "revealed": None if self.revealed is None else self.revealed.value,
            "discrepancies": [discrepancy.to_dict() for discrepancy in self.discrepancies],
            "reward": self.reward,
            "reward_parts": dict(self.reward_parts),
            "done": self.done,
        }


@dataclass(slots=True)
class EpisodeState:
    """An episode as far as it went. The environment appends to it; everybody else only reads.

    `cumulative_reward` becomes None when the last reward is open (a case without ground truth).
    """

    max_steps: int
    steps: list[StepRecord] = field(default_factory=list)
    revealed: list[DocumentName] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    proposed_type: ExceptionType | None = None
    resolution: Resolution | None = None
    cumulative_reward: float | None = 0.0
    stop_reason: StopReason | None = None
    #: How often each action was performed, the submit included, invalid ones not.
    performed: dict[ActionType, int] = field(default_factory=dict)
    #: How many of the findings the last summary has listed.
    summarized: int = 0

    @property
    def done(self) -> bool:
        return self.stop_reason is not None

    @property
    def remaining_steps(self) -> int:
        return self.max_steps - len(self.steps)

    @property
    def reward_parts(self) -> list[dict[str, float]]:
        """The named parts of every step's reward, in order."""
        return [dict(step.reward_parts) for step in self.steps]

    @property
    def repeats(self) -> int:
        """Actions that had been performed before."""
        return sum(self.performed.values()) - len(self.performed)

    def with_resolution(self, resolution: Resolution) -> "EpisodeState":
        """The same steps with another resolution: for grading one that was revised afterwards."""
        return replace(self, resolution=resolution)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "max_steps": self.max_steps,
            "steps": [step.to_dict() for step in self.steps],
            "revealed": [name.value for name in self.revealed],
            "findings": list(self.findings),
            "proposed_type": None if self.proposed_type is None else self.proposed_type.value,
            "resolution": None if self.resolution is None else self.resolution.to_dict(),
            "cumulative_reward": self.cumulative_reward,
            "stop_reason": None if self.stop_reason is None else self.stop_reason.value,
            "done": self.done,
        }
