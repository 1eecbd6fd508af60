"""Housekeeping that beat schedules."""

from celery import shared_task

from exceptions.services.idle_sessions import idle_sessions_cancel
from exceptions.services.leases import episodes_reap


@shared_task(name="exceptions.reap_lost_episodes")
def reap_lost_episodes() -> int:
    """Queue episodes again whose worker or message was lost."""
    return episodes_reap()


@shared_task(name="exceptions.end_forgotten_sessions")
def end_forgotten_sessions() -> int:
    """Cancel sessions that nobody has played on for long."""
    return idle_sessions_cancel()
