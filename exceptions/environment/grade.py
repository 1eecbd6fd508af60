"""Grades: what a rubric says about an episode."""

import functools
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from exceptions.environment.case import Case, GroundTruth
from exceptions.environment.state import EpisodeState
from exceptions.environment.vocabulary import Decision

#: Partial credit by right decision, then by submitted decision. From the published rubric.
PARTIAL_DECISIONS: dict[Decision, dict[Decision, float]] = {
    Decision.HOLD: {Decision.ESCALATE: 0.2, Decision.REJECT: 0.15},
    Decision.ESCALATE: {Decision.HOLD: 0.2, Decision.REJECT: 0.15},
    Decision.REJECT: {Decision.ESCALATE: 0.2, Decision.HOLD: 0.1},
    Decision.APPROVE: {},
}


def added(values: Iterable[float]) -> float:
    """The values added one after the other, as IEEE 754 has it.

    `sum` does so up to Python 3.11 and corrects its rounding from 3.12 on: a score on the edge of its fourth digit
    would depend on the interpreter.
    """
    return functools.reduce(operator.add, values, 0.0)


@dataclass(frozen=True, slots=True)
class Grade:
    """A score in 0…1, rounded to 4 places, with the criteria it is made of (each 0…1) and what decided them."""

    score: float
    criteria: dict[str, float]
    notes: dict[str, str]
    rubric: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "rubric": self.rubric,
            "score": self.score,
            "criteria": dict(self.criteria),
            "notes": dict(self.notes),
        }


@dataclass(slots=True)
class Marks:
    """Criteria and notes while a rubric fills them in; `factors` are those that count less than their weight."""

    criteria: dict[str, float]
    notes: dict[str, str]
    factors: dict[str, float]


@dataclass(frozen=True, slots=True)
class Rubric:
    """One way to grade. The name carries the version: a changed rubric gets a new name."""

    name: str
    weights: Mapping[str, float]
    mark: Callable[[Case, GroundTruth, EpisodeState], Marks]

    def grade(self, case: Case, truth: GroundTruth, state: EpisodeState) -> Grade:
        """Weighted sum of the criteria."""
        marks = self.mark(case, truth, state)
        factors = marks.factors
        score = added(weight * marks.criteria[name] * factors.get(name, 1.0) for name, weight in self.weights.items())
        return Grade(min(max(round(score, 4), 0.0), 1.0), marks.criteria, marks.notes, self.name)


def decision_credit(truth: GroundTruth, state: EpisodeState) -> float:
    """1 for the right decision, a little for some wrong ones, 0 when nothing was submitted."""
    if state.resolution is None:
        return 0.0
    submitted = state.resolution.final_decision
    return 1.0 if submitted is truth.decision else PARTIAL_DECISIONS[truth.decision].get(submitted, 0.0)
