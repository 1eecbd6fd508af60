"""`manage.py prepare_local`: everything a local start needs before the site can answer, in one process."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from invoiceguard_site.static_files import static_files_collect


class Command(BaseCommand):
    help = "Migrate, load the catalogue, register the players, make the demo accounts, collect static files."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(f"the database does not answer (DATABASE_URL): {error}") from error
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        self.stdout.write("migrated")
        call_command("import_case_pack", catalogue=True, stdout=self.stdout)
        call_command("register_players", stdout=self.stdout)
        call_command("create_demo_accounts", stdout=self.stdout)
        if static_files_collect(target=settings.STATIC_ROOT):
            self.stdout.write("collected static files")
