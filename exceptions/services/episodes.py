"""Episodes: open, step, end, grade, revise. The database row is the only state; the environment is replayed from the
steps.
"""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify

from exceptions import environment
from exceptions.models import (
    Case,
    CaseVersion,
    Episode,
    EpisodeMode,
    EpisodeOrigin,
    EpisodeStatus,
    Grade,
    Player,
    PlayerKind,
    Revision,
    Step,
)
from exceptions.selectors.visibility import is_informed
from exceptions.services.episode_rows import StepCost, end_as, final_grades, grades_of, step_row
from exceptions.services.errors import DeskError, EpisodeEnded, StepConflict


@dataclass(frozen=True, slots=True)
class Played:
    """An episode with the environment as it stands after its stored steps."""

    episode: Episode
    env: environment.Environment
    observation: environment.Observation


def human_player(user: User) -> Player:
    """The player row of a user, made when they first play."""
    player, _created = Player.objects.get_or_create(
        user=user,
        defaults={
            "slug": f"human-{user.pk}-{slugify(user.get_username())}"[:120],
            "name": user.get_full_name() or user.get_username(),
            "kind": PlayerKind.HUMAN,
        },
    )
    return player


def desk_episode_open(*, case: Case, user: User) -> Episode:
    """The user's open episode on the case, made when there is none; two tabs get the same one.

    The mode is blind on a case that has an answer, assist on a real one that nobody has resolved yet. An open episode
    on an older version of the case that has no step yet is cancelled for one on the latest.
    """
    version = case.latest
    if version is None:
        raise DeskError(f"Case {case.reference} has no version yet; import it again.")
    player = human_player(user)
    older = desk_episodes(case, user).filter(status=EpisodeStatus.RUNNING, steps_used=0).exclude(case_version=version)
    for episode in older:
        episode_cancel(episode_id=episode.pk)
    # get_or_create against the partial unique index: the second of two tabs finds the first one's episode.
    episode, _created = Episode.objects.get_or_create(
        case_version__case=case,
        player=player,
        origin=EpisodeOrigin.DESK,
        status=EpisodeStatus.RUNNING,
        defaults={
            "case_version": version,
            "user": user,
            "mode": EpisodeMode.BLIND if hasattr(version, "truth") else EpisodeMode.ASSIST,
            "informed": is_informed(user, version),
        },
    )
    return episode


def desk_episodes(case: Case, user: User) -> QuerySet[Episode]:
    """The user's own workspace episodes on a case, of any version, newest first."""
    return Episode.objects.filter(case_version__case=case, user=user, origin=EpisodeOrigin.DESK).order_by("-created_at")


@transaction.atomic
def episode_cancel(*, episode_id: UUID) -> None:
    """End an open episode without a resolution; one that has ended already stays as it is."""
    episode = _locked(episode_id)
    if episode.ended:
        return
    played = episode_restore(episode)
    played.env.end(environment.StopReason.CANCELLED)
    episode_finish(episode, played.env.state)


def session_open(*, version: CaseVersion, user: User, rewards: str, client: str) -> Episode:
    """A REST session: an episode of the token's owner, as many at once as they like."""
    return Episode.objects.create(
        case_version=version,
        player=human_player(user),
        user=user,
        origin=EpisodeOrigin.API,
        rewards=rewards,
        settings={"client": client} if client else {},
        informed=is_informed(user, version),
    )


def episode_restore(episode: Episode, *, steps: list[Step] | None = None) -> Played:
    """Replay the stored steps. The same steps give the same observations, rewards and grades."""
    stored = list(episode.steps.all()) if steps is None else steps
    env = environment.Environment.replay(
        episode.case_version.answered, [step.replay for step in stored], rewards=episode.rewards
    )
    if episode.ended and not env.state.done:
        env.end(environment.StopReason(episode.stop_reason))
    last = env.state.steps[-1] if env.state.steps else None
    return Played(episode, env, env.observe(last.reward if last else None))


