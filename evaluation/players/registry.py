"""From a player's row to somebody who plays; built once in each worker process."""

from typing import Any

from django.conf import settings

from evaluation.players.protocol import Player, PlayerError
from evaluation.players.scripts import script_player
from evaluation.prompting import PromptSettings, shared_opening
from exceptions.models import Player as PlayerRow
from exceptions.models import PlayerKind
from exceptions.services.lane import LANE_SETTINGS

_built: dict[tuple[str, int], Player] = {}


def player_for(row: PlayerRow) -> Player:
    """The player of a row; the same one as long as the row's version stays.

    Raises:
        PlayerError: it cannot be built here; says what is missing.
    """
    key = (row.slug, row.version)
    if key not in _built:
        _built[key] = _build(row.name, PlayerKind(row.kind), row.config)
    return _built[key]


def _build(name: str, kind: PlayerKind, config: dict[str, Any]) -> Player:
    match kind:
        case PlayerKind.SCRIPT:
            return script_player(config["script"])
        case PlayerKind.LOCAL_MODEL:
            from evaluation.devices import import_torch
            from evaluation.players.local_model import LocalModelPlayer

            import_torch()
            from evaluation.players.decoding import Sampling

            player = LocalModelPlayer.load(
                name,
                config["base_model"],
                cache_directory=settings.MODEL_CACHE_DIR,
                sampling=Sampling(**config.get("sampling", {})),
            )
            player.warm_up(shared_opening(PromptSettings.from_settings(LANE_SETTINGS)))
            return player
    raise PlayerError(f"{name} is a {kind.label.lower()}: it is not played by a worker.")
