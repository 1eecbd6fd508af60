"""How often a person and a model come to the same resolution of the same case."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib.auth.models import User

from exceptions import environment
from exceptions.models import Episode, EpisodeOrigin, EpisodeStatus, Player
from exceptions.selectors.visibility import answers_visible_to

#: The latest of the user's cases that are looked at.
CASES_COMPARED: Final = 200


@dataclass(frozen=True, slots=True)
class Agreement:
    """One model against one person: `both` cases that both finished with a resolution."""

    player: str
    both: int
    same_decision: int
    same_resolution: int  # decision and exception type

    @property
    def share(self) -> float | None:
        """Share of the cases with the same decision; None when there is none to compare."""
        return self.same_decision / self.both if self.both else None


def agreement_with(user: User, players: Iterable[Player]) -> list[Agreement]:
    """The user's first resolution of each case version against each model's latest one. Two queries.

    The first, because every later one was made after having seen the answer. Cases whose answer the user may not see
    now are left out.
    """
    own = (
        Episode.objects.filter(
            answers_visible_to(user),
            user=user,
            origin=EpisodeOrigin.DESK,
            status=EpisodeStatus.ENDED,
            stop_reason=environment.StopReason.SUBMITTED,
        )
        .order_by("-created_at")
        .values_list("case_version", "final_decision", "exception_type")[:CASES_COMPARED]
    )
    # The last one written is the first one played.
    mine: dict[UUID, tuple[str, str]] = {version: (decision, kind) for version, decision, kind in own}
    players = list(players)
    theirs: dict[UUID, dict[UUID, tuple[str, str]]] = {player.pk: {} for player in players}
    latest = (
        Episode.objects.filter(
            case_version__in=list(mine),
            player__in=players,
            status=EpisodeStatus.ENDED,
            stop_reason=environment.StopReason.SUBMITTED,
        )
        .order_by("player", "case_version", "-created_at")
        .distinct("player", "case_version")
    )
    for player, version, decision, kind in latest.values_list(
        "player_id", "case_version_id", "final_decision", "exception_type"
    ):
        theirs[player][version] = (decision, kind)
    return [
        Agreement(
            player=player.name,
            both=len(theirs[player.pk]),
            same_decision=sum(mine[version][0] == given[0] for version, given in theirs[player.pk].items()),
            same_resolution=sum(mine[version] == given for version, given in theirs[player.pk].items()),
        )
        for player in players
    ]