@transaction.atomic
def episode_step(
    *,
    episode_id: UUID,
    given: dict[str, Any] | str,
    number: int,
    override_reason: str = "",
    accepted_from: Episode | None = None,
) -> Played:
    """Take step `number` of an episode. In assist mode a submit says whose proposal it accepts, or why it follows none.

    The same step sent twice (a double click, a retry after a lost answer) is stored once and answered alike.

    Raises:
        DeskError: the text holds a character that cannot be stored.
        StepConflict: step `number` was already taken with another action, or steps before it are missing.
        EpisodeEnded: there is nothing left to do.
    """
    _refuse_unstorable(given)
    episode = _locked(episode_id)
    if number <= episode.steps_used:
        earlier = episode.steps.get(number=number)
        if _is_same(earlier, given):
            return episode_restore(episode)
        raise StepConflict(
            f"Step {number} was already taken ({earlier.action_type or 'invalid'}), perhaps in another tab. "
            "Nothing was stored now; go on from what the episode shows."
        )
    if episode.ended:
        raise EpisodeEnded(
            f"It ended after step {episode.steps_used} ({episode.stop_reason}); open the case again to play once more."
        )
    if number != episode.steps_used + 1:
        raise StepConflict(
            f"The next step is {episode.steps_used + 1}, not {number}. "
            "Nothing was stored; go on from what the episode shows."
        )
    stored = list(episode.steps.all())
    played = episode_restore(episode, steps=stored)
    observation = played.env.step(given)
    since = (stored[-1] if stored else episode).created_at
    cost = StepCost(latency=(timezone.now() - since).total_seconds())
    step_store(episode, played.env.state.steps[-1], cost)
    if played.env.state.done:
        episode.override_reason = override_reason
        if accepted_from is not None:
            episode.settings = episode.settings | {"accepted_from": str(accepted_from.pk)}
        episode_finish(episode, played.env.state)
    return Played(episode, played.env, observation)


def step_store(episode: Episode, record: environment.StepRecord, cost: StepCost) -> Step:
    """Write one step of a locked episode and count it."""
    step = step_row(episode, record, cost)
    step.save(force_insert=True)
    episode.steps_used = record.number
    episode.invalid_steps += not record.valid
    episode.save(update_fields=["steps_used", "invalid_steps", "cost"])
    return step


def episode_finish(episode: Episode, state: environment.EpisodeState, *, error: str = "") -> None:
    """End a locked episode as its state says, and grade it when the case has an answer.

    What was broken off (cancelled, or the player failed) says nothing about how well it was played: it gets no grade.
    """
    end_as(episode, state, error)
    episode.save()
    Grade.objects.bulk_create(final_grades(episode, state))


@transaction.atomic
def episode_revise(*, episode_id: UUID, resolution: environment.Resolution, reason: str) -> Revision:
    """A second opinion after the model's lane opened. The submitted resolution stays; both are graded.

    Raises:
        DeskError: the episode was not played blind, was not submitted, or no reason is given.
    """
    episode = _locked(episode_id)
    if episode.stop_reason != environment.StopReason.SUBMITTED or episode.mode != EpisodeMode.BLIND:
        raise DeskError("Only a resolution that was submitted blind can be revised.")
    if not reason.strip():
        raise DeskError("Say why you revise: the reason is kept beside both versions.")
    revision = Revision.objects.create(
        episode=episode,
        number=episode.revisions.count() + 1,
        final_decision=resolution.final_decision,
        exception_type=resolution.exception_type or "",
        evidence_references=list(resolution.evidence_references),
        explanation=resolution.explanation,
        confidence=resolution.confidence,
        reason=reason.strip(),
    )
    state = episode_restore(episode).env.state
    Grade.objects.bulk_create(grades_of(episode, state.with_resolution(resolution), revision))
    return revision


@transaction.atomic
def episode_mode_open(*, episode_id: UUID, mode: EpisodeMode) -> Episode:
    """Open the model's lane further (blind → alongside → assist). It never closes: what was seen was seen."""
    episode = _locked(episode_id)
    order = list(EpisodeMode)
    if episode.ended:
        raise EpisodeEnded("The mode of an ended episode stays what it was.")
    if order.index(mode) < order.index(EpisodeMode(episode.mode)):
        raise DeskError(f"The lane is already open ({episode.mode}); what was seen cannot be unseen.")
    episode.mode = mode
    episode.save(update_fields=["mode"])
    return episode


def _is_same(step: Step, given: dict[str, Any] | str) -> bool:
    if isinstance(given, str) or step.action is None:
        return step.raw_output == (given if isinstance(given, str) else json.dumps(given))
    try:
        return bool(environment.read_action(given).to_dict() == step.action)
    except environment.InvalidAction:
        return False


def _refuse_unstorable(given: object) -> None:
    """NUL and half surrogate pairs are the only characters that Postgres cannot hold."""
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False, default=str)
    if "\x00" in text or "\\u0000" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise DeskError("The action holds a NUL character or half of a surrogate pair. Take it out and send it again.")


def _locked(episode_id: UUID) -> Episode:
    return (
        Episode.objects.select_for_update(of=("self",))
        .select_related("case_version__case", "case_version__truth")
        .get(pk=episode_id)
    )
