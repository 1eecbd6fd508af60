"""The episodes of a checkpoint, stored: what every figure of a training run is computed from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from evaluation.models import EvaluationEntry, EvaluationRun, RunStatus
from exceptions.environment import Case, EpisodeState
from exceptions.models import EpisodeOrigin, Player, PlayerKind, PlayerVersion
from exceptions.services.cases import measured_cases_store
from exceptions.services.episode_rows import StepCost
from exceptions.services.played_episodes import EndedPlay, played_episodes_store
from training.models import EvaluatedSet, TrainingEvaluation, TrainingRun
from training.services.leases import leased


@dataclass(frozen=True, slots=True)
class PlayedEpisode:
    """An episode that was played in a run, with what each of its steps cost."""

    case: Case
    state: EpisodeState
    costs: Sequence[StepCost]
    rewards: str
    settings: Mapping[str, Any]
    error: str = ""


@transaction.atomic
def leased_evaluation_store(
    *,
    run_id: UUID,
    token: UUID,
    epoch: int,
    set_name: str,
    episodes: Sequence[PlayedEpisode],
    began: datetime,
    ended: datetime,
) -> None:
    """Store the episodes that the holder of the lease has played.

    Raises:
        LeaseLost: the lease is somebody else's now; nothing was stored.
    """
    evaluation_store(leased(run_id, token), epoch=epoch, set_name=set_name, episodes=episodes, began=began, ended=ended)


@transaction.atomic
def evaluation_store(
    run: TrainingRun, *, epoch: int, set_name: str, episodes: Sequence[PlayedEpisode], began: datetime, ended: datetime
) -> TrainingEvaluation:
    """Store the evaluation of one epoch on one set, its cases first where they are not there yet.

    An epoch that a resumed run has evaluated once more points to the new episodes; the first ones stay unmentioned.
    """
    name = f"{run.name}: {EvaluatedSet(set_name).label.lower()}, {_moment(run, epoch)}"
    player = _checkpoint_player(run, epoch)
    evaluation = _played(
        run,
        name,
        player,
        epoch + 1,
        EpisodeOrigin.TRAINING,
        episodes,
        training_run=run.pk,
        started_at=began,
        ended_at=ended,
    )
    row, _created = TrainingEvaluation.objects.update_or_create(
        run=run, epoch=epoch, set_name=set_name, defaults={"evaluation": evaluation}
    )
    return row


@transaction.atomic
def tested_store(
    run: TrainingRun,
    *,
    model: Player,
    epoch: int,
    episodes: Sequence[PlayedEpisode],
    began: datetime,
    ended: datetime,
) -> EvaluationRun:
    """Store the test of the model that came of a run elsewhere: an ordinary evaluation, which comparisons read."""
    name = f"Test of {model.name}"
    evaluation = _played(
        run, name, model, model.version, EpisodeOrigin.EVALUATION, episodes, started_at=began, ended_at=ended
    )
    TrainingEvaluation.objects.create(run=run, epoch=epoch, set_name=EvaluatedSet.TEST, evaluation=evaluation)
    return evaluation


def _played(
    run: TrainingRun,
    name: str,
    player: Player,
    version: int,
    origin: EpisodeOrigin,
    episodes: Sequence[PlayedEpisode],
    **fields: Any,
) -> EvaluationRun:
    """An evaluation run that has been played, with its episodes."""
    if not episodes:
        raise ValueError(f"no episodes for “{name}”")
    versions = measured_cases_store(cases=[one.case for one in episodes])
    evaluation = EvaluationRun.objects.create(
        name=name[:150],
        created_by=run.created_by,
        status=RunStatus.SUCCEEDED,
        case_set={"references": [versions[one.case.id].case.reference for one in episodes]},
        rewards=episodes[0].rewards,
        settings=dict(episodes[0].settings),
        planned=len(episodes),
        recorded=run.recorded,
        **fields,
    )
    stored = played_episodes_store(
        [
            EndedPlay(
                version=versions[one.case.id],
                player=player,
                player_version=version,
                origin=origin,
                rewards=one.rewards,
                settings=dict(one.settings),
                state=one.state,
                costs=one.costs,
                error=one.error,
            )
            for one in episodes
        ]
    )
    entries = [
        EvaluationEntry(
            run=evaluation,
            player=player,
            player_version=version,
            case_version=episode.case_version,
            sample=0,
            episode=episode,
        )
        for episode in stored
    ]
    EvaluationEntry.objects.bulk_create(entries)
    return evaluation


def _checkpoint_player(run: TrainingRun, epoch: int) -> Player:
    """Who stands for the run's checkpoints, with a version for this epoch. Retired: it starts no episode itself."""
    player = run.checkpoint_player
    if player is None:
        player = Player.objects.create(
            slug=f"training-{run.pk}",
            name=f"Checkpoints of {run.name}"[:150],
            kind=PlayerKind.LOCAL_MODEL,
            config=_config(run, 0),
            checkpoints_of=run.pk,
            retired_at=run.created_at,
        )
        run.checkpoint_player = player
        run.save(update_fields=["checkpoint_player"])
    number = epoch + 1
    PlayerVersion.objects.get_or_create(player=player, number=number, defaults={"config": _config(run, epoch)})
    if number > player.version:
        player.version, player.config = number, _config(run, epoch)
        player.save(update_fields=["version", "config"])
    return player


def _config(run: TrainingRun, epoch: int) -> dict[str, Any]:
    """What tells the checkpoint: its adapter is not written yet when its episodes are."""
    return {"base_model": run.base.config.get("base_model", ""), "training_run": str(run.pk), "epoch": epoch}


def _moment(run: TrainingRun, epoch: int) -> str:
    if epoch == 0:
        return "before training"
    return f"after {'iteration' if run.kind == 'grpo' else 'epoch'} {epoch}"
