"""Lines pair by reference, then by item code, and carry one code in the case; units are never converted."""

import pytest

from exceptions.ubl import Severity
from tests.exceptions.ubl.document_builder import (
    Line,
    invoice,
    join,
    line,
    order,
    receipt,
)
from tests.exceptions.ubl.join_results import messages, only_trade


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
