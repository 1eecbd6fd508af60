"""The token for the Hugging Face Hub: from the environment, or kept encrypted; shown to nobody."""

import os
from typing import Literal

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone
from pydantic import SecretStr

from evaluation.models import HubToken
from evaluation.sealing import CannotUnseal, seal, unseal
from evaluation.services.player_keys import KeyRefused, key_problem

VARIABLE = "HF_TOKEN"
TokenState = Literal["environment", "stored", "none"]


def hub_token_set(*, token: SecretStr, user: User | None) -> None:
    """Keep this token for the Hub that the desk asks (`HF_ENDPOINT`), in place of an earlier one.

    Raises:
        KeyRefused: this is no token.
    """
    if (problem := key_problem(token)) is not None:
        raise KeyRefused(problem)
    endpoint = settings.HF_ENDPOINT
    HubToken.objects.update_or_create(
        endpoint=endpoint,
        defaults={"sealed": seal(token, purpose=_purpose(endpoint)), "set_by": user, "set_at": timezone.now()},
    )


def hub_token_clear() -> bool:
    """Forget the token that is kept. False: there was none."""
    deleted, _by_model = HubToken.objects.filter(endpoint=settings.HF_ENDPOINT).delete()
    return bool(deleted)


def hub_token() -> SecretStr | None:
    """What the Hub is asked with: `HF_TOKEN` of this process, else what is kept for that Hub, else nothing.

    Raises:
        KeyRefused: what is kept cannot be opened any more.
    """
    if text := os.environ.get(VARIABLE, "").strip():
        return SecretStr(text)
    kept = HubToken.objects.filter(endpoint=settings.HF_ENDPOINT).first()
    if kept is None:
        return None
    try:
        return unseal(kept.sealed, purpose=_purpose(kept.endpoint))
    except CannotUnseal as error:
        raise KeyRefused(f"The token for {kept.endpoint} cannot be read: {error} Set it anew.") from error


def hub_token_state() -> TokenState:
    """Where this process would have the token from."""
    if os.environ.get(VARIABLE, "").strip():
        return "environment"
    return "stored" if HubToken.objects.filter(endpoint=settings.HF_ENDPOINT).exists() else "none"


def _purpose(endpoint: str) -> str:
    # Sealed for one Hub: whoever changes the address gets no token sent there.
    return f"token for the hub {endpoint}"
