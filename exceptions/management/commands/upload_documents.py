"""`manage.py upload_documents FILE…`: UBL orders, receipt or despatch advices and invoices become cases."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exceptions.services.trades import documents_upload


class Command(BaseCommand):
    help = "Upload UBL 2.x trade documents. What cannot be read is refused by name; the rest is stored and joined."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, help="UBL documents (XML)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            files = [(path.name, path.read_bytes()) for path in options["files"]]
        except OSError as error:
            raise CommandError(f"{error}. Nothing was uploaded.") from error
        result = documents_upload(files=files, user=None)
        for outcome in result.files:
            if outcome.uploaded is not None:
                known = " (was here already)" if outcome.known else ""
                self.stdout.write(f"{outcome.name}: {outcome.uploaded}{known}")
        for trade in result.trades:
            missing = f"; {', '.join(trade.missing)}" if trade.missing else ""
            self.stdout.write(f"case {trade.case.reference} {trade.outcome}{missing}")
        for waiting in result.waiting:
            self.stdout.write(f"{waiting.uploaded} waits for {waiting.waiting_for}")
        for aside in result.set_aside:
            self.stdout.write(f"{aside.uploaded} is not used: {aside.reason}")
        for problem in result.problems:
            self.stdout.write(f"{problem.severity}: {problem}")
        if result.refused:
            raise CommandError("\n".join(str(error) for error in result.refused))
