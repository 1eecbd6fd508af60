"""The six documents as an inspection reveals them: structured, in terse text, and as a one-line finding."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exceptions.environment.case import Case, InvoiceLine, OrderLine
from exceptions.environment.fields import print_decimal
from exceptions.environment.vocabulary import Decision, DocumentName

#: What each decision is for, as the policy page of the desk has it.
DECISION_RULES: dict[Decision, str] = {
    Decision.APPROVE: "everything agrees or the difference is authorised",
    Decision.HOLD: "goods or papers are still missing",
    Decision.REJECT: "the bill is a duplicate or not genuine",
    Decision.ESCALATE: "price, currency, approval or policy needs a supervisor; outranks a hold",
}
_SHORT_NAMES = {
    Decision.APPROVE: "Approve",
    Decision.HOLD: "Hold",
    Decision.REJECT: "Reject",
    Decision.ESCALATE: "Escalate",
}


@dataclass(frozen=True, slots=True)
class Document:
    """One document of one case."""

    content: dict[str, Any]
    text: str
    finding: str


def one_line(text: str) -> str:
    """Free text on one line, unable to look like a chat template's control token or like our own lines."""
    return " ".join(text.split()).replace("<|", "< |").replace("|>", "| >")


def _note(text: str) -> str:
    return f"\nNote: {one_line(text)}" if text.strip() else ""


