"""The trace of an episode: every step with what it cost and earned, alone or beside another episode of the case.

Rewards and grades are in it only when the reader may see the answer: a reward can give it away.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from exceptions.environment import ActionType
from exceptions.models import Episode, PlayerKind, Revision, Step
from exceptions.views.names import action_name, type_name
from exceptions.views.workspace_context import ResolutionText, TimelineStep
from exceptions.views.workspace_lanes import ending, resolution_text, resolution_words, timeline_step


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step with everything that is stored about it. `budget` says what the prompt budget did to its prompt."""

    shown: TimelineStep
    raw: str = ""
    parts: list[tuple[str, float]] = field(default_factory=list)
    computed_tokens: int = 0
    budget: list[str] = field(default_factory=list)

    @property
    def cached_tokens(self) -> int | None:
        """Prompt tokens that came from the cache of an earlier turn."""
        return self.shown.prompt_tokens - self.computed_tokens if self.shown.prompt_tokens else None


@dataclass(frozen=True, slots=True)
class TraceColumn:
    """One episode of the page: the one it is about, or the one beside it."""

    episode: Episode
    name: str
    by_model: bool
    answer_visible: bool
    steps: list[TraceStep]
    ended: str
    resolution: ResolutionText | None
    revisions: list[ResolutionText]
    settings: list[tuple[str, str]]
    seconds: float | None
    prompt_tokens: int
    completion_tokens: int
    resolved: bool | None

    @property
    def open(self) -> bool:
        return not self.episode.ended


@dataclass(frozen=True, slots=True)
class StepPair:
    """Step `number` of both episodes. `parted` marks the first at which they did something else."""

    number: int
    left: TraceStep | None
    right: TraceStep | None
    parted: bool = False


@dataclass(frozen=True, slots=True)
class Parting:
    """Where the two episodes part: the step, and in words what each did there."""

    number: int
    left: str
    right: str


def trace_column(episode: Episode, *, answer_visible: bool) -> TraceColumn:
    """Read an episode (with its player, case version, steps, grades and revisions) into a column."""
    steps = list(episode.steps.all())
    grade = next((g for g in episode.grades.all() if g.revision_id is None), None) if answer_visible else None
    return TraceColumn(
        episode=episode,
        name=episode.player.name,
        by_model=episode.player.kind != PlayerKind.HUMAN,
        answer_visible=answer_visible,
        steps=[_trace_step(step, rewards=answer_visible) for step in steps],
        ended=ending(episode) or "Open",
        resolution=resolution_text(episode),
        revisions=[revision_text(revision) for revision in episode.revisions.all()],
        settings=_settings(episode.settings),
        seconds=(episode.ended_at - episode.created_at).total_seconds() if episode.ended_at else None,
        prompt_tokens=sum(step.prompt_tokens for step in steps),
        completion_tokens=sum(step.completion_tokens for step in steps),
        resolved=grade.resolved if grade else None,
    )


def _trace_step(step: Step, *, rewards: bool) -> TraceStep:
    shown = timeline_step(step, rewards=rewards, costs=True)
    whole = len(step.result.splitlines()) > len(shown.says) + len(shown.flags)
    return TraceStep(
        shown=replace(shown, raw="", detail=shown.detail if whole else ""),
        raw=step.raw_output or "",
        parts=_parts(step.reward_parts) if rewards else [],
        computed_tokens=step.computed_tokens,
        budget=[f"{_words(name)}: {value}" for name, value in step.prompt_budget.items()],
    )


def _parts(parts: dict[str, float]) -> list[tuple[str, float]]:
    """The parts of a reward that say more than their sum."""
    return list(parts.items()) if len(parts) > 1 else []


def _settings(settings: dict[str, Any]) -> list[tuple[str, str]]:
    return [(_words(name).capitalize(), _words(str(value))) for name, value in settings.items()]


def _words(name: str) -> str:
    return name.replace("_", " ")


def revision_text(revision: Revision) -> ResolutionText:
    """A revised resolution, to read."""
    return ResolutionText(
        decision=resolution_words(revision.final_decision, ""),
        exception_type=type_name(revision.exception_type) if revision.exception_type else "",
        evidence=[action_name(name) for name in revision.evidence_references],
        explanation=revision.explanation,
        confidence=revision.confidence,
        reason=revision.reason,
        given_at=revision.created_at,
    )


# --- side by side -----------------------------------------------------------------------------------------------------


_STOPPED: Final = "had stopped"
_DID: Final = {
    ActionType.INSPECT_INVOICE_LINE_ITEMS: "opened the invoice lines",
    ActionType.INSPECT_PURCHASE_ORDER: "opened the order",
    ActionType.INSPECT_GOODS_RECEIPT_NOTE: "opened the receipts",
    ActionType.INSPECT_VENDOR_PROFILE: "opened the vendor profile",
    ActionType.INSPECT_POLICY_RULES: "opened the policy",
    ActionType.CHECK_FOR_DUPLICATE_INVOICE: "checked for duplicates",
    ActionType.COMPARE_QUANTITY: "compared quantities",
    ActionType.COMPARE_PRICE: "compared prices",
    ActionType.COMPARE_TOTALS: "compared totals",
    ActionType.SUMMARIZE_FINDINGS: "summarised the findings",
    ActionType.PROPOSE_EXCEPTION_TYPE: "proposed a type",
    ActionType.SUBMIT_FINAL_RESOLUTION: "resolved",
}


def step_words(step: Step) -> str:
    """What a step did: two steps with the same words did the same."""
    if not step.valid or step.action is None:
        return "gave an invalid output"
    decision, kind = step.action.get("final_decision"), step.action.get("exception_type")
    if decision:
        return f"resolved: {resolution_words(decision, kind or '').lower()}"
    if kind:
        return f"proposed {type_name(kind).lower()}"
    return _DID[ActionType(step.action_type)]


def parting(left: Sequence[Step], right: Sequence[Step]) -> Parting | None:
    """The first step at which two episodes differ, one that ends earlier included; None when they are alike."""
    for mine, theirs in zip(left, right, strict=False):
        if step_words(mine) != step_words(theirs):
            return Parting(mine.number, step_words(mine), step_words(theirs))
    if len(left) == len(right):
        return None
    longer = left if len(left) > len(right) else right
    first = longer[min(len(left), len(right))]
    words = step_words(first)
    return Parting(first.number, words if longer is left else _STOPPED, words if longer is right else _STOPPED)


def step_pairs(left: Sequence[TraceStep], right: Sequence[TraceStep], parted: Parting | None) -> list[StepPair]:
    """The steps of both, number by number."""
    return [
        StepPair(
            number,
            left[number - 1] if number <= len(left) else None,
            right[number - 1] if number <= len(right) else None,
            parted=parted is not None and parted.number == number,
        )
        for number in range(1, max(len(left), len(right)) + 1)
    ]


@dataclass(frozen=True, slots=True)
class OtherEpisode:
    """An episode of the same case that may be set beside this one."""

    id: UUID
    name: str
    begun: datetime
    says: str


def other_episode(episode: Episode) -> OtherEpisode:
    """An entry of the picker."""
    says = ending(episode) or "Open"
    if episode.final_decision:
        says = resolution_words(episode.final_decision, episode.exception_type)
    return OtherEpisode(episode.pk, episode.player.name, episode.created_at, says)
