"""What any controller would check first: sums, tax, dates, document and supplier numbers."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from exceptions.catalogue import load_catalogue
from exceptions.environment import Case

CASES = load_catalogue()
CENT = Decimal("0.01")

#: Statutory rate in percent where the supplier sits (US: the state's sales tax; the export carries none).
TAX_RATES = {
    "clean-match": "20",
    "partial-receipt": "19",
    "price-variance": "7.25",
    "duplicate-invoice": "21",
    "mixed-discrepancy": "25",
    "false-positive-duplicate": "5",
    "retroactive-price": "20",
    "split-invoice-pattern": "8.1",
    "clean-from-risky-vendor": "6.25",
    "rounding-false-alarm": "20",
    "authorized-overship": "25.5",
    "corrected-resubmission": "22",
    "phantom-receipt": "23",
    "inflated-po": "6",
    "currency-swap": "0",
    "threshold-dance": "19",
    "retroactive-amendment": "25",
    "returned-then-rebilled": "20",
    "pending-cosign": "6",
    "rush-premium-authorized": "25",
    "supplier-impersonation": "20",
    "contradicting-signals": "23",
}

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


def to_cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def texts(case: Case) -> list[str]:
    history = case.history
    return [
        case.invoice.note,
        case.purchase_order.payment_terms,
        *(receipt.note for receipt in case.goods_receipts),
        *history.comments,
        *history.similar_invoices,
        *history.processed_invoices,
        *history.pending_invoices,
    ]


@each_case
def test_line_totals_are_quantity_times_price(case: Case) -> None:
    for document in (case.invoice, case.purchase_order):
        for line in document.lines:
            assert line.line_total == to_cents(line.quantity * line.unit_price), line.item_code


@each_case
def test_the_subtotal_is_the_sum_of_the_unrounded_lines(case: Case) -> None:
    exact = sum((line.quantity * line.unit_price for line in case.invoice.lines), Decimal(0))
    assert case.invoice.subtotal == to_cents(exact)


@each_case
def test_the_printed_lines_add_up_except_for_the_cent_that_the_rounding_case_is_about(case: Case) -> None:
    difference = case.invoice.subtotal - sum(line.line_total for line in case.invoice.lines)
    assert difference == (CENT if case.id == "rounding-false-alarm" else 0)


@each_case
def test_the_tax_is_the_statutory_rate_on_the_subtotal(case: Case) -> None:
    invoice = case.invoice
    assert invoice.tax == to_cents(invoice.subtotal * Decimal(TAX_RATES[case.id]) / 100)
    assert invoice.total == invoice.subtotal + invoice.tax


@each_case
def test_papers_come_in_the_order_of_the_trade_on_working_days(case: Case) -> None:
    days = [
        case.purchase_order.date,
        *(receipt.date for receipt in case.goods_receipts),
        case.invoice.date,
    ]
    assert days == sorted(days)
    assert all(day.year == 2026 and day.weekday() < 5 for day in days)


@each_case
def test_dates_in_texts_are_working_days_of_2026(case: Case) -> None:
    months = ["Jan", "Feb", "Mar", "Apr"]
    for text in texts(case):
        named = [date(2026, months.index(m) + 1, int(d)) for d, m in re.findall(r"(\d+) (Jan|Feb|Mar|Apr)", text)]
        named += [date.fromisoformat(day) for day in re.findall(r"\d{4}-\d\d-\d\d", text)]
        assert all(day.year == 2026 and day.weekday() < 5 for day in named), text


@each_case
def test_the_papers_name_the_same_order_and_items(case: Case) -> None:
    order = case.purchase_order
    assert case.invoice.po_number == order.number
    assert {receipt.po_number for receipt in case.goods_receipts} == {order.number}
    ordered = {(line.item_code, line.description, line.unit) for line in order.lines}
    assert {(line.item_code, line.description, line.unit) for line in case.invoice.lines} == ordered
    for receipt in case.goods_receipts:
        assert {line.item_code for line in receipt.lines} == {code for code, _, _ in ordered}
        assert all(line.received == line.accepted + line.rejected for line in receipt.lines)


@each_case
def test_the_vendor_profile_is_that_of_the_invoices_supplier(case: Case) -> None:
    assert case.vendor.supplier_id == case.invoice.supplier_id
    assert case.vendor.name == case.invoice.supplier_name
    impersonated = case.id == "supplier-impersonation"
    assert (case.purchase_order.supplier_id != case.invoice.supplier_id) is impersonated


@each_case
def test_invoice_and_order_are_in_one_currency_except_where_that_is_the_case(case: Case) -> None:
    assert (case.invoice.currency != case.purchase_order.currency) is (case.id == "currency-swap")


def test_our_own_numbers_are_unique_and_rise_with_the_date() -> None:
    orders = {case.purchase_order.number: case.purchase_order.date for case in CASES}
    receipts = {receipt.number: receipt.date for case in CASES for receipt in case.goods_receipts}
    assert len(orders) == 22
    assert len(receipts) == 22
    for numbered in (orders, receipts):
        by_number = [numbered[number] for number in sorted(numbered)]
        assert by_number == sorted(by_number)


def test_no_text_names_the_order_or_receipt_of_another_case() -> None:
    own = {case.id: {case.purchase_order.number, *(r.number for r in case.goods_receipts)} for case in CASES}
    for case in CASES:
        others = set().union(*(numbers for case_id, numbers in own.items() if case_id != case.id))
        named = set(re.findall(r"(?:PO|GRN)-\d+", " ".join(texts(case))))
        assert named.isdisjoint(others), case.id


def test_suppliers_and_their_numbers_are_all_different() -> None:
    assert len({case.vendor.name for case in CASES}) == 22
    assert len({case.vendor.supplier_id for case in CASES}) == 22
    assert len({case.invoice.currency for case in CASES}) >= 6
