"""Agreement beyond chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.statistics.agreement import Agreement, agreement


def rated(table: list[list[int]]) -> Agreement:
    """Two raters from the table of their answers: rows are the first rater's."""
    pairs = [(a, b) for a, row in enumerate(table) for b, count in enumerate(row) for _ in range(count)]
    first, second = np.array(pairs).T
    found = agreement(first, second, len(table))
    assert found is not None
    return found


def test_kappa_of_a_textbook_table() -> None:
    # 25 grant proposals both said yes to 20 and no to 15 of 50: po = 0.7, pe = 0.5, kappa = 0.4.
    found = rated([[20, 5], [10, 15]])
    assert found.same.value == pytest.approx(0.7)
    assert found.kappa is not None
    assert found.kappa.value == pytest.approx(0.4)
    assert found.kappa.low < 0.4 < found.kappa.high


def test_ac1_stays_high_where_kappa_breaks_down() -> None:
    # Gwet (2008), table 1, with 125 subjects: 118 of them both positive. AC1 0.941, kappa −0.023.
    found = rated([[118, 5], [2, 0]])
    assert found.kappa is not None
    assert found.kappa.value == pytest.approx(-0.0234, abs=1e-4)
    assert found.ac1.value == pytest.approx(0.9408, abs=1e-4)


def test_kappa_is_undefined_when_both_always_say_the_same_thing() -> None:
    found = rated([[12, 0], [0, 0]])
    assert found.kappa is None
    assert found.ac1.value == 1


def test_nobody_agrees_on_no_case() -> None:
    assert agreement(np.array([], dtype=int), np.array([], dtype=int), 4) is None


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40))
def test_it_does_not_matter_who_is_first(pairs: list[tuple[int, int]]) -> None:
    first, second = np.array(pairs).T
    there, back = agreement(first, second, 4), agreement(second, first, 4)
    assert there is not None
    assert back is not None
    assert there.ac1.value == pytest.approx(back.ac1.value)
    assert (there.kappa is None) == (back.kappa is None)
    if there.kappa and back.kappa:
        assert there.kappa.value == pytest.approx(back.kappa.value)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_full_agreement_is_one(answers: list[int]) -> None:
    codes = np.array(answers)
    found = agreement(codes, codes, 4)
    assert found is not None
    assert found.ac1.value == pytest.approx(1)
    assert found.kappa is None or found.kappa.value == pytest.approx(1)
