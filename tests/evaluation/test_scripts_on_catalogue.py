"""What the scripts make of the 22 catalogue cases: the ceiling, the floor, and the traps."""

from itertools import product
from statistics import mean

import pytest

from evaluation.players.scripts import script_player
from exceptions.catalogue import load_catalogue
from exceptions.environment import Case, Decision, ExceptionType, grade
from tests.evaluation.script_episodes import play, resolved

CASES = load_catalogue()

#: Where the mechanism is carried by words, or by a cent, an engine that only matches figures answers wrongly.
TRAPS_FOR_THE_RULE_ENGINE = {
    "duplicate-invoice",
    "retroactive-price",
    "split-invoice-pattern",
    "rounding-false-alarm",
    "authorized-overship",
    "phantom-receipt",
    "inflated-po",
    "threshold-dance",
    "retroactive-amendment",
    "returned-then-rebilled",
    "pending-cosign",
    "rush-premium-authorized",
    "contradicting-signals",
}

#: Where alarming words do not decide, or hide behind other words, a reader of words alone answers wrongly.
TRAPS_FOR_KEYWORDS = {
    "clean-match",
    "partial-receipt",
    "price-variance",
    "duplicate-invoice",
    "mixed-discrepancy",
    "false-positive-duplicate",
    "clean-from-risky-vendor",
    "authorized-overship",
    "corrected-resubmission",
    "phantom-receipt",
    "currency-swap",
    "threshold-dance",
    "rush-premium-authorized",
    "contradicting-signals",
}


def unresolved_by(name: str) -> set[str]:
    return {case.id for case in CASES if not resolved(case, play(case, script_player(name)).state)}


def seen_as_a_match(case: Case) -> bool:
    state = play(case, script_player("three-way-match")).state
    return state.resolution is not None and state.resolution.final_decision is Decision.APPROVE


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_expert_scores_exactly_one(case: Case) -> None:
    state = play(case, script_player("expert")).state
    given = grade(case, state, "grounded-1")
    assert given.score == 1.0, given.notes


@pytest.mark.parametrize(("decision", "exception_type"), list(product(Decision, ExceptionType)))
def test_no_constant_answer_gets_far(decision: Decision, exception_type: ExceptionType) -> None:
    player = script_player(f"constant:{decision}/{exception_type}")
    states = [(case, play(case, player).state) for case in CASES]
    assert mean(grade(case, state, "grounded-1").score for case, state in states) < 0.50
    assert sum(resolved(case, state) for case, state in states) <= 7


def test_the_rule_engine_falls_for_what_is_carried_by_words() -> None:
    assert unresolved_by("three-way-match") == TRAPS_FOR_THE_RULE_ENGINE


@pytest.mark.parametrize(
    "case_id",
    [
        "duplicate-invoice",
        "retroactive-price",
        "split-invoice-pattern",
        "phantom-receipt",
        "inflated-po",
        "threshold-dance",
        "retroactive-amendment",
        "returned-then-rebilled",
        "pending-cosign",
    ],
)
def test_the_rule_engine_would_pay_what_must_not_be_paid(case_id: str) -> None:
    assert seen_as_a_match(next(case for case in CASES if case.id == case_id))


@pytest.mark.parametrize("case_id", ["rounding-false-alarm", "authorized-overship", "rush-premium-authorized"])
def test_the_rule_engine_would_stop_what_may_be_paid(case_id: str) -> None:
    assert not seen_as_a_match(next(case for case in CASES if case.id == case_id))


def test_the_keyword_script_falls_for_denials_and_false_alarms() -> None:
    assert unresolved_by("keyword") == TRAPS_FOR_KEYWORDS


def test_every_hard_case_with_a_trap_beats_figures_or_words() -> None:
    beaten_by_neither = {case.id for case in CASES} - TRAPS_FOR_THE_RULE_ENGINE - TRAPS_FOR_KEYWORDS
    # The two swapped digits of a supplier number stand in the figures and the fraud report in the words.
    assert beaten_by_neither == {"supplier-impersonation"}


def test_scripts_that_never_answer_resolve_nothing() -> None:
    assert len(unresolved_by("investigator")) == len(CASES)
