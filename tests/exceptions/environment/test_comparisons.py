"""What the three comparisons say, line by line."""

from typing import Any

import pytest

from exceptions.environment.matching import Comparison, compare_price, compare_quantity, compare_totals
from tests.exceptions.environment.case_builder import build_case

HOSE = {"item_code": "HX-200", "description": "Hose"}
PUMP = {"item_code": "PM-7", "description": "Pump"}


def quantity(**changes: Any) -> Comparison:
    return compare_quantity(build_case(**changes))


def price(**changes: Any) -> Comparison:
    return compare_price(build_case(**changes))


def totals(**changes: Any) -> Comparison:
    return compare_totals(build_case(**changes))


def line(item: dict[str, str], amount: str, unit_price: str, total: str) -> dict[str, str]:
    return item | {"quantity": amount, "unit_price": unit_price, "line_total": total}


def accepted(**amounts: str) -> list[dict[str, str]]:
    return [
        {"item_code": item.replace("_", "-"), "received": amount, "accepted": amount, "rejected": "0"}
        for item, amount in amounts.items()
    ]


def test_billed_ordered_and_accepted_agree() -> None:
    found = quantity(goods_receipts__0__lines=accepted(HX_200="100"))
    assert found.lines == ["Billed/ordered/accepted", "HX-200 100/100/100 ok"]
    assert found.discrepancies == []


def test_more_billed_than_accepted_is_a_discrepancy() -> None:
    found = quantity()
    assert found.lines[1] == "HX-200 100/100/60: 40 over accepted (66.67 %), outside tolerance"
    (discrepancy,) = found.discrepancies
    assert discrepancy.to_dict() == {
        "field": "quantity",
        "against": "goods_receipt_note",
        "line": 1,
        "item_code": "HX-200",
        "values": {"billed": "100", "ordered": "100", "accepted": "60", "difference": "40"},
        "within_tolerance": False,
        "message": found.lines[1],
        "finding": "HX-200 40 over accepted, outside tolerance",
        "document": "invoice",
    }


def test_more_billed_than_ordered_is_a_discrepancy_when_all_of_it_was_accepted() -> None:
    found = quantity(invoice__lines__0__quantity="110", goods_receipts__0__lines=accepted(HX_200="110"))
    assert found.lines[1] == "HX-200 110/100/110: 10 over ordered (10 %), outside tolerance"
    assert found.discrepancies[0].against == "purchase_order"


def test_short_of_the_receipt_comes_before_over_the_order() -> None:
    found = quantity(invoice__lines__0__quantity="110", goods_receipts__0__lines=accepted(HX_200="105"))
    assert found.discrepancies[0].against == "goods_receipt_note"


@pytest.mark.parametrize(("billed", "within"), [("104", True), ("105", True), ("105.01", False), ("106", False)])
def test_a_discrepancy_says_whether_it_is_inside_the_tolerance(billed: str, within: bool) -> None:
    found = quantity(invoice__lines__0__quantity=billed, goods_receipts__0__lines=accepted(HX_200="100"))
    assert found.discrepancies[0].within_tolerance is within
    assert found.lines[1].endswith("within tolerance" if within else "outside tolerance")


def test_less_billed_than_received_is_none() -> None:
    assert quantity(invoice__lines__0__quantity="50").discrepancies == []


def test_receipts_are_summed_whatever_order_they_name() -> None:
    receipt = build_case().model_dump(mode="json")["goods_receipts"][0]
    other = receipt | {"number": "GRN-90", "po_number": "PO-1", "lines": accepted(HX_200="40")}
    assert quantity(goods_receipts=[receipt, other]).discrepancies == []


def test_without_a_receipt_nothing_was_accepted() -> None:
    found = quantity(goods_receipts=[])
    assert found.lines == [
        "Billed/ordered/accepted (no receipt)",
        "HX-200 100/100/0: 100 over accepted (n/a), outside tolerance",
    ]
    assert found.discrepancies[0].within_tolerance is False


def test_an_item_that_was_never_ordered_says_so() -> None:
    found = quantity(invoice__lines__0__item_code="PM-7")
    assert found.lines[1].startswith("PM-7 100/0/0 (not on the order): 100 over accepted")


