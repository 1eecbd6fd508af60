"""Episodes that were played to their end elsewhere: stored with their steps and grades in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from exceptions import environment
from exceptions.models import CaseVersion, Episode, EpisodeOrigin, Grade, Player, Step, settings_condition
from exceptions.services.episode_rows import ENDED_FIELDS, StepCost, end_as, final_grades, step_row

_STEPS_A_STATEMENT: Final = 1000


def played_episode_store(
    *,
    version: CaseVersion,
    player: Player,
    player_version: int,
    origin: EpisodeOrigin,
    rewards: str,
    settings: dict[str, Any],
    state: environment.EpisodeState,
    costs: Sequence[StepCost],
    error: str = "",
    episode_id: UUID | None = None,
) -> Episode:
    """Store an episode that was played to its end elsewhere, with its steps and grades, in one go.

    `costs` has one entry per step of the state.
    """
    play = EndedPlay(version, player, player_version, origin, rewards, settings, state, costs, error, episode_id)
    [episode] = played_episodes_store([play])
    return episode


@dataclass(frozen=True, slots=True)
class EndedPlay:
    """What `played_episode_store` is given of one episode."""

    version: CaseVersion
    player: Player
    player_version: int
    origin: EpisodeOrigin
    rewards: str
    settings: dict[str, Any]
    state: environment.EpisodeState
    costs: Sequence[StepCost]
    error: str = ""
    episode_id: UUID | None = None


@transaction.atomic
def played_episodes_store(plays: Sequence[EndedPlay]) -> list[Episode]:
    """`played_episode_store` for many, in a few statements for all of them. In the order of `plays`."""
    episodes, steps = [], []
    for play in plays:
        episode = Episode(
            case_version=play.version,
            player=play.player,
            player_version=play.player_version,
            origin=play.origin,
            rewards=play.rewards,
            settings=play.settings,
            condition=settings_condition(play.rewards, play.settings),
        )
        if play.episode_id is not None:
            episode.id = play.episode_id
        played = [step_row(episode, record, cost) for record, cost in zip(play.state.steps, play.costs, strict=True)]
        episode.steps_used = len(played)
        episode.invalid_steps = sum(not step.valid for step in played)
        episodes.append(episode)
        steps += played
    # An ended episode takes no steps.
    Episode.objects.bulk_create(episodes)
    Step.objects.bulk_create(steps, batch_size=_STEPS_A_STATEMENT)
    grades: list[Grade] = []
    for episode, play in zip(episodes, plays, strict=True):
        end_as(episode, play.state, play.error)
        grades += final_grades(episode, play.state)
    Episode.objects.bulk_update(episodes, ENDED_FIELDS)
    Grade.objects.bulk_create(grades)
    return episodes
