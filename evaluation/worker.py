"""What a worker does beside its tasks: it says that it is alive, and has the lane's models ready before the first case.

It says so from a thread of its own: the solo pool is busy while a model plays.
"""

import threading
import time
from typing import Any

import structlog
from celery.signals import celeryd_after_setup, worker_ready, worker_shutting_down
from django.db import Error as DatabaseError
from django.db import close_old_connections

from evaluation.leases import leaving
from evaluation.players.protocol import PlayerError
from evaluation.players.registry import player_for
from exceptions.models import Player, PlayerKind
from exceptions.services.lane import lane_players
from exceptions.services.leases import worker_seen

_SEEN_EVERY = 5.0

log = structlog.get_logger(__name__)
_queues: list[str] = []


@celeryd_after_setup.connect
def _remember_queues(sender: str, instance: Any, **_: Any) -> None:
    _queues[:] = list(instance.app.amqp.queues.consume_from)


@worker_ready.connect
def _start(sender: Any, **_: Any) -> None:
    threading.Thread(target=_say_alive, args=(sender.hostname,), name="presence", daemon=True).start()
    for row in lane_players():
        if row.kind == PlayerKind.LOCAL_MODEL and row.queue in _queues:
            _load(row)


def _load(row: Player) -> None:
    """Build a player ahead of its first case. One that cannot be built says why in every lane that asks for it."""
    started = time.monotonic()
    try:
        player_for(row)
    except PlayerError as error:
        log.warning("a lane player cannot play here", player=row.slug, error=str(error))
    else:
        log.info("a lane player is ready", player=row.slug, seconds=round(time.monotonic() - started, 1))


@worker_shutting_down.connect
def _stop(**_: Any) -> None:
    leaving.set()


def _say_alive(name: str) -> None:
    while not leaving.is_set():
        try:
            worker_seen(name=name, queues=_queues)
        except DatabaseError as error:
            log.warning("the database does not answer", error=str(error))
        finally:
            close_old_connections()
        leaving.wait(_SEEN_EVERY)
