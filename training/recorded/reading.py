"""A recorded run into the database: every episode is replayed and graded, and must give the figures that it states."""

import gzip
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import Avg, Case, Count, FloatField, Q, Value, When

from evaluation.models import EvaluationRun, RunStatus
from exceptions import environment
from exceptions.environment import Environment, EpisodeOver, StopReason
from exceptions.models import Grade, Player, PlayerKind, PlayerVersion
from exceptions.services.episode_rows import StepCost
from training.adapters.storage import store_adapter
from training.models import CheckpointKind, TrainingRun
from training.recorded.lines import (
    CaseLine,
    CheckpointLine,
    EpisodeLine,
    Line,
    LogLine,
    MetricLine,
    RecordingRefused,
    RunLine,
    read_line,
)
from training.services.evaluations import PlayedEpisode, evaluation_store, tested_store
from training.services.records import CheckpointRecord, LogRecord, checkpoint_store, log_store, metrics_store
from training.services.registering import recorded_model_register

#: The shipped trials were told under Python 3.12 before scores were added up the same way everywhere: one on the edge
#: of its fourth digit was rounded the other way there.
_TOLERANCE: Final = 1.01e-4
#: What ends an episode without a step; the other ends come from playing.
_FROM_OUTSIDE: Final = (StopReason.PROMPT_BUDGET_EXCEEDED, StopReason.PLAYER_ERROR, StopReason.CANCELLED)


@dataclass(slots=True)
class _Recorded:
    """A run's lines, sorted."""

    run: RunLine
    metrics: list[MetricLine] = field(default_factory=list)
    log: list[LogLine] = field(default_factory=list)
    checkpoints: list[CheckpointLine] = field(default_factory=list)
    cases: dict[str, environment.Case] = field(default_factory=dict)
    episodes: dict[tuple[int, str], list[EpisodeLine]] = field(default_factory=lambda: defaultdict(list))


