"""What a worker does to the entries of a run: lease some, say that it still plays them, store what it has played."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, PositiveSmallIntegerField, Q, QuerySet, When
from django.utils import timezone

from evaluation.models import EvaluationEntry, EvaluationRun, RunStatus
from exceptions import environment
from exceptions.models import Episode, EpisodeOrigin, PlayerKind, Worker, kinds_on
from exceptions.services.episode_rows import StepCost
from exceptions.services.errors import LeaseLost
from exceptions.services.played_episodes import played_episode_store

#: Most episodes that one lease covers, by kind: enough to fill a batch, few enough to show how far a run is.
_MOST_AT_ONCE = {PlayerKind.SCRIPT: 100, PlayerKind.API_MODEL: 32, PlayerKind.LOCAL_MODEL: 32}


@transaction.atomic
def entries_lease(*, run_id: UUID, queue: str, worker: str) -> tuple[UUID, list[EvaluationEntry]]:
    """Lease entries of one player that nobody plays, fairly shared among the workers; none when nothing is left.

    An entry whose worker was lost `EPISODE_MAX_ATTEMPTS` times is not leased: see `entries_give_up`.
    """
    token = uuid4()
    run = EvaluationRun.objects.select_for_update().get(pk=run_id)
    if run.ended:
        return token, []
    idle = _idle(run_id, queue).filter(attempts__lt=settings.EPISODE_MAX_ATTEMPTS)
    first = idle.order_by("pk").select_related("player").first()
    if first is None:
        return token, []
    mine = idle.filter(player=first.player)
    most = min(_MOST_AT_ONCE[PlayerKind(first.player.kind)], ceil(mine.count() / _workers(queue)))
    chosen = list(mine.order_by("pk").values_list("pk", flat=True)[:most])
    EvaluationEntry.objects.filter(pk__in=chosen).update(
        lease_token=token,
        lease_worker=worker,
        lease_expires_at=_expiry(),
        attempts=F("attempts") + 1,
        steps_played=0,
    )
    if run.status == RunStatus.QUEUED:
        run.status, run.started_at = RunStatus.RUNNING, run.started_at or timezone.now()
        run.save(update_fields=["status", "started_at"])
    entries = EvaluationEntry.objects.filter(pk__in=chosen).order_by("pk")
    return token, list(entries.select_related("run", "player", "case_version__case", "case_version__truth"))


def entries_renew(*, token: UUID, steps_played: Mapping[int, int]) -> bool:
    """Say that the worker still plays, and how many steps of each entry it has. False: the leases were lost or the run
    was stopped, and the worker must stop.
    """
    held = EvaluationEntry.objects.filter(lease_token=token)
    steps = Case(
        *[When(pk=pk, then=played) for pk, played in steps_played.items()],
        default=F("steps_played"),
        output_field=PositiveSmallIntegerField(),
    )
    return held.update(lease_expires_at=_expiry(), steps_played=steps) > 0


def entries_release(*, token: UUID) -> None:
    """Give back what was leased and not played, at no cost to its attempts."""
    EvaluationEntry.objects.filter(lease_token=token, episode__isnull=True).update(
        lease_token=None, lease_expires_at=None, attempts=F("attempts") - 1
    )


@transaction.atomic
def entry_store(
    *,
    entry: EvaluationEntry,
    token: UUID,
    state: environment.EpisodeState,
    costs: Sequence[StepCost],
    error: str = "",
) -> Episode:
    """Store the episode that was played for a leased entry, once.

    Raises:
        LeaseLost: the lease is somebody else's now, or the run was stopped; nothing was stored.
    """
    held = EvaluationEntry.objects.select_for_update().filter(pk=entry.pk, lease_token=token, episode__isnull=True)
    if held.first() is None:
        raise LeaseLost(f"Entry {entry.pk} of evaluation run {entry.run_id} is no longer leased to this worker.")
    episode = played_episode_store(
        version=entry.case_version,
        player=entry.player,
        player_version=entry.player_version,
        origin=EpisodeOrigin.EVALUATION,
        rewards=entry.run.rewards,
        settings=entry.run.settings_of_sample(entry.sample),
        state=state,
        costs=costs,
        error=error,
    )
    EvaluationEntry.objects.filter(pk=entry.pk).update(
        episode=episode, lease_token=None, lease_worker="", lease_expires_at=None
    )
    return episode


def entries_give_up(*, run_id: UUID) -> int:
    """End entries on which a worker was lost too often, as episodes that failed with that reason. Returns how many."""
    given_up = 0
    for entry in _idle(run_id).filter(attempts__gte=settings.EPISODE_MAX_ATTEMPTS).values_list("pk", flat=True):
        given_up += _give_up(entry)
    return given_up


@transaction.atomic
def _give_up(entry_id: int) -> bool:
    entry = (
        EvaluationEntry.objects.select_for_update(of=("self",))
        .select_related("run", "player", "case_version__case", "case_version__truth")
        .filter(pk=entry_id, episode__isnull=True)
        .filter(Q(lease_token__isnull=True) | Q(lease_expires_at__lt=timezone.now()))
        .first()
    )
    if entry is None:
        return False
    token = uuid4()
    EvaluationEntry.objects.filter(pk=entry.pk).update(lease_token=token)
    env = environment.Environment(entry.case_version.answered, entry.run.rewards)
    env.reset()
    env.end(environment.StopReason.PLAYER_ERROR)
    error = f"The worker was lost {entry.attempts} times while it played this; its log says why."
    entry_store(entry=entry, token=token, state=env.state, costs=[], error=error)
    return True


def _idle(run_id: UUID, queue: str | None = None) -> QuerySet[EvaluationEntry]:
    """Entries that are to be played and that nobody plays."""
    idle = EvaluationEntry.objects.filter(run=run_id, episode__isnull=True).filter(
        Q(lease_token__isnull=True) | Q(lease_expires_at__lt=timezone.now())
    )
    if queue is None:
        return idle
    return idle.filter(player__kind__in=kinds_on(queue))


def _workers(queue: str) -> int:
    since = timezone.now() - timedelta(seconds=settings.WORKER_LOST_SECONDS)
    return max(1, Worker.objects.filter(last_seen__gte=since, queues__contains=[queue]).count())


def _expiry() -> datetime:
    return timezone.now() + timedelta(seconds=settings.EPISODE_LEASE_SECONDS)
