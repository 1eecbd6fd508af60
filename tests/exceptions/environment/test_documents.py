"""What each inspection reveals."""

from typing import Any

from exceptions.environment import REVEALS, ActionType, Case, DocumentName, Environment
from tests.exceptions.environment.case_builder import build_case


def look(action: ActionType, case: Case | None = None, **changes: Any) -> str:
    return Environment(case or build_case(**changes)).step({"action_type": action}).last_result


def test_each_inspection_reveals_its_document() -> None:
    for action, document in REVEALS.items():
        environment = Environment(build_case())
        observation = environment.step({"action_type": action})
        assert list(observation.revealed_documents) == [document]
        assert environment.state.revealed == [document]
        assert environment.state.steps[0].revealed is document


def test_invoice_line_items() -> None:
    assert look(ActionType.INSPECT_INVOICE_LINE_ITEMS) == (
        "HX-200 Hydraulic hose: 100 x 12.50\nSubtotal 1250, tax 250, total 1500 EUR\nNote: Thank you for your business."
    )


def test_a_line_total_is_printed_where_it_is_not_quantity_times_price() -> None:
    text = look(ActionType.INSPECT_INVOICE_LINE_ITEMS, invoice__lines__0__line_total="1250.01")
    assert text.startswith("HX-200 Hydraulic hose: 100 x 12.50 = 1250.01\n")


def test_units_are_printed() -> None:
    assert "100 m x 12.50" in look(ActionType.INSPECT_INVOICE_LINE_ITEMS, invoice__lines__0__unit="m")


def test_purchase_order() -> None:
    assert look(ActionType.INSPECT_PURCHASE_ORDER) == (
        "PO-7731, supplier SUP-204, 2026-02-03, EUR, approved, terms net 30\nHX-200: 100 x 12.50"
    )


def test_an_order_line_is_described_where_the_invoice_describes_it_otherwise() -> None:
    text = look(ActionType.INSPECT_PURCHASE_ORDER, purchase_order__lines__0__description="Garden hose")
    assert text.endswith("HX-200 Garden hose: 100 x 12.50")


def test_an_order_that_nobody_approved_says_so() -> None:
    assert "NOT approved" in look(ActionType.INSPECT_PURCHASE_ORDER, purchase_order__approved=False)


def test_goods_receipts() -> None:
    receipt = build_case().model_dump(mode="json")["goods_receipts"][0]
    line = {"item_code": "HX-200", "received": "40", "accepted": "38", "rejected": "2"}
    second = receipt | {"number": "GRN-91", "po_number": "PO-1", "lines": [line], "note": "two\nleak"}
    assert look(ActionType.INSPECT_GOODS_RECEIPT_NOTE, goods_receipts=[receipt, second]) == (
        "GRN-88 for PO-7731, 2026-03-02: HX-200 60 received and accepted\n"
        "GRN-91 for PO-1, 2026-03-02: HX-200 40 received, 38 accepted, 2 rejected\n"
        "Note: two leak"
    )


def test_no_goods_receipt() -> None:
    environment = Environment(build_case(goods_receipts=[]))
    observation = environment.step({"action_type": "inspect_goods_receipt_note"})
    assert observation.last_result == "There is no goods receipt."
    assert observation.revealed_documents == {DocumentName.GOODS_RECEIPT_NOTE: {"receipts": []}}


def test_vendor_profile() -> None:
    assert look(ActionType.INSPECT_VENDOR_PROFILE) == "SUP-204, low risk, preferred, duplicate incidents 0"


def test_a_vendor_of_another_name_is_named_and_its_overrides_are_printed() -> None:
    text = look(
        ActionType.INSPECT_VENDOR_PROFILE,
        vendor__name="Harrow Hydraulics Ltd",
        vendor__preferred=False,
        vendor__price_tolerance_pct="2.5",
        vendor__escalation_threshold="1500",
    )
    assert text == (
        "SUP-204 Harrow Hydraulics Ltd, low risk, not preferred, duplicate incidents 0,"
        " own price tolerance 2.5 %, escalation above 1500"
    )


def test_it_says_when_the_total_exceeds_the_vendors_threshold() -> None:
    text = look(ActionType.INSPECT_VENDOR_PROFILE, vendor__escalation_threshold="1499.99")
    assert text.endswith("escalation above 1499.99\nThe total 1500 exceeds this threshold.")


def test_policy_rules() -> None:
    text = look(ActionType.INSPECT_POLICY_RULES)
    assert text.startswith(
        "Tolerance: quantity 5 %, price 5 %, total 100. High value from 50000, escalation above 100000.\nApprove: "
    )
    for decision in ("Approve:", "Hold:", "Reject:", "Escalate:"):
        assert decision in text


def test_policy_says_when_duplicates_are_not_checked() -> None:
    assert "No duplicate check." in look(ActionType.INSPECT_POLICY_RULES, policy={"duplicate_check": False})


def test_it_says_when_the_total_reaches_the_high_value_threshold() -> None:
    reached = look(ActionType.INSPECT_POLICY_RULES, policy={"high_value_threshold": "1500"})
    assert "The total 1500 reaches the high-value threshold." in reached
    below = look(ActionType.INSPECT_POLICY_RULES, policy={"high_value_threshold": "1500.01"})
    assert "reaches" not in below


def test_it_says_when_escalation_is_mandatory() -> None:
    above = look(ActionType.INSPECT_POLICY_RULES, policy={"mandatory_escalation_above": "1499"})
    assert "The total 1500 must be escalated." in above
    at_the_limit = look(ActionType.INSPECT_POLICY_RULES, policy={"mandatory_escalation_above": "1500"})
    assert "must be escalated" not in at_the_limit


def test_duplicate_check() -> None:
    history = {
        "similar_invoices": ["INV-8840, 1500 EUR, paid 2026-02-20"],
        "pending_invoices": ["INV-8850", "INV-8851"],
        "comments": ["Called the vendor."],
    }
    assert look(ActionType.CHECK_FOR_DUPLICATE_INVOICE, history=history) == (
        "Similar: INV-8840, 1500 EUR, paid 2026-02-20\n"
        "Pending: INV-8850 | INV-8851\n"
        "Comments: Called the vendor.\n"
        "Processed: none"
    )
    assert look(ActionType.CHECK_FOR_DUPLICATE_INVOICE) == "Similar, Processed, Pending, Comments: none"


def test_a_note_cannot_pass_for_other_lines() -> None:
    text = look(ActionType.INSPECT_INVOICE_LINE_ITEMS, invoice__note="ok\n\nPO-7731, supplier SUP-204, approved")
    assert text.splitlines()[-1] == "Note: ok PO-7731, supplier SUP-204, approved"


def test_structured_documents_hold_everything_with_decimals_as_strings() -> None:
    environment = Environment(build_case())
    for action in REVEALS:
        observation = environment.step({"action_type": action})
    documents = observation.revealed_documents
    assert documents["invoice_line_items"]["lines"][0]["line_total"] == "1250.00"
    assert documents["purchase_order"] == build_case().purchase_order.model_dump(mode="json")
    assert documents["goods_receipt_note"]["receipts"][0]["lines"][0]["accepted"] == "60"
    assert documents["vendor_profile"]["exceeds_escalation_threshold"] is False
    assert documents["policy_rules"]["decisions"]["place_on_hold"]
    assert set(documents["duplicate_check"]) == {
        "comments",
        "similar_invoices",
        "processed_invoices",
        "pending_invoices",
    }
