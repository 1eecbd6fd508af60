"""The hand-written development set: complete, right in its figures, and not to be had without reading."""

from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from evaluation.play import Play, play_batch
from evaluation.players.scripts import script_player
from exceptions.catalogue import load_catalogue
from exceptions.environment import Case, Decision, ExceptionType, Slice, grade
from exceptions.environment.case import InvoiceLine, OrderLine
from exceptions.environment.state import EpisodeState
from training.packs import load_handwritten

CASES = load_handwritten()

#: The answers of the 22 mechanisms, in the order of the catalogue, by what stands between `hand-` and the number.
ANSWERS = {
    "clean-match": (Decision.APPROVE, ExceptionType.CLEAN_MATCH),
    "partial-receipt": (Decision.HOLD, ExceptionType.PARTIAL_RECEIPT),
    "price-variance": (Decision.ESCALATE, ExceptionType.PRICE_MISMATCH),
    "duplicate-invoice": (Decision.REJECT, ExceptionType.DUPLICATE_INVOICE),
    "mixed-discrepancy": (Decision.ESCALATE, ExceptionType.MIXED_DISCREPANCY),
    "false-positive-duplicate": (Decision.APPROVE, ExceptionType.CLEAN_MATCH),
    "retroactive-price": (Decision.ESCALATE, ExceptionType.PRICE_MISMATCH),
    "split-invoice-pattern": (Decision.ESCALATE, ExceptionType.POLICY_VIOLATION),
    "clean-from-risky-vendor": (Decision.APPROVE, ExceptionType.CLEAN_MATCH),
    "rounding-false-alarm": (Decision.APPROVE, ExceptionType.CLEAN_MATCH),
    "authorized-overship": (Decision.APPROVE, ExceptionType.CLEAN_MATCH),
    "corrected-resubmission": (Decision.APPROVE, ExceptionType.CLEAN_MATCH),
    "phantom-receipt": (Decision.HOLD, ExceptionType.MISSING_RECEIPT),
    "inflated-po": (Decision.ESCALATE, ExceptionType.POLICY_VIOLATION),
    "currency-swap": (Decision.ESCALATE, ExceptionType.TOTAL_AMOUNT_MISMATCH),
    "threshold-dance": (Decision.ESCALATE, ExceptionType.POLICY_VIOLATION),
    "retroactive-amendment": (Decision.ESCALATE, ExceptionType.PRICE_MISMATCH),
    "returned-then-rebilled": (Decision.HOLD, ExceptionType.QUANTITY_MISMATCH),
    "pending-cosign": (Decision.ESCALATE, ExceptionType.POLICY_VIOLATION),
    "rush-premium-authorized": (Decision.APPROVE, ExceptionType.CLEAN_MATCH),
    "supplier-impersonation": (Decision.REJECT, ExceptionType.POLICY_VIOLATION),
    "contradicting-signals": (Decision.ESCALATE, ExceptionType.MIXED_DISCREPANCY),
}
#: What makes these cases what they are stands in sentences, not in the figures that the comparisons see.
CARRIED_BY_WORDS = (
    "duplicate-invoice",
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
)

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
CENT = Decimal("0.01")


def mechanism(case: Case) -> str:
    return case.id.removeprefix("hand-").rpartition("-")[0]


def played(script: str, case: Case) -> EpisodeState:
    play = Play.begin(case, play_id=case.id)
    play.conversation.ground_truth = case.ground_truth
    play_batch([play], script_player(script))
    return play.env.state


def resolved(case: Case, state: EpisodeState) -> bool:
    answer = state.resolution
    return answer is not None and (answer.final_decision, answer.exception_type) == ANSWERS[mechanism(case)]


def test_there_are_two_cases_of_each_mechanism_in_catalogue_order() -> None:
    assert [case.id for case in CASES] == [f"hand-{name}-{number}" for name in ANSWERS for number in (1, 2)]


def test_every_mechanism_of_the_catalogue_is_there_with_its_difficulty_and_steps() -> None:
    frame = {case.id: (case.difficulty, case.max_steps) for case in load_catalogue()}
    assert {mechanism(case): (case.difficulty, case.max_steps) for case in CASES} == frame


def test_they_never_mix_with_the_catalogue() -> None:
    assert {case.slice for case in CASES} == {Slice.IMPORTED}


