"""Documents become a trade by order number and line; what does not join waits and says for what."""

from decimal import Decimal

import pytest

from exceptions.ubl import JoinedTrade, Severity, TradeJoin
from tests.exceptions.ubl.document_builder import (
    Line,
    allowance,
    cac,
    cbc,
    credit_note,
    despatch,
    invoice,
    join,
    line,
    order,
    order_response,
    receipt,
)

SHORT = line(quantity="90", short="10")


def only_trade(joined: TradeJoin) -> JoinedTrade:
    assert [str(problem) for problem in joined.problems if problem.severity is Severity.ERROR] == []
    (trade,) = joined.trades
    return trade


def waiting(joined: TradeJoin) -> dict[str, str]:
    return {each.document.number: each.waiting_for for each in joined.waiting}


def messages(joined: TradeJoin, severity: Severity) -> list[str]:
    return [problem.message for problem in joined.problems if problem.severity is severity]


def test_an_order_a_receipt_and_an_invoice_become_the_parts_of_a_case() -> None:
    trade = only_trade(join(invoice(tax="47.50"), receipt("GR-1", SHORT, notes=("one pallet",)), order()))

    assert (trade.invoice.number, trade.invoice.po_number) == ("INV-1", "PO-7001")
    assert (trade.invoice.supplier_id, trade.invoice.supplier_name) == ("V-2201", "Bramley Packaging Ltd")
    assert (trade.invoice.subtotal, trade.invoice.tax, trade.invoice.total) == (
        Decimal("250"),
        Decimal("47.50"),
        Decimal("297.50"),
    )
    (billed,), (ordered,) = trade.invoice.lines, trade.purchase_order.lines
    assert (billed.item_code, billed.quantity, billed.unit_price, billed.unit) == (
        "BOX-40",
        Decimal(100),
        Decimal("2.50"),
        "EA",
    )
    assert ordered.model_dump() == billed.model_dump()
    assert (trade.purchase_order.number, trade.purchase_order.supplier_id) == ("PO-7001", "V-2201")
    (note,) = trade.goods_receipts
    assert (note.number, note.po_number) == ("GR-1", "PO-7001")
    assert [(each.item_code, each.received, each.accepted, each.rejected) for each in note.lines] == [
        ("BOX-40", Decimal(90), Decimal(90), Decimal(0))
    ]
    assert note.note == "one pallet. BOX-40: 10 EA short."
    assert trade.missing == ()
    assert [document.number for document in trade.documents] == ["INV-1", "PO-7001", "GR-1"]


def test_documents_that_come_one_after_the_other_join_like_documents_that_come_together() -> None:
    files = [order(), receipt(), invoice(), despatch()]

    assert join(*files).trades[0].invoice == join(*reversed(files)).trades[0].invoice
    assert waiting(join(order())) == {"PO-7001": "an invoice for order PO-7001"}
    assert waiting(join(receipt())) == {"GR-1": "order PO-7001 and an invoice for order PO-7001"}
    assert waiting(join(invoice())) == {"INV-1": "order PO-7001"}
    assert waiting(join(order(), receipt())) == {
        "PO-7001": "an invoice for order PO-7001",
        "GR-1": "an invoice for order PO-7001",
    }


def test_a_trade_without_a_receipt_says_that_it_is_missing() -> None:
    trade = only_trade(join(order(), invoice()))

    assert trade.goods_receipts == ()
    assert trade.missing == ("no goods receipt for order PO-7001",)
    assert "No goods receipt for order PO-7001 has come in: what was accepted is not known." in trade.comments


def test_several_receipts_are_kept_apart_and_rejected_goods_are_not_accepted() -> None:
    trade = only_trade(
        join(
            order(),
            invoice(),
            receipt("GR-1", line(quantity="60", rejected="5")),
            receipt("GR-2", line(quantity="40")),
        )
    )

    assert [(note.number, note.lines[0].accepted, note.lines[0].rejected) for note in trade.goods_receipts] == [
        ("GR-1", Decimal(55), Decimal(5)),
        ("GR-2", Decimal(40), Decimal(0)),
    ]


