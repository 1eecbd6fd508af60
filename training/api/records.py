"""What training looks like over REST."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from evaluation.models import RunStatus
from exceptions.models import Player
from training.models import (
    CheckpointKind,
    DatasetKind,
    EvaluatedSet,
    LogLevel,
    RecipeKind,
    TrainingCheckpoint,
    TrainingDataset,
    TrainingEvaluation,
    TrainingLogLine,
    TrainingRun,
)
from training.selectors.progress import training_progress
from training.services.runs import changed_fields

_ID = "0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a10"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class RecipeRow(BaseModel):
    """A recipe: what it does, and everything that decides how a run of it goes."""

    name: str = Field(examples=["submit-deep-best"])
    kind: RecipeKind = Field(examples=["sft"])
    title: str = Field(examples=["Submit, deep, best epoch"])
    words: str = Field(description="What it does.", examples=["Only submit turns after at least seven looks."])
    published: bool = Field(
        description="One of the published attempts; its holdout selects and reports.", examples=[True]
    )
    fields: dict[str, Any] = Field(description="Its settings; a run may change them.", examples=[{"epochs": 3}])


class Recipes(BaseModel):
    """All recipes."""

    recipes: list[RecipeRow]


class TrainingRequest(BaseModel):
    """What is to be trained, by which recipe."""

    model_config = ConfigDict(extra="forbid")

    recipe: str = Field(max_length=60, description="Name.", examples=["submit-deep-best"])
    base: str = Field(
        default="smollm2-135m-instruct",
        max_length=120,
        description="Slug of the local model whose base weights are trained.",
        examples=["smollm2-135m-instruct"],
    )
    start_from: str | None = Field(
        default=None,
        max_length=120,
        description="Slug of a model whose adapter the run begins with; null for a new adapter.",
        examples=[None],
    )
    changes: dict[str, Any] = Field(
        default_factory=dict,
        description="Settings of the recipe that are to be others, `seed` among them.",
        examples=[{"seed": 43, "epochs": 2}],
    )
    dataset: UUID | None = Field(
        default=None, description="Train on this data set in place of the recipe's own.", examples=[None]
    )
    name: str = Field(default="", max_length=150, examples=["Second try"])


class CloneRequest(BaseModel):
    """A run like another one."""

    model_config = ConfigDict(extra="forbid")

    changes: dict[str, Any] = Field(
        default_factory=dict,
        description="Settings that are to be others than those of the run.",
        examples=[{"learning_rate": 0.0001}],
    )
    name: str = Field(default="", max_length=150, examples=["Slower"])


class RegisterRequest(BaseModel):
    """A checkpoint that is to be a model."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="", max_length=150, description="Left empty, that of the run.", examples=["Epoch 2"])


class TrainingProgressRecord(BaseModel):
    """How far a run is."""

    phase: str = Field(description="What it is doing.", examples=["Epoch 2 of 3"])
    done: int = Field(description="Optimizer steps; hundredths of iterations in reinforcement.", examples=[9])
    total: int = Field(examples=[15])
    tokens_per_second: float | None = Field(examples=[412.5])
    memory_bytes: int | None = Field(description="The most that was in use.", examples=[2147483648])
    worked_seconds: float = Field(description="Time with a worker.", examples=[81.5])
    remaining_seconds: float | None = Field(examples=[54.0])


class TrainingRow(BaseModel):
    """A run in the list."""

    id: UUID = Field(examples=[_ID])
    name: str = Field(examples=["Submit, deep, SmolLM2-135M, seed 42"])
    kind: RecipeKind = Field(examples=["sft"])
    recipe: str = Field(examples=["submit-deep"])
    seed: int = Field(examples=[42])
    base: str = Field(description="Slug of the player whose weights are trained.", examples=["smollm2-135m-instruct"])
    start_from: str | None = Field(description="Whose adapter it began with.", examples=[None])
    start_adapter: str = Field(
        description="SHA-256 of that adapter, of a recorded run whose model is not here.", examples=[""]
    )
    status: RunStatus = Field(examples=["running"])
    stopping: bool = Field(description="Asked to stop; the worker has not done so yet.", examples=[False])
    error: str = Field(description="Why it failed.", examples=[""])
    recorded: bool = Field(description="Trained elsewhere.", examples=[False])
    progress: TrainingProgressRecord
    created_at: datetime = Field(examples=["2026-03-02T08:15:00Z"])
    started_at: datetime | None = Field(examples=["2026-03-02T08:15:01Z"])
    ended_at: datetime | None = Field(examples=[None])


