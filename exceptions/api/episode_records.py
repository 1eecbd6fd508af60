"""Episodes as clients get them: in lists, one by one, in exports and sessions.

Grades, terminal rewards and whether an episode was right are only filled in where the reader may see the answer to its
case: see `exceptions.selectors.visibility`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import BooleanField, ExpressionWrapper, Prefetch, QuerySet
from pydantic import BaseModel, Field

from exceptions import environment
from exceptions.models import Episode, EpisodeMode, EpisodeOrigin, EpisodeStatus, Grade, Revision, Step
from exceptions.selectors.visibility import answers_visible_to, episodes_visible_to

_PLAYED_OUT = (environment.StopReason.SUBMITTED, environment.StopReason.OUT_OF_STEPS)

Part = TypeVar("Part", Step, Grade, Revision)
Share = Annotated[float, Field(ge=0, le=1)]


class ResolutionRecord(BaseModel):
    """What was submitted."""

    final_decision: environment.Decision = Field(examples=["place_on_hold"])
    exception_type: environment.ExceptionType | None = Field(examples=["partial_receipt"])
    evidence_references: list[str] = Field(examples=[["inspect_goods_receipt_note", "compare_quantity"]])
    explanation: str = Field(examples=["GRN-5512 accepts 58 of the 60 billed."])
    confidence: Share | None = Field(examples=[0.9])


class GradeRecord(BaseModel):
    """A grade by one rubric."""

    rubric: str = Field(examples=["grounded-1"])
    score: Share = Field(examples=[0.94])
    criteria: dict[str, float] = Field(
        description="Score of each criterion, 0 to 1.",
        examples=[{"decision": 1.0, "exception_type": 1.0, "evidence": 0.75, "explanation": 1.0, "efficiency": 0.8}],
    )
    notes: dict[str, str] = Field(
        description="What decided a criterion.", examples=[{"evidence": "compare_price: only performed"}]
    )
    decision_right: bool = Field(examples=[True])
    resolved: bool = Field(description="Decision and exception type both right.", examples=[True])


class StepRow(BaseModel):
    """One step."""

    number: int = Field(description="From 1, without gaps.", examples=[1])
    action: dict[str, Any] | None = Field(
        description="Null when what was sent is no action.", examples=[{"action_type": "inspect_purchase_order"}]
    )
    raw_output: str | None = Field(
        description="What a player wrote, if it wrote text, and what it sent instead of an action.", examples=[None]
    )
    valid: bool = Field(examples=[True])
    error: str = Field(description="Why it is invalid; empty when it is valid.", examples=[""])
    result: str = Field(
        description="What the action said.",
        examples=["PO-88213, supplier V-1180, 2026-02-20, EUR, approved, terms Net 30\nA4: 60 x 18.40"],
    )
    revealed: str | None = Field(description="The document that it revealed.", examples=["purchase_order"])
    discrepancies: list[dict[str, Any]] = Field(description="Differences that a comparison found.", examples=[[]])
    reward: float | None = Field(
        description="Null for the last step while you may not see the answer, and on a case without one.",
        examples=[0.0],
    )
    reward_parts: dict[str, float] = Field(examples=[{"base": 0.0}])
    prompt_tokens: int = Field(examples=[0])
    computed_tokens: int = Field(description="Those of the prompt's that no cache had.", examples=[0])
    completion_tokens: int = Field(examples=[0])
    latency: float = Field(description="Seconds from the observation to the answer.", examples=[4.2])
    prompt_budget: dict[str, Any] = Field(description="What the prompt budget did to this prompt.", examples=[{}])
    created_at: datetime = Field(examples=["2026-03-02T08:15:04Z"])


class RevisionRow(BaseModel):
    """A resolution that its reviewer revised after seeing the model's."""

    number: int = Field(examples=[1])
    resolution: ResolutionRecord
    reason: str = Field(examples=["The model found the second receipt."])
    grades: list[GradeRecord] | None = Field(description="Null while you may not see the answer.")
    created_at: datetime = Field(examples=["2026-03-02T08:21:40Z"])


