"""The parts of a case keep every amount and say in words what they have no field for."""

from decimal import Decimal

from exceptions.ubl import Severity
from tests.exceptions.ubl.document_builder import (
    allowance,
    cac,
    cbc,
    invoice,
    join,
    line,
    order,
)
from tests.exceptions.ubl.join_results import messages, only_trade


def test_currencies_stay_as_they_are() -> None:
    trade = only_trade(join(order(currency="USD"), invoice(currency="EUR")))

    assert (trade.invoice.currency, trade.purchase_order.currency) == ("EUR", "USD")
    assert "Invoice INV-1: the invoice is in EUR, the order in USD: nothing is converted." in trade.comments


def test_allowances_charges_and_rounding_stay_in_the_note_and_the_total_exact() -> None:
    extra = (allowance("20.00"), allowance("12.50", charge=True, reason="freight"))
    sums = (
        cbc("AllowanceTotalAmount", "20.00", currencyID="EUR"),
        cbc("ChargeTotalAmount", "12.50", currencyID="EUR"),
        cbc("PrepaidAmount", "40.00", currencyID="EUR"),
        cbc("PayableRoundingAmount", "0.01", currencyID="EUR"),
    )
    joined = join(order(), invoice(tax="46.07", payable="248.58", extra=extra, sums=sums))

    billed = only_trade(joined).invoice
    assert (billed.subtotal, billed.tax, billed.total) == (Decimal(250), Decimal("46.07"), Decimal("248.58"))
    assert billed.note == (
        "Subtotal 250.00 less allowance (agreed rebate) 20.00 plus charge (freight) 12.50 plus tax 46.07 "
        "less prepaid 40.00 plus rounding 0.01 is payable 248.58."
    )
    assert messages(joined, Severity.WARNING) == []


def test_an_amount_that_the_invoice_does_not_explain_is_a_warning() -> None:
    joined = join(order(), invoice(tax="47.50", payable="307.50"))

    assert messages(joined, Severity.WARNING) == [
        "Subtotal 250.00 plus tax 47.50 is 297.50, but payable is 307.50: 10.00 is not explained"
    ]


def test_an_invoice_without_tax_says_so() -> None:
    billed = only_trade(join(order(), invoice(tax=None))).invoice

    assert billed.tax == 0
    assert "The invoice prints no tax in its currency; tax is shown as 0." in billed.note


def test_what_has_no_field_of_its_own_is_in_the_note() -> None:
    extra = (
        cbc("InvoiceTypeCode", "384"),
        cac("BillingReference", cac("InvoiceDocumentReference", cbc("ID", "INV-0"))),
        cac("PaymentMeans", cac("PayeeFinancialAccount", cbc("ID", "DE02120300000000202051"))),
        cac("PaymentTerms", cbc("Note", "30 days net")),
    )
    billed = only_trade(join(order(), invoice("INV-1", line(notes=("as agreed by phone",)), extra=extra))).invoice

    assert billed.note == (
        "Type 384: a corrected invoice. Refers to invoice INV-0. 30 days net. "
        "Pay to account DE02120300000000202051. Line 1: as agreed by phone."
    )


def test_the_orders_terms_and_notes_reach_the_reviewer() -> None:
    extra = (cac("PaymentTerms", cbc("Note", "14 days 2 %")),)
    trade = only_trade(join(order("PO-7001", line(notes=("up to 5 % more is fine",)), extra=extra), invoice()))

    assert trade.purchase_order.payment_terms == "14 days 2 %."
    assert "Notes on order PO-7001: line 1: up to 5 % more is fine." in trade.comments


def test_an_order_line_total_that_is_not_printed_is_quantity_times_price() -> None:
    trade = only_trade(join(order("PO-7001", line(quantity="3", price="0.3333", total=None)), invoice()))

    assert trade.purchase_order.lines[0].line_total == Decimal("0.9999")


def test_texts_longer_than_a_case_holds_are_cut_with_a_word_about_it() -> None:
    trade = only_trade(join(order(), invoice("INV-1", line(notes=("n" * 15_000,)))))

    assert len(trade.invoice.note) <= 4000
    assert "the document says more" in trade.invoice.note
