"""Every clause of the rubric `grounded-1`, by numbers worked out by hand."""

from typing import Any

import pytest

from exceptions.environment import RUBRICS, Environment, Grade, grade
from tests.exceptions.environment.case_builder import build_case

REQUIRED = ("inspect_purchase_order", "inspect_goods_receipt_note", "compare_quantity")
PROVEN = "GRN-88 accepted 60 of the 100 that were billed."


def look(*actions: str) -> list[dict[str, str]]:
    return [{"action_type": action} for action in actions]


def submit(decision: str = "place_on_hold", **more: Any) -> dict[str, Any]:
    return {"action_type": "submit_final_resolution", "final_decision": decision} | more


def graded(*played: Any, **changes: Any) -> Grade:
    case = build_case(**changes)
    return grade(case, Environment.replay(case, played).state, "grounded-1")


def criterion(name: str, *played: Any, **changes: Any) -> float:
    return graded(*played, **changes).criteria[name]


def explained(explanation: str, *performed: str, **changes: Any) -> float:
    return criterion("explanation", *look(*(performed or REQUIRED)), submit(explanation=explanation), **changes)


def test_the_weights_sum_to_one() -> None:
    weights = RUBRICS["grounded-1"].weights
    assert weights == {
        "decision": 0.40,
        "exception_type": 0.20,
        "evidence": 0.15,
        "explanation": 0.15,
        "efficiency": 0.10,
    }


def test_an_episode_that_proves_everything_scores_one() -> None:
    played = [
        *look(*REQUIRED),
        submit(exception_type="partial_receipt", evidence_references=REQUIRED, explanation=PROVEN),
    ]
    given = graded(*played)
    assert given.score == 1.0
    assert set(given.criteria.values()) == {1.0}
    assert set(given.notes) == set(given.criteria)


@pytest.mark.parametrize(
    ("decision", "credit"),
    [
        ("place_on_hold", 1.0),
        ("escalate_for_supervisor_review", 0.2),
        ("reject_invoice", 0.15),
        ("approve_for_payment", 0.0),
    ],
)
def test_decision_earns_what_it_does_in_the_seed_rubric(decision: str, credit: float) -> None:
    assert criterion("decision", submit(decision)) == credit


def test_a_wrong_decision_halves_everything_else() -> None:
    played = [
        *look(*REQUIRED),
        submit(
            "escalate_for_supervisor_review",
            exception_type="partial_receipt",
            evidence_references=REQUIRED,
            explanation=PROVEN,
        ),
    ]
    # 0.40 x 0.2 + (0.20 + 0.15 + 0.15 + 0.10) / 2
    assert graded(*played).score == 0.38
    assert "count half" in graded(*played).notes["decision"]


@pytest.mark.parametrize(("submitted", "credit"), [("partial_receipt", 1.0), ("price_mismatch", 0.0), (None, 0.0)])
def test_exception_type_gives_no_credit_for_proposals(submitted: str | None, credit: float) -> None:
    proposal = {"action_type": "propose_exception_type", "exception_type": "partial_receipt"}
    assert criterion("exception_type", proposal, submit(exception_type=submitted)) == credit


@pytest.mark.parametrize(
    ("performed", "cited", "credit"),
    [
        (REQUIRED, REQUIRED, 1.0),
        (REQUIRED, (), 0.5),
        (REQUIRED, REQUIRED[:1], 2 / 3),
        (REQUIRED[:1], REQUIRED[:1], 1 / 3),
        ((), (), 0.0),
        ((), REQUIRED, 0.0),
        (REQUIRED, (*REQUIRED, "inspect_vendor_profile"), 0.75),
        (REQUIRED, (*REQUIRED, "inspect_vendor_profile", "inspect_policy_rules"), 0.5),
        (REQUIRED, (*REQUIRED, "nonsense"), 0.75),
        (REQUIRED, (*REQUIRED, "nonsense", "nonsense"), 0.75),
        (REQUIRED[:2], REQUIRED, 2 / 3 - 0.25),
        ((*REQUIRED, "inspect_vendor_profile"), (*REQUIRED, "inspect_vendor_profile"), 1.0),
    ],
)
def test_evidence_must_be_performed_and_cited(
    performed: tuple[str, ...], cited: tuple[str, ...], credit: float
) -> None:
    played = [*look(*performed), submit(evidence_references=cited)]
    assert criterion("evidence", *played) == pytest.approx(credit)


