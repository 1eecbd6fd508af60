"""How pages write estimates."""

from typing import TYPE_CHECKING

from django import template

if TYPE_CHECKING:
    from evaluation.statistics.intervals import Estimate

register = template.Library()


@register.filter
def width(estimate: "Estimate") -> str:
    """The width of an interval in a view box of 100, never less than what can be seen."""
    return f"{max((estimate.high - estimate.low) * 100, 0.6):.1f}"


@register.filter
def at(value: float) -> str:
    """Where the mark of a value begins in a view box of 100: the mark is 1.5 wide and stays inside."""
    return f"{min(max(value, 0.0), 1.0) * 98.5:.1f}"
