"""What the texts of a generated case come to: its words, and its gist. What a reader should take from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from exceptions.environment import Case

#: Of terms that say nothing but when to pay.
PLAIN_TERMS: Final = "terms"


@dataclass(frozen=True, slots=True)
class Composed:
    """A text as the generator composed it, whether the case tells it or not.

    `order` is the order that it is about, `invoice` the invoice that it lists, if it is an entry of a list.
    """

    text: str
    gist: str
    order: str
    invoice: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one `text` of a case comes to: its gist, the order that it is about, the invoice that it lists, if any."""

    text: str
    gist: str
    order: str
    invoice: str = ""


def read_texts(case: Case, composed: Sequence[Composed]) -> tuple[Reading, ...]:
    """Every text that the case tells, in the order in which a conversation comes to them: terms, notes on receipts, the
    note on the invoice, list entries, comments.
    """
    history, order = case.history, case.purchase_order
    terms = _read(order.payment_terms, composed) or Reading(order.payment_terms, PLAIN_TERMS, order.number)
    texts = (
        *(receipt.note for receipt in case.goods_receipts),
        case.invoice.note,
        *history.similar_invoices,
        *history.processed_invoices,
        *history.pending_invoices,
        *history.comments,
    )
    read = (terms if order.payment_terms else None, *(_read(text, composed) for text in texts))
    return tuple(reading for reading in read if reading is not None)


def _read(text: str, composed: Iterable[Composed]) -> Reading | None:
    """By the longest of the composed texts that it holds; it may begin with a capital here, or end without a stop."""
    lowered = text.lower()
    held = [(words, one) for one in composed if (words := one.text.strip(" .").lower()) and words in lowered]
    if not held:
        return None
    _words, one = max(held, key=lambda found: len(found[0]))
    return Reading(text, one.gist, one.order, one.invoice)
