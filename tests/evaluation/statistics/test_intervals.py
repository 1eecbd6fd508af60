"""Wilson's interval for rates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evaluation.statistics.intervals import rate, wilson


@pytest.mark.parametrize(("successes", "n"), [(0, 1), (0, 22), (17, 22), (22, 22), (1, 2), (250, 500), (3, 4)])
def test_it_is_scipys_for_whole_successes(successes: int, n: int) -> None:
    expected = stats.binomtest(successes, n).proportion_ci(method="wilson")
    low, high = wilson(successes, n)
    assert (float(low), float(high)) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_it_knows_a_published_example() -> None:
    # 81 of 263: Newcombe, Stat. Med. 17 (1998) 857, table I, method 3.
    low, high = wilson(81, 263)
    assert (float(low), float(high)) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@given(st.integers(1, 2000), st.floats(0, 1))
def test_it_lies_around_the_share_within_0_and_1(n: int, share: float) -> None:
    low, high = wilson(share * n, n)
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1


@given(st.integers(1, 500), st.integers(0, 500))
def test_more_cases_of_the_same_share_make_it_narrower(n: int, successes: int) -> None:
    successes = min(successes, n)
    low, high = wilson(np.array([successes, 2 * successes]), np.array([n, 2 * n]))
    assert high[1] - low[1] < high[0] - low[0]


def test_nothing_counted_leaves_everything_open() -> None:
    low, high = wilson(np.array([0.0]), np.array([0]))
    assert (low[0], high[0]) == (0, 1)
    assert rate(np.array([])) is None


def test_a_case_played_three_times_is_still_one_case() -> None:
    once, thrice = rate(np.array([1.0, 0.0])), rate(np.array([2 / 3, 1 / 3]))
    assert once is not None
    assert thrice is not None
    assert thrice.n == 2
    assert (thrice.low, thrice.high) == pytest.approx((once.low, once.high))
