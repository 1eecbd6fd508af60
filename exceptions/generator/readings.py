"""What the texts of a generated case come to: its words, and its gist. What a reader should take from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from exceptions.environment import Case

#: A text that is longer is quoted from its beginning up to here.
_MOST_WORDS: Final = 24


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
    """What one text of a case comes to: `quote`, word for word in it, or the `invoice` that it lists; and its gist."""

    quote: str
    gist: str
    order: str
    invoice: str = ""


def read_texts(case: Case, composed: Sequence[Composed]) -> tuple[Reading, ...]:
    """Every text that the case tells and whose gist is known, in the order in which a conversation comes to them:
    terms, notes on receipts, the note on the invoice, list entries, comments.
    """
    history = case.history
    texts = (
        case.purchase_order.payment_terms,
        *(receipt.note for receipt in case.goods_receipts),
        case.invoice.note,
        *history.similar_invoices,
        *history.processed_invoices,
        *history.pending_invoices,
        *history.comments,
    )
    read = (_read(text, composed) for text in texts)
    return tuple(reading for reading in read if reading is not None)


def _read(text: str, composed: Iterable[Composed]) -> Reading | None:
    """By the longest of the composed texts that it holds; it may begin with a capital here, or end without a stop."""
    lowered = text.lower()
    held = [(words, one) for one in composed if (words := one.text.strip(" .").lower()) and words in lowered]
    if not held:
        return None
    words, one = max(held, key=lambda found: len(found[0]))
    start = lowered.find(words)
    quote = " ".join(text[start : start + len(words)].split(" ")[:_MOST_WORDS])
    return Reading(quote, one.gist, one.order, one.invoice)
