"""The catalogue as a whole: which cases, which answers, and evidence that proves them."""

import json
import re
from typing import Any

import pytest

from exceptions.catalogue import CATALOGUE_PATH, load_catalogue
from exceptions.environment import Case, dump_case_pack
from exceptions.environment.dossier import dossier_of
from exceptions.environment.grounding import facts, holds, mentions

CASES = load_catalogue()

APPROVE = ("approve_for_payment", "clean_match")
HOLD = "place_on_hold"
REJECT = "reject_invoice"
ESCALATE = "escalate_for_supervisor_review"

#: id, difficulty, steps, decision, exception type: the specification's table.
TABLE = [
    ("clean-match", "easy", 10, *APPROVE),
    ("partial-receipt", "moderate", 10, HOLD, "partial_receipt"),
    ("price-variance", "moderate", 10, ESCALATE, "price_mismatch"),
    ("duplicate-invoice", "hard", 12, REJECT, "duplicate_invoice"),
    ("mixed-discrepancy", "hard", 12, ESCALATE, "mixed_discrepancy"),
    ("false-positive-duplicate", "hard", 12, *APPROVE),
    ("retroactive-price", "hard", 12, ESCALATE, "price_mismatch"),
    ("split-invoice-pattern", "hard", 12, ESCALATE, "policy_violation"),
    ("clean-from-risky-vendor", "hard", 12, *APPROVE),
    ("rounding-false-alarm", "hard", 12, *APPROVE),
    ("authorized-overship", "hard", 12, *APPROVE),
    ("corrected-resubmission", "hard", 12, *APPROVE),
    ("phantom-receipt", "hard", 12, HOLD, "missing_receipt"),
    ("inflated-po", "hard", 12, ESCALATE, "policy_violation"),
    ("currency-swap", "hard", 12, ESCALATE, "total_amount_mismatch"),
    ("threshold-dance", "hard", 12, ESCALATE, "policy_violation"),
    ("retroactive-amendment", "hard", 12, ESCALATE, "price_mismatch"),
    ("returned-then-rebilled", "hard", 12, HOLD, "quantity_mismatch"),
    ("pending-cosign", "hard", 12, ESCALATE, "policy_violation"),
    ("rush-premium-authorized", "hard", 12, *APPROVE),
    ("supplier-impersonation", "hard", 12, REJECT, "policy_violation"),
    ("contradicting-signals", "hard", 12, ESCALATE, "mixed_discrepancy"),
]


def test_it_holds_the_22_cases_of_the_table_in_order() -> None:
    assert [
        (
            case.id,
            case.difficulty,
            case.max_steps,
            case.ground_truth.decision,
            case.ground_truth.exception_type,
        )
        for case in CASES
        if case.ground_truth is not None
    ] == TABLE


def test_the_first_twelve_are_canonical_and_the_last_ten_hard() -> None:
    assert [case.slice for case in CASES] == ["canonical"] * 12 + ["hard"] * 10


def without_nulls(value: Any) -> Any:
    """A pack's content without the optional fields that say nothing."""
    if isinstance(value, dict):
        return {name: without_nulls(part) for name, part in value.items() if part is not None}
    return [without_nulls(part) for part in value] if isinstance(value, list) else value


def test_the_file_says_what_a_dump_of_its_cases_says_and_nothing_more() -> None:
    written = json.loads(CATALOGUE_PATH.read_text(encoding="utf-8"))
    assert without_nulls(dump_case_pack(CASES, "catalogue")) == written


def test_references_are_unique_and_tell_nothing_of_the_order() -> None:
    references = [case.reference for case in CASES]
    assert len(set(references)) == 22
    assert all(reference is not None and re.fullmatch(r"C-\d{4}", reference) for reference in references)
    assert references != sorted(references, key=str)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_it_asks_for_three_to_six_actions_and_two_to_four_findings(case: Case) -> None:
    assert case.ground_truth is not None
    assert 3 <= len(case.ground_truth.evidence) <= 6
    assert 2 <= len(case.ground_truth.key_findings) <= 4


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_key_finding_is_proven_by_the_required_actions_alone(case: Case) -> None:
    truth, dossier = case.ground_truth, dossier_of(case)
    assert truth is not None
    known = frozenset[str]().union(dossier.facts(None), *(dossier.facts(action) for action in truth.evidence))
    for finding in truth.key_findings:
        assert [mention for mention in mentions(finding) if not holds(mention, known)] == [], finding


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_key_finding_quotes_more_than_the_invoice_summary_gives_away(case: Case) -> None:
    assert case.ground_truth is not None
    for finding in case.ground_truth.key_findings:
        assert facts(mentions(finding)) - dossier_of(case).facts(None), finding


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_comment_says_when_and_who(case: Case) -> None:
    for comment in case.history.comments:
        assert re.match(r"\d{1,2} (Jan|Feb|Mar|Apr), [^:]+: \S", comment), comment
