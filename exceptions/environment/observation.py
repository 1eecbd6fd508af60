"""What a player sees after each step: one structured observation, made lazily from the episode."""

from typing import Any

from exceptions.environment.dossier import Dossier
from exceptions.environment.grade import Grade
from exceptions.environment.matching import Discrepancy
from exceptions.environment.rubrics import grade
from exceptions.environment.state import EpisodeState, StepRecord
from exceptions.environment.vocabulary import ActionType

_ACTIONS = tuple(ActionType)


class Observation:
    """The episode as its player sees it at one moment; later steps do not change it.

    It names the case by its opaque reference only, and carries nothing of the ground truth before the end.
    """

    __slots__ = ("_dossier", "_findings", "_revealed", "_reward", "_rubric", "_state", "_steps", "done")

    def __init__(self, dossier: Dossier, state: EpisodeState, rubric: str, reward: float | None) -> None:
        self._dossier = dossier
        self._state = state
        self._rubric = rubric
        self._reward = reward
        self._steps = len(state.steps)
        self._findings = len(state.findings)
        self._revealed = len(state.revealed)
        self.done = state.stop_reason is not None

    @property
    def case_reference(self) -> str:
        return self._dossier.reference

    @property
    def invoice_summary(self) -> dict[str, Any]:
        return self._dossier.invoice_summary

    @property
    def invoice_summary_text(self) -> str:
        """The summary on one line, for text renderings."""
        return self._dossier.invoice_summary_text

    @property
    def available_actions(self) -> list[str]:
        """All twelve until the end, none after it."""
        return [] if self.done else [action.value for action in _ACTIONS]

    @property
    def revealed_documents(self) -> dict[str, Any]:
        """The contents of the documents revealed so far, by document name, in order. Not to be changed."""
        names = self._state.revealed[: self._revealed]
        return {name.value: self._dossier.document(name).content for name in names}

    @property
    def revealed_texts(self) -> dict[str, str]:
        """The same as terse text."""
        names = self._state.revealed[: self._revealed]
        return {name.value: self._dossier.document(name).text for name in names}

    @property
    def findings(self) -> list[str]:
        return self._state.findings[: self._findings]

    @property
    def results(self) -> list[str]:
        """What every action so far has said, in order."""
        return [step.result for step in self._state.steps[: self._steps] if step.result]

    def result_of(self, action: ActionType) -> str:
        """What this action said when it was first taken; empty if it was not."""
        taken = (step for step in self._state.steps[: self._steps] if step.action and step.action.action_type is action)
        return next((step.result for step in taken), "")

    @property
    def discrepancies(self) -> list[Discrepancy]:
        """Every difference that the comparisons so far have found, once."""
        found: dict[str, Discrepancy] = {}
        for step in self._state.steps[: self._steps]:
            for discrepancy in step.discrepancies:
                found.setdefault(f"{discrepancy.field} {discrepancy.message}", discrepancy)
        return list(found.values())

    @property
    def steps_taken(self) -> int:
        return self._steps

    @property
    def remaining_steps(self) -> int:
        return self._state.max_steps - self._steps

    @property
    def last_step(self) -> StepRecord | None:
        """The step that led here; None before the first."""
        return self._state.steps[self._steps - 1] if self._steps else None

    @property
    def last_result(self) -> str:
        """What the last action said; empty before the first and after an invalid one."""
        step = self.last_step
        return "" if step is None else step.result

    @property
    def last_error(self) -> str | None:
        """Why the last action was invalid."""
        step = self.last_step
        return None if step is None else step.error

    @property
    def warnings(self) -> list[str]:
        """What the player should know beside the result."""
        if self.done:
            return []
        warnings = []
        if self.remaining_steps == 1:
            warnings.append("This is the last step: submit now or the case ends unresolved.")
        return warnings

    @property
    def reward(self) -> float | None:
        """What the last step earned: None at the start, and at the end of a case without ground truth."""
        return self._reward

    @property
    def grade(self) -> Grade | None:
        """The grade by the reward scheme's rubric once the episode is over; None for a case without ground truth."""
        if not self.done or self._dossier.case.ground_truth is None:
            return None
        return grade(self._dossier.case, self._state, self._rubric)

    def to_dict(self) -> dict[str, Any]:
        """The structured rendering, ready for JSON: decimals and dates are strings."""
        given = self.grade
        return {
            "case_reference": self.case_reference,
            "invoice_summary": self.invoice_summary,
            "available_actions": self.available_actions,
            "revealed_documents": self.revealed_documents,
            "findings": self.findings,
            "remaining_steps": self.remaining_steps,
            "last_result": self.last_result,
            "last_error": self.last_error,
            "warnings": self.warnings,
            "reward": self.reward,
            "done": self.done,
            "grade": None if given is None else given.to_dict(),
        }

    model_dump = to_dict

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, Observation) else NotImplemented

    def __repr__(self) -> str:
        return f"Observation({self.case_reference}, {self._steps} steps, {'done' if self.done else 'open'})"
