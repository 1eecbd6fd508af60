"""Players: the ones that every desk knows from the start, and how a player is registered, changed and retired."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from exceptions.catalogue import CONSTANT_ANSWERS
from exceptions.environment import Decision, ExceptionType
from exceptions.models import Player, PlayerKind, PlayerVersion
from exceptions.services.errors import DeskError


@dataclass(frozen=True, slots=True)
class KnownPlayer:
    """A player as it is registered. `config` is what `evaluation.players.registry` builds it from."""

    slug: str
    name: str
    kind: PlayerKind
    config: dict[str, Any] = field(default_factory=dict)


_VERBS: Final = {
    Decision.APPROVE: "approve",
    Decision.HOLD: "hold",
    Decision.REJECT: "reject",
    Decision.ESCALATE: "escalate",
}


def _constant(decision: Decision, exception_type: ExceptionType) -> KnownPlayer:
    words = exception_type.value.replace("_", " ")
    return KnownPlayer(
        f"constant-{_VERBS[decision]}-{exception_type.value.replace('_', '-')}",
        f"Always {_VERBS[decision]}, {words}",
        PlayerKind.SCRIPT,
        {"script": f"constant:{decision}/{exception_type}"},
    )


KNOWN_PLAYERS: Final = (
    KnownPlayer("expert", "Expert (reads the answer)", PlayerKind.SCRIPT, {"script": "expert"}),
    KnownPlayer("three-way-match", "Three-way match", PlayerKind.SCRIPT, {"script": "three-way-match"}),
    KnownPlayer("keyword", "Keyword rules", PlayerKind.SCRIPT, {"script": "keyword"}),
    KnownPlayer("investigator", "Investigator (never submits)", PlayerKind.SCRIPT, {"script": "investigator"}),
    KnownPlayer("random", "Random", PlayerKind.SCRIPT, {"script": "random"}),
    *(_constant(decision, exception_type) for decision, exception_type in CONSTANT_ANSWERS),
    KnownPlayer(
        "smollm2-135m-instruct",
        "SmolLM2-135M",
        PlayerKind.LOCAL_MODEL,
        # Untrained, it rambles to the limit: 96 tokens are room for a submit and some five seconds on two cores.
        {"base_model": "SmolLM2-135M-Instruct", "sampling": {"max_new_tokens": 96}},
    ),
    KnownPlayer(
        "qwen3-4b-instruct-2507",
        "Qwen3-4B-Instruct-2507",
        PlayerKind.LOCAL_MODEL,
        {"base_model": "Qwen/Qwen3-4B-Instruct-2507"},
    ),
)
_KNOWN_SLUGS: Final = frozenset(known.slug for known in KNOWN_PLAYERS)


class SlugTaken(DeskError):
    """Another player has that slug."""

    status = 409
    title = "There is such a player already"


class PlayerFixed(DeskError):
    """A player that is the same on every desk, and stays as it is."""

    status = 409
    title = "This player stays as it is"


@transaction.atomic
def known_players_register() -> list[tuple[Player, str]]:
    """Make the known players that are missing. One whose configuration changed with the code becomes its next
    version.
    """
    outcomes = []
    for known in KNOWN_PLAYERS:
        player = Player.objects.filter(slug=known.slug).first()
        if player is None:
            player = _create(known.slug, known.name, known.kind, known.config, None)
            outcome = "registered"
        elif player.config != known.config:
            _next_version(player, known.config, None)
            outcome = f"version {player.version}"
        else:
            outcome = "known"
        outcomes.append((player, outcome))
    return outcomes


def comes_with_the_project(player: Player) -> bool:
    """Whether the player is one of those that every desk knows, with a configuration that the code decides."""
    return player.slug in _KNOWN_SLUGS


@transaction.atomic
def player_register(*, slug: str, name: str, kind: PlayerKind, config: Mapping[str, Any], user: User | None) -> Player:
    """Make a player, version 1.

    Raises:
        SlugTaken: there is one of that slug.
    """
    try:
        with transaction.atomic():
            return _create(slug, name, kind, dict(config), user)
    except IntegrityError:
        raise SlugTaken(f"“{slug}” is taken; choose another slug, or change that player.") from None


@transaction.atomic
def player_change(*, player_id: UUID, name: str, config: Mapping[str, Any], user: User | None) -> Player:
    """Rename or reconfigure a player. A changed configuration is its next version; a new name alone is none.

    Raises:
        PlayerFixed: it comes with the project, or is a person.
    """
    player = Player.objects.select_for_update().get(pk=player_id)
    if player.checkpoints_of is not None:
        raise PlayerFixed(f"{player.name} stands for what a training run made on the way; register a checkpoint of it.")
    if comes_with_the_project(player) or player.kind == PlayerKind.HUMAN:
        raise PlayerFixed(
            f"{player.name} is the same on every desk, so that results can be compared; register a player of your own."
        )
    if player.name != name:
        player.name = name
        player.save(update_fields=["name"])
    if player.config != dict(config):
        _next_version(player, dict(config), user)
    return player


@transaction.atomic
def player_retire(*, player_id: UUID) -> Player:
    """Let a player start no episode any more. One that is retired stays so.

    Raises:
        PlayerFixed: it is a script or a person.
    """
    player = Player.objects.select_for_update().get(pk=player_id)
    if player.kind in (PlayerKind.SCRIPT, PlayerKind.HUMAN):
        raise PlayerFixed(
            f"{player.name} cannot be retired: scripts stand on every leaderboard, and people retire themselves."
        )
    if player.retired_at is None:
        player.retired_at = timezone.now()
        player.save(update_fields=["retired_at"])
    return player


def player_return(*, player_id: UUID) -> None:
    """Let a retired player play again.

    Raises:
        PlayerFixed: it stands for the checkpoints of a training run.
    """
    if not Player.objects.filter(pk=player_id, checkpoints_of=None).update(retired_at=None):
        raise PlayerFixed("It stands for what a training run made on the way; register a checkpoint of it.")


def _create(slug: str, name: str, kind: PlayerKind, config: dict[str, Any], user: User | None) -> Player:
    player = Player.objects.create(slug=slug, name=name, kind=kind, config=config)
    PlayerVersion.objects.create(player=player, number=1, config=config, created_by=user)
    return player


def _next_version(player: Player, config: dict[str, Any], user: User | None) -> None:
    player.config = config
    player.version += 1
    player.save(update_fields=["config", "version"])
    PlayerVersion.objects.create(player=player, number=player.version, config=config, created_by=user)