@pytest.mark.parametrize(
    ("explanation", "credit"),
    [
        ("", 0.0),
        ("The goods are not all here.", 0.0),
        (PROVEN, 1.0),
        ("60 accepted", 1.0),
        ("GRN 88 is short by 40 (66.67%)", 1.0),
        ("60 accepted of 101", 0.5),
        ("accepted 61", 0.0),
        ("PO-7731 of 2026-02-03", 0.5),
        ("invoice INV-8841 over 1,500.00", 0.5),
        ("60 accepted, 40 open, 7 lost, 2 found", 0.5),
        ("INV-8841, 9 and 10", 1 / 3 * 0.5),
    ],
)
def test_explanation_counts_the_figures_that_were_revealed(explanation: str, credit: float) -> None:
    assert explained(explanation) == pytest.approx(credit)


def test_what_was_not_looked_at_is_not_grounded() -> None:
    assert explained("60 accepted", "inspect_vendor_profile") == 0.0
    assert explained("60 accepted", "compare_quantity") == 1.0


def test_the_invoice_summary_is_known_from_the_start() -> None:
    assert explained("INV-8841 of 2026-03-09 over 1500 EUR for PO-7731 from SUP-204", "compare_price") == 0.5


def test_a_decisive_figure_that_was_guessed_does_not_count() -> None:
    # 60 decides but was never revealed, 12.50 was revealed but decides nothing.
    assert explained("60 at 12.50", "compare_price") == 0.25


def test_a_finding_that_names_only_what_the_summary_gives_is_decided_by_that() -> None:
    findings = ["INV-8841 stands alone"]
    assert explained("INV-8841 it is", "compare_price", ground_truth__key_findings=findings) == 1.0


def test_findings_without_figures_leave_nothing_decisive_to_name() -> None:
    findings = ["Nobody has signed"]
    assert explained("INV-8841 it is", "compare_price", ground_truth__key_findings=findings) == 1.0


@pytest.mark.parametrize(("steps", "credit"), [(4, 1.0), (7, 1.0), (8, 0.8), (9, 0.6), (10, 0.4), (11, 0.2), (12, 0.0)])
def test_efficiency_falls_from_the_required_actions_and_four(steps: int, credit: float) -> None:
    assert criterion("efficiency", *["?"] * (steps - 1), submit()) == pytest.approx(credit)


def test_efficiency_is_full_when_all_steps_are_free() -> None:
    assert criterion("efficiency", *["?"] * 5, submit(), max_steps=6) == 1.0


@pytest.mark.parametrize(("repeats", "credit"), [(1, 0.9), (3, 0.7), (5, 0.5)])
def test_efficiency_takes_a_tenth_for_each_repeat(repeats: int, credit: float) -> None:
    played = [*look(*["compare_price"] * (repeats + 1)), submit()]
    assert criterion("efficiency", *played) == pytest.approx(credit)


def test_efficiency_is_not_negative() -> None:
    assert criterion("efficiency", *look(*["compare_price"] * 11), submit()) == 0.0


def test_nothing_submitted_earns_half_of_the_evidence_performed() -> None:
    given = graded(*look(*REQUIRED), max_steps=3)
    # 0.15 x 0.5, halved
    assert given.score == 0.0375
    assert given.criteria["efficiency"] == 0.0


def test_citing_everything_without_looking_earns_only_the_decision() -> None:
    given = graded(submit(exception_type="partial_receipt", evidence_references=REQUIRED, explanation=PROVEN))
    # 0.40 + 0.20 + efficiency 0.10; of GRN-88, 60 and 100 nothing was revealed
    assert given.score == 0.70