def test_an_item_on_several_lines_is_pooled() -> None:
    found = quantity(
        invoice__lines=[line(HOSE, "40", "12.50", "500"), line(HOSE, "60", "12.50", "750")],
        goods_receipts__0__lines=accepted(HX_200="100"),
    )
    assert found.lines == ["Billed/ordered/accepted", "HX-200 100/100/100 ok"]


def test_a_mark_sits_on_the_first_line_of_the_item() -> None:
    found = quantity(
        invoice__lines=[line(PUMP, "1", "9", "9"), line(HOSE, "90", "1", "90"), line(HOSE, "9", "1", "9")],
        goods_receipts__0__lines=accepted(PM_7="1", HX_200="60"),
    )
    assert [(mark.item_code, mark.line) for mark in found.discrepancies] == [("PM-7", 1), ("HX-200", 2)]


def test_quantities_are_compared_exactly() -> None:
    found = quantity(
        invoice__lines__0__quantity="0.3",
        purchase_order__lines__0__quantity="0.3",
        goods_receipts__0__lines=[*accepted(HX_200="0.1"), *accepted(HX_200="0.2")],
    )
    assert found.lines[1] == "HX-200 0.3/0.3/0.3 ok"


def test_equal_prices_agree() -> None:
    assert price().lines == ["Unit price billed/ordered", "HX-200 12.50/12.50 ok"]


@pytest.mark.parametrize(
    ("billed", "said", "is_discrepancy"),
    [
        ("13.00", "HX-200 13/12.50: +4 %, within tolerance", False),
        ("13.125", "HX-200 13.125/12.50: +5 %, within tolerance", False),
        ("13.13", "HX-200 13.13/12.50: +5.04 %, outside tolerance", True),
        ("14.00", "HX-200 14/12.50: +12 %, outside tolerance", True),
        ("11.875", "HX-200 11.875/12.50: -5 %, within tolerance", False),
        ("11.00", "HX-200 11/12.50: -12 %, outside tolerance", True),
    ],
)
def test_a_price_differs_when_its_variance_is_above_the_tolerance(billed: str, said: str, is_discrepancy: bool) -> None:
    found = price(invoice__lines__0__unit_price=billed)
    assert found.lines[1] == said
    assert bool(found.discrepancies) is is_discrepancy


def test_the_vendors_own_tolerance_is_for_the_reader_to_weigh() -> None:
    case = build_case(invoice__lines__0__unit_price="14.00")
    tolerant = case.model_copy(update={"vendor": case.vendor.model_copy(update={"price_tolerance_pct": 20})})
    assert compare_price(tolerant).lines == compare_price(case).lines


def test_a_price_discrepancy_is_structured() -> None:
    (discrepancy,) = price(invoice__lines__0__unit_price="14.00").discrepancies
    assert discrepancy.values == {"billed": "14.00", "ordered": "12.50", "variance_pct": "12.00"}
    assert (discrepancy.field, discrepancy.line, discrepancy.item_code) == ("unit_price", 1, "HX-200")


def test_a_price_that_was_never_agreed_is_a_discrepancy() -> None:
    found = price(invoice__lines__0__item_code="PM-7")
    assert found.lines[1] == "PM-7 12.50/none: not on the order, outside tolerance"
    assert found.discrepancies[0].values == {"billed": "12.50"}


def test_a_price_above_a_free_item_has_no_variance_in_percent() -> None:
    found = price(purchase_order__lines__0__unit_price="0")
    assert found.lines[1] == "HX-200 12.50/0: n/a, outside tolerance"
    assert price(purchase_order__lines__0__unit_price="0", invoice__lines__0__unit_price="0").discrepancies == []


def test_the_lines_of_an_item_are_priced_in_order() -> None:
    found = price(
        invoice__lines=[line(HOSE, "1", "10", "10"), line(HOSE, "1", "20", "20"), line(HOSE, "1", "30", "30")],
        purchase_order__lines=[line(HOSE, "1", "10", "10"), line(HOSE, "1", "20", "20")],
    )
    assert found.lines[1:] == ["HX-200 10/10 ok", "HX-200 20/20 ok", "HX-200 30/20: +50 %, outside tolerance"]
    assert [mark.line for mark in found.discrepancies] == [3]


