"""`manage.py push_adapter PLAYER REPO`: put a model's adapter on the Hugging Face Hub."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluation.models import RunStatus
from exceptions.models import Player
from exceptions.services.errors import DeskError
from training.adapters.transfers import push_request, transfer_run


class Command(BaseCommand):
    help = "Push a model's adapter, with a card that says where it is from and what was measured, to the Hub."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("player", metavar="PLAYER", help="slug of a model with an adapter")
        parser.add_argument("repo", metavar="REPO", help="organisation/name; made when it is not there")
        parser.add_argument("--private", action="store_true", help="make it private, and refuse a public one")
        parser.add_argument("--base-model", default="", help="hub id of the base, where that is only on this machine")

    def handle(self, *args: Any, **options: Any) -> None:
        player = Player.objects.filter(slug=options["player"]).first()
        if player is None:
            raise CommandError(f"There is no player {options['player']}; /models/ lists them.")
        try:
            transfer = push_request(
                player=player,
                repo=options["repo"],
                private=options["private"],
                base_model=options["base_model"],
                user=None,
                call=False,
            )
        except DeskError as error:
            raise CommandError(str(error)) from error
        transfer = transfer_run(transfer.pk)
        if transfer.status != RunStatus.SUCCEEDED:
            raise CommandError(transfer.error)
        self.stdout.write(transfer.url)
