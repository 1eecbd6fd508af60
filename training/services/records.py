"""What a worker has to tell of its run, written in one transaction in which its lease is checked and renewed."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from training.models import CheckpointKind, TrainingCheckpoint, TrainingLogLine, TrainingMetric, TrainingRun
from training.services.leases import lease_expiry, leased

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class LogRecord:
    at: datetime
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class CheckpointRecord:
    """A checkpoint that is whole. `kept`: its adapter is in the storage of adapters; `size` is that of its files."""

    kind: str
    epoch: int
    step: int
    scores: Mapping[str, float]
    sha256: str
    kept: bool
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ProgressRecord:
    """`began_at` and `began_done`: the first step of this attempt, from which its speed is told."""

    done: int
    total: int
    tokens_per_second: float | None
    memory_bytes: int | None
    began_at: datetime
    began_done: int


@dataclass(slots=True)
class Told:
    """Everything that has not been written yet; a later value of a metric at the same step replaces an earlier one."""

    metrics: dict[tuple[str, int], float] = field(default_factory=dict)
    log: list[LogRecord] = field(default_factory=list)
    checkpoints: list[CheckpointRecord] = field(default_factory=list)
    progress: ProgressRecord | None = None
    phase: str = ""

    def put_back(self, earlier: "Told") -> None:
        """Take up again what could not be written."""
        self.metrics = earlier.metrics | self.metrics
        self.log = earlier.log + self.log
        self.checkpoints = earlier.checkpoints + self.checkpoints
        self.progress = self.progress or earlier.progress


@transaction.atomic
def told_store(*, run_id: UUID, token: UUID, told: Told, seconds: float) -> bool:
    """Write it all, and renew the lease. `seconds`: since it was last written. Returns whether the run is to stop.

    Raises:
        LeaseLost: the lease is somebody else's now; nothing was written.
    """
    run = leased(run_id, token)
    metrics_store(run, told.metrics)
    log_store(run, told.log)
    for record in told.checkpoints:
        checkpoint_store(run, record)
    if told.progress is not None:
        _take_progress(run, told.progress)
    run.phase = told.phase[:100]
    run.worked_seconds += seconds
    run.lease_expires_at = lease_expiry()
    run.save()
    return run.stop_requested


def metrics_store(run: TrainingRun, values: Mapping[tuple[str, int], float]) -> None:
    """Add or replace values by (name, step). What is no number is stored as null."""
    now = timezone.now()
    TrainingMetric.objects.bulk_create(
        [
            TrainingMetric(
                run=run, name=name, step=step, value=float(value) if math.isfinite(value) else None, written_at=now
            )
            for (name, step), value in values.items()
        ],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["run", "name", "step"],
        update_fields=["value", "written_at"],
    )


def log_store(run: TrainingRun, lines: Sequence[LogRecord]) -> None:
    """Add lines behind the last one. The run is locked: two writers would give the same numbers."""
    if not lines:
        return
    last = run.log_lines.aggregate(last=Max("sequence"))["last"] or 0
    TrainingLogLine.objects.bulk_create(
        [
            TrainingLogLine(run=run, sequence=last + number, at=line.at, level=line.level, text=storable(line.text))
            for number, line in enumerate(lines, start=1)
        ],
        batch_size=_BATCH,
    )


def checkpoint_store(run: TrainingRun, record: CheckpointRecord) -> TrainingCheckpoint:
    """Add or replace the checkpoint of this epoch, or the one on the way; then mark the best and the last."""
    fields: dict[str, Any] = {
        "step": record.step,
        "scores": {name: value for name, value in record.scores.items() if math.isfinite(value)},
        "sha256": record.sha256,
        "kept": record.kept,
        "size": record.size,
        "created_at": record.at,
    }
    if record.kind == CheckpointKind.ROLLING:
        row, _created = TrainingCheckpoint.objects.update_or_create(
            run=run, kind=CheckpointKind.ROLLING, defaults=fields | {"epoch": record.epoch}
        )
        return row
    row, _created = TrainingCheckpoint.objects.update_or_create(
        run=run, kind=CheckpointKind.EPOCH, epoch=record.epoch, defaults=fields
    )
    _mark(run)
    return row


def best_of(checkpoints: Sequence[TrainingCheckpoint], select_by: str) -> TrainingCheckpoint | None:
    """The evaluated one with the best score, the earlier on a tie: as `training.sft.best_checkpoint` (a test holds it).

    `score`: by `eval/score`. `resolved`: by `eval/resolved_rate`, then `eval/score_grounded`.
    """
    names = ("eval/score",) if select_by == "score" else ("eval/resolved_rate", "eval/score_grounded")
    evaluated = [one for one in checkpoints if all(name in one.scores for name in names)]
    return max(evaluated, key=lambda one: ([one.scores[name] for name in names], -one.epoch), default=None)


def storable(text: str) -> str:
    """The text without NUL and half surrogate pairs, the only characters that Postgres cannot hold."""
    return text.replace("\x00", "␀").encode("utf-8", errors="replace").decode()


def _mark(run: TrainingRun) -> None:
    rows = list(run.checkpoints.filter(kind=CheckpointKind.EPOCH).order_by("step", "epoch"))
    best, last = best_of(rows, str(run.config.get("select_by", "score"))), rows[-1]
    run.checkpoints.update(best=False, last=False)
    run.checkpoints.filter(pk=last.pk).update(last=True)
    if best is not None:
        run.checkpoints.filter(pk=best.pk).update(best=True)


def _take_progress(run: TrainingRun, progress: ProgressRecord) -> None:
    run.done, run.total = progress.done, progress.total
    run.tokens_per_second = progress.tokens_per_second if progress.tokens_per_second else run.tokens_per_second
    if progress.memory_bytes is not None:
        run.memory_bytes = max(progress.memory_bytes, run.memory_bytes or 0)
    run.progress_at = timezone.now()
    run.attempt_started_at, run.attempt_started_done = progress.began_at, progress.began_done
