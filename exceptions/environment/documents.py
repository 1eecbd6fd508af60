"""The six documents as an inspection reveals them: structured, in terse text, and as a one-line finding."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exceptions.environment.case import Case, InvoiceLine, OrderLine, ReceiptLine
from exceptions.environment.fields import brief_decimal
from exceptions.environment.vocabulary import Decision, DocumentName

#: What each decision is for, as the policy page of the desk has it.
DECISION_RULES: dict[Decision, str] = {
    Decision.APPROVE: "agrees or authorised",
    Decision.HOLD: "goods or papers missing",
    Decision.REJECT: "duplicate or not genuine",
    Decision.ESCALATE: "price, currency, approval or policy issue; outranks hold",
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
    """Free text on one line, so that a note cannot pass for lines of the document around it."""
    return " ".join(text.split())


def _note(text: str) -> str:
    return f"\nNote: {one_line(text)}" if text.strip() else ""


def _goods(line: InvoiceLine | OrderLine, description: str) -> str:
    """The line total is printed where it is not quantity times price."""
    unit = f" {one_line(line.unit)}" if line.unit else ""
    name = f"{line.item_code} {one_line(description)}".rstrip()
    product = line.line_total == line.quantity * line.unit_price
    total = "" if product else f" = {brief_decimal(line.line_total)}"
    return f"{name}: {brief_decimal(line.quantity)}{unit} x {brief_decimal(line.unit_price)}{total}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _invoice_line_items(case: Case) -> Document:
    invoice = case.invoice
    content = invoice.model_dump(mode="json", include={"lines", "subtotal", "tax", "total", "currency", "note"})
    sums = (
        f"Subtotal {brief_decimal(invoice.subtotal)}, tax {brief_decimal(invoice.tax)},"
        f" total {brief_decimal(invoice.total)} {invoice.currency}"
    )
    lines = (_goods(line, line.description) for line in invoice.lines)
    text = "\n".join((*lines, sums)) + _note(invoice.note)
    finding = f"Invoice: {_count(len(invoice.lines), 'line')}, subtotal {brief_decimal(invoice.subtotal)}"
    return Document(content, text, finding)


def _purchase_order(case: Case) -> Document:
    """In the text a description appears only where it differs from the invoice's for the same item."""
    order = case.purchase_order
    approval = "approved" if order.approved else "NOT approved"
    heading = f"{order.number}, supplier {order.supplier_id}, {order.date}, {order.currency}, {approval}"
    terms = f", terms {one_line(order.payment_terms)}" if order.payment_terms.strip() else ""
    billed = {line.item_code: line.description for line in case.invoice.lines}
    lines = (
        _goods(line, "" if line.description == billed.get(line.item_code) else line.description) for line in order.lines
    )
    text = "\n".join((heading + terms, *lines))
    finding = f"PO {order.number}: {approval}, total {brief_decimal(order.total)} {order.currency}"
    return Document(order.model_dump(mode="json"), text, finding)


def _goods_receipt_note(case: Case) -> Document:
    content = {"receipts": [receipt.model_dump(mode="json") for receipt in case.goods_receipts]}
    if not case.goods_receipts:
        return Document(content, "There is no goods receipt.", "No goods receipt")
    parts = []
    for receipt in case.goods_receipts:
        lines = "; ".join(map(_received, receipt.lines)) or "no lines"
        heading = f"{receipt.number} for {receipt.po_number}, {receipt.date}"
        parts.append(f"{heading}: {lines}{_note(receipt.note)}")
    numbers = ", ".join(receipt.number for receipt in case.goods_receipts[:5])
    more = f" and {len(case.goods_receipts) - 5} more" if len(case.goods_receipts) > 5 else ""
    return Document(content, "\n".join(parts), f"Goods received: {numbers}{more}")


def _received(line: ReceiptLine) -> str:
    received, accepted = brief_decimal(line.received), brief_decimal(line.accepted)
    if line.received == line.accepted and line.rejected == 0:
        return f"{line.item_code} {received} received and accepted"
    return f"{line.item_code} {received} received, {accepted} accepted, {brief_decimal(line.rejected)} rejected"


