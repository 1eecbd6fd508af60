"""Pages of the site itself: health, and what is shown when something is refused."""

import time
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views import defaults
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from exceptions.api.problems import problem_response

log = structlog.get_logger(__name__)


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when this process answers and reaches its database, else 503 with the reason."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return JsonResponse({"status": "unavailable", "database": str(error).strip()}, status=503)
    return JsonResponse({"status": "ok"})


class SignIn(LoginView):
    """The log-in page. Attempts are limited by address, wrong passwords by account and address (django-axes)."""

    redirect_authenticated_user = True
    #: Django's form views take PUT as another POST; nobody needs that.
    http_method_names = ["get", "head", "post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _attempt_allowed(request):
            return render(request, "registration/locked_out.html", {"minutes": 1}, status=429)
        return super().post(request, *args, **kwargs)


def _attempt_allowed(request: HttpRequest) -> bool:
    """Whether this address may try to log in once more in this minute. Without a cache the lock-out alone protects."""
    minute = int(time.time() // 60)
    key = f"login-attempts:{request.META.get('REMOTE_ADDR', '')}:{minute}"
    try:
        cache.add(key, 0, timeout=120)
        return bool(cache.incr(key) <= settings.LOGIN_ATTEMPTS_PER_MINUTE)
    except (RedisError, ValueError) as error:
        log.warning("log-in attempts cannot be counted", error=str(error))
        return True


def locked_out(
    request: HttpRequest, credentials: dict[str, Any] | None = None, *args: Any, **kwargs: Any
) -> HttpResponse:
    """Too many wrong passwords: says for how long, and answers 429."""
    minutes = round(float(settings.AXES_COOLOFF_TIME) * 60)
    return render(request, "registration/locked_out.html", {"minutes": minutes}, status=429)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    reason = str(exception) if exception else ""
    if _asks_the_api(request):
        return problem_response(request, 400, reason or "The request could not be read.")
    return render(request, "400.html", {"reason": reason}, status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    reason = str(exception) if exception else ""
    if _asks_the_api(request):
        return problem_response(request, 403, reason or "You may not do this.")
    return render(request, "403.html", {"reason": reason}, status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if _asks_the_api(request):
        return problem_response(request, 404, "There is nothing at this address; there are /api/v1/ and /openenv/.")
    return render(request, "404.html", {"reason": ""}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """What fails before or behind a view, such as the look-up of the session while the database is away."""
    if _asks_the_api(request):
        return problem_response(request, 500, "This is a fault of the desk, and it was logged.")
    return defaults.server_error(request)


def _asks_the_api(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/openenv/"))
