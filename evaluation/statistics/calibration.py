"""Whether a stated confidence means what it says."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from evaluation.statistics.intervals import Estimate, wilson

if TYPE_CHECKING:
    from evaluation.statistics.intervals import Floats

BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose confidence lies between `low` and `high`: the mean confidence, and the share that was right."""

    low: float
    high: float
    confidence: float
    right: Estimate


@dataclass(frozen=True, slots=True)
class Calibration:
    """`n` answers that stated a confidence.

    `error`: the expected calibration error, Σ n_b ÷ n · |share right − mean confidence| over the bins. `brier`: the
    mean of (confidence − right)². Both 0 at best.
    """

    n: int
    error: float
    brier: float
    bins: list[Bin]


def calibration(confidences: "Floats", right: "Floats") -> Calibration | None:
    """Calibration of answers (confidence in 0…1, right 0 or 1) in ten bins of equal width; None without an answer.

    Source: Naeini, Cooper and Hauskrecht, AAAI 2015 (the error); Brier, Mon. Weather Rev. 78 (1950) 1. With few answers
    the error is biased upwards: n stands beside it.
    """
    n = len(confidences)
    if not n:
        return None
    # To the digits that players write: 0.7 · 10 is 7.000000000000001 in binary, 0.29 · 100 is 28.999999999999996.
    place = np.minimum(np.floor(np.round(confidences * BINS, 9)).astype(np.intp), BINS - 1)
    counts = np.bincount(place, minlength=BINS)
    stated = np.bincount(place, weights=confidences, minlength=BINS)
    correct = np.bincount(place, weights=right, minlength=BINS)
    low, high = wilson(correct, counts)
    bins = [
        Bin(
            low=at / BINS,
            high=(at + 1) / BINS,
            confidence=float(stated[at] / counts[at]),
            right=Estimate(float(correct[at] / counts[at]), float(low[at]), float(high[at]), int(counts[at])),
        )
        for at in range(BINS)
        if counts[at]
    ]
    error = float(np.abs(correct - stated).sum() / n)
    return Calibration(n, error, float(((confidences - right) ** 2).mean()), bins)
