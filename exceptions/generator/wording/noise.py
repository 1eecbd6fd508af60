"""What does not matter: small talk, pleas, invoices of other orders, and cues that turn out not to hold."""

import datetime
from decimal import Decimal
from random import Random

from exceptions.generator.draft import Draft
from exceptions.generator.wording.cues.amendment import LOWERED_ELSEWHERE
from exceptions.generator.wording.cues.audit import AUDIT_CLEAR, AUDIT_FINDING
from exceptions.generator.wording.cues.delivery import REFUSED_SAID, SHORT_SAID
from exceptions.generator.wording.cues.denials import DENIALS
from exceptions.generator.wording.cues.doubt import DUPLICATE_OPEN, RECOUNT_OPEN
from exceptions.generator.wording.cues.fraud import BANK_FINE
from exceptions.generator.wording.cues.overship import OVERSHIP_REFUSED, OVERSHIP_SAID
from exceptions.generator.wording.cues.payment import PAID_SAID, PAID_STATUS, UNPAID_SAID, UNPAID_STATUS
from exceptions.generator.wording.cues.pleas import (
    CLERK_SMALLTALK,
    DELIVERY_CLAIM,
    MATCH_OK,
    OPINION,
    RECEIPT_SMALLTALK,
    VENDOR_PLEA,
)
from exceptions.generator.wording.cues.returns import DEFECTS, KEPT, RETURNED
from exceptions.generator.wording.cues.rush import RUSH_REFUSED
from exceptions.generator.wording.cues.signature import SIGNATURE_GIVEN, SIGNATURE_MISSING
from exceptions.generator.wording.entries import ENTRY, WAITING_STATUS
from exceptions.generator.wording.findings import OF_ANOTHER, OF_ANOTHER_ORDER, PUT_ASIDE
from exceptions.generator.wording.grammar import Phrases, saying_of
from exceptions.generator.wording.voice import finish, frame, name_vendor, sentence, speak
from exceptions.generator.world.calendar import later, written
from exceptions.generator.world.drawing import between, chance, pick
from exceptions.generator.world.money import cents, plain, written_amount
from exceptions.generator.world.papers import paper_number
from exceptions.generator.world.people import BOSSES, person

