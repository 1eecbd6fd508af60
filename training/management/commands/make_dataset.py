"""Make a data set."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exceptions.services.errors import DeskError
from training.management.commands.train import changes_of
from training.models import DatasetKind
from training.services.datasets import dataset_make


class Command(BaseCommand):
    help = (
        "Make a data set of traces and print its id: of the catalogue, of generated cases, or of people's resolutions."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=DatasetKind.values)
        parser.add_argument("--name", default="")
        parser.add_argument("--count", type=int, help="generated cases (1000 when left out)")
        parser.add_argument("--seed", type=int, help="of the generated cases (7 when left out)")
        parser.add_argument(
            "--family", action="append", dest="families", help="only cases of this family; may be repeated"
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="twin_share, wordings, shuffled_share, drills_per_case, sheets_per_case; catalogue: trace_lengths",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        spec = changes_of(options["set"])
        for name, option in (("case_count", "count"), ("case_seed", "seed"), ("families", "families")):
            if options[option] is not None:
                spec[name] = options[option]
        try:
            dataset = dataset_make(kind=options["kind"], spec=spec, name=options["name"], user=None)
        except DeskError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(dataset.pk))
        self.stdout.write(f"{dataset.name}: {dataset.traces} traces of {dataset.cases} cases, sha256 {dataset.sha256}")
        if options["verbosity"] > 1:
            self.stdout.write(json.dumps(dataset.spec, indent=1))
