"""Bring in training runs that were made on a machine without a database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exceptions.services.errors import DeskError
from training.recorded import folder_lines, recorded_training_load


class Command(BaseCommand):
    help = "Bring in the runs of FOLDERs that a trainer was told to write (training.files), their adapters included."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in options["folders"]:
            try:
                run, words = recorded_training_load(folder_lines(folder), adapters_in=folder)
            except DeskError as error:
                raise CommandError(f"{folder.name}: {error}") from error
            self.stdout.write(f"{folder.name}: {words}{f' ({run.pk})' if run else ''}")
