"""`manage.py prepare_site`: migrations, the catalogue and the players, before a new version starts."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection


class Command(BaseCommand):
    help = "Migrate; load the catalogue, the players and the recorded runs. Does nothing to what is there already."
    # What is wrong with the site shows when it starts; checking it here would load it twice.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(f"the database does not answer (DATABASE_URL): {error}") from error
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        self.stdout.write("The database is migrated.")
        call_command("import_case_pack", catalogue=True, stdout=self.stdout)
        call_command("register_players", stdout=self.stdout)
        try:
            call_command("load_recorded_training_runs", stdout=self.stdout)
        except CommandError as error:
            self.stderr.write(f"The recorded training runs were not loaded: {error}")
        # After the training runs, whose models have played some of them.
        try:
            call_command("load_recorded_runs", stdout=self.stdout)
        except CommandError as error:
            # Nothing of it was stored, and the site works without: it says so and starts.
            self.stderr.write(f"The recorded evaluation runs were not loaded: {error}")
        # The planner knows nothing yet of what was loaded, or that the tables were empty: a page can take minutes then.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
