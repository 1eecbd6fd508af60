"""What was measured of a model's present version, each figure with n and its 95 % interval."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef

from evaluation.models import EvaluationEntry, EvaluationRun, RunStatus
from evaluation.selectors.case_sets import case_set_words
from evaluation.selectors.run_results import PlayerResult, run_results
from exceptions.models import Player

if TYPE_CHECKING:
    from evaluation.statistics.intervals import Estimate

_RUNS: Final = 8


@dataclass(frozen=True, slots=True)
class Measured:
    """One evaluation run that has ended: on which cases, how the model was asked, and what came out."""

    run: EvaluationRun
    cases: str
    ended_at: datetime
    result: PlayerResult

    @property
    def conditions(self) -> str:
        """What of the settings changes figures."""
        settings = self.run.settings
        words = [f"prompt budget {settings.get('prompt_budget')}"]
        words += ["a demonstration in the prompt"] if settings.get("demonstration") else []
        words += ["constrained to valid actions"] if settings.get("constrained") else []
        words += [f"{self.run.samples} samples a case"] if self.run.samples > 1 else []
        words += [f"{self.result.failed} not answered"] if self.result.failed else []
        return ", ".join(words)


def measured(player: Player) -> list[Measured]:
    """Newest first. Three queries for each run."""
    played = EvaluationEntry.objects.filter(
        run=OuterRef("pk"), player=player, player_version=player.version, episode__isnull=False
    )
    runs = EvaluationRun.objects.filter(Exists(played), status=RunStatus.SUCCEEDED, training_run=None)
    found = []
    for run in runs.order_by("-created_at", "-pk")[:_RUNS]:
        results = [one for one in run_results(run, with_means=True) if one.player == player]
        if results and run.ended_at and results[0].version == player.version:
            found.append(Measured(run, case_set_words(run.case_set), run.ended_at, results[0]))
    return found


def estimate_words(estimate: "Estimate | None", *, percent: bool = False) -> str:
    """`0.704 (95 % 0.61–0.79, n = 22)`, or in per cent."""
    if estimate is None:
        return "–"
    numbers = (estimate.value, estimate.low, estimate.high)
    value, low, high = (f"{100 * one:.0f}" if percent else f"{one:.3f}" for one in numbers)
    unit = " %" if percent else ""
    return f"{value}{unit} (95 % {low}–{high}, n = {estimate.n})"