class EpisodeRow(BaseModel):
    """An episode in the list."""

    id: UUID = Field(examples=["0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a09"])
    case: str = Field(description="Reference of the case.", examples=["C-1042"])
    case_version: int = Field(examples=[1])
    player: str = Field(description="Slug of the player.", examples=["three-way-match"])
    player_version: int = Field(examples=[1])
    origin: EpisodeOrigin = Field(
        description="`desk`: played in the workspace; `lane`: played beside a reviewer; `api`: a REST session.",
        examples=["api"],
    )
    mode: EpisodeMode | None = Field(description="What the reviewer saw of the model.", examples=[None])
    beside: UUID | None = Field(description="The reviewer's episode that it was played beside.", examples=[None])
    rewards: str = Field(description="Reward scheme.", examples=["grounded-1"])
    settings: dict[str, Any] = Field(description="What makes it repeatable.", examples=[{"client": "nightly script"}])
    informed: bool = Field(description="The player could have seen the answer before it began.", examples=[False])
    status: EpisodeStatus = Field(examples=["ended"])
    stop_reason: environment.StopReason | None = Field(description="Why it ended.", examples=["submitted"])
    error: str = Field(description="What went wrong, for a player that failed.", examples=[""])
    steps_used: int = Field(examples=[9])
    invalid_steps: int = Field(examples=[0])
    cumulative_reward: float | None = Field(
        description="Null until the end, while you may not see the answer, and on a case without one.", examples=[0.94]
    )
    resolution: ResolutionRecord | None = Field(description="What was submitted.")
    override_reason: str = Field(description="Why the reviewer did not follow the model's proposal.", examples=[""])
    resolved: bool | None = Field(
        description="Decision and exception type both right. Null when ungraded or while you may not see the answer.",
        examples=[True],
    )
    scores: dict[str, float] | None = Field(
        description="Score by rubric. Null when ungraded or while you may not see the answer.",
        examples=[{"grounded-1": 0.94, "seed-1": 0.91}],
    )
    created_at: datetime = Field(examples=["2026-03-02T08:15:00Z"])
    ended_at: datetime | None = Field(examples=["2026-03-02T08:19:12Z"])


class EpisodeFull(EpisodeRow):
    """An episode with everything that happened in it."""

    steps: list[StepRow]
    grades: list[GradeRecord] | None = Field(description="Null while you may not see the answer.")
    revisions: list[RevisionRow]


def readable_episodes(user: User) -> QuerySet[Episode]:
    """The episodes that a user may read, each with `answer_visible`: what the functions below take."""
    return (
        episodes_visible_to(user)
        .annotate(answer_visible=ExpressionWrapper(answers_visible_to(user), output_field=BooleanField()))
        .select_related("player", "case_version__case")
        .defer("case_version__content")
    )


def with_grades(episodes: QuerySet[Episode]) -> QuerySet[Episode]:
    """The same with their own grades, for `episode_row`."""
    return episodes.prefetch_related(
        Prefetch("grades", queryset=Grade.objects.filter(revision=None).order_by("rubric"))
    )


def episode_row(episode: Episode) -> EpisodeRow:
    """An episode in the list."""
    return EpisodeRow(**_row(episode, list(episode.grades.all())))


def episodes_full(episodes: Sequence[Episode]) -> list[EpisodeFull]:
    """Episodes with everything that happened in them, in three queries for all of them.

    Not by `prefetch_related`: an episode and its prefetched steps refer to each other, and an export of many would hold
    the memory of all until the next full garbage collection.
    """
    steps = _by_episode(Step.objects.filter(episode__in=episodes).order_by("number"))
    grades = _by_episode(Grade.objects.filter(episode__in=episodes).order_by("rubric"))
    revisions = _by_episode(Revision.objects.filter(episode__in=episodes).order_by("number"))
    return [_full(episode, steps[episode.pk], grades[episode.pk], revisions[episode.pk]) for episode in episodes]


