"""Two players on the cases that both played: is there a difference, or can it be chance?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import bdtr

from evaluation.statistics.bootstrap import bootstrap_means
from evaluation.statistics.intervals import LEVEL, Estimate

if TYPE_CHECKING:
    from evaluation.statistics.intervals import Floats

#: Fewer common cases tell nothing: with five, even five wins to none have p = 0.06.
FEWEST_CASES: Final = 6
#: As the intervals: a difference is called at this chance of being wrong.
ALPHA: Final = 1 - LEVEL
#: Averages of the same samples in another order differ by less.
_SAME: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Difference:
    """First minus second, on `n` common cases. `more` and `fewer`: cases on which the first did better, and worse."""

    mean: Estimate
    more: int
    fewer: int
    #: Exact McNemar test on those cases, two-sided.
    p: float

    @property
    def n(self) -> int:
        return self.mean.n


def paired_difference(first: "Floats", second: "Floats") -> Difference | None:
    """Compare two arrays over the same cases; None without a case. The interval is the paired bootstrap's (BCa)."""
    return paired_differences(first[:, None], second[:, None])[0] if len(first) else None


def paired_differences(first: "Floats", second: "Floats") -> list[Difference]:
    """Compare the columns of two arrays (cases, k) over the same cases, at least one."""
    differences = first - second
    more = (differences > _SAME).sum(axis=0)
    fewer = (differences < -_SAME).sum(axis=0)
    return [
        Difference(
            Estimate(float(value), float(low), float(high), len(differences)),
            int(better),
            int(worse),
            mcnemar(int(better), int(worse)),
        )
        for value, low, high, better, worse in zip(*bootstrap_means(differences), more, fewer, strict=True)
    ]


def mcnemar(more: int, fewer: int) -> float:
    """The exact, two-sided p of McNemar's test from the two counts of discordant cases; 1 when there are none.

    The sign test on the cases that tell the two apart: `scipy.stats.binomtest(more, more + fewer)`. Source: McNemar,
    Psychometrika 12 (1947) 153. With several samples a case counts for whoever resolved it more often.
    """
    n = more + fewer
    return min(1.0, 2 * float(bdtr(min(more, fewer), n, 0.5))) if n else 1.0


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values corrected for being several: Holm, Scand. J. Stat. 6 (1979) 65."""
    if not p_values:
        return []
    given = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    factors = len(given) - np.arange(len(given))
    corrected = np.empty_like(given)
    corrected[order] = np.minimum(np.maximum.accumulate(given[order] * factors), 1.0)
    return [float(p) for p in corrected]
