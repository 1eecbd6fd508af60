"""What a comparison is said to mean."""

import numpy as np

from evaluation.statistics.paired import paired_difference
from evaluation.statistics.verdicts import RESOLVED, SCORE, verdict


def say(first: list[float], second: list[float], by_score: bool = True) -> str:
    difference = paired_difference(np.array(first), np.array(second))
    return verdict("A", "B", difference, SCORE if by_score else RESOLVED)


def test_a_win_says_by_how_much_on_how_many_cases() -> None:
    base = np.linspace(0.2, 0.8, 22)
    better = base + np.where(np.arange(22) % 2, 0.1, 0.06)
    assert say([*better], [*base]).startswith("A beats B by 0.080 ± 0.0")
    assert "on 22 cases (score, paired, 95 % interval 0.0" in say([*better], [*base])
    assert say([*base], [*better]).startswith("B beats A by 0.080 ± 0.0")


def test_what_can_be_chance_is_called_chance() -> None:
    said = say([0.7, 0.2, 0.9, 0.5, 0.4, 0.8], [0.6, 0.4, 0.7, 0.6, 0.5, 0.7])
    assert said.startswith("No difference between A and B can be told apart from chance on 6 cases")
    assert "95 % interval −0." in said


def test_four_cases_tell_nothing() -> None:
    assert (
        say([1, 1, 1, 1], [0, 0, 0, 0]) == "4 cases in common cannot tell A and B apart; 6 are the fewest that could."
    )
    assert verdict("A", "B", None, SCORE) == "A and B have played no case in common."


def test_right_or_wrong_needs_the_exact_test_as_well() -> None:
    # Five wins to none on 22 cases: the interval is above zero, the exact test is not convinced.
    first, second = [1.0] * 5 + [0.0] * 17, [0.0] * 22
    difference = paired_difference(np.array(first), np.array(second))
    assert difference is not None
    assert difference.mean.low > 0
    assert say(first, second, by_score=False).startswith("No difference")
    assert "exact McNemar p = 0.062" in say(first, second, by_score=False)
    assert say([1.0] * 9 + [0.0] * 13, second, by_score=False).startswith("A beats B by 0.41")
