"""The keyword script: goes by alarming words in notes and comments, and compares no figure."""

import re
from collections.abc import Iterator

from evaluation.players.protocol import Conversation
from exceptions.environment import Action, ActionType, Decision, DocumentName, ExceptionType, Observation

_READING = (
    ActionType.INSPECT_INVOICE_LINE_ITEMS,
    ActionType.INSPECT_PURCHASE_ORDER,
    ActionType.INSPECT_GOODS_RECEIPT_NOTE,
    ActionType.CHECK_FOR_DUPLICATE_INVOICE,
)

#: Words, and what they are taken to mean; the first rule with a word anywhere in the texts decides.
RULES: tuple[tuple[re.Pattern[str], Decision, ExceptionType], ...] = tuple(
    (re.compile(rf"\b(?:{words})", re.IGNORECASE), decision, exception_type)
    for words, decision, exception_type in (
        ("fraud|bank", Decision.REJECT, ExceptionType.POLICY_VIOLATION),
        ("duplicate|twice|already paid|same vendor", Decision.REJECT, ExceptionType.DUPLICATE_INVOICE),
        ("audit|signature|limit|not approved", Decision.ESCALATE, ExceptionType.POLICY_VIOLATION),
        ("return|sent back|credit note|damage", Decision.HOLD, ExceptionType.QUANTITY_MISMATCH),
        ("price|surcharge|amendment", Decision.ESCALATE, ExceptionType.PRICE_MISMATCH),
        ("currency|exchange rate|total", Decision.ESCALATE, ExceptionType.TOTAL_AMOUNT_MISMATCH),
        ("missing|not arrived|no receipt", Decision.HOLD, ExceptionType.MISSING_RECEIPT),
        ("open|back order|part delivery|recount", Decision.HOLD, ExceptionType.PARTIAL_RECEIPT),
    )
)


def keyword_action(conversation: Conversation) -> Action:
    """Reads the four documents that carry text, then applies the first rule whose words occur."""
    observation = conversation.observation
    if observation.steps_taken < len(_READING) and observation.remaining_steps > 1:
        return Action(action_type=_READING[observation.steps_taken])
    decision, exception_type, text = _verdict(list(_texts(observation)))
    return Action(
        action_type=ActionType.SUBMIT_FINAL_RESOLUTION,
        final_decision=decision,
        exception_type=exception_type,
        evidence_references=_READING[: observation.steps_taken],
        explanation=text,
    )


def _verdict(texts: list[str]) -> tuple[Decision, ExceptionType, str]:
    for words, decision, exception_type in RULES:
        for text in texts:
            if words.search(text):
                return decision, exception_type, f"The file says: {text}"
    return Decision.APPROVE, ExceptionType.CLEAN_MATCH, "No note and no comment speaks against it."


def _texts(observation: Observation) -> Iterator[str]:
    """The notes and comments revealed so far."""
    documents = observation.revealed_documents
    invoice = documents.get(DocumentName.INVOICE_LINE_ITEMS)
    if invoice is not None:
        yield invoice["note"]
    receipts = documents.get(DocumentName.GOODS_RECEIPT_NOTE)
    if receipts is not None:
        for receipt in receipts["receipts"]:
            yield receipt["note"]
    history = documents.get(DocumentName.DUPLICATE_CHECK)
    if history is not None:
        yield from history["comments"]
