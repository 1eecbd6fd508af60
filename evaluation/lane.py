"""The worker's side of a lane's episode: take its lease, play it, store every step as it happens."""

import threading
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db.models import QuerySet

from evaluation.leases import leaving, renewed
from evaluation.play import Play, PlayedStep, play_batch
from evaluation.players.protocol import PlayerError
from evaluation.players.registry import player_for
from exceptions.environment import StopReason
from exceptions.models import Episode, EpisodeOrigin, EpisodeStatus, kinds_on
from exceptions.services.errors import LeaseLost
from exceptions.services.leases import (
    lease_give_back,
    lease_renew,
    lease_take,
    leased_episode_finish,
    leased_step_store,
)

log = structlog.get_logger(__name__)


def reviewer_waits(queue: str) -> bool:
    """Whether a lane waits for a player of this queue: its episode comes first, somebody looks at it."""
    return _waiting(queue).exists()


def waiting_lanes_play(*, queue: str, worker: str) -> int:
    """Play every episode that a lane waits for, in the middle of longer work. Returns how many."""
    waiting = list(_waiting(queue).order_by("created_at").values_list("pk", flat=True))
    return sum(episode_play(episode_id=episode, worker=worker) for episode in waiting if not leaving.is_set())


def episode_play(*, episode_id: UUID, worker: str) -> bool:
    """Play a queued episode to its end, going on after the steps that it has. False: it has ended, or is played.

    A process that is to end leaves it after a turn, for another to go on with.
    """
    token = lease_take(episode_id=episode_id, worker=worker)
    if token is None:
        log.info("nothing to play: the episode has ended or another worker has it", episode=str(episode_id))
        return False
    episode = Episode.objects.select_related("player", "case_version__case", "case_version__truth").get(pk=episode_id)
    every = settings.EPISODE_LEASE_SECONDS / 4
    with renewed(lambda: lease_renew(episode_id=episode.pk, token=token), every=every, name=str(episode_id)) as lost:
        try:
            _play(episode, token, lost)
        except LeaseLost as error:
            log.warning(str(error), episode=str(episode_id))
    return True


def _waiting(queue: str) -> QuerySet[Episode]:
    return Episode.objects.filter(
        origin=EpisodeOrigin.LANE, status=EpisodeStatus.QUEUED, player__kind__in=kinds_on(queue)
    )


def _play(episode: Episode, token: UUID, lost: threading.Event) -> None:
    play = Play.resumed(episode)

    def store(_play: Play, step: PlayedStep) -> None:
        leased_step_store(episode_id=episode.pk, token=token, record=step.record, cost=step.cost)

    def should_stop() -> bool:
        return lost.is_set() or leaving.is_set()

    try:
        play_batch([play], player_for(episode.player), on_step=store, should_stop=should_stop)
    except PlayerError as error:
        play.env.end(StopReason.PLAYER_ERROR)
        play.error = str(error)
    except (LeaseLost, DatabaseError):
        raise
    except Exception as error:
        # Whatever a model's code throws: the episode ends and says it, the worker lives, the log has the traceback.
        log.exception("the player crashed", episode=str(episode.pk))
        if not play.env.state.done:
            play.env.end(StopReason.PLAYER_ERROR)
        play.error = f"The player crashed: {type(error).__name__}: {error}"
    if play.env.state.done:
        leased_episode_finish(episode_id=episode.pk, token=token, state=play.env.state, error=play.error)
    elif leaving.is_set():
        lease_give_back(episode_id=episode.pk, token=token)
