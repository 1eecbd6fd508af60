"""How far an evaluation run is, and when it will be done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, Sum
from django.utils import timezone

from evaluation.models import EvaluationEntry, EvaluationRun
from exceptions.environment import StopReason

#: The rate is that of the newest episodes: a run that was stopped over night is not slow.
_RECENT = 50
#: Episodes' worth of steps from which time can be told.
_ENOUGH = 1.0


@dataclass(frozen=True, slots=True)
class RunProgress:
    """Counts of entries. `played` were played for this run, `failed` of them by a player's fault; `reused` were there
    before; `playing` are leased by a worker that is alive.
    """

    planned: int
    played: int
    failed: int
    reused: int
    playing: int
    workers: int
    #: Of those that are being played, in episodes: half of two is one.
    half_done: float
    #: Episodes per minute, over the newest ones; None before two have ended.
    per_minute: float | None
    remaining: timedelta | None

    @property
    def done(self) -> int:
        return self.played + self.reused

    @property
    def waiting(self) -> int:
        return self.planned - self.done - self.playing

    @property
    def share(self) -> float:
        """Done ÷ planned, 0…1, with what is being played counted by its steps."""
        return (self.done + self.half_done) / self.planned if self.planned else 1.0


def run_progress(run: EvaluationRun) -> RunProgress:
    """Two queries: one for the counts, one for the rate."""
    return runs_progress([run])[run.pk]


def runs_progress(runs: Iterable[EvaluationRun]) -> dict[UUID, RunProgress]:
    """The progress of several runs, by id: one query for all counts, one more for every run that is going."""
    by_id = {run.pk: run for run in runs}
    now = timezone.now()
    fresh = Q(episode__isnull=False, reused=False)
    live = Q(episode__isnull=True, lease_expires_at__gte=now)
    counted = (
        EvaluationEntry.objects.filter(run__in=by_id)
        .values("run")
        .annotate(
            played=Count("pk", filter=fresh),
            failed=Count("pk", filter=fresh & Q(episode__stop_reason=StopReason.PLAYER_ERROR)),
            reused_count=Count("pk", filter=Q(reused=True)),
            playing=Count("pk", filter=live),
            workers=Count("lease_worker", filter=live, distinct=True),
            half_done=Sum(F("steps_played") * 1.0 / F("case_version__max_steps"), filter=live),
        )
    )
    rows = {row["run"]: row for row in counted}
    return {pk: _progress(run, rows.get(pk), now) for pk, run in by_id.items()}


def _progress(run: EvaluationRun, row: Mapping[str, Any] | None, now: datetime) -> RunProgress:
    counts = row or {}
    played, reused = counts.get("played", 0), counts.get("reused_count", 0)
    rate = None if run.ended else _per_minute(run, now)
    half_done = 0.0 if run.ended else min(counts.get("half_done") or 0.0, counts.get("playing", 0))
    left = run.planned - played - reused - half_done
    return RunProgress(
        planned=run.planned,
        played=played,
        failed=counts.get("failed", 0),
        reused=reused,
        playing=0 if run.ended else counts.get("playing", 0),
        workers=0 if run.ended else counts.get("workers", 0),
        half_done=half_done,
        per_minute=rate,
        remaining=_remaining(run, left, rate, half_done, now),
    )


def _remaining(
    run: EvaluationRun, left: float, rate: float | None, half_done: float, now: datetime
) -> timedelta | None:
    """From the rate; before two episodes have ended, from the steps of those that are being played."""
    if rate:
        return timedelta(minutes=left / rate)
    if run.ended or run.started_at is None or half_done < _ENOUGH:
        return None
    return (now - run.started_at) * (left / half_done)


def _per_minute(run: EvaluationRun, now: datetime) -> float | None:
    newest = run.entries.filter(reused=False, episode__isnull=False).order_by("-episode__ended_at")[:_RECENT]
    span = EvaluationEntry.objects.filter(pk__in=newest.values("pk")).aggregate(
        first=Min("episode__ended_at"), last=Max("episode__ended_at"), count=Count("pk")
    )
    if span["count"] < 2:
        return None
    # To now, not to the last one: a batch of long episodes ends all at once.
    seconds = max((now - span["first"]).total_seconds(), 0.001)
    return float((span["count"] - 1) * 60 / seconds)
