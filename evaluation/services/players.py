"""Model players: register one, change it to its next version."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import slugify
from pydantic import BaseModel, SecretStr, ValidationError

from evaluation.players.configs import ApiModelConfig, LocalModelConfig
from evaluation.services.player_keys import player_key_set
from exceptions.models import Player, PlayerKind
from exceptions.services.errors import DeskError
from exceptions.services.players import player_change, player_register

ModelConfig = ApiModelConfig | LocalModelConfig
CONFIGS: Final[dict[PlayerKind, type[ApiModelConfig] | type[LocalModelConfig]]] = {
    PlayerKind.API_MODEL: ApiModelConfig,
    PlayerKind.LOCAL_MODEL: LocalModelConfig,
}
MAX_NAME: Final = 150
MAX_SLUG: Final = 120
_SLUG: Final = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


class ConfigRefused(DeskError):
    """A configuration that no player can have. `errors` says what is wrong, as (path in the configuration, words)."""

    status = 400
    title = "The configuration was refused"

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{path}: {message}" if path else message for path, message in errors))


@transaction.atomic
def model_player_register(
    *, name: str, config: ModelConfig, user: User | None, slug: str = "", key: SecretStr | None = None
) -> Player:
    """Register a model as a player. Without a slug it gets one made of its name.

    Raises:
        SlugTaken: there is a player of that slug.
        KeyRefused: the key cannot be kept for it.
    """
    kind = PlayerKind.API_MODEL if isinstance(config, ApiModelConfig) else PlayerKind.LOCAL_MODEL
    player = player_register(
        slug=slug or slug_of(name), name=name, kind=kind, config=config.model_dump(mode="json"), user=user
    )
    if key is not None:
        player_key_set(player=player, key=key, user=user)
    return player


@transaction.atomic
def model_player_change(*, player: Player, name: str, config: ModelConfig, user: User | None) -> Player:
    """Change a model player. Another configuration is its next version: what it played before stays with the earlier.

    Raises:
        PlayerFixed: it comes with the project.
    """
    before = config_of(player)
    # A stored configuration may lack fields that were added since: it is the same one if it reads the same.
    stored = player.config if before == config else config.model_dump(mode="json")
    return player_change(player_id=player.pk, name=name, config=stored, user=user)


def config_of(player: Player) -> ModelConfig | None:
    """A model player's configuration; None for scripts and people, and for one that no longer reads as one."""
    model = CONFIGS.get(PlayerKind(player.kind))
    if model is None:
        return None
    try:
        return model.model_validate(player.config)
    except ValidationError:
        return None


def config_read(kind: PlayerKind, given: Mapping[str, Any]) -> ModelConfig:
    """The configuration of a player of this kind, from what somebody gave.

    Raises:
        ConfigRefused: it is none; says every field that is wrong.
    """
    model: type[BaseModel] = CONFIGS[kind]
    try:
        config = model.model_validate(dict(given))
    except ValidationError as error:
        raise ConfigRefused(
            [
                (".".join(str(part) for part in detail["loc"]), detail["msg"])
                for detail in error.errors(include_url=False, include_input=False)
            ]
        ) from None
    assert isinstance(config, ApiModelConfig | LocalModelConfig)  # noqa: S101 - narrows the type only
    return config


def slug_of(name: str) -> str:
    """A slug made of a name: `gpt-4.1 mini` → `gpt-4-1-mini`. `model` when nothing is left of the name."""
    return slugify(name.replace(".", "-").replace("/", "-"))[:MAX_SLUG].strip("-") or "model"


def slug_problem(slug: str) -> str | None:
    """What is wrong with a slug that somebody chose; None for a good one."""
    if not _SLUG.fullmatch(slug) or len(slug) > MAX_SLUG:
        return "Small letters, digits and single hyphens only, such as gpt-4-1-mini."
    if slug == "new" or slug.startswith("human-"):
        return "This slug is reserved; choose another."
    return None