def _by_episode(parts: Iterable[Part]) -> defaultdict[UUID, list[Part]]:
    grouped: defaultdict[UUID, list[Part]] = defaultdict(list)
    for part in parts:
        grouped[part.episode_id].append(part)
    return grouped


def _full(episode: Episode, steps: list[Step], grades: list[Grade], revisions: list[Revision]) -> EpisodeFull:
    visible = _visible(episode)
    own = [grade for grade in grades if grade.revision_id is None]
    sealed_step = episode.steps_used if episode.stop_reason in _PLAYED_OUT and not visible else None
    return EpisodeFull(
        **_row(episode, own),
        steps=[_step(step, sealed=step.number == sealed_step) for step in steps],
        grades=[_grade(grade) for grade in own] if visible else None,
        revisions=[
            _revision(revision, [grade for grade in grades if grade.revision_id == revision.pk] if visible else None)
            for revision in revisions
        ],
    )


def _visible(episode: Episode) -> bool:
    visible: bool = getattr(episode, "answer_visible")  # noqa: B009 - annotated by readable_episodes
    return visible


def _row(episode: Episode, grades: list[Grade]) -> dict[str, Any]:
    visible = _visible(episode)
    shown = grades if visible else []
    return {
        "id": episode.pk,
        "case": episode.case_version.case.reference,
        "case_version": episode.case_version.number,
        "player": episode.player.slug,
        "player_version": episode.player_version,
        "origin": EpisodeOrigin(episode.origin),
        "mode": EpisodeMode(episode.mode) if episode.mode else None,
        "beside": episode.beside_id,
        "rewards": episode.rewards,
        "settings": episode.settings,
        "informed": episode.informed,
        "status": EpisodeStatus(episode.status),
        "stop_reason": episode.stop_reason or None,
        "error": episode.error,
        "steps_used": episode.steps_used,
        "invalid_steps": episode.invalid_steps,
        "cumulative_reward": episode.cumulative_reward if visible else None,
        "resolution": _resolution(episode) if episode.final_decision else None,
        "override_reason": episode.override_reason,
        "resolved": shown[0].resolved if shown else None,
        "scores": {grade.rubric: grade.score for grade in shown} or None,
        "created_at": episode.created_at,
        "ended_at": episode.ended_at,
    }


def _resolution(given: Episode | Revision) -> ResolutionRecord:
    return ResolutionRecord(
        final_decision=environment.Decision(given.final_decision),
        exception_type=environment.ExceptionType(given.exception_type) if given.exception_type else None,
        evidence_references=given.evidence_references,
        explanation=given.explanation,
        confidence=given.confidence,
    )


def _grade(grade: Grade) -> GradeRecord:
    return GradeRecord(
        rubric=grade.rubric,
        score=grade.score,
        criteria=grade.criteria,
        notes=grade.notes,
        decision_right=grade.decision_right,
        resolved=grade.resolved,
    )


def _step(step: Step, *, sealed: bool) -> StepRow:
    return StepRow(
        number=step.number,
        action=step.action,
        raw_output=step.raw_output,
        valid=step.valid,
        error=step.error,
        result=step.result,
        revealed=step.revealed or None,
        discrepancies=step.discrepancies,
        reward=None if sealed else step.reward,
        reward_parts={} if sealed else step.reward_parts,
        prompt_tokens=step.prompt_tokens,
        computed_tokens=step.computed_tokens,
        completion_tokens=step.completion_tokens,
        latency=step.latency,
        prompt_budget=step.prompt_budget,
        created_at=step.created_at,
    )


def _revision(revision: Revision, grades: list[Grade] | None) -> RevisionRow:
    return RevisionRow(
        number=revision.number,
        resolution=_resolution(revision),
        reason=revision.reason,
        grades=None if grades is None else [_grade(grade) for grade in grades],
        created_at=revision.created_at,
    )
