"""What a worker of queue `gpu` does beside its tasks: it says what its machine has, and leaves its run when it ends."""

from typing import Any

import structlog
from celery.signals import celeryd_after_setup, worker_ready, worker_shutting_down
from django.db import Error as DatabaseError
from django.db import close_old_connections

from training.running import leave_runs
from training.services.preflight import QUEUE, machine_seen

log = structlog.get_logger(__name__)
_queues: list[str] = []


@celeryd_after_setup.connect
def _remember_queues(sender: str, instance: Any, **_: Any) -> None:
    _queues[:] = list(instance.app.amqp.queues.consume_from)


@worker_ready.connect
def _describe(sender: Any, **_: Any) -> None:
    if QUEUE not in _queues:
        return
    try:
        machine_seen(worker=sender.hostname)
    except DatabaseError as error:
        log.warning("the machine could not be described: the database does not answer", error=str(error))
    finally:
        close_old_connections()


@worker_shutting_down.connect
def _leave(**_: Any) -> None:
    leave_runs()
