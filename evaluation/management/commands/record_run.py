"""Write an evaluation run to a file that another desk can load."""

import gzip
import platform
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluation.models import EvaluationRun
from evaluation.recorded import recorded_run_lines
from exceptions.services.errors import DeskError


class Command(BaseCommand):
    help = "Write a run that has succeeded to FILE (gzipped NDJSON): its players' answers, to be replayed elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=UUID, help="id of the run")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        run = EvaluationRun.objects.filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(f"There is no evaluation run {options['run']}.")
        try:
            lines = list(recorded_run_lines(run, played_on=_here()))
        except DeskError as error:
            raise CommandError(str(error)) from error
        # Without name and time in the header, the same run gives the same bytes.
        with options["file"].open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
            file.write("".join(lines).encode())
        self.stdout.write(f"{options['file']}: {len(lines) - 1} episodes, {options['file'].stat().st_size:,} bytes")


def _here() -> str:
    """What it was played on: machine, Python, and the libraries that compute."""
    versions = []
    for name in ("torch", "transformers"):
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return ", ".join([platform.machine(), f"Python {platform.python_version()}", *versions])
