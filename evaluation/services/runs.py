"""Evaluation runs: launch, stop, resume, and how they end."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from evaluation.models import EvaluationEntry, EvaluationRun, RunStatus
from evaluation.prompting import PromptSettings
from evaluation.selectors.case_sets import case_set_words, case_versions
from evaluation.services.messages import run_enqueue
from exceptions.environment import REWARD_SCHEMES, StopReason
from exceptions.models import CaseVersion, Episode, EpisodeOrigin, EpisodeStatus, Player, PlayerKind, settings_condition
from exceptions.services.errors import DeskError

#: What an episode that says nothing about its player stopped with: it is not taken again, and may be played again.
BROKEN_OFF = (StopReason.PLAYER_ERROR, StopReason.CANCELLED)
MAX_SAMPLES = 64
MAX_EPISODES = 100_000


class RunRefused(DeskError):
    """A run that cannot be played as it was asked for."""

    status = 422
    title = "The run was not started"


@transaction.atomic
def run_launch(
    *,
    players: Sequence[Player],
    case_set: Mapping[str, Any],
    user: User | None,
    name: str = "",
    rewards: str = "grounded-1",
    settings: Mapping[str, Any] | None = None,
    samples: int = 1,
) -> EvaluationRun:
    """Plan every player × case × sample, take over what was played before with the same settings, and queue the rest.

    Raises:
        RunRefused: nobody or nothing to play, a player that no worker plays, settings that do not exist.
        UnknownCases: cases that are not there or cannot be graded.
    """
    chosen = run_settings(settings or {})
    versions = list(case_versions(case_set).defer("content"))
    _refuse_impossible(players, versions, rewards, samples)
    run = EvaluationRun.objects.create(
        name=name.strip() or f"{_players_in_words(players)} on {case_set_words(case_set)}"[:150],
        case_set=dict(case_set),
        rewards=rewards,
        settings=chosen,
        samples=samples,
        planned=len(players) * len(versions) * samples,
        created_by=user,
    )
    played = _played_before(run, players, versions)
    EvaluationEntry.objects.bulk_create(
        [
            EvaluationEntry(
                run=run,
                player=player,
                player_version=player.version,
                case_version=version,
                sample=sample,
                episode_id=(known := played.get((player.pk, version.pk, run.settings_of_sample(sample)["seed"]))),
                reused=known is not None,
            )
            for player in players
            for sample in range(samples)
            for version in versions
        ],
        batch_size=2000,
    )
    if not run_settle(run_id=run.pk):
        run_enqueue(run)
    run.refresh_from_db()
    return run


@transaction.atomic
def run_stop(*, run_id: UUID) -> EvaluationRun:
    """Stop a run: workers leave it within one turn. What has been played stays; one that has ended stays as it is."""
    run = EvaluationRun.objects.select_for_update().get(pk=run_id)
    if not run.ended:
        _end(run, RunStatus.CANCELLED)
        run.entries.filter(episode__isnull=True).update(lease_token=None, lease_expires_at=None)
    return run


@transaction.atomic
def run_resume(*, run_id: UUID) -> EvaluationRun:
    """Go on with a run that was stopped, and play again what a player failed. Finished episodes are not played again.

    Raises:
        RunRefused: it has not ended, or nothing is left to play.
    """
    run = EvaluationRun.objects.select_for_update().get(pk=run_id)
    if not run.ended:
        raise RunRefused("The run is still going.")
    if run.training_run is not None:
        raise RunRefused("It was played within a training run, by a checkpoint; evaluate the model that came of it.")
    run.entries.filter(episode__stop_reason__in=BROKEN_OFF).update(episode=None, reused=False)
    if not run.entries.filter(episode__isnull=True).update(attempts=0, lease_token=None, lease_expires_at=None):
        raise RunRefused("Every episode of the run has been played; start another one to play them again.")
    run.status, run.ended_at, run.error, run.enqueued_at = RunStatus.QUEUED, None, "", None
    run.save()
    run_enqueue(run)
    return run


@transaction.atomic
def run_settle(*, run_id: UUID) -> bool:
    """End a run of which no episode is left to play. Returns whether it has ended.

    It has failed when every episode that was played for it failed; the reason of the first is the run's.
    """
    run = EvaluationRun.objects.select_for_update().get(pk=run_id)
    if run.ended:
        return True
    if run.entries.filter(episode__isnull=True).exists():
        return False
    fresh = run.entries.filter(reused=False)
    failed = fresh.filter(episode__stop_reason=StopReason.PLAYER_ERROR)
    first = failed.select_related("episode").first()
    if first is not None and failed.count() == fresh.count():
        run.error = first.episode.error if first.episode else ""
        _end(run, RunStatus.FAILED)
    else:
        _end(run, RunStatus.SUCCEEDED)
    return True


def _end(run: EvaluationRun, status: RunStatus) -> None:
    run.status, run.ended_at = status, timezone.now()
    run.save(update_fields=["status", "ended_at", "error"])


def run_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """All of an episode's settings, defaults filled in, so that the same conditions are always spelled alike.

    Raises:
        RunRefused: a setting that does not exist, or one that cannot be what it is.
    """
    try:
        prompt = PromptSettings.from_settings(given)
        seed = int(given.get("seed", 0))
    except (TypeError, ValueError) as error:
        raise RunRefused(f"The settings cannot be used: {error}.") from error
    if unknown := sorted(set(given) - set(prompt.to_settings()) - {"seed"}):
        raise RunRefused(f"There are no such settings: {', '.join(unknown)}.")
    return prompt.to_settings() | {"seed": seed}


def _refuse_impossible(players: Sequence[Player], versions: Sequence[CaseVersion], rewards: str, samples: int) -> None:
    if not players:
        raise RunRefused("Choose at least one player.")
    if len({player.pk for player in players}) < len(players):
        raise RunRefused("A player is named twice.")
    for player in players:
        if player.kind == PlayerKind.HUMAN:
            raise RunRefused(f"{player.name} is a person; workers play scripts and models only.")
        if player.retired_at is not None:
            raise RunRefused(f"{player.name} is retired; return it on its page before it plays again.")
    if not versions:
        raise RunRefused("The set holds no case with an answer; import or generate some first.")
    if rewards not in REWARD_SCHEMES:
        raise RunRefused(f"There is no reward scheme {rewards!r}; choose one of {', '.join(REWARD_SCHEMES)}.")
    if not 1 <= samples <= MAX_SAMPLES:
        raise RunRefused(f"{samples} samples of each case: choose 1 to {MAX_SAMPLES}.")
    if (planned := len(players) * len(versions) * samples) > MAX_EPISODES:
        raise RunRefused(f"{planned} episodes are more than {MAX_EPISODES}; choose fewer players, cases or samples.")


def _played_before(
    run: EvaluationRun, players: Sequence[Player], versions: Sequence[CaseVersion]
) -> dict[tuple[UUID, UUID, int], UUID]:
    """Episodes by (player, case version, seed) that the same player versions played under the same conditions."""
    current = {player.pk: player.version for player in players}
    known = (
        Episode.objects.filter(
            origin=EpisodeOrigin.EVALUATION,
            status=EpisodeStatus.ENDED,
            condition=settings_condition(run.rewards, run.settings),
            player__in=current,
            case_version__in=[version.pk for version in versions],
        )
        .exclude(stop_reason__in=BROKEN_OFF)
        .order_by("created_at")
        .values_list("player_id", "case_version_id", "settings__seed", "player_version", "pk")
    )
    return {
        (player, version, int(seed)): pk for player, version, seed, number, pk in known if number == current[player]
    }


def _players_in_words(players: Sequence[Player]) -> str:
    return players[0].name if len(players) == 1 else f"{len(players)} players"
