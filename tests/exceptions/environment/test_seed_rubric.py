"""Every clause of the rubric `seed-1`, by numbers worked out by hand."""

from typing import Any

import pytest

from exceptions.environment import RUBRICS, Environment, Grade, grade
from tests.exceptions.environment.case_builder import build_case

#: What the small case requires.
REQUIRED = ("inspect_purchase_order", "inspect_goods_receipt_note", "compare_quantity")
DECISIONS = ("approve_for_payment", "place_on_hold", "reject_invoice", "escalate_for_supervisor_review")


def look(*actions: str) -> list[dict[str, str]]:
    return [{"action_type": action} for action in actions]


def propose(exception_type: str) -> dict[str, str]:
    return {"action_type": "propose_exception_type", "exception_type": exception_type}


def submit(decision: str = "place_on_hold", **more: Any) -> dict[str, Any]:
    return {"action_type": "submit_final_resolution", "final_decision": decision} | more


def graded(*played: Any, **changes: Any) -> Grade:
    case = build_case(**changes)
    return grade(case, Environment.replay(case, played, rewards="seed-1").state, "seed-1")


def criterion(name: str, *played: Any, **changes: Any) -> float:
    return graded(*played, **changes).criteria[name]


def test_the_weights_are_those_of_the_published_rubric() -> None:
    assert RUBRICS["seed-1"].weights == {
        "decision": 0.35,
        "exception_type": 0.20,
        "evidence": 0.15,
        "investigation": 0.10,
        "explanation": 0.10,
        "efficiency": 0.10,
    }


@pytest.mark.parametrize(
    ("right", "submitted", "credit"),
    [(decision, decision, 1.0) for decision in DECISIONS]
    + [
        ("place_on_hold", "escalate_for_supervisor_review", 0.2),
        ("place_on_hold", "reject_invoice", 0.15),
        ("place_on_hold", "approve_for_payment", 0.0),
        ("escalate_for_supervisor_review", "place_on_hold", 0.2),
        ("escalate_for_supervisor_review", "reject_invoice", 0.15),
        ("escalate_for_supervisor_review", "approve_for_payment", 0.0),
        ("reject_invoice", "escalate_for_supervisor_review", 0.2),
        ("reject_invoice", "place_on_hold", 0.1),
        ("reject_invoice", "approve_for_payment", 0.0),
        ("approve_for_payment", "place_on_hold", 0.0),
        ("approve_for_payment", "reject_invoice", 0.0),
        ("approve_for_payment", "escalate_for_supervisor_review", 0.0),
    ],
)
def test_decision(right: str, submitted: str, credit: float) -> None:
    assert criterion("decision", submit(submitted), ground_truth__decision=right) == credit


@pytest.mark.parametrize(
    ("proposals", "submitted", "credit"),
    [
        ((), "partial_receipt", 1.0),
        (("price_mismatch",), "partial_receipt", 1.0),
        ((), "price_mismatch", 0.0),
        (("partial_receipt",), "price_mismatch", 0.5),
        (("tax_variance", "partial_receipt"), "price_mismatch", 0.5),
        (("partial_receipt", "tax_variance"), "price_mismatch", 0.0),
        (("partial_receipt",), None, 0.3),
        (("partial_receipt", "tax_variance"), None, 0.0),
        ((), None, 0.0),
    ],
)
def test_exception_type(proposals: tuple[str, ...], submitted: str | None, credit: float) -> None:
    played = [*map(propose, proposals), submit(exception_type=submitted)]
    assert criterion("exception_type", *played) == credit


@pytest.mark.parametrize(
    ("performed", "cited", "credit"),
    [
        ((), (), 0.0),
        (REQUIRED, REQUIRED, 1.0),
        ((), REQUIRED, 1.0),
        (REQUIRED, (), 0.7),
        (REQUIRED[:1], REQUIRED[1:2], 1.7 / 3),
        (("inspect_vendor_profile",), ("inspect_vendor_profile", "nonsense"), 0.0),
    ],
)
def test_evidence(performed: tuple[str, ...], cited: tuple[str, ...], credit: float) -> None:
    played = [*look(*performed), submit(evidence_references=cited)]
    assert criterion("evidence", *played) == pytest.approx(credit)


