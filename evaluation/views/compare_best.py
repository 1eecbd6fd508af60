"""The best models, as the desk shows them."""

from dataclasses import dataclass
from typing import Any, Final

from evaluation.selectors.comparison.entrants import Role
from evaluation.selectors.comparison.figures import Comparison
from evaluation.views.figure_words import Figure, percent, plain, resolved

_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class BestRow:
    """A row of the desk's summary: score, success, steps and resolved."""

    label: str
    slug: str
    role: str
    played: int
    cases: int
    figures: tuple[Figure, ...]


def best_models(comparison: Comparison) -> dict[str, Any]:
    """The best models; without one the best rules and the best floor, so that there is something to hold against."""
    models = [row for row in comparison.shown if row.entrant.role == Role.MODEL]
    firsts = [
        next((row for row in comparison.shown if row.entrant.role == role), None) for role in (Role.RULES, Role.FLOOR)
    ]
    rows = [*models[:_SHOWN], *(row for row in firsts if row is not None)]
    return {
        "rows": [
            BestRow(
                row.label,
                row.entrant.slug,
                row.entrant.role.value,
                row.plays.count,
                len(comparison.cases),
                (
                    plain(row.summary.score, 3),
                    percent(row.summary.success),
                    plain(row.summary.steps, 1),
                    resolved(row, row.summary.resolved),
                ),
            )
            for row in rows
            if row.summary is not None
        ],
        "cases": len(comparison.cases),
        "rubric": comparison.choice.rubric,
        "any_model": bool(models),
    }
