"""Who trains a run. The row decides: a lease is taken once, renewed while the worker lives, and reaped."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from evaluation.models import RunStatus
from exceptions.services.errors import LeaseLost
from training.models import TrainingRun


@transaction.atomic
def run_lease(*, run_id: UUID, worker: str) -> UUID | None:
    """Take the lease of a queued run. None: somebody else has it, or it has ended."""
    token, now = uuid4(), timezone.now()
    run = TrainingRun.objects.select_for_update(of=("self",)).filter(pk=run_id, status=RunStatus.QUEUED).first()
    if run is None:
        return None
    run.status, run.started_at = RunStatus.RUNNING, run.started_at or now
    run.lease_token, run.lease_worker, run.lease_expires_at = token, worker, lease_expiry()
    run.attempts, run.attempt_started_at = run.attempts + 1, None
    run.save()
    return token


def leased(run_id: UUID, token: UUID) -> TrainingRun:
    """The run, locked until the end of the transaction.

    Raises:
        LeaseLost: the lease is somebody else's now, or the run has ended.
    """
    run = TrainingRun.objects.select_for_update(of=("self",)).filter(pk=run_id, lease_token=token).first()
    if run is None:
        raise LeaseLost(f"Training run {run_id} is no longer leased to this worker.")
    return run


@transaction.atomic
def run_give_back(*, run_id: UUID, token: UUID) -> None:
    """Queue a run that a worker leaves before its end, at no cost to its attempts; another goes on with it."""
    run = leased(run_id, token)
    _end_lease(run, RunStatus.QUEUED)
    run.enqueued_at = None
    run.save()
    TrainingRun.objects.filter(pk=run.pk, attempts__gt=0).update(attempts=F("attempts") - 1)


def runs_reap() -> int:
    """Queue runs again whose worker is gone. Returns how many were taken from it.

    After `TRAINING_MAX_ATTEMPTS` workers were lost on it, a run has failed; one that was to stop has been stopped.
    """
    expired = TrainingRun.objects.filter(status=RunStatus.RUNNING, lease_expires_at__lt=timezone.now())
    return sum(_reap(run_id) for run_id in expired.values_list("pk", flat=True))


@transaction.atomic
def _reap(run_id: UUID) -> bool:
    run = (
        TrainingRun.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=run_id, status=RunStatus.RUNNING, lease_expires_at__lt=timezone.now())
        .first()
    )
    if run is None:
        return False
    if run.stop_requested:
        _end_lease(run, RunStatus.CANCELLED)
    elif run.attempts >= settings.TRAINING_MAX_ATTEMPTS:
        _end_lease(run, RunStatus.FAILED)
        run.error = (
            f"The worker was lost {run.attempts} times while it trained; its log says why. "
            "Resume the run to go on from its last checkpoint."
        )
    else:
        _end_lease(run, RunStatus.QUEUED)
        run.enqueued_at = None
    run.save()
    return True


def _end_lease(run: TrainingRun, status: RunStatus) -> None:
    """Take the lease away; the caller saves."""
    run.status = status
    run.lease_token, run.lease_worker, run.lease_expires_at = None, "", None
    run.phase = ""
    if status != RunStatus.QUEUED:
        run.ended_at, run.stop_requested = timezone.now(), False


def lease_end(run: TrainingRun, status: RunStatus, error: str = "") -> None:
    """End a leased and locked run."""
    _end_lease(run, status)
    run.error = error
    run.save()


def lease_expiry() -> datetime:
    return timezone.now() + timedelta(seconds=settings.TRAINING_LEASE_SECONDS)