@pytest.mark.parametrize(
    ("performed", "credit"),
    [
        ((), 0.0),
        (("inspect_vendor_profile",), 0.15),
        (("inspect_vendor_profile", "inspect_policy_rules"), 0.3),
        (("inspect_vendor_profile", "inspect_policy_rules", "inspect_invoice_line_items"), 0.3),
        (("compare_quantity",), 1 / 3),
        (("compare_quantity", "compare_quantity"), 2 / 3),
        (("compare_quantity",) * 4, 1.0),
        (("inspect_purchase_order",), 1 / 3 + 0.15),
        (REQUIRED, 1.0),
    ],
)
def test_investigation(performed: tuple[str, ...], credit: float) -> None:
    assert criterion("investigation", *look(*performed), submit()) == pytest.approx(credit)


@pytest.mark.parametrize(
    ("explanation", "credit"),
    [
        ("", 0.0),
        ("   ", 0.0),
        ("goods", 0.0),
        ("7", 0.2),
        ("Within", 0.2),
        ("a mismatch", 0.2),
        ("these are eight words and they say nothing", 0.2),
        ("of hoses", 0.0),
        ("the billed hoses", 0.2),
        ("40 hoses", 0.4),
        ("Policy: hold, 40 hoses are still to come back here", 1.0),
        ("ESCALATE", 0.4),
    ],
)
def test_explanation(explanation: str, credit: float) -> None:
    # The key findings: "GRN-88 accepted 60 of the 100 that were billed", "40 hoses are still to come".
    assert criterion("explanation", submit(explanation=explanation)) == pytest.approx(credit)


def test_both_shared_words_must_be_of_one_key_finding() -> None:
    assert criterion("explanation", submit(explanation="accepted hoses")) == 0.0
    assert criterion("explanation", submit(explanation="accepted, billed,")) == 0.0
    assert criterion("explanation", submit(explanation="Accepted Billed")) == 0.2


@pytest.mark.parametrize(("steps", "credit"), [(1, 1.0), (6, 1.0), (7, 0.8), (9, 0.8), (10, 0.5), (12, 0.5)])
def test_efficiency_by_steps(steps: int, credit: float) -> None:
    # Invalid steps count as steps and not as repeats.
    assert criterion("efficiency", *["?"] * (steps - 1), submit()) == credit


@pytest.mark.parametrize(("repeats", "credit"), [(1, 0.9), (2, 0.8), (4, 0.6), (5, 0.4)])
def test_efficiency_by_repeats(repeats: int, credit: float) -> None:
    played = [*look(*["compare_price"] * (repeats + 1)), submit()]
    # Six repeats and a submit are the seventh step of twelve: 0.8 less 0.4.
    assert criterion("efficiency", *played) == pytest.approx(credit)


def test_efficiency_never_takes_more_than_four_tenths_for_repeats() -> None:
    assert criterion("efficiency", *look(*["compare_price"] * 11), submit()) == pytest.approx(0.1)


def test_the_score_is_the_weighted_sum_to_four_places() -> None:
    played = [
        *look("inspect_purchase_order", "compare_quantity"),
        propose("partial_receipt"),
        submit(
            "escalate_for_supervisor_review",
            exception_type="quantity_mismatch",
            evidence_references=["compare_quantity"],
            explanation="40 hoses",
        ),
    ]
    given = graded(*played)
    # 0.35 x 0.2 + 0.20 x 0.5 + 0.15 x (1 + 0.7) / 3 + 0.10 x (2 / 3 + 0.15) + 0.10 x 0.4 + 0.10 x 1
    assert given.score == 0.4767
    assert list(given.criteria) == list(RUBRICS["seed-1"].weights)
    assert set(given.notes) == set(given.criteria)
    assert given.rubric == "seed-1"


def test_a_wrong_decision_can_still_score_high() -> None:
    played = [
        *look(*REQUIRED),
        submit(
            "escalate_for_supervisor_review",
            exception_type="partial_receipt",
            evidence_references=REQUIRED,
            explanation="Policy: hold, 40 hoses are still to come back here",
        ),
    ]
    assert graded(*played).score == 0.72


def test_an_episode_that_ran_out_of_steps_is_graded_with_nothing_submitted() -> None:
    given = graded(*look(*REQUIRED), propose("partial_receipt"), max_steps=4)
    # 0.20 x 0.3 + 0.15 x 0.7 + 0.10 x 1 + 0.10 x 0.5
    assert given.score == 0.315
    assert given.criteria["decision"] == 0.0
    assert given.criteria["explanation"] == 0.0
