"""Curves made readable: smoothed, and thinned to what a screen can show."""

from collections.abc import Sequence
from typing import Final

from training.selectors.curves import Point

#: Points of a line in a figure: more than a chart has pixels for only make it slow.
MOST_POINTS: Final = 400


def smoothed(points: Sequence[Point], weight: float) -> list[Point]:
    """The exponential moving average with the bias of its beginning taken out; a value that is no number is a gap.

    `weight` of the past, 0…1 (0: as measured). Source: TensorBoard; Kingma and Ba, arXiv:1412.6980, § 3.
    """
    average, past = 0.0, 1.0
    found: list[Point] = []
    for step, value in points:
        if value is None:
            found.append((step, None))
            continue
        average = weight * average + (1 - weight) * value
        past *= weight
        found.append((step, average / (1 - past)))
    return found


def thinned(points: Sequence[Point], most: int = MOST_POINTS) -> list[Point]:
    """At most about so many points: of each stretch the lowest and the highest, so that no spike is lost."""
    if len(points) <= most:
        return list(points)
    size = -(-2 * len(points) // most)
    kept: list[Point] = [points[0]]
    for start in range(1, len(points) - 1, size):
        stretch = points[start : min(start + size, len(points) - 1)]
        numbers = [(value, at) for at, (_step, value) in enumerate(stretch) if value is not None]
        if not numbers:
            kept.append(stretch[0])
            continue
        kept += [stretch[at] for at in sorted({min(numbers)[1], max(numbers)[1]})]
    return [*kept, points[-1]]
