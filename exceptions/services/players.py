"""Players that every desk knows from the start: the scripts, and two base models."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from exceptions.models import Player, PlayerKind


@dataclass(frozen=True, slots=True)
class KnownPlayer:
    """A player as it is registered. `config` is what `evaluation.players.registry` builds it from."""

    slug: str
    name: str
    kind: PlayerKind
    config: dict[str, Any] = field(default_factory=dict)


KNOWN_PLAYERS = (
    KnownPlayer("expert", "Expert (reads the answer)", PlayerKind.SCRIPT, {"script": "expert"}),
    KnownPlayer("three-way-match", "Three-way match", PlayerKind.SCRIPT, {"script": "three-way-match"}),
    KnownPlayer("keyword", "Keyword rules", PlayerKind.SCRIPT, {"script": "keyword"}),
    KnownPlayer("investigator", "Investigator (never submits)", PlayerKind.SCRIPT, {"script": "investigator"}),
    KnownPlayer("random", "Random", PlayerKind.SCRIPT, {"script": "random"}),
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


@transaction.atomic
def known_players_register() -> list[tuple[Player, str]]:
    """Make the known players that are missing. One whose configuration changed with the code becomes its next
    version.
    """
    outcomes = []
    for known in KNOWN_PLAYERS:
        player, created = Player.objects.get_or_create(
            slug=known.slug, defaults={"name": known.name, "kind": known.kind, "config": known.config}
        )
        outcome = "registered" if created else "known"
        if player.config != known.config:
            player.config = known.config
            player.version += 1
            player.save(update_fields=["config", "version"])
            outcome = f"version {player.version}"
        outcomes.append((player, outcome))
    return outcomes
