"""Load the training runs that come with InvoiceGuard, or others."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from exceptions.services.errors import DeskError
from training.recorded import SHIPPED, recorded_training_load
from training.recorded.reading import file_lines


class Command(BaseCommand):
    help = (
        "Load recorded training runs: those that are shipped, or FILEs, with the adapters that lie beside them. "
        "What is there already stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"] or SHIPPED:
            try:
                _run, words = recorded_training_load(file_lines(path), adapters_in=path.parent)
            except DeskError as error:
                raise CommandError(f"{path.name}: {error}") from error
            self.stdout.write(f"{path.name}: {words}")
            if words.startswith("loaded"):
                # The planner takes the tables for as small as they were, and the next run's figures take seconds then.
                with connection.cursor() as cursor:
                    cursor.execute("ANALYZE exceptions_episode, exceptions_grade, evaluation_evaluationentry")
