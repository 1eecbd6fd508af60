"""The rows of an episode, made and not yet saved: its steps, its end, its grades."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from exceptions import environment
from exceptions.models import Episode, EpisodeStatus, Grade, Revision, Step

#: What the end of an episode writes.
ENDED_FIELDS: Final = (
    "status",
    "stop_reason",
    "error",
    "cumulative_reward",
    "ended_at",
    "final_decision",
    "exception_type",
    "evidence_references",
    "explanation",
    "confidence",
    "lease_token",
    "lease_expires_at",
)


@dataclass(frozen=True, slots=True)
class StepCost:
    """What a player's answer cost: tokens, seconds, US dollars, and what the prompt budget did to its prompt.

    `token_ids` and `logprobs` are the answer as a model sampled it; None for who answers without tokens.
    """

    prompt_tokens: int = 0
    computed_tokens: int = 0
    completion_tokens: int = 0
    latency: float = 0.0
    prompt_budget: dict[str, Any] = dataclasses.field(default_factory=dict)
    token_ids: Sequence[int] | None = None
    logprobs: Sequence[float] | None = None
    answer_stop: str = ""
    price: Decimal | None = None


def step_row(episode: Episode, record: environment.StepRecord, cost: StepCost) -> Step:
    """The row of a step, not yet saved; the episode has its price."""
    if cost.price is not None:
        episode.cost = (episode.cost or Decimal(0)) + cost.price
    return Step(
        episode=episode,
        number=record.number,
        action_type=record.action.action_type if record.action else "",
        action=record.action.to_dict() if record.action else None,
        raw_output=record.raw,
        valid=record.valid,
        error=record.error or "",
        result=record.result,
        revealed=record.revealed or "",
        discrepancies=[item.to_dict() for item in record.discrepancies],
        reward=record.reward,
        reward_parts=dict(record.reward_parts),
        prompt_tokens=cost.prompt_tokens,
        computed_tokens=cost.computed_tokens,
        completion_tokens=cost.completion_tokens,
        latency=cost.latency,
        prompt_budget=cost.prompt_budget,
        token_ids=None if cost.token_ids is None else list(cost.token_ids),
        logprobs=None if cost.logprobs is None else list(cost.logprobs),
        answer_stop=cost.answer_stop,
    )


def end_as(episode: Episode, state: environment.EpisodeState, error: str) -> None:
    """Set `ENDED_FIELDS` as the state of its play says.

    Raises:
        ValueError: the state has no stop reason.
    """
    if state.stop_reason is None:
        raise ValueError(f"episode {episode.id} has not ended: its state has no stop reason")
    resolution = state.resolution
    episode.status = EpisodeStatus.ENDED
    episode.stop_reason = state.stop_reason
    episode.error = error
    episode.cumulative_reward = state.cumulative_reward
    episode.ended_at = timezone.now()
    if resolution is not None:
        episode.final_decision = resolution.final_decision
        episode.exception_type = resolution.exception_type or ""
        episode.evidence_references = list(resolution.evidence_references)
        episode.explanation = resolution.explanation
        episode.confidence = resolution.confidence
    episode.lease_token = None
    episode.lease_expires_at = None


def final_grades(episode: Episode, state: environment.EpisodeState) -> list[Grade]:
    """`grades_of` what was submitted, or of nothing; none for what was broken off."""
    if state.stop_reason in (environment.StopReason.CANCELLED, environment.StopReason.PLAYER_ERROR):
        return []
    return grades_of(episode, state, None)


def grades_of(episode: Episode, state: environment.EpisodeState, revision: Revision | None) -> list[Grade]:
    """One by each rubric, not yet saved; none where nobody knows the answer."""
    case = episode.case_version.answered
    truth = case.ground_truth
    if truth is None:
        return []
    submitted = state.resolution
    decision_right = submitted is not None and submitted.final_decision == truth.decision
    resolved = decision_right and submitted is not None and submitted.exception_type == truth.exception_type
    graded = [(rubric, environment.grade(case, state, rubric=rubric)) for rubric in environment.RUBRICS]
    return [
        Grade(
            episode=episode,
            revision=revision,
            rubric=rubric,
            score=grade.score,
            criteria=dict(grade.criteria),
            notes=dict(grade.notes),
            decision_right=decision_right,
            resolved=resolved,
        )
        for rubric, grade in graded
    ]