class CheckpointRecord(BaseModel):
    """A checkpoint that was written whole."""

    id: UUID = Field(examples=[_ID])
    kind: CheckpointKind = Field(examples=["epoch"])
    epoch: int = Field(description="Finished epochs, or iterations.", examples=[2])
    step: int = Field(description="Optimizer steps.", examples=[10])
    scores: dict[str, float] = Field(
        description="Of the evaluation that it had.", examples=[{"eval/score": 0.71, "eval/resolved_rate": 0.5}]
    )
    sha256: str = Field(description="Of the adapter.", examples=[_SHA256])
    kept: bool = Field(description="Its adapter is in the storage: it can be registered.", examples=[True])
    size: int = Field(description="Bytes of the adapter.", examples=[7340032])
    best: bool = Field(examples=[True])
    last: bool = Field(examples=[False])
    created_at: datetime = Field(examples=["2026-03-02T08:17:00Z"])


class Checkpoints(BaseModel):
    """All checkpoints of a run, oldest first."""

    checkpoints: list[CheckpointRecord]


class EvaluationRecord(BaseModel):
    """The episodes behind the figures of one epoch on one set."""

    epoch: int = Field(description="0 is before training.", examples=[2])
    set: EvaluatedSet = Field(examples=["holdout"])
    evaluation_run: UUID = Field(description="Under `/evaluation-runs/`.", examples=[_ID])
    episodes: int = Field(examples=[4])


class TrainedModel(BaseModel):
    """A model that was registered from a checkpoint of a run."""

    player: str = Field(description="Slug.", examples=["submit-deep-smollm2-135m-seed-42"])
    version: int = Field(examples=[1])
    checkpoint: UUID = Field(examples=[_ID])
    epoch: int = Field(examples=[3])


class TrainingRecord(TrainingRow):
    """A run with its settings and what has come of it so far."""

    config: dict[str, Any] = Field(description="The whole recipe, as it is run.", examples=[{"epochs": 3}])
    changes: dict[str, Any] = Field(description="What differs from the recipe of that name.", examples=[{"seed": 43}])
    dataset: UUID | None = Field(description="Made when a worker begins.", examples=[None])
    cloned_from: UUID | None = Field(examples=[None])
    code_version: str = Field(examples=["6ba38bed3b44"])
    machine: str = Field(examples=["x86_64, Python 3.12.3, torch 2.9.0"])
    checkpoints: list[CheckpointRecord]
    evaluations: list[EvaluationRecord]
    models: list[TrainedModel]


class LogRecord(BaseModel):
    """A line of a run's log."""

    sequence: int = Field(examples=[12])
    at: datetime = Field(examples=["2026-03-02T08:16:00Z"])
    level: LogLevel = Field(examples=["info"])
    text: str = Field(examples=["Going on from step 9 of 15."])


class LogPage(BaseModel):
    """Some lines, oldest first; ask again with `after` the last one's number."""

    lines: list[LogRecord]
    more: bool = Field(description="There are further lines already.", examples=[False])


class MetricPoint(BaseModel):
    """One value of a figure; null where what was measured was no number."""

    step: int = Field(examples=[9])
    value: float | None = Field(examples=[0.42])


class MetricRow(MetricPoint):
    """One value with its name."""

    name: str = Field(examples=["train/loss"])


class Metrics(BaseModel):
    """Figures by name, each in the order of steps."""

    metrics: dict[str, list[MetricPoint]] = Field(examples=[{"train/loss": [{"step": 9, "value": 0.42}]}])


