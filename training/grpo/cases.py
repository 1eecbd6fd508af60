"""Which cases an iteration plays."""

import random
from collections.abc import Sequence

from exceptions.environment import Case


def cases_of_iteration(cases: Sequence[Case], *, count: int | None, seed: int, iteration: int) -> list[Case]:
    """`count` of the cases, or all when None. They are shuffled anew for each pass through them; a rest is left out.

    Args:
        iteration: counted from 1.
    """
    if count is None or count >= len(cases):
        return list(cases)
    number, at = divmod(iteration - 1, len(cases) // count)
    order = list(cases)
    random.Random(f"{seed}/{number}").shuffle(order)
    return order[at * count : (at + 1) * count]
