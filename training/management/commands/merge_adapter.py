"""`manage.py merge_adapter PLAYER FOLDER`: a model's adapter put into its base weights for good."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluation.players.protocol import PlayerError
from exceptions.models import Player
from training.adapters.merging import merge_adapter


class Command(BaseCommand):
    help = "Write a model's base weights with its adapter in them to FOLDER, in the Transformers format (safetensors)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("player", metavar="PLAYER", help="slug of a model with an adapter")
        parser.add_argument("folder", metavar="FOLDER", type=Path, help="a folder that is not there yet")
        parser.add_argument("--dtype", default="float32", choices=["float32", "bfloat16", "float16"])

    def handle(self, *args: Any, **options: Any) -> None:
        player = Player.objects.filter(slug=options["player"]).first()
        if player is None:
            raise CommandError(f"There is no player {options['player']}; /models/ lists them.")
        folder: Path = options["folder"]
        try:
            merge_adapter(player, folder, dtype=options["dtype"])
        except PlayerError as error:
            raise CommandError(str(error)) from error
        size = sum(file.stat().st_size for file in folder.iterdir())
        self.stdout.write(f"{folder}: {size:,} bytes")
