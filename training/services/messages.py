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

from evaluation.models import RunStatus
from exceptions.models import Worker
from training.models import TrainingRun
from training.services.preflight import QUEUE

RUN_TASK = "training.run"
#: A message that was sent this long ago and has led to no lease is taken for lost. Sending one more costs nothing: a
#: worker that is busy finds both when it is free, and the second does nothing.
_RESEND_AFTER = timedelta(seconds=60)

log = structlog.get_logger(__name__)


def run_enqueue(run: TrainingRun) -> None:
    """Call a worker once the transaction is committed.

    A broker that is down loses nothing: the row stays queued, and `runs_call_again` sends the message later.
    """
    transaction.on_commit(lambda: _send(run.pk))


def runs_call_again() -> int:
    """Send messages again for runs that wait and have not been sent for lately. Returns how many.

    None while every worker trains: they would pile up for as long as that takes.
    """
    now = timezone.now()
    lately = now - timedelta(seconds=settings.WORKER_LOST_SECONDS)
    workers = Worker.objects.filter(last_seen__gte=lately, queues__contains=[QUEUE]).count()
    busy = TrainingRun.objects.filter(status=RunStatus.RUNNING, lease_expires_at__gte=now).count()
    if workers and busy >= workers:
        return 0
    waiting = TrainingRun.objects.filter(status=RunStatus.QUEUED).filter(
        Q(enqueued_at__isnull=True) | Q(enqueued_at__lt=now - _RESEND_AFTER)
    )
    return sum(_send(run) for run in waiting.order_by("created_at").values_list("pk", flat=True))


def _send(run_id: UUID) -> bool:
    try:
        current_app.send_task(RUN_TASK, args=[str(run_id)], queue=QUEUE)
    except (OperationalError, OSError) as error:
        log.warning("training run not enqueued, the broker does not answer", run=str(run_id), error=str(error))
        return False
    TrainingRun.objects.filter(pk=run_id, status=RunStatus.QUEUED).update(enqueued_at=timezone.now())
    return True
