"""From a player's row to somebody who plays; built once in each worker process."""

import json
import threading
from typing import Any, TypeVar

from django.conf import settings
from pydantic import BaseModel, ValidationError

from evaluation.players.adapters import checked_adapter
from evaluation.players.configs import ApiModelConfig, LocalModelConfig
from evaluation.players.protocol import Player, PlayerError
from evaluation.players.scripts import script_player
from evaluation.prompting import PromptSettings, shared_opening
from exceptions.models import Player as PlayerRow
from exceptions.models import PlayerKind
from exceptions.services.lane import LANE_SETTINGS

_Config = TypeVar("_Config", bound=BaseModel)
#: By slug: what it was built from, and the player.
_built: dict[str, tuple[str, Player]] = {}
_building = threading.Lock()


def player_for(row: PlayerRow) -> Player:
    """The player of a row; the same one as long as the row's version, configuration and key stay.

    Raises:
        PlayerError: it cannot be built here; says what is missing.
    """
    built_from = json.dumps([row.version, row.kind, row.config, _key_marker(row)], sort_keys=True)
    with _building:
        known = _built.get(row.slug)
        if known is None or known[0] != built_from:
            # The one before goes first: two models may not fit into memory together.
            _built.pop(row.slug, None)
            known = _built[row.slug] = (built_from, _build(row))
    return known[1]


def _build(row: PlayerRow) -> Player:
    match PlayerKind(row.kind):
        case PlayerKind.SCRIPT:
            return script_player(row.config["script"])
        case PlayerKind.LOCAL_MODEL:
            return _local_model(row.name, _read(row, LocalModelConfig))
        case PlayerKind.API_MODEL:
            return _api_model(row, _read(row, ApiModelConfig))
        case kind:
            raise PlayerError(f"{row.name} is a {kind.label.lower()}: it is not played by a worker.")


def _local_model(name: str, config: LocalModelConfig) -> Player:
    # Before any weights are read: an altered adapter is refused at once.
    adapter = checked_adapter(config.adapter) if config.adapter else None

    from evaluation.devices import import_torch
    from evaluation.players.local_model import LocalModelPlayer

    import_torch()
    from evaluation.players.drawing import Sampling

    player = LocalModelPlayer.load(
        name,
        config.base_model,
        adapter=adapter,
        cache_directory=settings.MODEL_CACHE_DIR,
        sampling=Sampling(**config.sampling.model_dump()),
        worksheet=config.worksheet,
    )
    player.warm_up(shared_opening(PromptSettings.from_settings(LANE_SETTINGS)))
    return player


def _api_model(row: PlayerRow, config: ApiModelConfig) -> Player:
    from evaluation.players.api_model import ApiModelPlayer
    from evaluation.services.player_keys import player_key

    return ApiModelPlayer(row.name, config, player_key(row, config))


def _key_marker(row: PlayerRow) -> str:
    """Changes when another key is set for the player; says nothing about the key."""
    if row.kind != PlayerKind.API_MODEL:
        return ""
    from evaluation.models import PlayerSecret

    set_at: Any = PlayerSecret.objects.filter(player=row).values_list("set_at", flat=True).first()
    return set_at.isoformat() if set_at else ""


def _read(row: PlayerRow, model: type[_Config]) -> _Config:
    try:
        return model.model_validate(row.config)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in detail['loc'])}: {detail['msg']}"
            for detail in error.errors(include_url=False, include_input=False)
        )
        raise PlayerError(f"The configuration of {row.name} cannot be played with: {wrong}.") from None
