"""Bootstrap intervals of means and ratios."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from evaluation.statistics.bootstrap import (
    MOST_CASES,
    RESAMPLES,
    bootstrap_mean,
    bootstrap_means,
    bootstrap_ratios,
    resample_counts,
)

SCORES = np.array([0.12, 0.35, 0.4, 0.55, 0.6, 0.62, 0.7, 0.71, 0.78, 0.8, 0.81, 0.83, 0.88, 0.9, 0.91, 0.93, 0.95])


def test_it_comes_to_scipys_bca_interval() -> None:
    expected = stats.bootstrap(
        (SCORES,), np.mean, method="BCa", n_resamples=40_000, rng=np.random.default_rng(1)
    ).confidence_interval
    found = bootstrap_mean(SCORES)
    assert found is not None
    assert found.value == pytest.approx(SCORES.mean())
    # 2,000 resamples leave a standard error of some 3 % of the width at each end.
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.01)


def test_it_is_skewed_where_the_scores_are() -> None:
    found = bootstrap_mean(SCORES)
    assert found is not None
    assert found.value - found.low > found.high - found.value


def test_it_covers_the_true_mean_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    samples = rng.beta(5, 2, size=(22, 600))
    _means, low, high = bootstrap_means(samples)
    covered = ((low <= 5 / 7) & (high >= 5 / 7)).mean()
    assert 0.91 < covered < 0.97


def test_many_columns_are_the_same_as_one_by_one() -> None:
    columns = np.random.default_rng(3).random((22, 4))
    together = np.array(bootstrap_means(columns))
    for at in range(4):
        alone = np.array(bootstrap_means(columns[:, [at]]))[:, 0]
        assert together[:, at] == pytest.approx(alone, abs=1e-6)


def test_the_same_data_give_the_same_interval() -> None:
    assert bootstrap_mean(SCORES) == bootstrap_mean(SCORES)


def test_without_spread_there_is_no_width() -> None:
    found = bootstrap_mean(np.full(22, 0.7))
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.7, 0.7, 0.7))


def test_for_very_many_cases_it_is_the_normal_limit() -> None:
    scores = np.random.default_rng(2).random(MOST_CASES + 1)
    found, nearly = bootstrap_mean(scores), bootstrap_mean(scores[:MOST_CASES])
    assert found is not None
    assert nearly is not None
    assert (found.low, found.high) == pytest.approx((nearly.low, nearly.high), abs=0.003)


@given(
    arrays(np.float64, st.integers(2, 40), elements=st.floats(0, 1, width=32)),
    st.floats(-5, 5, width=16),
    st.floats(0.125, 8, width=16),
)
def test_it_moves_and_stretches_with_the_data(scores: np.ndarray, shift: float, factor: float) -> None:
    plain, moved = bootstrap_mean(scores), bootstrap_mean(scores * factor + shift)
    assert plain is not None
    assert moved is not None
    expected = [plain.low * factor + shift, plain.high * factor + shift]
    assert [moved.low, moved.high] == pytest.approx(expected, abs=2e-3 * factor + 1e-4)


@given(arrays(np.float64, st.integers(1, 60), elements=st.floats(0, 1)))
def test_the_interval_of_scores_stays_within_the_scores(scores: np.ndarray) -> None:
    found = bootstrap_mean(scores)
    assert found is not None
    if len(scores) > 1:
        assert scores.min() - 1e-5 <= found.low <= found.value + 1e-5
        assert found.value - 1e-5 <= found.high <= scores.max() + 1e-5


@pytest.mark.parametrize("n", [1, 22, 500])
def test_every_resample_has_as_many_cases_as_the_sample(n: int) -> None:
    counts = resample_counts(n)
    assert counts.shape == (RESAMPLES, n)
    assert (counts.sum(axis=1) == n).all()
    assert counts.mean() == pytest.approx(1)


def test_a_ratio_is_all_of_all_and_resamples_cases() -> None:
    invalid, steps = np.array([[0.0], [6.0], [0.0], [3.0]]), np.array([[8.0], [12.0], [4.0], [6.0]])
    [value], [low], [high] = bootstrap_ratios(invalid, steps)
    assert value == pytest.approx(9 / 30)
    assert low == pytest.approx(0, abs=1e-6)
    assert 0.4 < high <= 0.5 + 1e-6
    rng = np.random.default_rng(5)
    invalid, steps = rng.integers(0, 4, (40, 1)) * 1.0, rng.integers(4, 12, (40, 1)) * 1.0
    expected = stats.bootstrap(
        (invalid[:, 0], steps[:, 0]),
        lambda above, under, axis: above.sum(axis=axis) / under.sum(axis=axis),
        paired=True,
        method="percentile",
        n_resamples=20_000,
        rng=rng,
    ).confidence_interval
    _value, [low], [high] = bootstrap_ratios(invalid, steps)
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=0.01)
