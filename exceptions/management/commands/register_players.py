"""`manage.py register_players`: the players that every desk knows from the start."""

from typing import Any

from django.core.management.base import BaseCommand

from exceptions.services.players import known_players_register


class Command(BaseCommand):
    help = "Register the scripts and the base models that ship with the project; known ones stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        for player, outcome in known_players_register():
            self.stdout.write(f"{player.slug}: {outcome}")
