"""How far a training run is, and when it will be done."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from evaluation.models import RunStatus
from training.models import TrainingRun

#: Steps of an attempt from which its speed can be told: the first one also warms up.
_ENOUGH_STEPS = 2


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """Optimizer steps done of so many. `waiting`: nobody has begun yet, or a worker was lost and none has gone on."""

    phase: str
    done: int
    total: int
    tokens_per_second: float | None
    memory_bytes: int | None
    worked: timedelta
    remaining: timedelta | None
    waiting: bool

    @property
    def share(self) -> float:
        """Done ÷ total, 0…1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0


def training_progress(run: TrainingRun, now: datetime | None = None) -> TrainingProgress:
    """From the row alone: no query."""
    now = now or timezone.now()
    return TrainingProgress(
        phase=run.phase,
        done=run.done,
        total=run.total,
        tokens_per_second=run.tokens_per_second,
        memory_bytes=run.memory_bytes,
        worked=timedelta(seconds=run.worked_seconds),
        remaining=_remaining(run, now),
        waiting=run.status == RunStatus.QUEUED,
    )


def _remaining(run: TrainingRun, now: datetime) -> timedelta | None:
    """From the speed of the present attempt, evaluations included: a run that was stopped over night is not slow."""
    if run.status != RunStatus.RUNNING or run.attempt_started_at is None:
        return None
    steps = run.done - run.attempt_started_done
    if steps < _ENOUGH_STEPS:
        return None
    return (now - run.attempt_started_at) * ((run.total - run.done) / steps)
