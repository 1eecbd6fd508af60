"""Train a model: here and now with a progress bar, or by a worker."""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluation.models import RunStatus
from exceptions.models import Player
from exceptions.services.errors import DeskError
from training.grpo.recipes import GrpoRecipe
from training.machine import machine_here
from training.models import TrainingDataset, TrainingRun
from training.recipes import RECIPES
from training.selectors.curves import curves
from training.services.preflight import QUEUE
from training.services.runs import recipe_with, training_run_launch
from training.together import let_go, others_compute, several_processes

#: Columns of the table at the end: heading, metric.
_COLUMNS: Final = (
    ("score", "eval/score"),
    ("grounded", "eval/score_grounded"),
    ("resolved", "eval/resolved_rate"),
    ("success", "eval/success_rate"),
    ("decision", "eval/decision_accuracy"),
    ("steps", "eval/steps_mean"),
)
_BAR: Final = 30


class Command(BaseCommand):
    help = (
        "Train by a recipe: in this process, with a progress bar and a table at the end, or with --queue by a worker."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("recipe", choices=sorted(RECIPES))
        parser.add_argument("--base", default="smollm2-135m-instruct", metavar="PLAYER", help="slug of a local model")
        parser.add_argument("--start-from", metavar="PLAYER", help="slug of a model whose adapter to begin with")
        parser.add_argument("--seed", type=int)
        parser.add_argument("--epochs", type=int, help="or --set iterations=… in reinforcement")
        parser.add_argument("--cases", type=int, help="generated cases to train on")
        parser.add_argument("--dataset", type=UUID, help="id of a data set to train on in place of the recipe's own")
        parser.add_argument(
            "--set", action="append", default=[], metavar="NAME=VALUE", help="another setting of the recipe (JSON)"
        )
        parser.add_argument("--name", default="")
        parser.add_argument("--queue", action="store_true", help="let a worker train it; prints the run's id")

    def handle(self, *args: Any, **options: Any) -> None:
        if several_processes():
            if options["queue"]:
                raise CommandError("--queue lets a worker train it: start that without accelerate launch.")
            if isinstance(RECIPES[options["recipe"]], GrpoRecipe):
                raise CommandError("Reinforcement learns in one process: start it without accelerate launch.")
            others_compute()
        changes = changes_of(options["set"])
        for name, option in (("seed", "seed"), ("epochs", "epochs"), ("case_count", "cases")):
            if options[option] is not None:
                changes[name] = options[option]
        try:
            run = training_run_launch(
                recipe=recipe_with(options["recipe"], changes),
                base=_player(options["base"]),
                start_from=_player(options["start_from"]) if options["start_from"] else None,
                dataset=_dataset(options["dataset"]) if options["dataset"] else None,
                user=None,
                name=options["name"],
                enqueue=options["queue"],
                machine=None if options["queue"] else machine_here(settings.TRAINING_DIR),
            )
        except DeskError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(run.pk))
        if not options["queue"]:
            self._train(run)

    def _train(self, run: TrainingRun) -> None:
        """Hold the lease here. Ctrl-C stops as the page does: within one step, with a checkpoint."""
        from training.running import leave_runs, run_train, stop_runs

        before = {
            signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: stop_runs()),
            signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: leave_runs()),
        }
        self._began = time.monotonic()
        try:
            taken = run_train(
                run_id=run.pk, worker=f"train-{os.getpid()}@{socket.gethostname()}", on_progress=self._bar
            )
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            let_go()
        run.refresh_from_db()
        if not taken:
            raise CommandError(f"A worker of queue {QUEUE} was faster and trains it; its page shows how far it is.")
        if sys.stdout.isatty():
            self.stdout.write("")
        self._table(run)
        if run.status == RunStatus.FAILED:
            raise CommandError(run.error)

    def _bar(self, done: int, total: int, tokens_per_second: float | None, memory_bytes: int | None) -> None:
        full = round(_BAR * done / total) if total else 0
        left = (time.monotonic() - self._began) * (total - done) / done if done else 0
        speed = f", {tokens_per_second:,.0f} tokens/s" if tokens_per_second else ""
        memory = f", {memory_bytes / (1 << 30):.1f} GB" if memory_bytes else ""
        bar = f"[{'#' * full}{'.' * (_BAR - full)}] {done}/{total}{speed}{memory}, {left:.0f} s left"
        self.stdout.write(bar, ending="   \r" if sys.stdout.isatty() else "\n")
        self.stdout.flush()

    def _table(self, run: TrainingRun) -> None:
        found = curves(run, names=[metric for _heading, metric in _COLUMNS])
        epochs = sorted({step for points in found.values() for step, _value in points})
        values = {name: dict(points) for name, points in found.items()}
        marks = {one.epoch: one for one in run.checkpoints.filter(kind="epoch")}
        word = "iteration" if run.kind == "grpo" else "epoch"
        self.stdout.write(f"{word:<10}" + "".join(f"{heading:>10}" for heading, _metric in _COLUMNS))
        for epoch in epochs:
            cells = (values.get(metric, {}).get(epoch) for _heading, metric in _COLUMNS)
            row = "".join(f"{'—' if value is None else f'{value:.3f}':>10}" for value in cells)
            mark = marks.get(epoch)
            best, last = (" best" if mark and mark.best else ""), (" last" if mark and mark.last else "")
            self.stdout.write(f"{epoch:<10}{row} {best}{last}".rstrip())
        where = "the holdout, which also selects" if run.published else "cases that select, which are not the test"
        self.stdout.write(f"All on {where}.")
        for one in run.lineage.select_related("player"):
            self.stdout.write(f"Registered as {one.player.slug}; evaluate it: manage.py evaluate {one.player.slug}")
        self.stdout.write(f"{run.get_status_display()} after {run.worked_seconds:.0f} s.")


def changes_of(given: Sequence[str]) -> dict[str, Any]:
    """`NAME=VALUE` as the recipe's fields: JSON where it is JSON, else a text.

    Raises:
        CommandError: one has no `=`.
    """
    changes: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise CommandError(f"--set takes NAME=VALUE, not {text!r}.")
        try:
            changes[name.strip()] = json.loads(value)
        except ValueError:
            changes[name.strip()] = value
    return changes


def _player(slug: str) -> Player:
    player = Player.objects.filter(slug=slug, checkpoints_of=None).first()
    if player is None:
        raise CommandError(f"There is no player {slug}; /models/ lists them.")
    return player


def _dataset(pk: UUID) -> TrainingDataset:
    dataset = TrainingDataset.objects.filter(pk=pk).first()
    if dataset is None:
        raise CommandError(f"There is no data set {pk}.")
    return dataset
