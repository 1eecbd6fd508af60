"""`manage.py import_case_pack FILE…`: bring case packs in, all of a pack or nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exceptions.catalogue import CATALOGUE_PATH
from exceptions.environment import CasePackError
from exceptions.services.cases import case_pack_import


class Command(BaseCommand):
    help = "Import case packs. A pack with one bad case is refused whole; an unchanged case stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="case pack files (JSON)")
        parser.add_argument("--catalogue", action="store_true", help="import the 22 cases that ship with the project")

    def handle(self, *args: Any, **options: Any) -> None:
        files: list[Path] = list(options["files"])
        if options["catalogue"]:
            files.append(CATALOGUE_PATH)
        if not files:
            raise CommandError("Name a case pack file, or give --catalogue.")
        for file in files:
            try:
                result = case_pack_import(source=file, user=None)
            except (CasePackError, OSError) as error:
                raise CommandError(f"{file}: {error}") from error
            self.stdout.write(f"{file.name}: {result}")
