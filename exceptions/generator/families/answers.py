"""Short names of decisions, types and actions, and answers that several families share."""

from exceptions.environment import ActionType, Decision, ExceptionType
from exceptions.generator.draft import Draft
from exceptions.generator.wording import findings
from exceptions.generator.world.money import plain
from exceptions.generator.world.trade import goods

APPROVE, HOLD, REJECT, ESCALATE = Decision.APPROVE, Decision.HOLD, Decision.REJECT, Decision.ESCALATE
CLEAN = ExceptionType.CLEAN_MATCH
QUANTITY = ExceptionType.QUANTITY_MISMATCH
PRICE = ExceptionType.PRICE_MISMATCH
TOTAL = ExceptionType.TOTAL_AMOUNT_MISMATCH
PARTIAL = ExceptionType.PARTIAL_RECEIPT
MISSING = ExceptionType.MISSING_RECEIPT
DUPLICATE = ExceptionType.DUPLICATE_INVOICE
VIOLATION = ExceptionType.POLICY_VIOLATION
MIXED = ExceptionType.MIXED_DISCREPANCY

INVOICE = ActionType.INSPECT_INVOICE_LINE_ITEMS
ORDER = ActionType.INSPECT_PURCHASE_ORDER
RECEIPT = ActionType.INSPECT_GOODS_RECEIPT_NOTE
VENDOR = ActionType.INSPECT_VENDOR_PROFILE
POLICY = ActionType.INSPECT_POLICY_RULES
HISTORY = ActionType.CHECK_FOR_DUPLICATE_INVOICE
QUANTITIES = ActionType.COMPARE_QUANTITY
PRICES = ActionType.COMPARE_PRICE
TOTALS = ActionType.COMPARE_TOTALS


def agreement_facts(draft: Draft) -> None:
    """Facts that findings on what agrees need: goods, prices, receipts."""
    draft.refresh_facts()
    prices = dict.fromkeys(plain(line.billed_price) for line in draft.lines[:2])
    draft.facts.update(
        goods=goods(draft),
        prices=" and ".join(prices),
        grns=" and ".join(receipt.number for receipt in draft.receipts),
        tier=str(draft.vendor["risk_tier"]),
        incidents=str(draft.vendor["duplicate_incidents"]),
    )
    if len(draft.receipts) > 1:
        draft.facts["grn"] = draft.facts["grns"]


def find_agreement(draft: Draft) -> None:
    """Findings that quantity and price agree."""
    agreement_facts(draft)
    draft.find(findings.AGREES)
    draft.find(findings.PRICE_OK)


def approve_agreement(draft: Draft) -> None:
    """The answer on an invoice that agrees with order and receipt."""
    draft.answer(APPROVE, CLEAN, ORDER, RECEIPT, QUANTITIES, PRICES, HISTORY)
    find_agreement(draft)
