"""`manage.py pull_adapter REPO`: load an adapter from the Hugging Face Hub and register it as a model."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluation.models import RunStatus
from exceptions.services.errors import DeskError
from training.adapters.transfers import pull_request, transfer_run


class Command(BaseCommand):
    help = "Load a LoRA adapter from the Hub, keep it, and register it as a local model."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("repo", metavar="REPO", help="organisation/name")
        parser.add_argument("--revision", default="", help="branch, tag or commit; the newest when left out")
        parser.add_argument("--name", default="", help="of the model; that of the repository when left out")
        parser.add_argument("--base-model", default="", help="what it is put onto; what its files say when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            transfer = pull_request(
                repo=options["repo"],
                revision=options["revision"],
                name=options["name"],
                base_model=options["base_model"],
                user=None,
                call=False,
            )
        except DeskError as error:
            raise CommandError(str(error)) from error
        transfer = transfer_run(transfer.pk)
        if transfer.status != RunStatus.SUCCEEDED or transfer.player is None:
            raise CommandError(transfer.error)
        self.stdout.write(f"{transfer.player.slug}: {transfer.url}")
