"""What does not matter: small talk, pleas, invoices of other orders, and cues that turn out not to hold."""

from decimal import Decimal

from exceptions.generator.draft import Draft
from exceptions.generator.wording.cues.denials import DENIALS
from exceptions.generator.wording.cues.payment import PAID_STATUS
from exceptions.generator.wording.cues.pleas import CLERK_SMALLTALK, RECEIPT_SMALLTALK, VENDOR_PLEA
from exceptions.generator.wording.entries import ENTRY, WAITING_STATUS
from exceptions.generator.wording.grammar import saying_of
from exceptions.generator.wording.voice import finish, sentence, speak
from exceptions.generator.world.calendar import later, written
from exceptions.generator.world.drawing import between, chance, pick
from exceptions.generator.world.money import cents, written_amount
from exceptions.generator.world.papers import paper_number
from exceptions.generator.world.people import person

_ROLES = {
    "duplicate": ("ap", "system", "ap"),
    "returns": ("stores", "quality", "ap"),
    "audit": ("audit", "finance"),
    "signature": ("system", "ap", "plant"),
    "bank": ("treasury", "ap", "system"),
    "price_list": ("purchasing", "ap"),
    "rush": ("purchasing", "plant"),
    "amendment": ("purchasing", "ap"),
    "split": ("ap", "audit"),
    "overship": ("stores", "purchasing"),
    "cycle": ("stores", "ap"),
    "currency": ("ap", "purchasing"),
    "shortage": ("stores", "plant"),
    "sums": ("ap", "system"),
}
_BOSSES = ("CFO", "controller", "plant head", "finance lead", "division head", "managing director", "COO", "treasurer")


def boss(draft: Draft) -> str:
    """Somebody who signs second."""
    return pick(draft.world, _BOSSES)


def add_noise(draft: Draft) -> None:
    """Texts and list entries that change nothing; subjects of the family stay away."""
    random = draft.noise
    note = sentence(random, finish(random, VENDOR_PLEA.say(random, draft.facts)).text)
    if chance(random, 0.5) and not draft.invoice_note:
        draft.invoice_note = note
    for receipt in draft.receipts:
        text = RECEIPT_SMALLTALK.say(random, draft.facts)
        if chance(random, 0.45) and text and not receipt.note and "receipt" not in draft.subjects:
            receipt.note = sentence(random, finish(random, text).text)
    for _ in range(pick(random, (0, 0, 1, 1, 1, 2, 2, 3))):
        _deny(draft)
    if chance(random, 0.35):
        saying = finish(random, CLERK_SMALLTALK.say(random, draft.facts))
        draft.comments.append(
            (later(draft.invoice_day, between(random, 0, 6)), speak(random, saying.text, draft.invoice_day, "ap"))
        )
    if "entries" not in draft.subjects:
        for _ in range(pick(random, (0, 0, 0, 0, 1, 1, 1, 2))):
            _other_invoice(draft)


def _deny(draft: Draft) -> None:
    """A cue of another mechanism, denied."""
    random = draft.noise
    subject = pick(random, tuple(DENIALS))
    day = later(draft.invoice_day, between(random, -1, 7))
    facts = draft.facts | {
        "x_no": paper_number(random, "IA-", "CR-", "AM", "Q-", "INV-", "A-", "REV "),
        "x_day": written(random, day),
        "boss": pick(random, _BOSSES),
        "who": person(random),
    }
    text = DENIALS[subject].say(random, facts)
    role = pick(random, _ROLES[subject])
    spoken = speak(random, finish(random, text).text, day, role)
    if subject not in draft.subjects:
        draft.comments.append((day, spoken))


def _other_invoice(draft: Draft) -> None:
    """An invoice of the same vendor for another order and another amount."""
    random = draft.noise
    day = later(draft.order_day, -between(random, 5, 120))
    amount = cents(draft.total * Decimal(between(random, 11, 240)) / 100 + Decimal(between(random, 101, 999)) / 100)
    steps = between(random, 8, 700)
    facts = {
        "other": draft.invoices.after(-steps),
        "other_po": draft.orders.after(-between(random, 6, 480)),
        "other_amount": written_amount(random, amount, draft.currency),
        "when": written(random, later(day, between(random, 10, 40))),
        "ref": str(between(random, 1000, 99999)),
    }
    waiting = chance(random, 0.2)
    status = saying_of((WAITING_STATUS if waiting else PAID_STATUS).say(random, facts)).text
    entry = ENTRY.say(random, facts | {"status": status})
    if waiting:
        draft.pending.append(entry)
    elif chance(random, 0.8):
        draft.processed.append(entry)
    else:
        draft.similar.append(entry)
