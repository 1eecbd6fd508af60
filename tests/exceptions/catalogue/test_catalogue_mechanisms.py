"""Each label follows from the documents: the figures of its mechanism, recomputed."""

import re
from datetime import date
from decimal import Decimal

import pytest

from exceptions.catalogue import load_catalogue
from exceptions.environment import Case, Environment
from exceptions.environment.matching import Discrepancy

CASES = {case.id: case for case in load_catalogue()}
COMPARISONS = ("compare_quantity", "compare_price", "compare_totals")


def differences(case: Case) -> list[Discrepancy]:
    """What the three comparisons find."""
    environment = Environment(case)
    for comparison in COMPARISONS:
        environment.step({"action_type": comparison})
    return [found for step in environment.state.steps for found in step.discrepancies]


def amounts(text: str) -> list[Decimal]:
    return [Decimal(found.replace(",", "")) for found in re.findall(r"\d[\d,]*\.\d\d", text)]


def comments(case: Case) -> str:
    return " ".join(case.history.comments)


def quantities(case: Case, item: str) -> tuple[Decimal, Decimal, Decimal]:
    """Billed, ordered, accepted."""
    billed = sum(line.quantity for line in case.invoice.lines if line.item_code == item)
    ordered = sum(line.quantity for line in case.purchase_order.lines if line.item_code == item)
    accepted = sum(line.accepted for receipt in case.goods_receipts for line in receipt.lines if line.item_code == item)
    return Decimal(billed), Decimal(ordered), Decimal(accepted)


def variance_pct(case: Case, item: str) -> Decimal:
    billed = next(line.unit_price for line in case.invoice.lines if line.item_code == item)
    ordered = next(line.unit_price for line in case.purchase_order.lines if line.item_code == item)
    return (billed - ordered) * 100 / ordered


@pytest.mark.parametrize(
    "case_id",
    [
        "clean-match",
        "duplicate-invoice",
        "false-positive-duplicate",
        "retroactive-price",
        "split-invoice-pattern",
        "clean-from-risky-vendor",
        "corrected-resubmission",
        "phantom-receipt",
        "inflated-po",
        "currency-swap",
        "threshold-dance",
        "retroactive-amendment",
        "returned-then-rebilled",
        "pending-cosign",
        "supplier-impersonation",
    ],
)
def test_the_comparisons_find_nothing_where_the_mechanism_is_not_in_the_figures(case_id: str) -> None:
    assert differences(CASES[case_id]) == []


@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.id)
def test_no_total_is_escalated_by_size_alone(case: Case) -> None:
    total = case.invoice.total
    assert total <= case.policy.mandatory_escalation_above
    assert case.vendor.escalation_threshold is None or total <= case.vendor.escalation_threshold
    assert case.purchase_order.approved
    assert (total >= case.policy.high_value_threshold) is (case.id == "pending-cosign")


def test_partial_receipt_is_short_beyond_tolerance() -> None:
    billed, ordered, accepted = quantities(CASES["partial-receipt"], "HD16")
    assert billed == ordered == 80
    assert (billed - accepted) * 100 / accepted > 5
    assert f"{billed - accepted} HD16 open" in comments(CASES["partial-receipt"])


def test_price_variance_is_above_tolerance_on_one_line_only() -> None:
    case = CASES["price-variance"]
    assert variance_pct(case, "HB12") > case.policy.price_tolerance_pct
    assert variance_pct(case, "WA12") == 0


def test_duplicate_invoice_was_paid_under_another_number() -> None:
    case = CASES["duplicate-invoice"]
    [paid] = case.history.processed_invoices
    assert amounts(paid) == [case.invoice.total]
    assert case.purchase_order.number in paid
    assert re.search(r"\bpaid\b", paid)
    assert case.invoice.number not in paid


def test_mixed_discrepancy_breaches_price_and_quantity() -> None:
    case = CASES["mixed-discrepancy"]
    assert variance_pct(case, "BB62") == 8 > case.policy.price_tolerance_pct
    billed, _, accepted = quantities(case, "CP32")
    assert billed == 20
    assert accepted == 14


def test_false_positive_duplicate_is_another_order_and_delivery_of_the_same_amount() -> None:
    case = CASES["false-positive-duplicate"]
    [similar] = case.history.similar_invoices
    assert amounts(similar) == [case.invoice.total]
    assert case.purchase_order.number not in similar
    assert case.goods_receipts[0].number not in similar


def test_retroactive_price_is_inside_the_tolerance_from_a_list_younger_than_the_order() -> None:
    case = CASES["retroactive-price"]
    assert 0 < variance_pct(case, "EP25") <= case.policy.price_tolerance_pct
    [day] = re.findall(r"\d{4}-\d\d-\d\d", case.invoice.note)
    assert case.purchase_order.date < date.fromisoformat(day) < case.invoice.date


def test_split_invoices_pass_the_limit_only_together() -> None:
    case = CASES["split-invoice-pattern"]
    others = amounts(" ".join(case.history.pending_invoices))
    limit = case.policy.high_value_threshold
    assert others == [case.invoice.total] * 2
    assert all(amount < limit for amount in others)
    assert case.invoice.total + sum(others) > limit
    assert case.invoice.lines[0].quantity * 3 == 36
    assert "36 racks" in case.invoice.note
    assert "36 racks" in case.goods_receipts[0].note


