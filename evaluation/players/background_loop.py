"""One event loop in a thread of its own, for players that wait for servers.

Worker threads that share such a player meet there: connections, rate limit and circuit are one for the process.
"""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

_Result = TypeVar("_Result")
_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def run_in_background(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run it on the background loop and wait for it here; an interrupt here ends it there."""
    future = asyncio.run_coroutine_threadsafe(work, _running_loop())
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


def _running_loop() -> asyncio.AbstractEventLoop:
    global _loop  # one per process, made when first needed
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="endpoints", daemon=True).start()
        return _loop
