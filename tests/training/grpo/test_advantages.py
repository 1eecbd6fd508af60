"""Advantages: what set a group's samples apart, and nothing where nothing did."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.grpo.advantages import group_advantages, has_signal

REWARDS = st.lists(st.integers(-100, 200).map(lambda hundredths: hundredths / 100), min_size=2, max_size=16)


def test_an_advantage_is_the_distance_from_the_mean_in_standard_deviations() -> None:
    # Mean 0.5, sample standard deviation √(0.5 / 3) = 0.40825.
    advantages = group_advantages([0.0, 0.5, 0.5, 1.0], scale=True, bound=10)

    assert advantages == pytest.approx([-0.5 / 0.40835, 0, 0, 0.5 / 0.40835], abs=1e-4)


def test_without_the_division_it_is_the_distance_in_reward() -> None:
    assert group_advantages([0.0, 0.5, 0.5, 1.0], scale=False, bound=10) == [-0.5, 0, 0, 0.5]


def test_the_published_group_without_variance_has_no_signal_and_no_advantages() -> None:
    """`group_reward_std = 0.0`, `n_pairs = 0`: all samples of every case earned the same, and nothing was learned."""
    rewards = [0.704, 0.704, 0.704, 0.704]

    assert not has_signal(rewards)
    for scale in (True, False):
        assert group_advantages(rewards, scale=scale, bound=3) == [0.0] * 4


def test_rewards_that_differ_by_rounding_alone_are_equal() -> None:
    rewards = [0.1 + 0.2, 0.3]
    assert rewards[0] != rewards[1]

    assert not has_signal(rewards)


def test_a_single_sample_has_no_signal() -> None:
    assert not has_signal([1.0])
    assert group_advantages([1.0], scale=True, bound=3) == [0.0]


def test_a_tiny_spread_is_not_blown_up() -> None:
    """By the 1e-4 below the fraction where two hardly differ, by the bound where one of many does."""
    assert max(group_advantages([0.5001, 0.5], scale=True, bound=3)) < 0.5
    assert max(group_advantages([0.5] * 63 + [0.501], scale=True, bound=3)) == 3


@given(rewards=REWARDS, scale=st.booleans(), bound=st.sampled_from([0.5, 3.0, 100.0]))
def test_any_group_is_ranked_by_its_rewards_within_the_bound(rewards: list[float], scale: bool, bound: float) -> None:
    advantages = group_advantages(rewards, scale=scale, bound=bound)

    assert all(abs(advantage) <= bound for advantage in advantages)
    ranked = [advantage for _reward, advantage in sorted(zip(rewards, advantages, strict=True))]
    assert ranked == sorted(ranked)
    if bound == 100.0:
        assert sum(advantages) == pytest.approx(0, abs=1e-9)