def test_totals_agree() -> None:
    assert totals().lines == ["Subtotal 1250 = sum of lines = PO total", "Tax 250, total 1500"]


@pytest.mark.parametrize(("subtotal", "is_discrepancy"), [("1250.009", False), ("1250.01", True), ("1249.99", True)])
def test_a_subtotal_equals_its_lines_below_one_cent(subtotal: str, is_discrepancy: bool) -> None:
    found = totals(invoice__subtotal=subtotal, invoice__total=f"{float(subtotal) + 250}")
    assert bool(found.discrepancies) is is_discrepancy


def test_a_subtotal_that_does_not_add_up_is_a_discrepancy_without_a_tolerance() -> None:
    found = totals(invoice__subtotal="1240.00", invoice__total="1490.00")
    assert found.lines[0] == "Subtotal 1240, lines sum to 1250: differ by 10"
    assert found.lines[1] == "Subtotal 1240, PO total 1250: differ by 10, within tolerance"
    (discrepancy,) = found.discrepancies
    assert (discrepancy.field, discrepancy.against, discrepancy.within_tolerance) == ("subtotal", "invoice", None)


@pytest.mark.parametrize(
    ("line_total", "said", "is_discrepancy"),
    [
        ("1350.00", "PO total 1250: differ by 100, within tolerance", False),
        ("1350.01", "PO total 1250: differ by 100.01, outside tolerance", True),
        ("1150.00", "PO total 1250: differ by 100, within tolerance", False),
        ("1149.99", "PO total 1250: differ by 100.01, outside tolerance", True),
    ],
)
def test_the_total_tolerance_is_inclusive(line_total: str, said: str, is_discrepancy: bool) -> None:
    found = totals(
        invoice__lines__0__line_total=line_total,
        invoice__subtotal=line_total,
        invoice__tax="0",
        invoice__total=line_total,
    )
    assert said in found.lines[0]
    assert bool(found.discrepancies) is is_discrepancy


def test_a_total_that_its_tax_does_not_explain_is_a_discrepancy() -> None:
    found = totals(invoice__total="1510.00")
    assert found.lines[1] == "Tax 250, total 1510, but subtotal + tax = 1500"
    assert [mark.field for mark in found.discrepancies] == ["total"]


def test_other_currencies_are_said_beside_the_numbers_and_not_converted() -> None:
    assert price(purchase_order__currency="USD").lines == [
        "Unit price billed/ordered (invoice in EUR, PO in USD, not converted)",
        "HX-200 12.50/12.50 ok",
    ]
    found = totals(purchase_order__currency="USD")
    assert found.lines[0].endswith("= PO total (invoice in EUR, PO in USD, not converted)")
    assert found.discrepancies == []


def test_extreme_figures_are_compared_and_printed() -> None:
    most, least = "9" * 15, "0.000000001"
    assert quantity(invoice__lines__0__quantity=most, goods_receipts__0__lines=accepted(HX_200=least)).discrepancies
    assert price(invoice__lines__0__unit_price=most, purchase_order__lines__0__unit_price=least).discrepancies
    lines = [line(HOSE, "1", "1", most)] * 999 + [line(HOSE, "1", "1", least)]
    found = totals(invoice__lines=lines, invoice__subtotal=most)
    assert found.discrepancies[0].values["lines_sum"] == f"{999 * int(most)}{least[1:]}"


def test_a_finding_is_shorter_than_its_message() -> None:
    found = [
        *quantity().discrepancies,
        *price(invoice__lines__0__unit_price="14.00").discrepancies,
        *totals(invoice__subtotal="1000.00").discrepancies,
    ]
    assert [discrepancy.finding for discrepancy in found] == [
        "HX-200 40 over accepted, outside tolerance",
        "HX-200 +12 %, outside tolerance",
        "subtotal and sum of lines differ by 250",
        "subtotal and PO total differ by 250, outside tolerance",
        "total and subtotal + tax differ by 250",
    ]
