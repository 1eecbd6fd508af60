"""Estimates as pages write them: the mean, and below it the ends of its interval."""

from dataclasses import dataclass

from evaluation.selectors.comparison.figures import Row
from evaluation.statistics.intervals import Estimate
from evaluation.statistics.verdicts import signed


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean and its interval in words."""

    value: str
    interval: str


def resolved(row: Row, estimate: Estimate) -> Figure:
    """`17 of 22` where every case was played once, else a percentage."""
    interval = f"{signed(100 * estimate.low, 0)}–{signed(100 * estimate.high, 0)} %"
    if row.plays.episodes == row.plays.count:
        return Figure(f"{round(estimate.value * estimate.n)} / {estimate.n}", interval)
    return Figure(f"{100 * estimate.value:.0f} %", interval)


def percent(estimate: Estimate) -> Figure:
    """A share as whole percent."""
    return Figure(f"{100 * estimate.value:.0f} %", f"{100 * estimate.low:.0f}–{100 * estimate.high:.0f}")


def plain(estimate: Estimate, places: int) -> Figure:
    """A number with so many places."""
    return Figure(signed(estimate.value, places), f"{signed(estimate.low, places)}–{signed(estimate.high, places)}")


def dollars(estimate: Estimate) -> Figure:
    """US dollars."""
    return Figure(f"${estimate.value:.4f}", f"{estimate.low:.4f}–{estimate.high:.4f}")


def difference(mean: Estimate, places: int) -> Figure:
    """A difference with its sign."""
    sign = "+" if round(mean.value, places) > 0 else ""
    return Figure(f"{sign}{signed(mean.value, places)}", f"{signed(mean.low, places)} to {signed(mean.high, places)}")