def _goods(line: InvoiceLine | OrderLine) -> str:
    unit = f" {one_line(line.unit)}" if line.unit else ""
    return (
        f"{line.item_code} {one_line(line.description)}: {print_decimal(line.quantity)}{unit}"
        f" x {print_decimal(line.unit_price)} = {print_decimal(line.line_total)}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _invoice_line_items(case: Case) -> Document:
    invoice = case.invoice
    content = invoice.model_dump(
        mode="json", include={"lines", "subtotal", "tax", "total", "currency", "note"}
    )
    sums = (
        f"Subtotal {print_decimal(invoice.subtotal)}, tax {print_decimal(invoice.tax)},"
        f" total {print_decimal(invoice.total)} {invoice.currency}"
    )
    text = "\n".join((*map(_goods, invoice.lines), sums)) + _note(invoice.note)
    return Document(
        content, text, f"Invoice: {_count(len(invoice.lines), 'line')}, subtotal {invoice.subtotal:f}"
    )


def _purchase_order(case: Case) -> Document:
    order = case.purchase_order
    approval = "approved" if order.approved else "NOT approved"
    heading = f"{order.number}, supplier {order.supplier_id}, {order.date}, {order.currency}, {approval}"
    terms = f", terms {one_line(order.payment_terms)}" if order.payment_terms.strip() else ""
    text = "\n".join((heading + terms, *map(_goods, order.lines)))
    finding = f"PO {order.number}: {approval}, total {print_decimal(order.total)} {order.currency}"
    return Document(order.model_dump(mode="json"), text, finding)


def _goods_receipt_note(case: Case) -> Document:
    content = {"receipts": [receipt.model_dump(mode="json") for receipt in case.goods_receipts]}
    if not case.goods_receipts:
        return Document(content, "There is no goods receipt.", "No goods receipt")
    parts = []
    for receipt in case.goods_receipts:
        lines = "; ".join(
            f"{line.item_code} received {print_decimal(line.received)}, accepted {print_decimal(line.accepted)},"
            f" rejected {print_decimal(line.rejected)}"
            for line in receipt.lines
        )
        parts.append(
            f"{receipt.number} for {receipt.po_number}, {receipt.date}: {lines or 'no lines'}{_note(receipt.note)}"
        )
    numbers = ", ".join(receipt.number for receipt in case.goods_receipts[:5])
    more = f" and {len(case.goods_receipts) - 5} more" if len(case.goods_receipts) > 5 else ""
    return Document(content, "\n".join(parts), f"Goods received: {numbers}{more}")


def _vendor_profile(case: Case) -> Document:
    vendor = case.vendor
    threshold = vendor.escalation_threshold
    exceeded = threshold is not None and case.invoice.total > threshold
    facts = [
        f"{vendor.supplier_id} {one_line(vendor.name)}",
        f"{vendor.risk_tier} risk",
        "preferred" if vendor.preferred else "not preferred",
        f"duplicate incidents {vendor.duplicate_incidents}",
    ]
    if vendor.price_tolerance_pct is not None:
        facts.append(f"own price tolerance {print_percent_as_given(vendor.price_tolerance_pct)}")
    if threshold is not None:
        facts.append(f"escalation above {print_decimal(threshold)}")
    text = ", ".join(facts)
    if exceeded:
        text += f"\nThe total {print_decimal(case.invoice.total)} exceeds this vendor's escalation threshold."
    content = vendor.model_dump(mode="json") | {"exceeds_escalation_threshold": exceeded}
    finding = f"Vendor: {vendor.risk_tier} risk, duplicate incidents {vendor.duplicate_incidents}"
    return Document(content, text, finding + (", total above its threshold" if exceeded else ""))


def _policy_rules(case: Case) -> Document:
    policy, total = case.policy, case.invoice.total
    high_value = total >= policy.high_value_threshold
    mandatory = total > policy.mandatory_escalation_above
    text = (
        f"Tolerance: quantity {print_percent_as_given(policy.quantity_tolerance_pct)},"
        f" price {print_percent_as_given(policy.price_tolerance_pct)}, total {print_decimal(policy.total_tolerance)}."
        f" Duplicate check {'on' if policy.duplicate_check else 'off'}."
        f" High value from {print_decimal(policy.high_value_threshold)},"
        f" must escalate above {print_decimal(policy.mandatory_escalation_above)}."
    )
    if mandatory:
        text += f"\nThe total {print_decimal(total)} must be escalated."
    elif high_value:
        text += f"\nThe total {print_decimal(total)} reaches the high-value threshold."
    rules = ". ".join(f"{_SHORT_NAMES[decision]}: {use}" for decision, use in DECISION_RULES.items())
    content = policy.model_dump(mode="json") | {
        "reaches_high_value_threshold": high_value,
        "above_mandatory_escalation": mandatory,
        "decisions": {decision.value: use for decision, use in DECISION_RULES.items()},
    }
    reached = ", escalation is mandatory" if mandatory else ", high value" if high_value else ""
    finding = (
        f"Policy: tolerance quantity {print_percent_as_given(policy.quantity_tolerance_pct)},"
        f" price {print_percent_as_given(policy.price_tolerance_pct)}{reached}"
    )
    return Document(content, f"{text}\n{rules}.", finding)


def _duplicate_check(case: Case) -> Document:
    history = case.history
    text = "\n".join(
        (
            _entries("Similar invoices", history.similar_invoices),
            _entries("Processed", history.processed_invoices),
            _entries("Pending", history.pending_invoices),
            _entries("Comments", history.comments),
        )
    )
    finding = (
        f"Duplicate check: {len(history.similar_invoices)} similar, {len(history.processed_invoices)} processed,"
        f" {len(history.pending_invoices)} pending, {_count(len(history.comments), 'comment')}"
    )
    return Document(history.model_dump(mode="json"), text, finding)


def _entries(heading: str, entries: Iterable[str]) -> str:
    return f"{heading}: {' | '.join(map(one_line, entries)) or 'none'}"


def print_percent_as_given(value: Decimal) -> str:
    """A tolerance with its own digits: `5 %`, `2.5 %`."""
    return f"{print_decimal(value)} %"


REVEAL: dict[DocumentName, Callable[[Case], Document]] = {
    DocumentName.INVOICE_LINE_ITEMS: _invoice_line_items,
    DocumentName.PURCHASE_ORDER: _purchase_order,
    DocumentName.GOODS_RECEIPT_NOTE: _goods_receipt_note,
    DocumentName.VENDOR_PROFILE: _vendor_profile,
    DocumentName.POLICY_RULES: _policy_rules,
    DocumentName.DUPLICATE_CHECK: _duplicate_check,
}


def invoice_summary(case: Case) -> dict[str, Any]:
    """What a player knows of the invoice before it has looked at anything."""
    summary = case.invoice.model_dump(
        mode="json",
        include={"number", "supplier_id", "supplier_name", "date", "currency", "po_number", "total"},
    )
    return summary | {"line_count": len(case.invoice.lines)}


def invoice_summary_text(case: Case) -> str:
    """The same on one line."""
    invoice = case.invoice
    return (
        f"Invoice {invoice.number} from {one_line(invoice.supplier_name)} ({invoice.supplier_id}), {invoice.date},"
        f" for {invoice.po_number}: {_count(len(invoice.lines), 'line')},"
        f" total {print_decimal(invoice.total)} {invoice.currency}"
    )
