"""Launch an evaluation run, and watch it if asked to."""

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from evaluation.models import EvaluationRun, RunStatus
from evaluation.selectors.case_sets import CASE_SETS, CASE_SETS_OF_A_SEED, DEFAULT_CASE_SET
from evaluation.selectors.run_progress import run_progress
from evaluation.services.runs import run_launch, run_stop
from exceptions.environment import REWARD_SCHEMES
from exceptions.models import Player
from exceptions.services.errors import DeskError


class Command(BaseCommand):
    help = "Let players play cases: prints the run's id; with --wait, its progress until it has ended."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("players", nargs="+", metavar="PLAYER", help="slugs of players")
        parser.add_argument("--cases", default=DEFAULT_CASE_SET, help=f"{', '.join(CASE_SETS)}, {CASE_SETS_OF_A_SEED}")
        parser.add_argument("--case", action="append", dest="references", help="a reference, instead of --cases")
        parser.add_argument("--samples", type=int, default=1)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--rewards", choices=sorted(REWARD_SCHEMES), default="grounded-1")
        parser.add_argument("--rendering", choices=["append_only", "cumulative"], default="append_only")
        parser.add_argument("--prompt-budget", type=int, default=2048)
        parser.add_argument("--prompt-policy", default="fail")
        parser.add_argument("--demonstration", action="store_true", help="show the form of an answer before the case")
        parser.add_argument("--constrained", action="store_true", help="let local models write valid actions only")
        parser.add_argument("--name", default="")
        parser.add_argument("--wait", action="store_true", help="show progress; Ctrl-C stops the run")

    def handle(self, *args: Any, **options: Any) -> None:
        slugs: list[str] = options["players"]
        by_slug = Player.objects.in_bulk(slugs, field_name="slug")
        if missing := [slug for slug in slugs if slug not in by_slug]:
            raise CommandError(f"There is no player {', '.join(missing)}; /models/ lists them.")
        try:
            run = run_launch(
                players=[by_slug[slug] for slug in slugs],
                case_set={"references": options["references"]} if options["references"] else {"set": options["cases"]},
                user=None,
                name=options["name"],
                rewards=options["rewards"],
                settings={
                    name: options[name]
                    for name in ("rendering", "prompt_budget", "prompt_policy", "demonstration", "constrained", "seed")
                },
                samples=options["samples"],
            )
        except DeskError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(run.pk))
        if options["wait"]:
            self._watch(run)

    def _watch(self, run: EvaluationRun) -> None:
        try:
            while not run.ended:
                self._line(run, end="\r" if sys.stdout.isatty() else "\n")
                time.sleep(2)
                run.refresh_from_db()
        except KeyboardInterrupt:
            run = run_stop(run_id=run.pk)
        self._line(run, end="\n")
        if run.status == RunStatus.FAILED:
            raise CommandError(run.error)

    def _line(self, run: EvaluationRun, end: str) -> None:
        progress = run_progress(run)
        rate = f", {progress.per_minute:.1f} a minute" if progress.per_minute else ""
        left = f", {progress.remaining.total_seconds():.0f} s left" if progress.remaining else ""
        failed = f", {progress.failed} failed" if progress.failed else ""
        self.stdout.write(
            f"{run.get_status_display()}: {progress.done} of {progress.planned}{failed}{rate}{left}", ending=end
        )
        self.stdout.flush()
