"""Advantages: how much better a trajectory did than the others of its group."""

from collections.abc import Sequence
from statistics import fmean, stdev
from typing import Final

#: Keeps a group's small spread from being divided by next to nothing.
EPSILON: Final = 1e-4
#: Rewards are sums of numbers with four decimals; what lies nearer together is equal.
_EQUAL: Final = 1e-6


def has_signal(rewards: Sequence[float]) -> bool:
    """Whether the group's rewards differ at all: where they do not, every advantage is 0 and nothing can be learned."""
    return len(rewards) > 1 and max(rewards) - min(rewards) > _EQUAL


def group_advantages(rewards: Sequence[float], *, scale: bool, bound: float) -> list[float]:
    """(reward − mean) ÷ (standard deviation + 1e-4) over one group, each clipped to ±`bound`.

    DeepSeekMath (arXiv:2402.03300), equation in section 4.1.2, with the sample's standard deviation (n − 1), as TRL
    has it.

    Args:
        rewards: of the samples of one case.
        scale: whether to divide; Dr. GRPO (arXiv:2503.20783) does not, because the division makes cases on which the
            samples nearly agree count as much as those on which they differ.
        bound: in the unit of the result: standard deviations, or reward where it is not divided.

    Returns:
        One advantage for each reward; all 0 in a group without signal.
    """
    if not has_signal(rewards):
        return [0.0] * len(rewards)
    mean = fmean(rewards)
    unit = stdev(rewards) + EPSILON if scale else 1.0
    return [max(-bound, min(bound, (reward - mean) / unit)) for reward in rewards]
