"""Rate limits, counted in the cache."""

import time
from typing import TYPE_CHECKING, Final

import structlog
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}

log = structlog.get_logger(__name__)


class WindowThrottle(BaseThrottle):
    """At most so many requests of one user in each second, minute, hour or day.

    Counted by one atomic increment, so that requests at the same moment are all counted. When the cache is down the
    request goes through: a limit that cannot be counted must not stop the desk.
    """

    def __init__(self, scope: str) -> None:
        """`scope` names the rate in `DEFAULT_THROTTLE_RATES`, written like `120/min`."""
        limit, period = str(api_settings.DEFAULT_THROTTLE_RATES[scope]).split("/")
        self._scope = scope
        self._limit = int(limit)
        self._seconds = _SECONDS[period[0]]

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """How DRF asks."""
        return self.counted(request)

    def counted(self, request: Request | HttpRequest) -> bool:
        """Count the request; False when it is one too many."""
        return self.counted_for(request.user.pk or request.META.get("REMOTE_ADDR"))

    def counted_for(self, caller: object) -> bool:
        """Count a request of whoever this names; False when it is one too many."""
        window = int(time.time() // self._seconds)
        key = f"throttle:{self._scope}:{caller}:{window}"
        try:
            try:
                return cache.incr(key) <= self._limit
            except ValueError:
                # The first of this window.
                cache.add(key, 0, timeout=2 * self._seconds)
                return cache.incr(key) <= self._limit
        except (RedisError, ValueError) as error:
            # ValueError: the key was evicted between the two calls.
            log.warning("a request was not counted against its rate limit", scope=self._scope, error=str(error))
            return True

    def wait(self) -> float:
        """Seconds until the next window begins."""
        return self._seconds - time.time() % self._seconds