def test_a_receipt_for_two_orders_gives_each_its_lines() -> None:
    both = receipt(
        "GR-1", line(id="1", quantity="90", order="PO-7001"), line(id="2", quantity="7", order="PO-7002"), order=()
    )
    joined = join(order(), order("PO-7002"), invoice(), invoice("INV-2", order="PO-7002"), both)

    assert {trade.invoice.po_number: trade.goods_receipts[0].lines[0].accepted for trade in joined.trades} == {
        "PO-7001": 90,
        "PO-7002": 7,
    }


def test_a_line_that_may_belong_to_several_orders_is_not_counted_but_said() -> None:
    joined = join(order(), invoice(), receipt("GR-1", order=("PO-7001", "PO-7002")))

    trade = only_trade(joined)
    assert trade.goods_receipts == ()
    assert trade.missing == ("no goods receipt for order PO-7001",)
    assert "does not say to which of the orders PO-7001, PO-7002" in messages(joined, Severity.WARNING)[0]
    assert "lines that say which order they are for" in waiting(joined)["GR-1"]


def test_a_receipt_that_names_only_the_despatch_advice_joins_by_way_of_it() -> None:
    sent = despatch("4711", line(id="9", order_line="1", seller=None))
    arrived = receipt("GR-1", line(quantity="90", seller=None, despatch_line="9"), order=None, despatch="4711")

    trade = only_trade(join(order(), invoice(), sent, arrived))

    assert [(each.item_code, each.accepted) for each in trade.goods_receipts[0].lines] == [("BOX-40", Decimal(90))]


def test_line_references_pair_lines_before_item_codes_do() -> None:
    placed = order("PO-7001", line(id="1", seller="A"), line(id="2", seller="B"))
    billed = invoice("INV-1", line(id="1", seller="A", order_line="2"), line(id="2", seller=None, order_line="1"))

    joined = join(placed, billed)

    assert [each.item_code for each in only_trade(joined).invoice.lines] == ["B", "A"]
    assert messages(joined, Severity.WARNING) == [
        "line 1 refers to order line 2 but carries item code A; the order's code B is used"
    ]
    assert "line 2 carries no item code; the order line's, A, is used" in messages(joined, Severity.INFORMATION)


def test_codes_of_different_kinds_on_referenced_lines_are_no_contradiction() -> None:
    joined = join(order(), invoice("INV-1", line(seller=None, buyer="0815", order_line="1")))

    assert only_trade(joined).invoice.lines[0].item_code == "BOX-40"
    assert messages(joined, Severity.WARNING) == []


@pytest.mark.parametrize(
    ("ordered", "billed"),
    [
        (line(seller="S", buyer="B"), line(seller=None, buyer="B")),
        (line(seller="S", standard="0401"), line(seller=None, standard="0401")),
        (line(seller="0401"), line(seller=None, standard="0401")),
        (line(seller="box 40"), line(seller="BOX40")),
    ],
)
def test_without_references_any_shared_item_code_pairs_lines_under_the_orders_code(ordered: Line, billed: Line) -> None:
    trade = only_trade(join(order("PO-7001", ordered), invoice("INV-1", billed)))

    assert trade.invoice.lines[0].item_code == trade.purchase_order.lines[0].item_code == ordered.seller


def test_a_billed_line_that_is_not_on_the_order_keeps_its_code_and_is_said() -> None:
    joined = join(order(), invoice("INV-1", line(id="1"), line(id="2", seller="FREIGHT", quantity="1", price="250.00")))

    trade = only_trade(joined)
    assert [each.item_code for each in trade.invoice.lines] == ["BOX-40", "FREIGHT"]
    assert messages(joined, Severity.WARNING) == ["line 2 (FREIGHT) is not on order PO-7001"]
    assert "Invoice INV-1: line 2 (FREIGHT) is not on order PO-7001." in trade.comments


def test_a_reference_to_a_line_that_the_order_lacks_is_said_and_the_code_pairs() -> None:
    joined = join(order(), invoice("INV-1", line(order_line="17")))

    assert only_trade(joined).invoice.lines[0].item_code == "BOX-40"
    assert messages(joined, Severity.WARNING) == ["line 1 refers to order line 17, which the order does not have"]


def test_one_item_on_several_order_lines_is_pooled_under_its_code() -> None:
    placed = order("PO-7001", line(id="1", quantity="60", total="150.00"), line(id="2", quantity="40", total="100.00"))

    trade = only_trade(join(placed, invoice(), receipt()))

    assert {each.item_code for each in trade.purchase_order.lines} == {"BOX-40"}
    assert trade.invoice.lines[0].item_code == "BOX-40"


