"""Who plays a model's episode. The row decides: a lease is taken by one UPDATE, renewed while the worker lives, and
reaped.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from exceptions import environment
from exceptions.models import Episode, EpisodeOrigin, EpisodeStatus, Worker
from exceptions.services.episode_rows import StepCost
from exceptions.services.episodes import episode_finish, episode_restore, step_store
from exceptions.services.errors import LeaseLost

#: The task that plays an episode. It lives in `evaluation`, which this package must not import: it is called by name.
PLAY_TASK = "evaluation.play_episode"
#: A message that was sent this long ago and has not led to a lease is taken for lost.
_RESEND_AFTER = timedelta(seconds=20)

log = structlog.get_logger(__name__)


def episode_enqueue(episode: Episode) -> None:
    """Send the episode's id to its player's queue once the transaction is committed.

    A broker that is down loses nothing: the row stays queued and `episodes_reap` sends it again.
    """

    def send() -> None:
        try:
            current_app.send_task(PLAY_TASK, args=[str(episode.pk)], queue=episode.player.queue)
        except (OperationalError, OSError) as error:
            log.warning("episode not enqueued, the broker does not answer", episode=str(episode.pk), error=str(error))
        else:
            Episode.objects.filter(pk=episode.pk, status=EpisodeStatus.QUEUED).update(enqueued_at=timezone.now())

    transaction.on_commit(send)


def lease_take(*, episode_id: UUID, worker: str) -> UUID | None:
    """Take the lease of a queued episode. None: somebody else has it, or it has ended."""
    token = uuid4()
    taken = Episode.objects.filter(pk=episode_id, status=EpisodeStatus.QUEUED).update(
        status=EpisodeStatus.RUNNING,
        lease_token=token,
        lease_worker=worker,
        lease_expires_at=_expiry(),
        attempts=F("attempts") + 1,
    )
    return token if taken == 1 else None


def lease_renew(*, episode_id: UUID, token: UUID) -> bool:
    """Say that the worker still plays. False: the lease was lost and the worker must stop."""
    held = Episode.objects.filter(pk=episode_id, lease_token=token).exclude(status=EpisodeStatus.ENDED)
    return held.update(lease_expires_at=_expiry()) == 1


def lease_give_back(*, episode_id: UUID, token: UUID) -> None:
    """Queue an episode that a worker leaves before its end, at no cost to its attempts; beat sends it again."""
    Episode.objects.filter(pk=episode_id, lease_token=token, status=EpisodeStatus.RUNNING).update(
        status=EpisodeStatus.QUEUED,
        lease_token=None,
        lease_expires_at=None,
        enqueued_at=None,
        attempts=F("attempts") - 1,
    )


@transaction.atomic
def leased_step_store(*, episode_id: UUID, token: UUID, record: environment.StepRecord, cost: StepCost) -> None:
    """Store a step that the holder of the lease has played.

    Raises:
        LeaseLost: another worker has the episode now; nothing was stored.
    """
    step_store(_leased(episode_id, token), record, cost)


@transaction.atomic
def leased_episode_finish(*, episode_id: UUID, token: UUID, state: environment.EpisodeState, error: str = "") -> None:
    """End an episode as its state says.

    Raises:
        LeaseLost: another worker has the episode now; nothing was stored.
    """
    episode_finish(_leased(episode_id, token), state, error=error)


def episodes_reap() -> int:
    """Queue episodes again whose worker is gone, and send lost messages again. Returns how many.

    After `EPISODE_MAX_ATTEMPTS` workers were lost on it, an episode ends with stop reason `player_error`.
    """
    now = timezone.now()
    expired = Episode.objects.filter(status=EpisodeStatus.RUNNING, lease_expires_at__lt=now)
    for episode in expired.filter(attempts__gte=settings.EPISODE_MAX_ATTEMPTS):
        _give_up(episode.pk)
    expired.filter(attempts__lt=settings.EPISODE_MAX_ATTEMPTS).update(
        status=EpisodeStatus.QUEUED, lease_token=None, lease_expires_at=None, enqueued_at=None
    )
    waiting = Episode.objects.filter(status=EpisodeStatus.QUEUED, origin=EpisodeOrigin.LANE).filter(
        Q(enqueued_at__isnull=True) | Q(enqueued_at__lt=now - _RESEND_AFTER)
    )
    batch = list(waiting.select_related("player").order_by("created_at")[:200])
    for episode in batch:
        episode_enqueue(episode)
    return len(batch)


@transaction.atomic
def _give_up(episode_id: UUID) -> None:
    episode = (
        Episode.objects.select_for_update(of=("self",))
        .select_related("case_version__case")
        .filter(pk=episode_id, status=EpisodeStatus.RUNNING, lease_expires_at__lt=timezone.now())
        .first()
    )
    if episode is None:
        return
    played = episode_restore(episode)
    played.env.end(environment.StopReason.PLAYER_ERROR)
    episode_finish(
        episode,
        played.env.state,
        error=f"The worker was lost {episode.attempts} times while it played; its log says why.",
    )


def worker_seen(*, name: str, queues: list[str]) -> None:
    """Record that a worker process is alive."""
    now = timezone.now()
    if not Worker.objects.filter(name=name).update(queues=queues, last_seen=now):
        Worker.objects.create(name=name, queues=queues, started_at=now, last_seen=now)


def queues_served() -> set[str]:
    """The queues of which a worker was seen in the last `WORKER_LOST_SECONDS`."""
    since = timezone.now() - timedelta(seconds=settings.WORKER_LOST_SECONDS)
    return {queue for worker in Worker.objects.filter(last_seen__gte=since) for queue in worker.queues}


def _leased(episode_id: UUID, token: UUID) -> Episode:
    episode = (
        Episode.objects.select_for_update(of=("self",))
        .select_related("case_version__case")
        .filter(pk=episode_id, lease_token=token)
        .exclude(status=EpisodeStatus.ENDED)
        .first()
    )
    if episode is None:
        raise LeaseLost(f"Episode {episode_id} is no longer leased to this worker.")
    return episode


def _expiry() -> datetime:
    return timezone.now() + timedelta(seconds=settings.EPISODE_LEASE_SECONDS)
