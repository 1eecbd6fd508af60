"""Tokens for the API: hashed in the database, so that nobody can be shown one a second time."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from knox.models import AuthToken

from exceptions.services.errors import DeskError


class TooManyTokens(DeskError):
    """Nobody keeps an eye on more tokens than that."""

    status = 409
    title = "You have too many tokens"


@transaction.atomic
def token_create(*, user: User, lifetime: timedelta | None) -> tuple[str, datetime | None]:
    """Make a token of the user's; returns it, for the only time, and when it expires (None: never).

    Raises:
        TooManyTokens: the user has `TOKEN_LIMIT_PER_USER` that are still good.
    """
    # The user's row is locked so that two requests at once count each other's tokens.
    User.objects.select_for_update().get(pk=user.pk)
    limit = settings.REST_KNOX["TOKEN_LIMIT_PER_USER"]
    good = AuthToken.objects.filter(Q(expiry=None) | Q(expiry__gt=timezone.now()), user=user)
    if good.count() >= limit:
        raise TooManyTokens(f"{limit} is the most that one account keeps. Revoke one that is not used any more.")
    row, token = AuthToken.objects.create(user=user, expiry=lifetime)
    return token, row.expiry


def token_revoke(*, user: User, digest: str) -> bool:
    """Delete a token of the user's: whoever uses it is refused from now on. False: the user has no such token."""
    deleted, _by_model = AuthToken.objects.filter(user=user, digest=digest).delete()
    return bool(deleted)
