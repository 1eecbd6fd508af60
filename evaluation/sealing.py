"""Encrypting what must be kept and never shown (Fernet: AES-128-CBC with HMAC-SHA256).

Keys are derived from `FIELD_ENCRYPTION_KEYS`, which is `SECRET_KEY` unless the environment says otherwise. The first
encrypts, all of them decrypt: put a new one in front, run `manage.py reseal_keys`, take the old one away.
"""

import base64
import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from pydantic import SecretStr

_PURPOSE = b"invoiceguard player secret 1"


class CannotUnseal(Exception):
    """Sealed with a key that is not among `FIELD_ENCRYPTION_KEYS`, or for something else, or altered."""


def seal(secret: SecretStr, *, purpose: str) -> str:
    """The secret as text that only `unseal` with the same purpose reads."""
    content = json.dumps({"purpose": purpose, "secret": secret.get_secret_value()})
    return _cipher().encrypt(content.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> SecretStr:
    """What was sealed.

    Raises:
        CannotUnseal: not with these keys, or not for this purpose: a row that was moved is of no use.
    """
    try:
        content = json.loads(_cipher().decrypt(sealed.encode()))
    except InvalidToken:
        raise CannotUnseal("It was sealed with another key than FIELD_ENCRYPTION_KEYS (or SECRET_KEY) names.") from None
    if content["purpose"] != purpose:
        raise CannotUnseal("It was sealed for something else.")
    return SecretStr(content["secret"])


def reseal(sealed: str) -> str:
    """The same, sealed with the first key.

    Raises:
        CannotUnseal: none of the keys opens it.
    """
    try:
        return _cipher().rotate(sealed.encode()).decode()
    except InvalidToken:
        raise CannotUnseal("None of FIELD_ENCRYPTION_KEYS opens it; set that key anew.") from None


def _cipher() -> MultiFernet:
    return MultiFernet([_derived(text) for text in settings.FIELD_ENCRYPTION_KEYS])


def _derived(text: str) -> Fernet:
    # The setting is text of any length with enough entropy, like SECRET_KEY: HKDF makes a key of it (RFC 5869).
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_PURPOSE).derive(text.encode())
    return Fernet(base64.urlsafe_b64encode(key))
