"""Intervals for rates, and what all estimates look like."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

#: The confidence level of every interval.
LEVEL: Final = 0.95
#: Two-sided standard normal quantile of the level: 1.96.
Z: Final = float(ndtri(0.5 + LEVEL / 2))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over `n` cases with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int

    @property
    def half_width(self) -> float:
        """The larger distance from the value to an end of the interval: what stands after ±."""
        return max(self.high - self.value, self.value - self.low)


def wilson(successes: "npt.ArrayLike", n: "npt.ArrayLike") -> "tuple[Floats, Floats]":
    """Wilson's score interval for `successes` out of `n`, elementwise; `n` of 0 gives 0 to 1.

    Successes may be fractions: a case played three times and resolved once is a third of one. Counting that as one
    trial keeps the case the unit and errs on the wide side.

    Source: Wilson, J. Am. Stat. Assoc. 22 (1927) 209; for whole successes `scipy.stats.binomtest(…).proportion_ci`.
    """
    count = np.asarray(n, dtype=np.float64)
    share = np.divide(successes, count, out=np.full(count.shape, 0.5), where=count > 0)
    weight = count + Z * Z
    centre = (share * count + Z * Z / 2) / weight
    spread = Z * np.sqrt(share * (1 - share) * count + Z * Z / 4) / weight
    low = np.where(share * count == 0, 0.0, centre - spread)
    high = np.where(share == 1, 1.0, centre + spread)
    return np.clip(np.where(count > 0, low, 0.0), 0, 1), np.clip(np.where(count > 0, high, 1.0), 0, 1)


def rate(per_case: "Floats") -> Estimate | None:
    """The mean of shares (0…1, one per case) with Wilson's interval; None without a case."""
    n = len(per_case)
    if not n:
        return None
    total = float(per_case.sum())
    low, high = wilson(total, n)
    return Estimate(total / n, float(low), float(high), n)
