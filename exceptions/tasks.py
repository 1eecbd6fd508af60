"""Housekeeping that beat schedules."""

from celery import shared_task

from exceptions.services.leases import episodes_reap


@shared_task(name="exceptions.reap_lost_episodes")
def reap_lost_episodes() -> int:
    """Queue episodes again whose worker or message was lost."""
    return episodes_reap()
