"""`manage.py create_demo_accounts`: log-ins for a local start, one for each role."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from invoiceguard_site.demo_accounts import NotADemoAccount, demo_accounts_create


class Command(BaseCommand):
    help = "Make the demo accounts of a local start; their passwords are kept in var/demo-accounts.json."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError(
                "Demo accounts are for a local start only (INVOICEGUARD_LOCAL=1): a file has their passwords."
            )
        passwords_file = settings.VAR_DIR / "demo-accounts.json"
        try:
            passwords = demo_accounts_create(passwords_file=passwords_file)
        except NotADemoAccount as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(passwords)} demo accounts; their passwords are in {passwords_file}")
