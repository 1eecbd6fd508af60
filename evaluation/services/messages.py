"""Messages to the workers. They carry a run's id and nothing else: a lost or doubled one does no harm."""

from datetime import timedelta
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from evaluation.models import EvaluationEntry, EvaluationRun, RunStatus
from exceptions.models import Worker, queue_of

RUN_TASK = "evaluation.play_run"
#: A message that was sent this long ago and has led to no lease is taken for lost.
_RESEND_AFTER = timedelta(seconds=20)

log = structlog.get_logger(__name__)


def run_enqueue(run: EvaluationRun) -> None:
    """Call every worker that serves a queue of the run, once the transaction is committed.

    A broker that is down loses nothing: the rows stay, and `runs_call_again` sends the messages later.
    """
    transaction.on_commit(lambda: _send(run.pk))


def runs_call_again() -> int:
    """Send messages again for runs that nobody works on though there is something to play. Returns how many runs."""
    now = timezone.now()
    waiting = EvaluationRun.objects.filter(status__in=[RunStatus.QUEUED, RunStatus.RUNNING]).filter(
        Q(enqueued_at__isnull=True) | Q(enqueued_at__lt=now - _RESEND_AFTER)
    )
    called = 0
    for run in waiting:
        called += _send(run.pk)
    return called


def queues_of(run_id: UUID) -> dict[str, int]:
    """The queues on which the run has something to play that nobody plays, with the number of workers to be called."""
    now = timezone.now()
    open_entries = EvaluationEntry.objects.filter(run=run_id, episode__isnull=True)
    idle = open_entries.filter(Q(lease_token__isnull=True) | Q(lease_expires_at__lt=now))
    kinds = set(idle.values_list("player__kind", flat=True).distinct())
    queues = {queue_of(kind) for kind in kinds}
    busy = set(open_entries.filter(lease_expires_at__gte=now).values_list("lease_worker", flat=True).distinct())
    since = now - timedelta(seconds=settings.WORKER_LOST_SECONDS)
    workers = list(Worker.objects.filter(last_seen__gte=since))
    found = {}
    for queue in queues:
        serving = {worker.name for worker in workers if queue in worker.queues}
        # A queue that nobody serves yet gets one message: whoever comes up first takes it.
        found[queue] = len(serving - busy) if serving else 1
    return found


def _send(run_id: UUID) -> bool:
    sent = False
    for queue, workers in queues_of(run_id).items():
        for _ in range(workers):
            try:
                current_app.send_task(RUN_TASK, args=[str(run_id), queue], queue=queue)
            except (OperationalError, OSError) as error:
                log.warning("run not enqueued, the broker does not answer", run=str(run_id), error=str(error))
                return sent
            sent = True
    EvaluationRun.objects.filter(pk=run_id).update(enqueued_at=timezone.now())
    return sent
