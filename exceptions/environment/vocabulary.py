"""The closed vocabularies of the environment: their values are the names on the wire and in case packs."""

from enum import StrEnum


class Decision(StrEnum):
    """What may be done with an invoice."""

    APPROVE = "approve_for_payment"
    HOLD = "place_on_hold"
    REJECT = "reject_invoice"
    ESCALATE = "escalate_for_supervisor_review"


class ExceptionType(StrEnum):
    """What is wrong with an invoice, or that nothing is."""

    CLEAN_MATCH = "clean_match"
    QUANTITY_MISMATCH = "quantity_mismatch"
    PRICE_MISMATCH = "price_mismatch"
    TOTAL_AMOUNT_MISMATCH = "total_amount_mismatch"
    PARTIAL_RECEIPT = "partial_receipt"
    MISSING_RECEIPT = "missing_receipt"
    DUPLICATE_INVOICE = "duplicate_invoice"
    TAX_VARIANCE = "tax_variance"
    POLICY_VIOLATION = "policy_violation"
    MIXED_DISCREPANCY = "mixed_discrepancy"


class DocumentName(StrEnum):
    """A document that an inspection reveals."""

    INVOICE_LINE_ITEMS = "invoice_line_items"
    PURCHASE_ORDER = "purchase_order"
    GOODS_RECEIPT_NOTE = "goods_receipt_note"
    VENDOR_PROFILE = "vendor_profile"
    POLICY_RULES = "policy_rules"
    DUPLICATE_CHECK = "duplicate_check"


class ActionType(StrEnum):
    """The twelve actions: ten investigate, one proposes, one ends the episode."""

    INSPECT_INVOICE_LINE_ITEMS = "inspect_invoice_line_items"
    INSPECT_PURCHASE_ORDER = "inspect_purchase_order"
    INSPECT_GOODS_RECEIPT_NOTE = "inspect_goods_receipt_note"
    INSPECT_VENDOR_PROFILE = "inspect_vendor_profile"
    INSPECT_POLICY_RULES = "inspect_policy_rules"
    CHECK_FOR_DUPLICATE_INVOICE = "check_for_duplicate_invoice"
    COMPARE_QUANTITY = "compare_quantity"
    COMPARE_PRICE = "compare_price"
    COMPARE_TOTALS = "compare_totals"
    SUMMARIZE_FINDINGS = "summarize_findings"
    PROPOSE_EXCEPTION_TYPE = "propose_exception_type"
    SUBMIT_FINAL_RESOLUTION = "submit_final_resolution"


class Slice(StrEnum):
    """Where a case comes from."""

    CANONICAL = "canonical"
    HARD = "hard"
    GENERATED = "generated"
    IMPORTED = "imported"


class Difficulty(StrEnum):
    """How hard a case is meant to be."""

    EASY = "easy"
    MODERATE = "moderate"
    HARD = "hard"


class RiskTier(StrEnum):
    """How the desk rates a vendor."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class StopReason(StrEnum):
    """Why an episode ended."""

    SUBMITTED = "submitted"
    OUT_OF_STEPS = "out_of_steps"
    PROMPT_BUDGET_EXCEEDED = "prompt_budget_exceeded"
    PLAYER_ERROR = "player_error"
    CANCELLED = "cancelled"


#: The document that each inspecting action reveals.
REVEALS: dict[ActionType, DocumentName] = {
    ActionType.INSPECT_INVOICE_LINE_ITEMS: DocumentName.INVOICE_LINE_ITEMS,
    ActionType.INSPECT_PURCHASE_ORDER: DocumentName.PURCHASE_ORDER,
    ActionType.INSPECT_GOODS_RECEIPT_NOTE: DocumentName.GOODS_RECEIPT_NOTE,
    ActionType.INSPECT_VENDOR_PROFILE: DocumentName.VENDOR_PROFILE,
    ActionType.INSPECT_POLICY_RULES: DocumentName.POLICY_RULES,
    ActionType.CHECK_FOR_DUPLICATE_INVOICE: DocumentName.DUPLICATE_CHECK,
}

COMPARISONS: tuple[ActionType, ...] = (
    ActionType.COMPARE_QUANTITY,
    ActionType.COMPARE_PRICE,
    ActionType.COMPARE_TOTALS,
)

#: The actions that can be required, and cited, as evidence.
INVESTIGATIONS: tuple[ActionType, ...] = (*REVEALS, *COMPARISONS, ActionType.SUMMARIZE_FINDINGS)
