"""What a paired comparison means, in words. A win is called only when interval and test both say so."""

from dataclasses import dataclass
from typing import Literal

from evaluation.statistics.paired import ALPHA, FEWEST_CASES, Difference

Outcome = Literal["first", "second", "open", "too_few"]


def outcome(difference: Difference, *, by_test: bool) -> Outcome:
    """Who does better: `first`, `second`, or `open` when it can be chance; `too_few` cases tell nothing.

    Args:
        difference: first minus second.
        by_test: the quantity is right or wrong, so the exact test has to agree with the interval.
    """
    if difference.n < FEWEST_CASES:
        return "too_few"
    if by_test and difference.p > ALPHA:
        return "open"
    if difference.mean.low > 0:
        return "first"
    return "second" if difference.mean.high < 0 else "open"


@dataclass(frozen=True, slots=True)
class Quantity:
    """How a difference is written: in `unit`, with so many `places`, for what it says about the cases."""

    words: str
    places: int
    by_test: bool


SCORE = Quantity("score", 3, by_test=False)
RESOLVED = Quantity("resolved", 2, by_test=True)


def verdict(first: str, second: str, difference: Difference | None, quantity: Quantity) -> str:
    """One sentence: `A beats B by 0.080 ± 0.050 on 22 cases (score, paired, 95 % interval 0.030 to 0.130)`."""
    if difference is None:
        return f"{first} and {second} have played no case in common."
    n, mean, places = difference.n, difference.mean, quantity.places
    cases = f"{n} case{'' if n == 1 else 's'}"
    size = f"{abs(mean.value):.{places}f} ± {mean.half_width:.{places}f}"
    found = outcome(difference, by_test=quantity.by_test)
    if found == "too_few":
        return f"{cases} in common cannot tell {first} and {second} apart; {FEWEST_CASES} are the fewest that could."
    low, high = (mean.low, mean.high) if found != "second" else (-mean.high, -mean.low)
    paired = f"{quantity.words}, paired, 95 % interval {signed(low, places)} to {signed(high, places)}"
    if quantity.by_test:
        paired += f"; exact McNemar {p_words(difference.p)}"
    if found == "first":
        return f"{first} beats {second} by {size} on {cases} ({paired})."
    if found == "second":
        return f"{second} beats {first} by {size} on {cases} ({paired})."
    return f"No difference between {first} and {second} can be told apart from chance on {cases} ({paired})."


def signed(value: float, places: int) -> str:
    """A number with a true minus, and no minus before nothing."""
    written = f"{value:.{places}f}"
    return written.replace("-", "" if float(written) == 0 else "−")


def p_words(p: float) -> str:
    """`p = 0.016`; `p < 0.001` below that."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
