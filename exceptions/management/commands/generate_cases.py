"""`manage.py generate_cases --count N --seed S`: make labelled cases, into a file or onto the desk."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exceptions.environment import dump_case_pack
from exceptions.generator import FAMILIES
from exceptions.services.errors import DeskError
from exceptions.services.generated_cases import GeneratedSet, generated_set, generated_set_import


class Command(BaseCommand):
    help = (
        "Make labelled cases: the same ones for the same seed. Without --out and --import it only says what it makes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", type=int, default=100, help="cases, with --twins pairs (100)")
        parser.add_argument("--seed", type=int, default=7, help="7")
        parser.add_argument("--families", default="", metavar="NAME,…", help=f"only these of {', '.join(FAMILIES)}")
        parser.add_argument("--hold-out", default="", metavar="NAME,…", help="all families but these")
        parser.add_argument("--twins", action="store_true", help="pairs that differ in the fact that flips the answer")
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--out", type=Path, metavar="PACK.json", help="write a case pack")
        where.add_argument("--import", action="store_true", dest="onto_the_desk", help="import them")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            generated = generated_set(
                count=options["count"],
                seed=options["seed"],
                families=_names(options["families"]),
                hold_out=_names(options["hold_out"]),
                twins=options["twins"],
            )
        except DeskError as refused:
            raise CommandError(str(refused)) from refused
        if options["onto_the_desk"]:
            result = generated_set_import(generated=generated, user=None)
            self.stdout.write(f"{generated.title}: {result}. Evaluate players on them: --cases {generated.name}")
        elif options["out"]:
            self._write(generated, options["out"])
        else:
            self.stdout.write(f"{generated.title}:")
            for family, count in generated.by_family:
                self.stdout.write(f"{count:6} {family.name}: {family.words}")

    def _write(self, generated: GeneratedSet, path: Path) -> None:
        pack = dump_case_pack(generated.cases, generated.title)
        try:
            path.write_text(json.dumps(pack, ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            raise CommandError(f"{path}: {error}") from error
        self.stdout.write(f"{generated.title}: {len(generated.cases)} cases written to {path}")


def _names(given: str) -> list[str]:
    return [name.strip() for name in given.split(",") if name.strip()]
