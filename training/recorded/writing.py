"""A run of the database as lines."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evaluation.models import RunStatus
from evaluation.players.adapters import ADAPTER_FILES, fetch_adapter
from exceptions.environment import dump_case_pack
from exceptions.models import CaseVersion, Episode, Step
from exceptions.services.errors import DeskError
from training.adapters.packing import pack_adapter
from training.models import TrainingCheckpoint, TrainingRun
from training.recorded.lines import (
    FORMAT,
    AnswerPart,
    CaseLine,
    CheckpointLine,
    EpisodeLine,
    Line,
    LogLine,
    MetricLine,
    RunLine,
)
from training.selectors.curves import curves
from training.services.registering import base_model, start_adapter, wanted_checkpoint


class NotRecordable(DeskError):
    """A run that cannot be written: it has not ended."""

    status = 409
    title = "The run cannot be recorded"


def recorded_training_lines(run: TrainingRun, *, adapter: Path | None = None) -> Iterator[str]:
    """The run's lines, as they stand in a file.

    `adapter`: a folder `adapters/NAME` beside that file, into which the adapter of the run's model is written in
    bfloat16; the lines name it, so that a desk that loads them can play the model.

    Raises:
        NotRecordable: the run has not ended, has never begun, or its model's adapter is not kept.
    """
    if not run.ended or run.started_at is None:
        raise NotRecordable(f"The run is {run.get_status_display().lower()}; only one that was trained is recorded.")
    packed = _packed(run, adapter) if adapter else None
    for line in _lines(run, packed):
        yield json.dumps(_smaller(line.model_dump(mode="json", exclude_defaults=True)) | {"line": line.line}) + "\n"


def _packed(run: TrainingRun, folder: Path) -> CheckpointLine:
    """The line of the checkpoint whose adapter now lies in the folder."""
    checkpoint = wanted_checkpoint(run)
    if checkpoint is None or not checkpoint.kept:
        raise NotRecordable("The adapter of the run's model is not kept here: record the run without it.")
    sha256 = pack_adapter(fetch_adapter(checkpoint.sha256), folder)
    size = sum((folder / name).stat().st_size for name in ADAPTER_FILES)
    where = str(folder.relative_to(folder.parent.parent))
    return _checkpoint(checkpoint).model_copy(update={"sha256": sha256, "size": size, "folder": where})


def _checkpoint(checkpoint: TrainingCheckpoint) -> CheckpointLine:
    return CheckpointLine(
        kind=checkpoint.kind,
        epoch=checkpoint.epoch,
        step=checkpoint.step,
        scores=checkpoint.scores,
        sha256=checkpoint.sha256,
        size=checkpoint.size,
        at=checkpoint.created_at,
    )


def _lines(run: TrainingRun, packed: CheckpointLine | None) -> Iterator[Line]:
    yield _run(run)
    for name, points in sorted(curves(run).items()):
        yield MetricLine(name=name, points=points)
    for line in run.log_lines.order_by("sequence"):
        yield LogLine(at=line.at, level=line.level, text=line.text)
    for checkpoint in run.checkpoints.order_by("step", "epoch", "kind"):
        own = _checkpoint(checkpoint)
        yield packed if packed and (own.kind, own.epoch) == (packed.kind, packed.epoch) else own
    evaluations = list(run.evaluations.select_related("evaluation").order_by("epoch", "set_name"))
    versions = CaseVersion.objects.filter(
        pk__in=run.evaluations.values("evaluation__entries__case_version")
    ).select_related("case", "truth")
    for case in dump_case_pack([version.answered for version in versions.order_by("case__slug")], run.name)["cases"]:
        yield CaseLine(case=case)
    for evaluation in evaluations:
        entries = (
            evaluation.evaluation.entries.filter(episode__isnull=False)
            .select_related("episode", "case_version__case")
            .prefetch_related("episode__steps")
            .order_by("pk")
        )
        ended = evaluation.evaluation.ended_at or evaluation.evaluation.created_at
        for entry in entries:
            assert entry.episode is not None  # noqa: S101 - narrows the type only
            yield _episode(entry.episode, evaluation.epoch, evaluation.set_name, entry.case_version.case.slug, ended)


def _run(run: TrainingRun) -> RunLine:
    assert run.started_at is not None and run.ended_at is not None  # noqa: S101, PT018 - narrows the type only
    return RunLine(
        format=FORMAT,
        id=run.pk,
        name=run.name,
        config=run.config,
        base_model=base_model(run),
        adapter=began.sha256 if (began := start_adapter(run)) else run.start_adapter,
        status={
            RunStatus.SUCCEEDED: "succeeded",
            RunStatus.FAILED: "failed",
            RunStatus.CANCELLED: "cancelled",
        }[RunStatus(run.status)],
        error=run.error,
        code_version=run.code_version,
        machine=run.machine,
        started_at=run.started_at,
        ended_at=run.ended_at,
        done=run.done,
        total=run.total,
        tokens_per_second=run.tokens_per_second,
        memory_bytes=run.memory_bytes,
        worked_seconds=run.worked_seconds,
    )


def _episode(episode: Episode, epoch: int, set_name: str, case: str, at: Any) -> EpisodeLine:
    prompt = {name: value for name, value in episode.settings.items() if name != "seed"}
    return EpisodeLine(
        epoch=epoch,
        set=set_name,
        case=case,
        seed=int(episode.settings.get("seed", 0)),
        rewards=episode.rewards,
        prompt=prompt,
        stop=episode.stop_reason,
        error=episode.error,
        answers=[_answer(step) for step in episode.steps.all()],
        at=at,
    )


def _answer(step: Step) -> AnswerPart:
    return AnswerPart(
        text=step.raw_output or "",
        prompt_tokens=step.prompt_tokens,
        computed_tokens=step.computed_tokens,
        completion_tokens=step.completion_tokens,
        latency=round(step.latency, 4),
        stop=step.answer_stop,
    )


def _smaller(fields: dict[str, Any]) -> dict[str, Any]:
    """Six digits are what float32 has; the scores of checkpoints and evaluations are means, and stay whole."""
    if fields.get("name", "").startswith("train/") and "points" in fields:
        fields["points"] = [
            (step, None if value is None else float(f"{value:.6g}")) for step, value in fields["points"]
        ]
    return fields