#: Who denies a cue of a subject.
_ROLES: dict[str, tuple[str, ...]] = {
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
#: Longer denials: the other sides of cues, told of this very order.
_OTHER_SIDES: tuple[tuple[str, Phrases], ...] = (
    ("returns", KEPT),
    ("returns", KEPT),
    ("audit", AUDIT_CLEAR),
    ("audit", AUDIT_CLEAR),
    ("signature", SIGNATURE_GIVEN),
    ("bank", BANK_FINE),
    ("amendment", LOWERED_ELSEWHERE),
    ("overship", OVERSHIP_SAID),
    ("rush", RUSH_REFUSED),
)
#: True cues, but of another order, which has to be named.
_ELSEWHERE: tuple[tuple[str, Phrases], ...] = (
    ("returns", RETURNED),
    ("returns", RETURNED),
    ("audit", AUDIT_FINDING),
    ("shortage", SHORT_SAID),
    ("shortage", RECOUNT_OPEN),
    ("shortage", REFUSED_SAID),
    ("duplicate", DUPLICATE_OPEN),
    ("signature", SIGNATURE_MISSING),
    ("overship", OVERSHIP_REFUSED),
    ("duplicate", PAID_SAID),
    ("duplicate", UNPAID_SAID),
)
_OF_ANOTHER_ORDER = (
    "on {po}, not this order: {text}",
    "{po} (other order): {text}",
    "{text} (that was {po})",
    "last quarter, {po}: {text}",
    "concerns {po} only: {text}",
    "{text} - this is about {po}",
    "not this one but {po}: {text}",
    "old case {po}: {text}",
    "about the earlier {po}: {text}",
)


def add_noise(draft: Draft) -> None:
    """Texts and list entries that change nothing; subjects of the family stay away.

    Every part has a stream of its own, so that the noise of twins is the same.
    """
    random = draft.noise
    notes, receipts, denials, talk, entries = (Random(random.getrandbits(64)) for _ in range(5))
    phrases = DELIVERY_CLAIM if chance(notes, 0.3) else VENDOR_PLEA
    plea = phrases.say(notes, draft.facts)
    if chance(notes, 0.45) and not draft.invoice_note:
        saying = finish(notes, plea)
        draft.compose(phrases, saying)
        draft.invoice_note = sentence(notes, saying.text)
    text = RECEIPT_SMALLTALK.say(receipts, draft.facts)
    receipt = draft.receipts[-1 if chance(receipts, 0.7) else 0] if draft.receipts else None
    if receipt and chance(receipts, 0.4) and text and not receipt.note and "receipt" not in draft.subjects:
        saying = finish(receipts, text)
        draft.compose(RECEIPT_SMALLTALK, saying)
        receipt.note = sentence(receipts, saying.text)
    for _ in range(pick(denials, (0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 3))):
        _deny(draft, Random(denials.getrandbits(64)))
    if chance(talk, 0.3):
        phrases = OPINION if chance(talk, 0.4) else CLERK_SMALLTALK
        saying = finish(talk, phrases.say(talk, draft.facts))
        draft.compose(phrases, saying)
        day = later(draft.invoice_day, between(talk, 0, 6))
        draft.comments.append((day, speak(talk, saying.text, day, pick(talk, ("ap", "plant", "ap", "purchasing")))))
    if chance(talk, 0.12) and _figures_agree(draft):
        day = later(draft.invoice_day, between(talk, 0, 2))
        saying = finish(talk, MATCH_OK.say(talk, draft.facts))
        draft.compose(MATCH_OK, saying)
        draft.comments.append((day, speak(talk, saying.text, day, "system")))
    if "entries" not in draft.subjects:
        for _ in range(pick(entries, (0, 0, 0, 0, 0, 1, 1, 2))):
            _other_invoice(draft, Random(entries.getrandbits(64)))


def _figures_agree(draft: Draft) -> bool:
    """Whether a matching system finds nothing."""
    return (
        all(
            line.billed == line.ordered == draft.accepted(line.code) and line.billed_price == line.order_price
            for line in draft.lines
        )
        and not draft.subtotal_shift
        and draft.supplier_id == draft.order_supplier_id
        and draft.approved
    )


def _deny(draft: Draft, random: Random) -> None:
    """A cue of another mechanism: denied, turned out well, or of another order."""
    day = later(draft.invoice_day, between(random, -1, 7))
    facts = draft.facts | _stray_facts(draft, random, day)
    style = random.random()
    if style < 0.55:
        subject = pick(random, tuple(DENIALS))
        phrases = DENIALS[subject]
        text = phrases.say(random, facts)
    elif style < 0.82:
        subject, phrases = pick(random, _OTHER_SIDES)
        text = phrases.say(random, facts)
    else:
        subject, phrases = pick(random, _ELSEWHERE)
        facts["po"] = draft.orders.after(-between(random, 5, 300))
        said = phrases.say(random, facts)
        text = pick(random, _OF_ANOTHER_ORDER).format(po=facts["po"], text=said)
    marked = frame(random, name_vendor(random, text, draft.vendor_name))
    saying = finish(random, marked)
    spoken = speak(random, saying.text, day, pick(random, _ROLES[subject]))
    if subject in draft.subjects:
        return
    draft.comments.append((day, spoken))
    draft.compose(phrases, saying, order=facts["po"])
    quote = saying.quote or _few_words(saying.text)
    if quote:
        elsewhere = facts["po"] != draft.order_number
        draft.put_aside.append(
            (OF_ANOTHER, {"quote": quote, "other_po": facts["po"]}) if elsewhere else (PUT_ASIDE, {"quote": quote})
        )


def _few_words(text: str) -> str:
    """A text short enough to be quoted whole; else nothing."""
    return text.strip(" .,;:") if 2 <= len(text.split()) <= 9 else ""


def _stray_facts(draft: Draft, random: Random, day: datetime.date) -> dict[str, str]:
    """Figures and names for cues that do not hold."""
    line = draft.line
    back = max(1, int(line.ordered) * between(random, 5, 40) // 100)
    return {
        "x_no": paper_number(random, "IA-", "CR-", "AM", "Q-", "INV-", "A-", "REV "),
        "x_day": written(random, day),
        "when": written(random, later(draft.order_day, between(random, 1, 20))),
        "who": person(random),
        "boss": pick(random, BOSSES),
        "back": str(back),
        "missing": str(back),
        "accepted": str(max(1, int(line.ordered) - back)),
        "return_no": paper_number(random, "RMA-", "RT", "RET-", "8D-", "QN", "RL-", "R0", "QC-"),
        "defect": pick(random, DEFECTS),
        "report": paper_number(random, "IA-", "AUD-", "case ", "IR", "review ", "CR-", "report ", "IC-", "file "),
        "market": plain(cents(line.order_price * between(random, 60, 95) / 100)),
        "new_price": plain(cents(line.order_price * between(random, 80, 97) / 100)),
        "orders_from": written(random, later(draft.invoice_day, between(random, 3, 40))),
        "amendment": f"{pick(random, ('amendment', 'addendum', 'side letter', 'change'))} {between(random, 1, 5)}",
        "new_account": str(between(random, 1000, 9999)),
        "old_account": str(between(random, 1000, 9999)),
        "allowed": str(pick(random, (5, 8, 10, 12, 15, 20))),
        "billed_rush": str(pick(random, (8, 10, 12, 15, 20))),
        "form": paper_number(random, "form ", "RS-", "EXP-", "SR-", "F-"),
        "other": draft.invoices.after(-between(random, 50, 800)),
        "grn": draft.deliveries.after(-between(random, 50, 400)),
        "ref": str(between(random, 1000, 99999)),
    }


def _other_invoice(draft: Draft, random: Random) -> None:
    """An invoice of the same vendor for another order and another amount."""
    day = later(draft.order_day, -between(random, 5, 120))
    ordered = sum((entry.ordered * entry.order_price for entry in draft.lines), Decimal(0))
    amount = cents(ordered * Decimal(between(random, 11, 240)) / 100 + Decimal(between(random, 101, 999)) / 100)
    facts = {
        "other": draft.invoices.after(-between(random, 8, 700)),
        "other_po": draft.orders.after(-between(random, 6, 480)),
        "other_amount": written_amount(random, amount, draft.currency),
        "when": written(random, later(day, between(random, 10, 40))),
        "ref": str(between(random, 1000, 99999)),
    }
    style = random.random()
    status = WAITING_STATUS if style < 0.2 else UNPAID_STATUS if style < 0.35 else PAID_STATUS
    saying = saying_of(ENTRY.say(random, facts | {"status": status.say(random, facts)}))
    draft.compose(status, saying, order=facts["other_po"], invoice=facts["other"])
    entry = saying.text
    draft.put_aside.append((OF_ANOTHER_ORDER, {"other": facts["other"], "other_po": facts["other_po"]}))
    if style < 0.2:
        draft.pending.append(entry)
    elif chance(random, 0.8):
        draft.processed.append(entry)
    else:
        draft.similar.append(entry)