def test_one_item_at_two_prices_is_told_apart_when_every_line_says_which_it_means() -> None:
    placed = order("PO-7001", line(id="1"), line(id="2", price="2.00", total="200.00"))
    billed = invoice("INV-1", line(id="1", price="2.00", total="200.00", order_line="2"))

    trade = only_trade(join(placed, billed, receipt("GR-1", line(order_line="2"))))
    assert [each.item_code for each in trade.purchase_order.lines] == ["BOX-40 (line 1)", "BOX-40 (line 2)"]
    assert trade.invoice.lines[0].item_code == "BOX-40 (line 2)"
    assert trade.goods_receipts[0].lines[0].item_code == "BOX-40 (line 2)"

    unclear = only_trade(join(placed, billed, receipt("GR-1", line())))
    assert {each.item_code for each in unclear.purchase_order.lines} == {"BOX-40"}


def test_items_without_any_code_are_called_by_their_order_line() -> None:
    trade = only_trade(
        join(
            order("PO-7001", line(seller=None)),
            invoice("INV-1", line(id="A", seller=None, order_line="1")),
            receipt("GR-1", line(seller=None, order_line="1")),
        )
    )

    assert trade.purchase_order.lines[0].item_code == "line 1"
    assert trade.invoice.lines[0].item_code == trade.goods_receipts[0].lines[0].item_code == "line 1"


def test_another_unit_is_never_converted_and_never_pairs_silently() -> None:
    joined = join(
        order("PO-7001", line(quantity="10", unit="BX", price="25.00")),
        invoice("INV-1", line(quantity="10", unit="EA", price="25.00")),
        receipt("GR-1", line(quantity="10", unit="EA")),
    )

    trade = only_trade(joined)
    assert trade.purchase_order.lines[0].item_code == "BOX-40"
    assert trade.invoice.lines[0].item_code == trade.goods_receipts[0].lines[0].item_code == "BOX-40 in EA"
    assert all("units are not converted" in message for message in messages(joined, Severity.WARNING))
    assert [problem.document for problem in joined.problems] == ["2.xml", "3.xml"]


def test_a_line_without_a_unit_is_read_in_the_orders_and_said() -> None:
    joined = join(order(), invoice("INV-1", line(unit=None)))

    assert only_trade(joined).invoice.lines[0].item_code == "BOX-40"
    assert messages(joined, Severity.INFORMATION) == ["line 1 names no unit; read as EA like the order"]


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


def test_an_order_without_prices_makes_the_invoice_wait() -> None:
    joined = join(order("PO-7001", line(price=None, total=None)), invoice())

    assert joined.trades == ()
    (problem,) = [each for each in joined.problems if each.severity is Severity.ERROR]
    assert (problem.document, problem.element) == ("1.xml", "Order/cac:OrderLine/cac:LineItem")
    assert waiting(joined) == {
        "INV-1": "a version of 1.xml without errors",
        "PO-7001": "the invoice of order PO-7001 to join",
    }


def test_an_invoice_without_an_order_reference_waits_and_names_the_suppliers_orders() -> None:
    joined = join(order(), invoice(order=None))

    assert joined.trades == ()
    assert messages(joined, Severity.ERROR) == ["the invoice names no order; from this supplier there is order PO-7001"]
    assert waiting(joined)["INV-1"] == "the number of the order"


def test_an_invoice_for_two_orders_waits() -> None:
    joined = join(order(), invoice("INV-1", line(id="1"), line(id="2", order="PO-7002")))

    assert messages(joined, Severity.ERROR) == [
        "the invoice bills the orders PO-7001, PO-7002; a case compares with one order"
    ]
    assert waiting(joined)["INV-1"] == "an invoice for each order"


def test_an_order_number_that_is_almost_right_is_pointed_out_and_not_joined() -> None:
    joined = join(order("PO-7001"), invoice(order="PO 7001"))

    assert joined.trades == ()
    assert waiting(joined)["INV-1"] == "order PO 7001 (order PO-7001 is here and almost the same)"


