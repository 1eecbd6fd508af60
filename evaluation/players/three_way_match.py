"""The rule engine: order, receipt and invoice matched by their figures, as an ERP does it.

It reads no free text: notes, comments, payment terms and the lists of the duplicate check are sentences.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal as Number
from typing import Any

from evaluation.players.protocol import Conversation
from exceptions.environment import (
    REVEALS,
    Action,
    ActionType,
    Decision,
    Discrepancy,
    DocumentName,
    ExceptionType,
    Observation,
)

MATCHING = (
    ActionType.INSPECT_PURCHASE_ORDER,
    ActionType.INSPECT_GOODS_RECEIPT_NOTE,
    ActionType.INSPECT_INVOICE_LINE_ITEMS,
    ActionType.INSPECT_VENDOR_PROFILE,
    ActionType.INSPECT_POLICY_RULES,
    ActionType.COMPARE_QUANTITY,
    ActionType.COMPARE_PRICE,
    ActionType.COMPARE_TOTALS,
)

_NEEDED = tuple(REVEALS[action] for action in MATCHING if action in REVEALS)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says, with the figures it goes by."""

    decision: Decision
    exception_type: ExceptionType | None
    reason: str


def three_way_match_action(conversation: Conversation) -> Action:
    """Matches everything that has figures, then submits what the first applicable rule says."""
    observation = conversation.observation
    if observation.steps_taken < len(MATCHING) and observation.remaining_steps > 1:
        return Action(action_type=MATCHING[observation.steps_taken])
    verdict = judge(observation)
    return Action(
        action_type=ActionType.SUBMIT_FINAL_RESOLUTION,
        final_decision=verdict.decision,
        exception_type=verdict.exception_type,
        evidence_references=MATCHING[: observation.steps_taken],
        explanation=verdict.reason,
    )


def judge(observation: Observation) -> Verdict:
    """The verdict on what was revealed. Where a document was not looked at, a person has to match."""
    documents = observation.revealed_documents
    summary = observation.invoice_summary
    unseen = [name for name in _NEEDED if name not in documents]
    if unseen:
        return Verdict(Decision.ESCALATE, None, f"Not matched, no time to look at {', '.join(unseen)}.")
    order = documents[DocumentName.PURCHASE_ORDER]
    blocked = _block(summary, order, documents[DocumentName.VENDOR_PROFILE], documents[DocumentName.POLICY_RULES])
    if blocked is not None:
        return blocked
    price = next(_price_breaches(documents), None)
    shortage = _shortage(documents, observation.discrepancies)
    if price is not None and shortage is not None:
        reason = f"{price} {shortage.reason}"
        return Verdict(Decision.ESCALATE, ExceptionType.MIXED_DISCREPANCY, reason)
    if price is not None:
        return Verdict(Decision.ESCALATE, ExceptionType.PRICE_MISMATCH, price)
    if shortage is not None:
        return shortage
    total = next(_total_breaches(documents, observation.discrepancies), None)
    if total is not None:
        return Verdict(Decision.ESCALATE, ExceptionType.TOTAL_AMOUNT_MISMATCH, total)
    return Verdict(
        Decision.APPROVE,
        ExceptionType.CLEAN_MATCH,
        f"Order {order['number']}, receipt and invoice {summary['number']} match; total {summary['total']}.",
    )


def _block(
    summary: dict[str, Any], order: dict[str, Any], vendor: dict[str, Any], policy: dict[str, Any]
) -> Verdict | None:
    """What stops an invoice before anything is matched."""
    if summary["supplier_id"] != order["supplier_id"]:
        reason = f"Invoice from {summary['supplier_id']}, order placed with {order['supplier_id']}."
        return Verdict(Decision.REJECT, ExceptionType.POLICY_VIOLATION, reason)
    if summary["currency"] != order["currency"]:
        reason = f"{summary['total']} billed in {summary['currency']}, ordered in {order['currency']}."
        return Verdict(Decision.ESCALATE, ExceptionType.TOTAL_AMOUNT_MISMATCH, reason)
    if not order["approved"]:
        reason = f"Order {order['number']} is not approved."
        return Verdict(Decision.ESCALATE, ExceptionType.POLICY_VIOLATION, reason)
    for limit in (policy["mandatory_escalation_above"], vendor["escalation_threshold"]):
        if limit is not None and Number(summary["total"]) > Number(limit):
            reason = f"The total {summary['total']} is above {limit}."
            return Verdict(Decision.ESCALATE, ExceptionType.POLICY_VIOLATION, reason)
    return None


def _price_breaches(documents: dict[str, Any]) -> Iterator[str]:
    """Lines priced outside the tolerance; a vendor's own tolerance replaces the policy's."""
    own = documents[DocumentName.VENDOR_PROFILE]["price_tolerance_pct"]
    tolerance = Number(documents[DocumentName.POLICY_RULES]["price_tolerance_pct"] if own is None else own)
    ordered = {
        line["item_code"]: Number(line["unit_price"]) for line in documents[DocumentName.PURCHASE_ORDER]["lines"]
    }
    for line in documents[DocumentName.INVOICE_LINE_ITEMS]["lines"]:
        billed, price = Number(line["unit_price"]), ordered.get(line["item_code"])
        if price is None:
            yield f"{line['item_code']} is billed at {billed} and was not ordered."
        elif abs(billed - price) * 100 > tolerance * price:
            yield f"{line['item_code']} is billed at {billed} and ordered at {price}."


def _shortage(documents: dict[str, Any], discrepancies: list[Discrepancy]) -> Verdict | None:
    """What speaks for waiting: no receipt for this order, or more billed than accepted or ordered."""
    order = documents[DocumentName.PURCHASE_ORDER]
    receipts = [
        receipt
        for receipt in documents[DocumentName.GOODS_RECEIPT_NOTE]["receipts"]
        if receipt["po_number"] == order["number"]
    ]
    if not receipts:
        return Verdict(Decision.HOLD, ExceptionType.MISSING_RECEIPT, f"No receipt for {order['number']}.")
    for found in discrepancies:
        if found.field != "quantity" or found.within_tolerance:
            continue
        billed, accepted, ordered = (found.values[name] for name in ("billed", "accepted", "ordered"))
        rejected = sum(
            Number(line["rejected"])
            for receipt in receipts
            for line in receipt["lines"]
            if line["item_code"] == found.item_code
        )
        undelivered = Number(billed) <= Number(ordered) and not rejected
        return Verdict(
            Decision.HOLD,
            ExceptionType.PARTIAL_RECEIPT if undelivered else ExceptionType.QUANTITY_MISMATCH,
            f"{found.item_code}: {billed} billed, {ordered} ordered, {accepted} accepted.",
        )
    return None


def _total_breaches(documents: dict[str, Any], discrepancies: list[Discrepancy]) -> Iterator[str]:
    """Sums that do not add up, and a subtotal away from the order's though every line agrees with it."""
    ordered = {line["item_code"]: Number(line["quantity"]) for line in documents[DocumentName.PURCHASE_ORDER]["lines"]}
    billed_in_full = all(
        Number(line["quantity"]) == ordered.get(line["item_code"])
        for line in documents[DocumentName.INVOICE_LINE_ITEMS]["lines"]
    )
    for found in discrepancies:
        if found.field in ("subtotal", "total") and (found.against == "invoice" or billed_in_full):
            yield ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in found.values.items()) + "."
