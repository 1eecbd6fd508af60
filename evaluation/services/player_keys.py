"""Keys of API players: kept encrypted, read only where an endpoint is asked, shown to nobody."""

import os

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from pydantic import SecretStr

from evaluation.models import HubToken, PlayerSecret
from evaluation.players.configs import ApiModelConfig
from evaluation.players.protocol import PlayerError
from evaluation.sealing import CannotUnseal, reseal, seal, unseal
from exceptions.models import Player, PlayerKind
from exceptions.services.errors import DeskError

MAX_KEY_CHARACTERS = 2000


class KeyRefused(DeskError):
    """A key that cannot be kept for this player."""

    status = 422
    title = "The key was not stored"


@transaction.atomic
def player_key_set(*, player: Player, key: SecretStr, user: User | None) -> None:
    """Keep this key for the player's endpoint, in place of an earlier one.

    Raises:
        KeyRefused: the player asks no endpoint, or reads its key from the environment, or this is no key.
    """
    if player.kind != PlayerKind.API_MODEL:
        raise KeyRefused(f"{player.name} asks no endpoint: it needs no key.")
    config = ApiModelConfig.model_validate(player.config)
    if config.api_key_env:
        raise KeyRefused(
            f"{player.name} reads its key from the variable {config.api_key_env}; "
            "take that out of its configuration first."
        )
    if (problem := key_problem(key)) is not None:
        raise KeyRefused(problem)
    PlayerSecret.objects.update_or_create(
        player=player,
        defaults={
            "origin": config.origin,
            "sealed": seal(key, purpose=_purpose(player, config.origin)),
            "set_by": user,
            "set_at": timezone.now(),
        },
    )


def key_problem(key: SecretStr) -> str | None:
    """What is wrong with a key, in words that do not repeat it; None for one that a header can carry."""
    text = key.get_secret_value()
    if not text:
        return "The key is empty."
    if len(text) > MAX_KEY_CHARACTERS or any(not 32 < ord(sign) < 127 for sign in text):
        return f"A key has up to {MAX_KEY_CHARACTERS} letters, digits and signs, and no spaces or line breaks."
    return None


def player_key_clear(*, player: Player) -> bool:
    """Forget the player's key. False: there was none."""
    deleted, _by_model = PlayerSecret.objects.filter(player=player).delete()
    return bool(deleted)


def player_key(player: Player, config: ApiModelConfig) -> SecretStr | None:
    """The key that the player's endpoint is asked with; None for one that needs none.

    Raises:
        PlayerError: there should be one and it cannot be had here; says what to do.
    """
    if config.api_key_env:
        return _from_environment(player, config.api_key_env)
    kept = PlayerSecret.objects.filter(player=player).first()
    if kept is None:
        return None
    if kept.origin != config.origin:
        raise PlayerError(
            f"The key of {player.name} was set for {kept.origin} and is not sent to {config.origin}; set it anew."
        )
    try:
        return unseal(kept.sealed, purpose=_purpose(player, kept.origin))
    except CannotUnseal as error:
        raise PlayerError(f"The key of {player.name} cannot be read: {error} Set it anew.") from error


def keys_reseal() -> tuple[int, list[str]]:
    """Encrypt all keys, and tokens for the Hub, with the first of `FIELD_ENCRYPTION_KEYS`.

    Returns how many, and whose could not be opened.
    """
    done, lost = 0, []
    with transaction.atomic():
        sealed: list[PlayerSecret | HubToken] = [
            *PlayerSecret.objects.select_for_update(of=("self",)).select_related("player"),
            *HubToken.objects.select_for_update(of=("self",)),
        ]
        for kept in sealed:
            try:
                kept.sealed = reseal(kept.sealed)
            except CannotUnseal:
                lost.append(kept.player.slug if isinstance(kept, PlayerSecret) else kept.endpoint)
                continue
            kept.save(update_fields=["sealed"])
            done += 1
    return done, lost


def _from_environment(player: Player, name: str) -> SecretStr:
    key = SecretStr(os.environ.get(name, "").strip())
    if not key.get_secret_value():
        raise PlayerError(
            f"{player.name} reads its key from the environment variable {name}, which is not set in this process; "
            "set it for the workers (and for the web process, to try the endpoint from its page)."
        )
    if key_problem(key) is not None:
        raise PlayerError(f"The environment variable {name} holds no key: a header cannot carry what is in it.")
    return key


def _purpose(player: Player, origin: str) -> str:
    # Sealed for one player and one origin: neither a moved row nor a changed address gets the key sent elsewhere.
    return f"key of player {player.pk} for {origin}"