def _vendor_profile(case: Case) -> Document:
    """In the text the name appears only where it differs from the invoice's."""
    vendor = case.vendor
    threshold = vendor.escalation_threshold
    exceeded = threshold is not None and case.invoice.total > threshold
    facts = [
        f"{vendor.supplier_id} {one_line(vendor.name)}"
        if vendor.name != case.invoice.supplier_name
        else vendor.supplier_id,
        f"{vendor.risk_tier} risk",
        "preferred" if vendor.preferred else "not preferred",
        f"duplicate incidents {vendor.duplicate_incidents}",
    ]
    if vendor.price_tolerance_pct is not None:
        facts.append(f"own price tolerance {_percent(vendor.price_tolerance_pct)}")
    if threshold is not None:
        facts.append(f"escalation above {brief_decimal(threshold)}")
    text = ", ".join(facts)
    if exceeded:
        text += f"\nThe total {brief_decimal(case.invoice.total)} exceeds this threshold."
    content = vendor.model_dump(mode="json") | {"exceeds_escalation_threshold": exceeded}
    finding = f"Vendor: {vendor.risk_tier} risk, duplicate incidents {vendor.duplicate_incidents}"
    return Document(content, text, finding + (", total above its threshold" if exceeded else ""))


def _policy_rules(case: Case) -> Document:
    policy, total = case.policy, case.invoice.total
    high_value = total >= policy.high_value_threshold
    mandatory = total > policy.mandatory_escalation_above
    text = (
        f"Tolerance: quantity {_percent(policy.quantity_tolerance_pct)},"
        f" price {_percent(policy.price_tolerance_pct)}, total {brief_decimal(policy.total_tolerance)}."
        f"{'' if policy.duplicate_check else ' No duplicate check.'}"
        f" High value from {brief_decimal(policy.high_value_threshold)},"
        f" escalation above {brief_decimal(policy.mandatory_escalation_above)}."
    )
    if mandatory:
        text += f"\nThe total {brief_decimal(total)} must be escalated."
    elif high_value:
        text += f"\nThe total {brief_decimal(total)} reaches the high-value threshold."
    rules = ". ".join(f"{_SHORT_NAMES[decision]}: {use}" for decision, use in DECISION_RULES.items())
    content = policy.model_dump(mode="json") | {
        "reaches_high_value_threshold": high_value,
        "above_mandatory_escalation": mandatory,
        "decisions": {decision.value: use for decision, use in DECISION_RULES.items()},
    }
    reached = ", escalation is mandatory" if mandatory else ", high value" if high_value else ""
    finding = (
        f"Policy: tolerance quantity {_percent(policy.quantity_tolerance_pct)},"
        f" price {_percent(policy.price_tolerance_pct)}{reached}"
    )
    return Document(content, f"{text}\n{rules}.", finding)


def _duplicate_check(case: Case) -> Document:
    history = case.history
    entries = {
        "Similar": history.similar_invoices,
        "Processed": history.processed_invoices,
        "Pending": history.pending_invoices,
        "Comments": history.comments,
    }
    found = [f"{name}: {' | '.join(map(one_line, lines))}" for name, lines in entries.items() if lines]
    absent = [name for name, lines in entries.items() if not lines]
    text = "\n".join((*found, *([f"{', '.join(absent)}: none"] if absent else ())))
    finding = (
        f"Duplicate check: {len(history.similar_invoices)} similar,"
        f" {len(history.processed_invoices)} processed, {len(history.pending_invoices)} pending,"
        f" {_count(len(history.comments), 'comment')}"
    )
    return Document(history.model_dump(mode="json"), text, finding)


def _percent(value: Decimal) -> str:
    """A tolerance with its own digits: `5 %`, `2.5 %`."""
    return f"{brief_decimal(value)} %"


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
        f"Invoice {invoice.number} from {one_line(invoice.supplier_name)} ({invoice.supplier_id}),"
        f" {invoice.date}, for {invoice.po_number}: {_count(len(invoice.lines), 'line')},"
        f" total {brief_decimal(invoice.total)} {invoice.currency}"
    )
