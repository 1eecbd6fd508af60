"""What keeps an endpoint from being overrun: evenly spaced requests, pauses that it asked for, and a circuit breaker.

All three are used from one event loop only, so that nothing here is locked.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

#: Seconds in which nothing is sent to an endpoint that has failed again and again.
CIRCUIT_REST: Final = 60.0

Clock = Callable[[], float]


class Pace:
    """Requests one after another, at least `60 / requests_per_minute` seconds apart, and none during a pause."""

    def __init__(self, requests_per_minute: int | None, *, clock: Clock = time.monotonic) -> None:
        """None as the limit: only pauses are kept."""
        self._apart = 60 / requests_per_minute if requests_per_minute else 0.0
        self._clock = clock
        self._next = 0.0
        self._paused_until = 0.0

    @property
    def paused(self) -> float:
        """Seconds that are left of a pause."""
        return max(0.0, self._paused_until - self._clock())

    def take(self) -> float:
        """Take the next slot. Returns the seconds until it begins."""
        now = self._clock()
        slot = max(now, self._next)
        self._next = slot + self._apart
        return slot - now

    def pause(self, seconds: float) -> None:
        """Give out no slot for so long: the endpoint said when it will answer again."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)
        self._next = max(self._next, self._paused_until)


class Circuit:
    """Opens after `limit` failed answers in a row. Rested for `CIRCUIT_REST` seconds, it lets one request try."""

    def __init__(self, limit: int, *, rest: float = CIRCUIT_REST, clock: Clock = time.monotonic) -> None:
        self._limit = limit
        self._rest = rest
        self._clock = clock
        self._failures = 0
        self._opened: float | None = None
        self._trying = False
        self._reason = ""

    @property
    def is_open(self) -> bool:
        """Whether it has opened; it stays open while one request tries."""
        return self._opened is not None

    def refusal(self) -> str:
        """Why nothing may be sent now; empty when it may. A rested circuit says so to one caller at a time."""
        if self._opened is None:
            return ""
        if self._trying or self._clock() - self._opened < self._rest:
            return (
                f"Nothing is sent to it for {self._rest:.0f} s after {self._failures} failures in a row; "
                f"the last: {self._reason}"
            )
        self._trying = True
        return ""

    def succeeded(self) -> None:
        """It answers: closed."""
        self._failures, self._opened, self._trying = 0, None, False

    def failed(self, reason: str) -> None:
        """One more failed answer; the `limit`th in a row opens the circuit, and so does a failed try."""
        self._failures += 1
        self._reason = reason
        self._trying = False
        if self._failures >= self._limit:
            self._opened = self._clock()

    def gave_up(self) -> None:
        """The caller learned nothing about the endpoint; another may try."""
        self._trying = False


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses between attempts: `first` seconds doubled each time up to `most`, each shortened by chance to between half
    and all of it, so that clients which failed together do not come back together.
    """

    first: float = 0.5
    most: float = 30.0

    def seconds(self, attempt: int) -> float:
        """The pause after attempt 0, 1, 2 …"""
        full = min(self.most, self.first * 2.0**attempt)
        return full * random.uniform(0.5, 1.0)  # noqa: S311  # spreads load, guards nothing


async def wait(seconds: float) -> None:
    """Sleep, if there is anything to sleep."""
    if seconds > 0:
        await asyncio.sleep(seconds)
