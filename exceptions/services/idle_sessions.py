"""Sessions that their clients forgot: while one is open, its owner sees no answer to the case anywhere."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from exceptions.models import Episode, EpisodeOrigin, EpisodeStatus
from exceptions.services.episodes import episode_cancel


def idle_sessions_cancel() -> int:
    """Cancel the sessions without a step for `OPENENV_IDLE_SECONDS` or `SESSION_IDLE_SECONDS`. Returns how many."""
    now = timezone.now()
    return sum(
        _cancel_idle(origin, now - timedelta(seconds=seconds))
        for origin, seconds in (
            (EpisodeOrigin.OPENENV, settings.OPENENV_IDLE_SECONDS),
            (EpisodeOrigin.API, settings.SESSION_IDLE_SECONDS),
        )
    )


def _cancel_idle(origin: EpisodeOrigin, since: datetime) -> int:
    cancelled = 0
    for pk in _idle(origin, since).values_list("pk", flat=True)[:500]:
        with transaction.atomic():
            # Asked again behind the lock that a step takes: one that has just come in keeps its session open. A
            # session whose step is being taken now is not idle.
            locked = Episode.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
            if locked is not None and _idle(origin, since).filter(pk=pk).exists():
                episode_cancel(episode_id=pk)
                cancelled += 1
    return cancelled


def _idle(origin: EpisodeOrigin, since: datetime) -> QuerySet[Episode]:
    return (
        Episode.objects.filter(origin=origin, created_at__lt=since)
        .exclude(status=EpisodeStatus.ENDED)
        .annotate(used_at=Coalesce(Max("steps__created_at"), "created_at"))
        .filter(used_at__lt=since)
    )
