"""Load the evaluation runs that come with InvoiceGuard, or others."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluation.recorded import SHIPPED, recorded_run_load
from exceptions.services.errors import DeskError


class Command(BaseCommand):
    help = "Load recorded evaluation runs: those that are shipped, or FILEs. What is there already stays as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"] or SHIPPED:
            try:
                _run, words = recorded_run_load(path)
            except DeskError as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"{path.name}: {words}")
