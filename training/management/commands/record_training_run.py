"""Write a training run to a file that another desk can load."""

import gzip
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exceptions.services.errors import DeskError
from training.models import TrainingRun
from training.recorded import recorded_training_lines


class Command(BaseCommand):
    help = "Write a run that has ended to FILE (gzipped NDJSON): figures, log, checkpoints' scores, and all answers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=UUID, help="id of the run")
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--adapter", action="store_true", help="its model's adapter, too, in bfloat16: adapters/… beside FILE"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        run = TrainingRun.objects.filter(pk=options["run"]).first()
        if run is None:
            raise CommandError(f"There is no training run {options['run']}.")
        try:
            beside = options["file"].parent / "adapters" / options["file"].name.partition(".")[0]
            lines = list(recorded_training_lines(run, adapter=beside if options["adapter"] else None))
        except DeskError as error:
            raise CommandError(str(error)) from error
        # Without name and time in the header, the same run gives the same bytes.
        with options["file"].open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
            file.write("".join(lines).encode())
        self.stdout.write(f"{options['file']}: {len(lines)} lines, {options['file'].stat().st_size:,} bytes")
