"""The ceiling and the floors on generated cases: the expert is perfect, whoever does not read is poor."""

from collections.abc import Sequence

import pytest

from evaluation.play import Play, play_batch
from evaluation.players.scripts import script_player
from exceptions.environment import Case, Decision, ExceptionType, grade
from exceptions.generator import FAMILIES, generate_cases, generate_twins

ANSWERS = sorted({(family.decision, family.exception_type) for family in FAMILIES.values()})


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return generate_cases(600, seed=14)


def played(name: str, cases: Sequence[Case]) -> list[Play]:
    plays = [Play.begin(case, play_id=case.id) for case in cases]
    play_batch(plays, script_player(name))
    return plays


def resolved(play: Play) -> bool:
    """Whether decision and exception type are right."""
    truth, said = play.env.case.ground_truth, play.env.state.resolution
    assert truth is not None
    return said is not None and (said.final_decision, said.exception_type) == (truth.decision, truth.exception_type)


def share_resolved(name: str, cases: Sequence[Case]) -> float:
    return sum(map(resolved, played(name, cases))) / len(cases)


def test_the_expert_is_perfect_on_cases_and_on_twins(cases: list[Case]) -> None:
    twins = [case for pair in generate_twins(270, seed=14) for case in (pair.one, pair.other)]
    for play in played("expert", [*cases, *twins]):
        score = grade(play.env.case, play.env.state, "grounded-1")
        assert score.score == 1.0, (play.env.case.id, score)


def test_matching_figures_alone_resolves_about_half(cases: list[Case]) -> None:
    assert share_resolved("three-way-match", cases) < 0.55


def test_going_by_alarming_words_is_no_better_than_always_approving(cases: list[Case]) -> None:
    always = f"constant:{Decision.APPROVE}/{ExceptionType.CLEAN_MATCH}"
    assert share_resolved("keyword", cases) < share_resolved(always, cases) + 0.02


@pytest.mark.parametrize(("decision", "exception_type"), ANSWERS)
def test_a_constant_answer_resolves_no_more_than_its_share(
    cases: list[Case], decision: Decision, exception_type: ExceptionType
) -> None:
    name = f"constant:{decision}/{exception_type}"
    assert share_resolved(name, cases) <= 11 / 30 + 0.001


@pytest.mark.parametrize("name", ["keyword", "three-way-match"])
def test_who_does_not_read_gets_few_pairs_of_twins_right(name: str) -> None:
    pairs = generate_twins(270, seed=15)
    ones = list(map(resolved, played(name, [pair.one for pair in pairs])))
    others = list(map(resolved, played(name, [pair.other for pair in pairs])))
    assert sum(one and other for one, other in zip(ones, others, strict=True)) / len(pairs) < 0.4
