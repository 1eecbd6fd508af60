"""What workers do when a message comes, and what beat schedules."""

from uuid import UUID

from celery import Task, current_app, shared_task

from evaluation import worker  # noqa: F401 - connects the signals by which a worker says that it is there
from evaluation.lane import episode_play
from evaluation.models import EvaluationRun, RunStatus
from evaluation.running import run_play
from evaluation.services.entries import entries_give_up
from evaluation.services.messages import RUN_TASK, runs_call_again
from evaluation.services.runs import run_settle
from exceptions.services.leases import PLAY_TASK


@shared_task(name=PLAY_TASK, bind=True)
def play_episode(self: "Task[[str], None]", episode_id: str) -> None:
    """Play a queued episode to its end. A second message for it does nothing."""
    episode_play(episode_id=UUID(episode_id), worker=self.request.hostname or "no worker")


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
