"""How far two raters agree beyond chance: Cohen's kappa, and Gwet's AC1 where kappa breaks down."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evaluation.statistics.bootstrap import RESAMPLES, SEED
from evaluation.statistics.intervals import LEVEL, Estimate, rate

if TYPE_CHECKING:
    import numpy.typing as npt

    from evaluation.statistics.intervals import Floats

    Codes = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two raters on `n` cases. `kappa` is None where it is undefined: both gave one and the same answer to all."""

    n: int
    same: Estimate
    kappa: Estimate | None
    ac1: Estimate

    @property
    def estimates(self) -> tuple[Estimate, Estimate | None, Estimate]:
        """The share of equal answers, kappa and AC1."""
        return self.same, self.kappa, self.ac1


def agreement(first: "Codes", second: "Codes", categories: int) -> Agreement | None:
    """Agreement of two raters whose answers are 0…categories−1, one per case; None without a case.

    kappa = (a − e) ÷ (1 − e) with a = the share of equal answers and e = Σ p_k q_k: Cohen, Educ. Psychol. Meas. 20
    (1960) 37. AC1 is the same with e = Σ m_k (1 − m_k) ÷ (K − 1), m_k the mean of both raters' shares: Gwet, Br. J.
    Math. Stat. Psychol. 61 (2008) 29. It stays sensible when nearly all answers are one and the same, where kappa falls
    to 0 however often the raters agree. Intervals: percentile bootstrap over cases.
    """
    n = len(first)
    same = rate((first == second).astype(np.float64))
    if same is None:
        return None
    table = np.bincount(first * categories + second, minlength=categories**2)
    # Resampling cases is drawing from the cells of their table: a multinomial, whatever the number of cases.
    drawn = np.random.default_rng(SEED).multinomial(n, table / n, size=RESAMPLES)
    kappa, ac1 = _coefficients(table[None].reshape(1, categories, categories) / n)
    kappas, ac1s = _coefficients(drawn.reshape(RESAMPLES, categories, categories) / n)
    return Agreement(
        n,
        same,
        kappa=None if np.isnan(kappa[0]) else _estimate(float(kappa[0]), kappas, n),
        ac1=_estimate(float(ac1[0]), ac1s, n),
    )


def _coefficients(tables: "Floats") -> "tuple[Floats, Floats]":
    """Kappa and AC1 of tables of shares (tables, K, K); kappa is NaN where it is undefined."""
    categories = tables.shape[1]
    equal = np.trace(tables, axis1=1, axis2=2)
    shares = tables.sum(axis=2), tables.sum(axis=1)
    by_chance = (shares[0] * shares[1]).sum(axis=1)
    mean = (shares[0] + shares[1]) / 2
    by_chance_ac1 = (mean * (1 - mean)).sum(axis=1) / (categories - 1)
    kappa = np.divide(equal - by_chance, 1 - by_chance, out=np.full(equal.shape, np.nan), where=1 - by_chance > 1e-12)
    return kappa, (equal - by_chance_ac1) / (1 - by_chance_ac1)


def _estimate(value: float, drawn: "Floats", n: int) -> Estimate:
    defined = drawn[~np.isnan(drawn)]
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high), n)