class DatasetRequest(BaseModel):
    """A data set that is to be made."""

    model_config = ConfigDict(extra="forbid")

    kind: DatasetKind = Field(examples=["generated"])
    spec: dict[str, Any] = Field(
        default_factory=dict,
        description="`generated`: `case_count`, `case_seed`, `families`, `twin_share`, `wordings`, "
        "`shuffled_share`, `drills_per_case`, `sheets_per_case`; `catalogue`: `trace_lengths`; `human`: nothing.",
        examples=[{"case_count": 60, "case_seed": 7}],
    )
    name: str = Field(default="", max_length=150, examples=["Sixty to begin with"])


class DatasetRecord(BaseModel):
    """A data set. What it holds gives answers away and is not here."""

    id: UUID = Field(examples=[_ID])
    name: str = Field(examples=["60 generated cases, seed 7"])
    kind: DatasetKind = Field(examples=["generated"])
    spec: dict[str, Any] = Field(examples=[{"case_count": 60, "case_seed": 7}])
    sha256: str = Field(description="Of its traces.", examples=[_SHA256])
    traces: int = Field(examples=[60])
    cases: int = Field(examples=[60])
    created_at: datetime = Field(examples=["2026-03-02T08:15:00Z"])


def row_of(run: TrainingRun) -> dict[str, Any]:
    """The fields of a run in the list; needs `base` and `start_from`."""
    progress = training_progress(run)
    start: Player | None = run.start_from
    return {
        "id": run.pk,
        "name": run.name,
        "kind": RecipeKind(run.kind),
        "recipe": run.recipe,
        "seed": run.seed,
        "base": run.base.slug,
        "start_from": start.slug if start else None,
        "start_adapter": run.start_adapter,
        "status": RunStatus(run.status),
        "stopping": run.stopping,
        "error": run.error,
        "recorded": run.recorded,
        "progress": TrainingProgressRecord(
            phase=progress.phase,
            done=progress.done,
            total=progress.total,
            tokens_per_second=progress.tokens_per_second,
            memory_bytes=progress.memory_bytes,
            worked_seconds=progress.worked.total_seconds(),
            remaining_seconds=progress.remaining.total_seconds() if progress.remaining else None,
        ),
        "created_at": run.created_at,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
    }


def record_of(run: TrainingRun) -> TrainingRecord:
    """A run with all that belongs to it."""
    evaluations = run.evaluations.select_related("evaluation").order_by("epoch", "set_name")
    return TrainingRecord(
        **row_of(run),
        config=run.config,
        changes=changed_fields(run),
        dataset=run.dataset_id,
        cloned_from=run.cloned_from_id,
        code_version=run.code_version,
        machine=run.machine,
        checkpoints=[checkpoint_record(one) for one in run.checkpoints.order_by("step", "epoch", "kind")],
        evaluations=[_evaluation(one) for one in evaluations],
        models=[
            TrainedModel(
                player=one.player.slug,
                version=one.player_version,
                checkpoint=one.checkpoint_id,
                epoch=one.checkpoint.epoch,
            )
            for one in run.lineage.select_related("player", "checkpoint").order_by("pk")
        ],
    )


def checkpoint_record(checkpoint: TrainingCheckpoint) -> CheckpointRecord:
    return CheckpointRecord(
        id=checkpoint.pk,
        kind=CheckpointKind(checkpoint.kind),
        epoch=checkpoint.epoch,
        step=checkpoint.step,
        scores=checkpoint.scores,
        sha256=checkpoint.sha256,
        kept=checkpoint.kept,
        size=checkpoint.size,
        best=checkpoint.best,
        last=checkpoint.last,
        created_at=checkpoint.created_at,
    )


def log_record(line: TrainingLogLine) -> LogRecord:
    return LogRecord(sequence=line.sequence, at=line.at, level=LogLevel(line.level), text=line.text)


def dataset_record(dataset: TrainingDataset) -> DatasetRecord:
    return DatasetRecord(
        id=dataset.pk,
        name=dataset.name,
        kind=DatasetKind(dataset.kind),
        spec=dataset.spec,
        sha256=dataset.sha256,
        traces=dataset.traces,
        cases=dataset.cases,
        created_at=dataset.created_at,
    )


def _evaluation(one: TrainingEvaluation) -> EvaluationRecord:
    return EvaluationRecord(
        epoch=one.epoch,
        set=EvaluatedSet(one.set_name),
        evaluation_run=one.evaluation_id,
        episodes=one.evaluation.planned,
    )
