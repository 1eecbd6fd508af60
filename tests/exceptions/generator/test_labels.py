"""Every label holds: what can be recomputed from the papers bears it out."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest

from exceptions.environment import ActionType, Case, Decision, ExceptionType
from exceptions.generator import family_of, generate_cases, generate_twins
from exceptions.generator.checks import problems


def test_no_label_of_ten_thousand_cases_is_wrong() -> None:
    cases = generate_cases(10_000, seed=42)
    wrong = {case.id: found for case in cases if (found := problems(case))}
    assert not wrong
    assert len({case.id for case in cases}) == 10_000
    counts = Counter(map(family_of, cases))
    assert max(counts.values()) - min(counts.values()) <= 1


def test_no_label_of_two_thousand_twins_is_wrong() -> None:
    wrong = {
        case.id: found
        for pair in generate_twins(1000, 42)
        for case in (pair.one, pair.other)
        if (found := problems(case))
    }
    assert not wrong


def changed(family: str, **update: object) -> Case:
    return generate_cases(1, 1, [family])[0].model_copy(update=update)


def relabelled(family: str, **update: object) -> Case:
    case = generate_cases(1, 1, [family])[0]
    assert case.ground_truth is not None
    return case.model_copy(update={"ground_truth": case.ground_truth.model_copy(update=update)})


def with_invoice(family: str, **update: object) -> Case:
    case = generate_cases(1, 1, [family])[0]
    return case.model_copy(update={"invoice": case.invoice.model_copy(update=update)})


def with_policy(family: str, **update: object) -> Case:
    case = generate_cases(1, 1, [family])[0]
    return case.model_copy(update={"policy": case.policy.model_copy(update=update)})


WRONG: dict[str, tuple[Callable[[], Case], str]] = {
    "another answer": (lambda: relabelled("currency-swap", decision=Decision.APPROVE), "not the family's answer"),
    "another type": (
        lambda: relabelled("clean-match", exception_type=ExceptionType.TAX_VARIANCE),
        "not the family's answer",
    ),
    "no truth": (lambda: changed("clean-match", ground_truth=None), "no ground truth"),
    "another supplier": (lambda: with_invoice("clean-match", supplier_id="X1"), "impostor"),
    "another currency": (lambda: with_invoice("clean-match", currency="XAU"), "currency"),
    "a sum that is off": (lambda: with_invoice("clean-match", subtotal=Decimal(1)), "sum"),
    "a total that is off": (lambda: with_invoice("clean-match", total=Decimal(1)), "do not make the total"),
    "nothing received": (lambda: changed("clean-match", goods_receipts=()), "short"),
    "a limit that escalates": (
        lambda: with_policy("clean-match", mandatory_escalation_above=Decimal("0.01")),
        "must be escalated",
    ),
    "far from the limit": (
        lambda: with_policy("threshold-dance", high_value_threshold=Decimal(10) ** 9),
        "not just under",
    ),
    "unproven findings": (
        lambda: relabelled("partial-receipt", key_findings=("RMA-77 of 2001-01-01.", "9 of 9.")),
        "do not reveal",
    ),
    "findings without a figure": (
        lambda: relabelled("clean-match", key_findings=("Fine.", "Good.")),
        "quotes a figure",
    ),
    "too few actions": (
        lambda: relabelled("clean-match", evidence=(ActionType.COMPARE_PRICE,)),
        "1 required actions",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_case_is_found_out(mistake: str) -> None:
    make, message = WRONG[mistake]
    assert any(message in problem for problem in problems(make())), problems(make())
