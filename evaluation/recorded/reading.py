"""A file's run into the database: every episode is replayed and graded, and must score what its line says."""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from pydantic import ValidationError

from evaluation.models import EvaluationEntry, EvaluationRun, RunStatus
from evaluation.recorded.lines import EpisodeLine, RunLine, StepPart
from evaluation.services.runs import run_settings
from exceptions.environment import Environment, EpisodeOver, StopReason
from exceptions.models import CaseVersion, Episode, EpisodeOrigin, Grade, Player
from exceptions.services.episode_rows import StepCost
from exceptions.services.errors import DeskError
from exceptions.services.played_episodes import EndedPlay, played_episodes_store

_TOLERANCE = 1e-9
#: What ends an episode without a step; the other ends come from playing.
_FROM_OUTSIDE = (StopReason.PROMPT_BUDGET_EXCEEDED, StopReason.PLAYER_ERROR, StopReason.CANCELLED)

Line = TypeVar("Line", RunLine, EpisodeLine)


class RecordingRefused(DeskError):
    """A file that is no recorded run, or one whose episodes do not play out here as it says."""

    status = 422
    title = "The recorded run was not loaded"


@transaction.atomic
def recorded_run_load(path: Path) -> tuple[EvaluationRun | None, str]:
    """The run of a file, and what was done, in words. A run that is there already stays as it is.

    No run is made when a player or a case is not the one that it was played with: the words say which.

    Raises:
        RecordingRefused: the file is damaged, or an episode does not give the scores that it states.
    """
    lines = _lines(path)
    head = _parse(RunLine, next(lines, ""), path, 1)
    if known := EvaluationRun.objects.filter(pk=head.id).first():
        return known, "known"
    players = Player.objects.in_bulk(list(head.players), field_name="slug")
    versions = {
        version.case.slug: version
        for version in CaseVersion.objects.filter(case__slug__in=head.cases, digest__in=head.cases.values())
        .select_related("case", "truth")
        .order_by("number")
        if head.cases[version.case.slug] == version.digest
    }
    changed = [slug for slug, config in head.players.items() if slug not in players or players[slug].config != config]
    if missing := sorted(changed) + sorted(set(head.cases) - set(versions)):
        return None, f"left out: not here, or not as they were when it was played: {', '.join(missing)}"
    run = EvaluationRun.objects.create(
        id=head.id,
        name=head.name,
        status=RunStatus.SUCCEEDED,
        case_set=head.case_set,
        rewards=head.rewards,
        settings=run_settings(head.settings),
        samples=head.samples,
        recorded=True,
        started_at=head.started_at,
        ended_at=head.ended_at,
    )
    told: list[tuple[EpisodeLine, str]] = []
    plays: list[EndedPlay] = []
    for number, text in enumerate(lines, start=2):
        line, where = _parse(EpisodeLine, text, path, number), f"{path.name}, line {number}"
        told.append((line, where))
        plays.append(_replayed(run, line, players[line.player], versions[line.case], where))
    episodes = played_episodes_store(plays)
    _check_scores(episodes, told)
    entries = EvaluationEntry.objects.bulk_create(
        EvaluationEntry(
            run=run,
            player=episode.player,
            player_version=episode.player_version,
            case_version=episode.case_version,
            sample=line.sample,
            episode=episode,
        )
        for episode, (line, _where) in zip(episodes, told, strict=True)
    )
    run.planned = len(entries)
    run.save(update_fields=["planned"])
    return run, f"loaded, {len(entries)} episodes"


def _replayed(run: EvaluationRun, line: EpisodeLine, player: Player, version: CaseVersion, where: str) -> EndedPlay:
    try:
        env = Environment.replay(version.answered, [step.raw for step in line.steps], rewards=run.rewards)
    except EpisodeOver as error:
        raise RecordingRefused(f"{where}: the episode has steps after its end here: {error}.") from error
    if not env.state.done and line.stop_reason in _FROM_OUTSIDE:
        env.end(StopReason(line.stop_reason))
    if env.state.stop_reason != line.stop_reason:
        raise RecordingRefused(
            f"{where}: the episode is said to have ended as {line.stop_reason}, and here it stands at "
            f"{env.state.stop_reason or 'no end'} after {len(env.state.steps)} steps."
        )
    return EndedPlay(
        version=version,
        player=player,
        player_version=player.version,
        origin=EpisodeOrigin.EVALUATION,
        rewards=run.rewards,
        settings=run.settings_of_sample(line.sample),
        state=env.state,
        costs=[_cost(step) for step in line.steps],
        error=line.error,
        episode_id=line.id,
    )


def _check_scores(episodes: Sequence[Episode], told: Sequence[tuple[EpisodeLine, str]]) -> None:
    """Hold the grades of the episodes against what their lines state.

    Raises:
        RecordingRefused: they differ.
    """
    graded: dict[UUID, dict[str, float]] = {episode.pk: {} for episode in episodes}
    for grade in Grade.objects.filter(episode__in=graded):
        graded[grade.episode_id][grade.rubric] = grade.score
    for episode, (line, where) in zip(episodes, told, strict=True):
        scores = graded[episode.pk]
        if scores.keys() != line.scores.keys() or any(
            abs(scores[rubric] - stated) > _TOLERANCE for rubric, stated in line.scores.items()
        ):
            raise RecordingRefused(f"{where}: the episode scored {line.scores}, and here {scores}.")


def _cost(step: StepPart) -> StepCost:
    return StepCost(
        prompt_tokens=step.prompt,
        computed_tokens=step.computed,
        completion_tokens=step.completion,
        latency=step.latency,
        prompt_budget=step.budget,
        token_ids=step.ids,
        logprobs=step.logprobs,
        answer_stop=step.stop,
    )


def _lines(path: Path) -> Iterator[str]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield from file
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise RecordingRefused(f"{path} cannot be read to its end: {error}. Nothing was loaded.") from error


def _parse(kind: type[Line], text: str, path: Path, number: int) -> Line:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RecordingRefused(f"{path.name}, line {number}: {place} {first['msg']}. Nothing was loaded.") from error