def test_a_document_that_comes_twice_counts_once() -> None:
    joined = join(order(), invoice(), receipt(), receipt(), invoice(), order())

    trade = only_trade(joined)
    assert len(trade.goods_receipts) == 1
    assert [(aside.document.name, aside.reason) for aside in joined.set_aside] == [
        ("4.xml", "says the same as 3.xml (receipt advice GR-1); it counts once"),
        ("5.xml", "says the same as 2.xml (invoice INV-1); it counts once"),
        ("6.xml", "says the same as 1.xml (order PO-7001); it counts once"),
    ]


def test_two_orders_under_one_number_need_a_decision() -> None:
    joined = join(order(), order("PO-7001", line(price="2.00", total="200.00")), invoice())

    assert joined.trades == ()
    assert messages(joined, Severity.ERROR) == [
        "1.xml and 2.xml are different versions of order PO-7001: withdraw the one that does not count"
    ]
    assert len(joined.waiting) == 3


def test_two_receipts_under_one_number_are_not_both_counted() -> None:
    joined = join(order(), invoice(), receipt("GR-1", line(quantity="90")), receipt("GR-1", line(quantity="10")))

    assert joined.trades == ()
    assert waiting(joined)["INV-1"] == "a decision which receipt advice GR-1 counts"


def test_two_invoices_of_one_order_are_two_trades_that_name_each_other() -> None:
    joined = join(order(), invoice("INV-1"), invoice("INV-2", date="2026-03-12"))

    assert [trade.invoice.number for trade in joined.trades] == ["INV-1", "INV-2"]
    assert "Order PO-7001 is also billed by invoice INV-2 of 2026-03-12 over 250.00 EUR." in joined.trades[0].comments


def test_an_invoice_number_used_for_other_content_is_said_in_both_trades() -> None:
    joined = join(order(), invoice("INV-1"), invoice("INV-1", line(quantity="110", total="275.00")))

    assert len(joined.trades) == 2
    assert (
        "Another invoice INV-1 of 2026-03-09 over 275.00 EUR carries the same number with other content (3.xml)."
        in joined.trades[0].comments
    )


def test_a_despatch_advice_never_counts_as_accepted_goods() -> None:
    joined = join(order(), invoice(), despatch("4711", line(quantity="90", backorder="10")))

    trade = only_trade(joined)
    assert trade.goods_receipts == ()
    assert trade.missing == ("no goods receipt for order PO-7001",)
    assert (
        "Despatch advice 4711 of 2026-03-02: supplier says 90 of 100 EA of BOX-40 sent, 10 on backorder; "
        "no receipt confirmed." in trade.comments
    )


def test_despatch_advices_are_compared_with_the_receipts_and_said_when_they_differ() -> None:
    sent = (despatch("4711", line(quantity="60")), despatch("4712", line(quantity="40")))

    short = only_trade(join(order(), invoice(), receipt("GR-1", SHORT), *sent))
    assert (
        "Despatch advice 4711, despatch advice 4712: supplier says 100 EA of BOX-40 sent; "
        "the receipts show 90 received." in short.comments
    )

    complete = only_trade(join(order(), invoice(), receipt(), *sent))
    assert not [comment for comment in complete.comments if "supplier says" in comment]


def test_a_credit_note_is_set_aside_and_the_reviewer_is_told() -> None:
    joined = join(order(), invoice(), receipt(), credit_note())

    assert (
        "Credit note CN-1 of 2026-03-20 over 250.00 EUR credits this trade; credit notes are not handled yet: "
        "read it by hand." in only_trade(joined).comments
    )
    assert [aside.document.number for aside in joined.set_aside] == ["CN-1"]


def test_a_rejecting_order_response_is_told_and_an_accepting_one_is_not() -> None:
    rejected = only_trade(join(order(), invoice(), order_response(accepted=False)))
    accepted = only_trade(join(order(), invoice(), order_response(accepted=True)))

    assert "Order response OR-1 of 2026-03-02: the supplier rejected the order." in rejected.comments
    assert not [comment for comment in accepted.comments if "rejected" in comment]


def test_texts_longer_than_a_case_holds_are_cut_with_a_word_about_it() -> None:
    trade = only_trade(join(order(), invoice("INV-1", line(notes=("n" * 15_000,)))))

    assert len(trade.invoice.note) <= 4000
    assert "the document says more" in trade.invoice.note