def file_lines(path: Path) -> Iterator[Line]:
    """The lines of a file.

    Raises:
        RecordingRefused: it is damaged, or a line is none.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for number, text in enumerate(file, start=1):
                yield read_line(text, f"{path.name}, line {number}")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise RecordingRefused(f"{path} cannot be read to its end: {error}. Nothing was loaded.") from error


@transaction.atomic
def recorded_training_load(lines: Iterable[Line], *, adapters_in: Path | None = None) -> tuple[TrainingRun | None, str]:
    """The run of these lines, and what was done, in words. A run that is there already stays as it is.

    `adapters_in`: the folder of a run that was told to one, or of a file; the adapters there are kept, and the model
    can play. No run is made where nobody has its base model: the words say which.

    Raises:
        RecordingRefused: an episode does not play out as it says, or does not give the figures that the run states.
    """
    recorded = _sorted(lines)
    head = recorded.run
    if known := TrainingRun.objects.filter(pk=head.id).first():
        return known, "known"
    base = _base(head.base_model)
    if base is None:
        return None, f"left out: no model here has the base {head.base_model}"
    run = _run(head, base)
    metrics_store(
        run,
        {
            (series.name, step): float("nan") if value is None else value
            for series in recorded.metrics
            for step, value in series.points
        },
    )
    log_store(run, [LogRecord(line.at, line.level, line.text) for line in recorded.log])
    for checkpoint in recorded.checkpoints:
        checkpoint_store(run, _checkpoint(checkpoint, adapters_in))
    tested = any(set_name == "test" for _epoch, set_name in recorded.episodes)
    model = recorded_model_register(run=run) if tested or head.status == "succeeded" else None
    for (epoch, set_name), episodes in recorded.episodes.items():
        evaluation = _evaluation(run, model, epoch, set_name, episodes, recorded.cases)
        if set_name != "test":
            _check_figures(run, epoch, evaluation, recorded.metrics)
    played = sum(len(episodes) for episodes in recorded.episodes.values())
    return run, f"loaded, {len(recorded.metrics)} curves, {played} episodes"


def _sorted(lines: Iterable[Line]) -> _Recorded:
    given = iter(lines)
    first = next(given, None)
    if not isinstance(first, RunLine):
        raise RecordingRefused("The first line must be that of the run. Nothing was loaded.")
    recorded = _Recorded(first)
    for line in given:
        match line:
            case MetricLine():
                recorded.metrics.append(line)
            case LogLine():
                recorded.log.append(line)
            case CheckpointLine():
                recorded.checkpoints.append(line)
            case CaseLine():
                case = environment.Case.model_validate(line.case)
                recorded.cases[case.id] = case
            case EpisodeLine():
                recorded.episodes[line.epoch, line.set].append(line)
            case RunLine():
                raise RecordingRefused("A second run stands among the lines. Nothing was loaded.")
    return recorded


def _base(base_model: str) -> Player | None:
    """The oldest model here with this base and no adapter."""
    found = Player.objects.filter(kind=PlayerKind.LOCAL_MODEL, config__base_model=base_model, checkpoints_of=None)
    return next((player for player in found.order_by("created_at") if not player.config.get("adapter")), None)


def _began_with(adapter: str) -> PlayerVersion | None:
    """The oldest version of a model here with this adapter."""
    found = PlayerVersion.objects.filter(player__kind=PlayerKind.LOCAL_MODEL, config__adapter__sha256=adapter)
    return found.select_related("player").order_by("created_at", "pk").first() if adapter else None


def _run(head: RunLine, base: Player) -> TrainingRun:
    start = _began_with(head.adapter)
    run = TrainingRun.objects.create(
        id=head.id,
        name=head.name[:150],
        kind=str(head.config.get("kind", "sft")),
        recipe=str(head.config.get("name", ""))[:60],
        config=head.config,
        seed=int(head.config.get("seed", 0)),
        base=base,
        base_version=base.version,
        start_from=start.player if start else None,
        start_from_version=start.number if start else None,
        start_adapter="" if start else head.adapter,
        recorded=True,
        code_version=head.code_version[:60],
        machine=head.machine[:300],
        status=RunStatus(head.status),
        error=head.error,
        started_at=head.started_at,
        ended_at=head.ended_at,
        done=head.done,
        total=head.total,
        tokens_per_second=head.tokens_per_second,
        memory_bytes=head.memory_bytes,
        worked_seconds=head.worked_seconds,
    )
    # Lists are sorted by it, and a run that was trained in spring is no new one.
    run.created_at = head.started_at
    run.save(update_fields=["created_at"])
    return run


def _checkpoint(line: CheckpointLine, adapters_in: Path | None) -> CheckpointRecord:
    kept = False
    if adapters_in is not None and line.folder and line.kind == CheckpointKind.EPOCH.value:
        stored = store_adapter(adapters_in / line.folder)
        if stored.sha256 != line.sha256:
            raise RecordingRefused(f"The adapter in {line.folder} is not the one that was told of. Nothing was loaded.")
        kept = True
    return CheckpointRecord(line.kind, line.epoch, line.step, line.scores, line.sha256, kept, line.size, line.at)


def _evaluation(
    run: TrainingRun,
    model: Player | None,
    epoch: int,
    set_name: str,
    lines: list[EpisodeLine],
    cases: dict[str, environment.Case],
) -> EvaluationRun:
    episodes = [_played(line, cases) for line in lines]
    ended = lines[0].at
    seconds = sum(answer.latency for line in lines for answer in line.answers)
    began = ended - timedelta(seconds=seconds)
    if set_name == "test" and model is not None:
        return tested_store(run, model=model, epoch=epoch, episodes=episodes, began=began, ended=ended)
    row = evaluation_store(run, epoch=epoch, set_name=set_name, episodes=episodes, began=began, ended=ended)
    return row.evaluation


def _played(line: EpisodeLine, cases: dict[str, environment.Case]) -> PlayedEpisode:
    where = f"The episode on {line.case} after epoch {line.epoch}"
    case = cases.get(line.case)
    if case is None:
        raise RecordingRefused(f"{where} is on a case that is not among the lines. Nothing was loaded.")
    try:
        # As `evaluation.play` shows NUL, which Postgres cannot hold.
        texts = [answer.text.replace("\x00", "␀") for answer in line.answers]
        env = Environment.replay(case, texts, rewards=line.rewards)
    except EpisodeOver as error:
        raise RecordingRefused(f"{where} has steps after its end here: {error}. Nothing was loaded.") from error
    if not env.state.done and line.stop in _FROM_OUTSIDE:
        env.end(StopReason(line.stop))
    if env.state.stop_reason != line.stop:
        raise RecordingRefused(
            f"{where} is said to have ended as {line.stop}, and here it stands at "
            f"{env.state.stop_reason or 'no end'} after {len(env.state.steps)} steps. Nothing was loaded."
        )
    costs = [
        StepCost(
            prompt_tokens=answer.prompt_tokens,
            computed_tokens=answer.computed_tokens,
            completion_tokens=answer.completion_tokens,
            latency=answer.latency,
            answer_stop=answer.stop,
        )
        for answer in line.answers
    ]
    return PlayedEpisode(case, env.state, costs, line.rewards, line.prompt | {"seed": line.seed}, line.error)


def _check_figures(run: TrainingRun, epoch: int, evaluation: EvaluationRun, metrics: list[MetricLine]) -> None:
    """Hold the run's figures of this epoch against the grades of its episodes.

    Raises:
        RecordingRefused: they differ.
    """
    stated = {series.name: dict(series.points).get(epoch) for series in metrics}
    for name, value in graded_figures(evaluation).items():
        said = stated.get(name)
        if said is not None and abs(said - value) > _TOLERANCE:
            raise RecordingRefused(
                f"{run.name} states {name} {said:.6f} for epoch {epoch}, and its episodes are graded {value:.6f} here. "
                "Nothing was loaded."
            )


def graded_figures(evaluation: EvaluationRun) -> dict[str, float]:
    """The means over an evaluation's episodes that its grades give, by the names of metrics."""
    one = Value(1.0, output_field=FloatField())
    grades = Grade.objects.filter(episode__entries__run=evaluation, revision=None)
    found = grades.aggregate(
        by_seed=Avg("score", filter=Q(rubric="seed-1")),
        by_grounded=Avg("score", filter=Q(rubric="grounded-1")),
        resolutions=Avg(Case(When(resolved=True, then=one), default=0.0), filter=Q(rubric="grounded-1")),
        decisions=Avg(Case(When(decision_right=True, then=one), default=0.0), filter=Q(rubric="grounded-1")),
        graded=Count("pk", filter=Q(rubric="grounded-1")),
    )
    if found["graded"] != evaluation.planned:
        # Episodes that were broken off have no grade, and the trainer's means have them in.
        return {}
    return {
        "eval/score": found["by_seed"],
        "eval/score_grounded": found["by_grounded"],
        "eval/resolved_rate": found["resolutions"],
        "eval/decision_accuracy": found["decisions"],
    }
