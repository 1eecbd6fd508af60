"""What actions, decisions and types are called on a page, and the key that takes each."""

import re
from typing import Final

from exceptions.environment import ActionType, Decision, ExceptionType

ACTION_NAMES: Final[dict[ActionType, str]] = {
    ActionType.INSPECT_INVOICE_LINE_ITEMS: "Invoice lines",
    ActionType.INSPECT_PURCHASE_ORDER: "Order",
    ActionType.INSPECT_GOODS_RECEIPT_NOTE: "Receipt",
    ActionType.INSPECT_VENDOR_PROFILE: "Vendor",
    ActionType.INSPECT_POLICY_RULES: "Policy",
    ActionType.CHECK_FOR_DUPLICATE_INVOICE: "Duplicates",
    ActionType.COMPARE_QUANTITY: "Compare quantities",
    ActionType.COMPARE_PRICE: "Compare prices",
    ActionType.COMPARE_TOTALS: "Compare totals",
    ActionType.SUMMARIZE_FINDINGS: "Summary",
    ActionType.PROPOSE_EXCEPTION_TYPE: "Propose a type",
    ActionType.SUBMIT_FINAL_RESOLUTION: "Resolve",
}
ACTION_KEYS: Final[dict[ActionType, str]] = {
    ActionType.INSPECT_INVOICE_LINE_ITEMS: "i",
    ActionType.INSPECT_PURCHASE_ORDER: "o",
    ActionType.INSPECT_GOODS_RECEIPT_NOTE: "r",
    ActionType.INSPECT_VENDOR_PROFILE: "v",
    ActionType.INSPECT_POLICY_RULES: "p",
    ActionType.CHECK_FOR_DUPLICATE_INVOICE: "d",
    ActionType.COMPARE_QUANTITY: "1",
    ActionType.COMPARE_PRICE: "2",
    ActionType.COMPARE_TOTALS: "3",
    ActionType.SUMMARIZE_FINDINGS: "s",
}
#: Where on the page an action's result stands.
ACTION_ANCHORS: Final[dict[ActionType, str]] = {
    ActionType.INSPECT_INVOICE_LINE_ITEMS: "#invoice",
    ActionType.INSPECT_PURCHASE_ORDER: "#order",
    ActionType.INSPECT_GOODS_RECEIPT_NOTE: "#receipt",
    ActionType.INSPECT_VENDOR_PROFILE: "#vendor",
    ActionType.INSPECT_POLICY_RULES: "#policy",
    ActionType.CHECK_FOR_DUPLICATE_INVOICE: "#history",
    ActionType.COMPARE_QUANTITY: "#match",
    ActionType.COMPARE_PRICE: "#match",
    ActionType.COMPARE_TOTALS: "#totals",
}
LOOK: Final = (
    ActionType.INSPECT_INVOICE_LINE_ITEMS,
    ActionType.INSPECT_PURCHASE_ORDER,
    ActionType.INSPECT_GOODS_RECEIPT_NOTE,
    ActionType.INSPECT_VENDOR_PROFILE,
    ActionType.INSPECT_POLICY_RULES,
    ActionType.CHECK_FOR_DUPLICATE_INVOICE,
)
COMPARE: Final = (ActionType.COMPARE_QUANTITY, ActionType.COMPARE_PRICE, ActionType.COMPARE_TOTALS)

DECISION_NAMES: Final[dict[Decision, str]] = {
    Decision.APPROVE: "Approve for payment",
    Decision.HOLD: "Place on hold",
    Decision.REJECT: "Reject",
    Decision.ESCALATE: "Escalate to a supervisor",
}
DECISION_KEYS: Final[dict[Decision, str]] = {
    Decision.APPROVE: "a",
    Decision.HOLD: "h",
    Decision.REJECT: "x",
    Decision.ESCALATE: "e",
}


def type_name(exception_type: ExceptionType | str) -> str:
    """`quantity_mismatch` → `Quantity mismatch`."""
    return str(exception_type).replace("_", " ").capitalize()


def action_name(action_type: ActionType | str) -> str:
    """The name of an action; a citation of something that is no action stays as it was written."""
    try:
        return ACTION_NAMES[ActionType(action_type)]
    except ValueError:
        return str(action_type)


def in_words(text: str) -> str:
    """A note with the environment's names in it, as people say them: `place_on_hold` → `place on hold`."""
    return _CODE_NAME.sub(lambda found: _WORDS.get(found.group(), found.group()), text)


_CODE_NAME: Final = re.compile(r"[a-z]+(?:_[a-z]+)+")
_WORDS: Final[dict[str, str]] = {
    **{action.value: name.lower() for action, name in ACTION_NAMES.items()},
    **{decision.value: name.lower() for decision, name in DECISION_NAMES.items()},
    **{kind.value: type_name(kind).lower() for kind in ExceptionType},
}
