"""Which cases a figure is from. Figures of different cases never stand in one line, so a set is its very cases."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

from evaluation.selectors.case_sets import case_set_named
from exceptions.environment import Slice
from training.models import EvaluatedSet
from training.selectors.evaluated import CaseFigures, PlayedCase

_MADE: Final = re.compile(r"([gt])(\d{1,18})-")
_CATALOGUE: Final = frozenset({Slice.CANONICAL.value, Slice.HARD.value})
_ORDER: Final = tuple(EvaluatedSet.values)
_USE: Final = {
    EvaluatedSet.HOLDOUT.value: "holdout, which also selects",
    EvaluatedSet.SELECT.value: "selects",
    EvaluatedSet.TEST.value: "test",
}


@dataclass(frozen=True, slots=True, order=True)
class StudySet:
    """Cases that were played for one purpose. `part` says how they were made; `digest` is of the very versions."""

    place: int
    part: str
    cases: int
    digest: str
    use: str

    @property
    def words(self) -> str:
        """`4 catalogue cases (holdout, which also selects)`."""
        return f"{self.cases} {self.part} ({_USE[self.use]})"

    @property
    def short(self) -> str:
        """For charts: `test, 60 twins 3007`."""
        part = self.part.replace("generated twins", "twins").replace(" cases", "").replace(", seed", "")
        return f"{self.use}, {self.cases} {part}"


def split(use: str, figures: CaseFigures) -> dict[StudySet, dict[PlayedCase, Mapping[str, float]]]:
    """The cases of an evaluation by how they were made: a test on the catalogue and on twins are two figures."""
    parts: dict[str, dict[PlayedCase, Mapping[str, float]]] = {}
    for case, found in figures.items():
        parts.setdefault(_part(case), {})[case] = found
    return {_set(use, part, cases): cases for part, cases in parts.items()}


def told_apart(sets: Iterable[StudySet]) -> dict[StudySet, str]:
    """Every set in words, in the order of use; where two would read the same, with the edition of their cases."""
    ordered = sorted(set(sets))
    counts: dict[str, int] = {}
    for one in ordered:
        counts[one.words] = counts.get(one.words, 0) + 1
    return {one: one.words if counts[one.words] == 1 else f"{one.words}, edition {one.digest[:4]}" for one in ordered}


def _set(use: str, part: str, cases: Mapping[PlayedCase, object]) -> StudySet:
    versions = sorted(str(case.version) for case in cases)
    digest = sha256(" ".join(versions).encode()).hexdigest()[:8]
    return StudySet(_ORDER.index(use), part, len(cases), digest, use)


def _part(case: PlayedCase) -> str:
    if case.slice in _CATALOGUE:
        return "catalogue cases"
    if case.slug.startswith("hand-"):
        return "handwritten cases"
    made = _MADE.match(case.slug)
    return _made(made[1], made[2]) if made else f"{case.slice} cases"


@lru_cache(maxsize=64)
def _made(letter: str, seed: str) -> str:
    return case_set_named(f"{'generated' if letter == 'g' else 'twins'}-{seed}").words.lower()
