"""Two players on the same cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evaluation.statistics.paired import holm, mcnemar, paired_difference


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_scipys_exact_binomial_test_on_the_discordant_cases(more: int, fewer: int) -> None:
    expected = stats.binomtest(more, more + fewer).pvalue if more + fewer else 1.0
    assert mcnemar(more, fewer) == pytest.approx(expected, abs=1e-12)


def test_mcnemar_knows_the_textbook() -> None:
    # Five to none is the nearest that five discordant cases come: 2 · 0.5⁵.
    assert mcnemar(5, 0) == 0.0625
    assert mcnemar(0, 6) == 0.03125
    assert mcnemar(9, 2) == pytest.approx(0.06543, abs=1e-5)


def test_what_both_played_alike_tells_nothing() -> None:
    resolved = np.array([1.0, 0.0, 1.0])
    found = paired_difference(resolved, resolved)
    assert found is not None
    assert (found.mean.value, found.mean.low, found.mean.high) == (0, 0, 0)
    assert (found.more, found.fewer, found.p) == (0, 0, 1.0)
    assert paired_difference(np.array([]), np.array([])) is None


def test_pairing_finds_what_two_separate_intervals_hide() -> None:
    hard = np.linspace(0.1, 0.9, 22)
    found = paired_difference(hard + 0.05, hard)
    assert found is not None
    assert found.mean.low > 0
    assert (found.more, found.fewer) == (22, 0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.randoms())
def test_the_other_way_round_is_the_same_difference_negated(values: list[float], chance: object) -> None:
    first = np.array(values)
    second = first[::-1].copy()
    there, back = paired_difference(first, second), paired_difference(second, first)
    assert there is not None
    assert back is not None
    assert there.mean.value == pytest.approx(-back.mean.value)
    assert (there.more, there.fewer, there.p) == (back.fewer, back.more, back.p)


def test_several_comparisons_are_corrected_by_holm() -> None:
    # As R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_a_correction_never_helps(p_values: list[float]) -> None:
    corrected = holm(p_values)
    assert all(after >= before for before, after in zip(p_values, corrected, strict=True))
    assert max(corrected) <= 1
