"""The ends of axes: round numbers around all values, so that an axis holds still while values come in."""

from collections.abc import Iterable
from math import ceil, floor, log10
from typing import Final

#: A share of one, with room for marks at its ends.
SHARE: Final = (-0.02, 1.02)
#: What is smaller counts as nothing, and lies on the edge of a logarithmic axis.
_SMALLEST: Final = 1e-9


def linear_range(values: Iterable[float | None], *, from_zero: bool = True) -> tuple[float, float]:
    """From 0 (or a round number below the least) to a round number above the greatest: 1, 2, 2.5, 5 or 10 × 10ⁿ."""
    numbers = [value for value in values if value is not None]
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    if from_zero and low >= 0:
        return 0.0, _above(high)
    reach = _above(max(abs(low), abs(high)))
    return (-reach if low < 0 else 0.0), (reach if high > 0 else 0.0)


def log_range(values: Iterable[float | None]) -> tuple[float, float]:
    """Whole decades around all positive values, as exponents of ten: what plotly.js wants of a logarithmic axis."""
    numbers = [max(value, _SMALLEST) for value in values if value is not None and value > 0]
    if not numbers:
        return -1.0, 1.0
    low, high = floor(log10(min(numbers))), ceil(log10(max(numbers)))
    return float(low), float(high if high > low else low + 1)


def step_range(total: int, newest: int) -> tuple[float, float]:
    """All steps of the longest run, from the start; a run whose end is not known yet gets a round number."""
    end = max(total, newest, 1)
    if total < newest or not total:
        end = ceil(_above(end))
    margin = 0.03 * end
    return -margin, end + margin


def _above(value: float) -> float:
    """The least round number that is not below a value; 1 for what is next to nothing."""
    if value < _SMALLEST:
        return 1.0
    decade: float = 10.0 ** floor(log10(value))
    return next(decade * factor for factor in (1, 2, 2.5, 5, 10) if decade * factor >= value * (1 - 1e-9))
