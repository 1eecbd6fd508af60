"""A lease, renewed from a thread while its holder works: a model that computes for minutes is still there."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from django.db import Error as DatabaseError
from django.db import close_old_connections

log = structlog.get_logger(__name__)
#: This process has been asked to end: what it plays is left between two turns, and another goes on with it.
leaving = threading.Event()


@contextmanager
def renewed(renew: Callable[[], bool], *, every: float, name: str) -> Iterator[threading.Event]:
    """Call `renew` every so many seconds while the block runs; the event is set once it says that the work must stop.

    A database that does not answer is no reason to stop: the lease says for itself whether it was lost.
    """
    lost, done = threading.Event(), threading.Event()

    def keep() -> None:
        while not done.wait(every):
            try:
                if not renew():
                    lost.set()
            except DatabaseError as error:
                log.warning("the lease could not be renewed", lease=name, error=str(error))
            except Exception:
                # Without renewal another worker takes over: this one must not go on as if nothing were.
                log.exception("renewing the lease failed", lease=name)
                lost.set()
            finally:
                close_old_connections()

    thread = threading.Thread(target=keep, name=f"lease-{name}", daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        done.set()
        thread.join()
