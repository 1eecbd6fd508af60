"""Bootstrap intervals for means, by one product of a matrix of resamples and the data.

A resample of n cases is how often each case is in it. The counts of all resamples are drawn once for each n and kept;
the means of all resamples of all columns are then one matrix product, which is what makes thirty players on five
hundred cases cheap. The seed is fixed: the same data give the same interval, on every page and in every process.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtr, ndtri

from evaluation.statistics.intervals import LEVEL, Estimate, Z

if TYPE_CHECKING:
    import numpy.typing as npt

    from evaluation.statistics.intervals import Floats

#: Resamples of every interval. Efron and Tibshirani (1993, § 14.3) ask for at least 1,000 for BCa.
RESAMPLES: Final = 2000
#: With more cases than this the bootstrap of a mean and its normal limit are the same to the digits shown.
MOST_CASES: Final = 1000
SEED: Final = 20_170_101


@lru_cache(maxsize=8)
def resample_counts(n: int) -> "npt.NDArray[np.uint8]":
    """How often each of `n` cases is in each resample: (RESAMPLES, n), every row sums to `n`."""
    drawn = np.random.default_rng(SEED).integers(0, n, size=(RESAMPLES, n))
    offsets = np.arange(RESAMPLES)[:, None] * n
    counts = np.bincount((drawn + offsets).ravel(), minlength=RESAMPLES * n).reshape(RESAMPLES, n)
    return np.minimum(counts, 255).astype(np.uint8)


def bootstrap_means(columns: "Floats") -> "tuple[Floats, Floats, Floats]":
    """Means of the columns of (cases, k) with the ends of their BCa intervals: three arrays of k.

    Bias-corrected and accelerated percentiles: Efron, J. Am. Stat. Assoc. 82 (1987) 171; `scipy.stats.bootstrap(…,
    method="BCa")`. The acceleration of a mean is its jackknife's skewness, which has a closed form. A column without
    any spread has an interval without width: what has not been seen cannot be resampled.
    """
    n = len(columns)
    means = columns.mean(axis=0)
    deviations = columns - means
    squares = (deviations**2).sum(axis=0)
    if n == 1 or n > MOST_CASES:
        half = Z * np.sqrt(squares / max(n - 1, 1) / n)
        return means, means - half, means + half
    drawn = np.sort((deviations.T.astype(np.float32) @ resample_counts(n).T.astype(np.float32)) / n, axis=1)
    # A resample whose mean is the sample's own counts half below it; the tolerance is that of the 32-bit product.
    tie = 1e-6 * np.abs(deviations).max(axis=0)[:, None]
    below = ((drawn < -tie).sum(axis=1) + (drawn <= tie).sum(axis=1)) / (2 * RESAMPLES)
    bias = ndtri(np.clip(below, 0.5 / RESAMPLES, 1 - 0.5 / RESAMPLES))
    moving = squares > 0
    acceleration = np.divide(
        (deviations**3).sum(axis=0), 6 * squares**1.5, out=np.zeros_like(squares), where=moving & (squares**1.5 > 0)
    )
    ends = [_quantile(drawn, _adjusted(tail, bias, acceleration)) for tail in ((1 - LEVEL) / 2, (1 + LEVEL) / 2)]
    return means, means + np.where(moving, ends[0], 0), means + np.where(moving, ends[1], 0)


def bootstrap_mean(per_case: "Floats") -> Estimate | None:
    """The mean over the cases with its BCa interval; None without a case."""
    if not len(per_case):
        return None
    value, low, high = (float(part[0]) for part in bootstrap_means(per_case[:, None]))
    return Estimate(value, low, high, len(per_case))


def bootstrap_ratios(numerators: "Floats", denominators: "Floats") -> "tuple[Floats, Floats, Floats]":
    """Sums over sums of the columns of (cases, k), such as invalid steps of all steps, with percentile intervals.

    Steps of one episode depend on each other, so cases are resampled, not steps. Denominators must not sum to 0.
    """
    n = len(numerators)
    total = denominators.sum(axis=0)
    values = numerators.sum(axis=0) / total
    residuals = numerators - values * denominators
    if n == 1 or n > MOST_CASES:
        half = Z * np.sqrt((residuals**2).sum(axis=0) * n / max(n - 1, 1)) / total
        return values, np.clip(values - half, 0, 1), np.clip(values + half, 0, 1)
    counts = resample_counts(n).T.astype(np.float32)
    under = denominators.T.astype(np.float32) @ counts
    # value + residuals ÷ denominators is numerators ÷ denominators, without their rounding.
    drawn = np.sort((residuals.T.astype(np.float32) @ counts) / np.where(under > 0, under, 1), axis=1)
    tails = [np.full(len(values), tail) for tail in ((1 - LEVEL) / 2, (1 + LEVEL) / 2)]
    low, high = (values + _quantile(drawn, tail) for tail in tails)
    return values, np.clip(low, 0, 1), np.clip(high, 0, 1)


def _adjusted(tail: float, bias: "Floats", acceleration: "Floats") -> "Floats":
    """The percentile that takes the place of `tail`: Efron and Tibshirani (1993), equation 14.10."""
    moved = bias + float(ndtri(tail))
    adjusted: Floats = ndtr(bias + moved / (1 - acceleration * moved))
    return adjusted


def _quantile(rows: "npt.NDArray[np.float32]", share: "Floats") -> "Floats":
    """The `share` quantile of each sorted row, linear between neighbours as `numpy.quantile` does by default."""
    place = np.clip(share, 0, 1) * (rows.shape[1] - 1)
    before = np.floor(place).astype(np.intp)
    after = np.minimum(before + 1, rows.shape[1] - 1)
    at = np.arange(len(rows))
    first, second = rows[at, before].astype(np.float64), rows[at, after].astype(np.float64)
    quantile: Floats = first + (second - first) * (place - before)
    return quantile
