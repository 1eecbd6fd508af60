"""The model beside the reviewer: ask for its episode when a case is opened, or replay one that was recorded."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from exceptions import environment
from exceptions.models import Episode, EpisodeOrigin, EpisodeStatus, Player
from exceptions.services.leases import episode_enqueue

#: What makes a lane episode repeatable. Greedy: the same player version gives the same episode on the same case
#: version.
LANE_SETTINGS: dict[str, Any] = {
    "rendering": "append_only",
    "prompt_budget": 2048,
    "prompt_policy": "fail",
    "seed": 0,
}


def lane_players() -> list[Player]:
    """The players of the lane, in the order of its tabs."""
    by_slug = Player.objects.in_bulk(settings.LANE_PLAYERS, field_name="slug")
    return [by_slug[slug] for slug in settings.LANE_PLAYERS if slug in by_slug]


def lane_request(episode: Episode) -> None:
    """Ask every player of the lane for its episode on this case, unless one beside this episode or a recorded one is
    there.
    """
    for play in lane_plays(episode):
        if play.episode is None:
            lane_play(episode, play.player)


@transaction.atomic
def lane_play(episode: Episode, player: Player) -> Episode:
    """Let the player play the case live beside the reviewer's episode (once)."""
    live, created = Episode.objects.get_or_create(
        beside=episode,
        player=player,
        defaults={
            "case_version": episode.case_version,
            "player_version": player.version,
            "user": episode.user,
            "origin": EpisodeOrigin.LANE,
            "rewards": episode.rewards,
            "settings": LANE_SETTINGS,
            "status": EpisodeStatus.QUEUED,
        },
    )
    if created:
        episode_enqueue(live)
    return live


def recorded_episode(episode: Episode, player: Player) -> Episode | None:
    """The latest episode that this version of the player ended on this case version with the lane's settings."""
    return (
        Episode.objects.filter(
            case_version=episode.case_version,
            player=player,
            player_version=player.version,
            origin=EpisodeOrigin.LANE,
            rewards=episode.rewards,
            settings=LANE_SETTINGS,
            status=EpisodeStatus.ENDED,
        )
        .exclude(stop_reason__in=[environment.StopReason.PLAYER_ERROR, environment.StopReason.CANCELLED])
        .select_related("player")
        .prefetch_related("steps", "grades")
        .order_by("-created_at")
        .first()
    )


@dataclass(frozen=True, slots=True)
class LanePlay:
    """What one player of the lane shows beside an episode: its live episode, else a recorded one, else nothing."""

    player: Player
    episode: Episode | None
    recorded: bool


def lane_plays(episode: Episode) -> list[LanePlay]:
    """Every lane player's play beside this episode, in the order of the tabs."""
    beside = Episode.objects.filter(beside=episode).select_related("player").prefetch_related("steps", "grades")
    live = {theirs.player_id: theirs for theirs in beside}
    plays = []
    for player in lane_players():
        theirs = live.get(player.pk)
        recorded = recorded_episode(episode, player) if theirs is None else None
        plays.append(LanePlay(player, theirs or recorded, recorded is not None))
    return plays