def test_no_vendor_number_or_sentence_is_shared_with_the_catalogue_or_used_twice() -> None:
    counted = Counter(text for case in CASES for text in own_texts(case))
    assert [text for text, count in counted.items() if count > 1] == []
    assert counted.keys().isdisjoint(text for case in load_catalogue() for text in own_texts(case))


def own_texts(case: Case) -> set[str]:
    history = case.history
    sentences = (
        case.invoice.note,
        *(receipt.note for receipt in case.goods_receipts),
        *history.comments,
        *history.similar_invoices,
        *history.processed_invoices,
        *history.pending_invoices,
    )
    numbers = (case.invoice.number, case.invoice.supplier_id, case.invoice.supplier_name, case.purchase_order.number)
    return {text for text in (*sentences, *numbers) if text}


@each_case
def test_the_answer_is_that_of_its_mechanism(case: Case) -> None:
    truth = case.ground_truth
    assert truth is not None
    assert (truth.decision, truth.exception_type) == ANSWERS[mechanism(case)]
    assert 3 <= len(truth.evidence) <= 6
    assert 1 < len(truth.key_findings) <= 4


@each_case
def test_the_required_actions_alone_let_the_expert_explain_it_fully(case: Case) -> None:
    state = played("expert", case)
    assert case.ground_truth is not None
    assert len(state.steps) == len(case.ground_truth.evidence) + 1
    assert grade(case, state, rubric="grounded-1").score == 1.0


@each_case
def test_the_papers_add_up_but_for_the_cent_of_a_rounding(case: Case) -> None:
    invoice = case.invoice
    lines: list[InvoiceLine | OrderLine] = [*invoice.lines, *case.purchase_order.lines]
    for line in lines:
        assert abs(line.line_total - line.quantity * line.unit_price) <= CENT / 2
    apart = (
        abs(sum(billed.line_total for billed in invoice.lines) - invoice.subtotal),
        abs(invoice.subtotal + invoice.tax - invoice.total),
    )
    assert sum(apart) == (CENT if mechanism(case) == "rounding-false-alarm" else 0)
    for receipt in case.goods_receipts:
        assert all(got.accepted + got.rejected == got.received for got in receipt.lines)


@each_case
def test_dates_come_in_the_order_of_business(case: Case) -> None:
    receipts = [receipt.date for receipt in case.goods_receipts]
    assert receipts == sorted(receipts)
    assert case.purchase_order.date <= receipts[0]
    assert receipts[-1] <= case.invoice.date


@each_case
def test_quantities_prices_currencies_and_suppliers_are_those_of_the_mechanism(case: Case) -> None:
    name, policy = mechanism(case), case.policy
    order = {line.item_code: line for line in case.purchase_order.lines}
    accepted: defaultdict[str, Decimal] = defaultdict(Decimal)
    for receipt in case.goods_receipts:
        for line in receipt.lines:
            accepted[line.item_code] += line.accepted
    short = any(line.quantity > accepted[line.item_code] for line in case.invoice.lines)
    above_order = any(line.quantity > order[line.item_code].quantity for line in case.invoice.lines)
    dearer = any(
        abs(line.unit_price / order[line.item_code].unit_price - 1) * 100 > policy.price_tolerance_pct
        for line in case.invoice.lines
    )
    assert short == (name in ("partial-receipt", "mixed-discrepancy", "contradicting-signals"))
    assert above_order == (name == "authorized-overship")
    assert dearer == (name in ("price-variance", "mixed-discrepancy", "retroactive-price", "rush-premium-authorized"))
    assert (case.invoice.currency != case.purchase_order.currency) == (name == "currency-swap")
    assert (case.invoice.supplier_id != case.purchase_order.supplier_id) == (name == "supplier-impersonation")
    assert case.invoice.total < policy.mandatory_escalation_above
    threshold = case.vendor.escalation_threshold
    assert threshold is None or case.invoice.total <= threshold


@pytest.mark.parametrize("name", CARRIED_BY_WORDS)
def test_matching_figures_alone_falls_for_what_words_carry(name: str) -> None:
    for case in CASES:
        if mechanism(case) == name:
            assert not resolved(case, played("three-way-match", case))


def test_alarming_words_alone_do_not_get_far() -> None:
    assert sum(resolved(case, played("keyword", case)) for case in CASES) <= len(CASES) // 3
