"""Calibration of stated confidence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.statistics.calibration import calibration


def test_the_error_of_a_small_example_done_by_hand() -> None:
    # Two answers at 0.9, one right; two at 0.6, both right: 0.5·|0.5 − 0.9| + 0.5·|1 − 0.6| = 0.4.
    found = calibration(np.array([0.9, 0.9, 0.6, 0.6]), np.array([1.0, 0.0, 1.0, 1.0]))
    assert found is not None
    assert found.error == pytest.approx(0.4)
    assert found.brier == pytest.approx((0.01 + 0.81 + 0.16 + 0.16) / 4)
    assert [(one.low, one.right.n, one.right.value) for one in found.bins] == [(0.6, 2, 1.0), (0.9, 2, 0.5)]


def test_a_confidence_on_the_edge_belongs_to_the_bin_above() -> None:
    found = calibration(np.array([0.7, 0.3, 1.0, 0.0]), np.array([1.0, 1.0, 1.0, 0.0]))
    assert found is not None
    assert [one.low for one in found.bins] == [0.0, 0.3, 0.7, 0.9]


def test_no_answer_has_no_calibration() -> None:
    assert calibration(np.array([]), np.array([])) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_its_bins_hold_every_answer_and_its_error_is_a_share(answers: list[tuple[float, bool]]) -> None:
    confidences, right = np.array(answers, dtype=float).T
    found = calibration(confidences, right)
    assert found is not None
    assert sum(one.right.n for one in found.bins) == found.n == len(answers)
    assert 0 <= found.error <= 1
    assert all(one.low - 1e-9 <= one.confidence <= one.high + 1e-9 for one in found.bins)


@given(st.integers(1, 30))
def test_always_sure_and_always_right_is_perfect(n: int) -> None:
    found = calibration(np.ones(n), np.ones(n))
    assert found is not None
    assert (found.error, found.brier) == (0, 0)
