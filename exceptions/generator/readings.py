"""What the texts of a generated case come to: words of each, and its gist. What a reader should take from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exceptions.environment import Case

_MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Composed:
    """A text as the generator composed it, whether the case tells it or not.

    `quote` are words in it that say what it is about (empty: none were marked), `order` the order that it is about,
    `invoice` the invoice that it lists, if it is an entry of a list.
    """

    text: str
    quote: str
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
    held = [one for one in composed if one.text.strip(" .").lower() in lowered and one.text.strip(" .")]
    if not held:
        return None
    one = max(held, key=lambda held_one: len(held_one.text))
    words = one.quote or _first_words(one.text)
    start = lowered.find(words.lower())
    return Reading(text[start : start + len(words)], one.gist, one.order, one.invoice)


def _first_words(text: str) -> str:
    return " ".join(text.split()[:_MOST_WORDS]).strip(" .,;:")
