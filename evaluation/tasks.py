"""The worker's side of an episode: take its lease, play it, store every step as it happens."""

import threading
from uuid import UUID

import structlog
from celery import Task, current_app, shared_task
from django.conf import settings
from django.db import Error as DatabaseError

from evaluation import worker  # noqa: F401 - connects the signals by which a worker says that it is there
from evaluation.leases import renewed
from evaluation.models import EvaluationRun, RunStatus
from evaluation.play import Play, PlayedStep, play_batch
from evaluation.players.protocol import PlayerError
from evaluation.players.registry import player_for
from evaluation.running import run_play
from evaluation.services.entries import entries_give_up
from evaluation.services.messages import RUN_TASK, runs_call_again
from evaluation.services.runs import run_settle
from exceptions.environment import StopReason
from exceptions.models import Episode
from exceptions.services.errors import LeaseLost
from exceptions.services.leases import PLAY_TASK, lease_renew, lease_take, leased_episode_finish, leased_step_store

log = structlog.get_logger(__name__)


@shared_task(name=PLAY_TASK, bind=True)
def play_episode(self: "Task[[str], None]", episode_id: str) -> None:
    """Play a queued episode to its end, going on after the steps that it has. A second message for it does nothing."""
    token = lease_take(episode_id=UUID(episode_id), worker=self.request.hostname or "no worker")
    if token is None:
        log.info("nothing to play: the episode has ended or another worker has it", episode=episode_id)
        return
    episode = Episode.objects.select_related("player", "case_version__case", "case_version__truth").get(pk=episode_id)
    every = settings.EPISODE_LEASE_SECONDS / 4
    with renewed(lambda: lease_renew(episode_id=episode.pk, token=token), every=every, name=episode_id) as lost:
        try:
            _play(episode, token, lost)
        except LeaseLost as error:
            log.warning(str(error), episode=episode_id)


@shared_task(name=RUN_TASK, bind=True)
def play_run(self: "Task[[str, str], None]", run_id: str, queue: str) -> None:
    """Play what an evaluation run has for this queue; a second message for it finds nothing and does nothing."""
    finished = run_play(run_id=UUID(run_id), queue=queue, worker=self.request.hostname or "no worker")
    if not finished:
        current_app.send_task(RUN_TASK, args=[run_id, queue], queue=queue)
    run_settle(run_id=UUID(run_id))


@shared_task(name="evaluation.look_after_runs")
def look_after_runs() -> int:
    """End what nobody can play, and call workers again for runs on which nobody works."""
    for run in EvaluationRun.objects.filter(status__in=[RunStatus.QUEUED, RunStatus.RUNNING]):
        entries_give_up(run_id=run.pk)
        run_settle(run_id=run.pk)
    return runs_call_again()


def _play(episode: Episode, token: UUID, lost: threading.Event) -> None:
    play = Play.resumed(episode)

    def store(_play: Play, step: PlayedStep) -> None:
        leased_step_store(episode_id=episode.pk, token=token, record=step.record, cost=step.cost)

    try:
        play_batch([play], player_for(episode.player), on_step=store, should_stop=lost.is_set)
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