def test_the_risky_vendor_has_five_incidents_and_a_clean_invoice() -> None:
    case = CASES["clean-from-risky-vendor"]
    assert (case.vendor.risk_tier, case.vendor.duplicate_incidents) == ("high", 5)
    assert case.purchase_order.number not in " ".join(case.history.processed_invoices)


def test_the_rounding_difference_is_one_cent_within_tolerance() -> None:
    case = CASES["rounding-false-alarm"]
    [found] = differences(case)
    assert (found.field, found.values["difference"]) == ("subtotal", "0.01")
    assert case.policy.total_tolerance > Decimal("0.01")


def test_the_overshipment_is_exactly_what_the_amendment_allows() -> None:
    case = CASES["authorized-overship"]
    billed, ordered, accepted = quantities(case, "PC46")
    assert billed == accepted == ordered * Decimal("1.10")
    assert (billed - ordered) * 100 / ordered > case.policy.quantity_tolerance_pct
    assert "up to 10 % more" in case.purchase_order.payment_terms


def test_the_corrected_invoice_has_the_amount_of_the_rejected_one() -> None:
    case = CASES["corrected-resubmission"]
    [rejected] = case.history.processed_invoices
    assert amounts(rejected) == [case.invoice.total]
    assert "rejected" in rejected
    assert "never paid" in rejected


def test_the_phantom_receipt_was_paid_for_with_an_earlier_invoice() -> None:
    case = CASES["phantom-receipt"]
    [receipt] = case.goods_receipts
    [paid] = case.history.processed_invoices
    assert receipt.number in paid
    assert amounts(paid) == [case.invoice.total]
    assert (receipt.date.month, case.invoice.date.month) == (2, 3)


def test_the_inflated_price_is_far_above_the_quotes() -> None:
    case = CASES["inflated-po"]
    quotes = amounts(comments(case))
    assert len(quotes) == 2
    assert all(case.purchase_order.lines[0].unit_price > quote * Decimal("1.4") for quote in quotes)


def test_the_swapped_currency_has_the_same_digits() -> None:
    case = CASES["currency-swap"]
    assert case.invoice.subtotal == case.purchase_order.total
    assert (case.invoice.currency, case.purchase_order.currency) == ("EUR", "USD")


def test_four_invoices_in_a_row_stay_less_than_two_percent_under_the_limit() -> None:
    case = CASES["threshold-dance"]
    limit = case.policy.high_value_threshold
    dance = [*amounts(" ".join(case.history.processed_invoices)), case.invoice.total]
    assert len(dance) == 4
    assert all(limit * Decimal("0.98") < amount < limit for amount in dance)


def test_the_amended_price_makes_the_billed_one_too_high() -> None:
    case = CASES["retroactive-amendment"]
    [amended] = amounts(comments(case))
    assert (case.invoice.lines[0].unit_price - amended) * 100 / amended > case.policy.price_tolerance_pct


def test_more_was_returned_than_the_tolerance_covers() -> None:
    case = CASES["returned-then-rebilled"]
    billed, ordered, accepted = quantities(case, "SP12")
    assert billed == ordered == accepted == 120
    returned = re.search(r"(\d+) cracked, sent back", case.goods_receipts[0].note)
    assert returned is not None
    kept = accepted - int(returned[1])
    assert (billed - kept) * 100 / kept > case.policy.quantity_tolerance_pct


def test_the_total_needs_the_signature_that_is_open() -> None:
    case = CASES["pending-cosign"]
    [limit] = re.findall(r"From ([\d,]+) two signatures", case.purchase_order.payment_terms)
    assert case.invoice.total > Decimal(limit.replace(",", ""))
    assert "signature 2, finance director, open" in comments(case)


def test_the_rush_surcharge_is_the_one_that_was_signed_and_the_delivery_in_time() -> None:
    case = CASES["rush-premium-authorized"]
    assert variance_pct(case, "MS90") == 12 > case.policy.price_tolerance_pct
    assert "12 % for delivery by 4 Mar" in comments(case)
    assert case.goods_receipts[0].date == date(2026, 3, 4)


def test_the_impostors_number_is_the_suppliers_with_two_digits_swapped() -> None:
    case = CASES["supplier-impersonation"]
    given, real = case.invoice.supplier_id, case.purchase_order.supplier_id
    assert given != real
    assert sorted(given) == sorted(real)
    assert (case.vendor.risk_tier, case.vendor.duplicate_incidents > 0) == ("high", True)
    assert "7731" in case.invoice.note
    assert "0452" in comments(case)


def test_the_contradicting_signals_are_both_open() -> None:
    case = CASES["contradicting-signals"]
    billed, _, accepted = quantities(case, "GW15")
    assert billed == 100
    assert accepted == 70
    [pending] = case.history.pending_invoices
    assert amounts(pending) == [case.invoice.total]
    assert case.purchase_order.number in pending
    assert "under query" in pending
