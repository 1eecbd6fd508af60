"""`manage.py reseal_keys`: encrypt the stored keys of API players with the first of `FIELD_ENCRYPTION_KEYS`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evaluation.services.player_keys import keys_reseal


class Command(BaseCommand):
    help = "Encrypt all stored keys with the first of FIELD_ENCRYPTION_KEYS; afterwards the others may be taken away."

    def handle(self, *args: Any, **options: Any) -> None:
        done, lost = keys_reseal()
        self.stdout.write(f"{done} keys resealed.")
        if lost:
            raise CommandError(f"None of FIELD_ENCRYPTION_KEYS opens the keys of: {', '.join(lost)}. Set them anew.")
