"""The accounts that a local start signs in with: made once, one for each role and a colleague."""

import json
import os
import secrets
from pathlib import Path
from typing import Final

from django.contrib.auth.models import Group, User
from django.db import transaction

#: User name → role (a group's name).
DEMO_ACCOUNTS: Final = {
    "reviewer": "reviewer",
    "reviewer2": "reviewer",
    "supervisor": "supervisor",
    "admin": "admin",
    "api-reader": "api_reader",
}
#: Reserved for addresses that must never receive mail (RFC 6761): how a demo account is told from a person's.
_MAIL_DOMAIN: Final = "demo.invalid"


class NotADemoAccount(Exception):
    """A person's account already has a demo account's name."""


def demo_accounts_create(*, passwords_file: Path) -> dict[str, str]:
    """Make the demo accounts that are missing and return the passwords of all by user name.

    `passwords_file` keeps them, readable by its owner only. An account whose password is not in the file (it
    was made with another file) gets a new one.

    Raises:
        NotADemoAccount: an account of that name was not made here; nothing was changed.
    """
    kept: dict[str, str] = json.loads(passwords_file.read_text()) if passwords_file.exists() else {}
    passwords = {name: kept.get(name) or secrets.token_urlsafe(12) for name in DEMO_ACCOUNTS}
    with transaction.atomic():
        for name, role in DEMO_ACCOUNTS.items():
            user, created = User.objects.get_or_create(username=name, defaults={"email": f"{name}@{_MAIL_DOMAIN}"})
            if user.email != f"{name}@{_MAIL_DOMAIN}":
                raise NotADemoAccount(
                    f"The account {name!r} belongs to somebody ({user.email or 'no address'}), so the demo "
                    "accounts are not made here. Use an empty database for a local start."
                )
            if created or name not in kept:
                user.set_password(passwords[name])
                user.save(update_fields=["password"])
            user.groups.set([Group.objects.get_or_create(name=role)[0]])
    if passwords != kept:
        _write_private(passwords_file, json.dumps(passwords, indent=2) + "\n")
    return passwords


def _write_private(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    unfinished.replace(path)
