"""Train, and test, without a database: told to a folder, which another desk brings in."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluation.players.protocol import PlayerError
from exceptions.services.errors import DeskError
from training.grpo.recipes import GrpoRecipe
from training.management.commands.train import changes_of
from training.recipes import RECIPES
from training.reporting import TrainingFailed
from training.services.runs import recipe_with
from training.together import let_go, others_compute, several_processes


class Command(BaseCommand):
    help = (
        "Train by a recipe into FOLDER, without a database; import_training_run brings FOLDER in. "
        "Called again, it goes on where it stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("recipe", choices=sorted(RECIPES))
        parser.add_argument("folder", type=Path)
        parser.add_argument("--base-model", default="SmolLM2-135M-Instruct", help="name or folder of the base model")
        parser.add_argument("--adapter", type=Path, metavar="FOLDER", help="an adapter to go on from")
        parser.add_argument(
            "--set", action="append", default=[], metavar="NAME=VALUE", help="another setting of the recipe (JSON)"
        )
        parser.add_argument("--name", default="")
        words = (
            "play 30 pairs of twins and the catalogue in the end (generated cases after training on the catalogue), "
            "or cases of the families left out"
        )
        parser.add_argument("--test", action="store_true", help=words)
        parser.add_argument("--test-cases", type=int, metavar="N", help="only the first N of each")

    def handle(self, *args: Any, **options: Any) -> None:
        if several_processes() and isinstance(RECIPES[options["recipe"]], GrpoRecipe):
            raise CommandError("Reinforcement learns in one process: start it without torchrun.")
        others_compute()
        from training.to_folder import train_to_folder

        try:
            recipe = recipe_with(options["recipe"], changes_of(options["set"]))
            most = options["test_cases"]
            if most is not None and (most < 1 or not options["test"]):
                raise CommandError("--test-cases goes with --test, and is 1 at least.")
            outcome = train_to_folder(
                recipe,
                options["folder"],
                base_model=options["base_model"],
                adapter=options["adapter"],
                cache_directory=settings.MODEL_CACHE_DIR,
                name=options["name"],
                test=options["test"],
                most_test_cases=most,
                tell=self._tell,
            )
        except (DeskError, PlayerError, TrainingFailed) as error:
            raise CommandError(str(error)) from error
        finally:
            let_go()
        where = options["folder"]
        self.stdout.write(
            f"Done. Bring it in with: make manage ARGS='import_training_run {where.resolve()}'"
            if outcome.status == "succeeded"
            else f"Stopped. The same command goes on from the last checkpoint in {where}."
        )

    def _tell(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
