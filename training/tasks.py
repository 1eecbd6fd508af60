"""What a worker does when a message comes, and what beat schedules."""

from uuid import UUID

from celery import Task, shared_task

import training.adapters.tasks  # noqa: F401 - Celery looks for tasks in this module only
from training import worker  # noqa: F401 - connects the signals by which a worker describes its machine
from training.running import run_train
from training.services.leases import runs_reap
from training.services.messages import RUN_TASK, runs_call_again


@shared_task(name=RUN_TASK, bind=True)
def train(self: "Task[[str], None]", run_id: str) -> None:
    """Train a run; a second message for it does nothing."""
    run_train(run_id=UUID(run_id), worker=self.request.hostname or "no worker", serves_lanes=True)


@shared_task(name="training.look_after_runs")
def look_after_runs() -> int:
    """Queue runs again whose worker or message was lost."""
    return runs_reap() + runs_call_again()
