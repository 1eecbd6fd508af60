"""A run as the lines of a file."""

import json
from collections.abc import Iterator

from evaluation.models import EvaluationRun, RunStatus
from evaluation.recorded.lines import FORMAT, EpisodeLine, RunLine, StepPart
from exceptions.models import Episode, Step
from exceptions.services.errors import DeskError


class NotRecordable(DeskError):
    """A run that cannot be written: it has not succeeded."""

    status = 409
    title = "The run cannot be recorded"


def recorded_run_lines(run: EvaluationRun, *, played_on: str) -> Iterator[str]:
    """The run's lines, episodes in the order of its entries.

    Raises:
        NotRecordable: the run has not been played to its end.
    """
    if run.status != RunStatus.SUCCEEDED or run.started_at is None or run.ended_at is None:
        raise NotRecordable(f"The run is {run.get_status_display().lower()}; only one that has succeeded is recorded.")
    entries = list(
        run.entries.filter(reused=False)
        .select_related("player", "case_version__case", "episode")
        .prefetch_related("episode__steps", "episode__grades")
        .order_by("pk")
    )
    yield _line(
        RunLine(
            format=FORMAT,
            id=run.pk,
            name=run.name,
            case_set=run.case_set,
            rewards=run.rewards,
            settings=run.settings,
            samples=run.samples,
            players={entry.player.slug: entry.player.config for entry in entries},
            cases={entry.case_version.case.slug: entry.case_version.digest for entry in entries},
            started_at=run.started_at,
            ended_at=run.ended_at,
            played_on=played_on,
        )
    )
    for entry in entries:
        if entry.episode is not None:
            yield _line(_episode(entry.episode, entry.player.slug, entry.case_version.case.slug, entry.sample))


def _episode(episode: Episode, player: str, case: str, sample: int) -> EpisodeLine:
    return EpisodeLine(
        id=episode.pk,
        player=player,
        case=case,
        sample=sample,
        stop_reason=episode.stop_reason,
        error=episode.error,
        steps=[_step(step) for step in episode.steps.all()],
        scores={grade.rubric: grade.score for grade in episode.grades.all()},
    )


def _step(step: Step) -> StepPart:
    return StepPart(
        raw=step.raw_output or "",
        prompt=step.prompt_tokens,
        computed=step.computed_tokens,
        completion=step.completion_tokens,
        latency=round(step.latency, 4),
        budget=step.prompt_budget,
        ids=step.token_ids,
        # Six digits are what float32 has.
        logprobs=None if step.logprobs is None else [float(f"{logprob:.6g}") for logprob in step.logprobs],
        stop=step.answer_stop,
    )


def _line(part: RunLine | EpisodeLine) -> str:
    return json.dumps(part.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False) + "\n"
