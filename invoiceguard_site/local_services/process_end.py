"""Waiting for processes that are not our children."""

import time
from collections.abc import Iterable

import psutil

_POLL_SECONDS = 0.02


def wait_until_gone(processes: Iterable[psutil.Process], timeout: float) -> list[psutil.Process]:
    """Wait at most `timeout` seconds; return those that still run.

    A zombie counts as gone: in a container whose first process reaps nobody, an orphan stays one for ever.
    """
    deadline = time.monotonic() + timeout
    alive = [process for process in processes if _runs(process)]
    while alive and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        alive = [process for process in alive if _runs(process)]
    return alive


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
