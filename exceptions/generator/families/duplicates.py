"""Invoices that were, or only seem to have been, billed before."""

from exceptions.generator.draft import Draft
from exceptions.generator.families.answers import (
    APPROVE,
    CLEAN,
    DUPLICATE,
    HISTORY,
    INVOICE,
    ORDER,
    PRICES,
    QUANTITIES,
    RECEIPT,
    REJECT,
    agreement_facts,
)
from exceptions.generator.wording import findings
from exceptions.generator.wording.cues.payment import (
    DUPLICATE_ALARM,
    ONE_DELIVERY,
    PAID_SAID,
    PAID_STATUS,
    REBILL_NOTE,
    REJECT_REASON,
    RESUBMIT_NOTE,
    UNPAID_SAID,
    UNPAID_STATUS,
)
from exceptions.generator.wording.cues.recurring import RECURRING_NOTE, RECURRING_SAID, RECURRING_TERMS
from exceptions.generator.wording.entries import ENTRY, ENTRY_WITH_RECEIPT
from exceptions.generator.wording.grammar import Phrases
from exceptions.generator.wording.periods import periods
from exceptions.generator.wording.voice import sentence
from exceptions.generator.world.calendar import later, written
from exceptions.generator.world.drawing import between, chance, pick
from exceptions.generator.world.money import written_amount

_UNSAID = (
    "on file",
    "see comments",
    "same amount",
    "known",
    "earlier document",
    "in archive",
    "entered",
    "same vendor",
)
_SUFFIXES = ("-R", "-2", "A", "-B", "/2", "-NEW", "C", "-K", "-COPY", "-01", "X", "-DUP")


def earlier_invoice(draft: Draft, *, renumbered: float = 0.6) -> None:
    """Facts of an invoice for the same amount that came before; `renumbered`: how often this one's number tells so."""
    random = draft.world
    day = later(draft.invoice_day, between(random, 8, 30))
    other = draft.invoices.after(-between(random, 1, 40))
    style = random.random()
    suffix = pick(random, _SUFFIXES)
    same = chance(random, 0.12)
    if style < renumbered / 2:
        draft.invoice_number = other + suffix
    elif style < renumbered and same:
        other = draft.invoice_number
    draft.facts.update(
        other=other,
        other_po=draft.order_number,
        other_amount=written_amount(random, draft.total, draft.currency),
        other_grn=draft.receipt.number,
        when=written(random, day),
        ref=str(between(random, 1001, 98999)),
    )
    draft.invoice_day = later(day, between(random, 3, 40))
    draft.refresh_facts()


def tell_status(draft: Draft, status: Phrases, said: Phrases) -> None:
    """Says what became of the earlier invoice: in a list entry, in a comment, or in both. The quote becomes a fact."""
    random = draft.world
    channel = random.random()
    layout = ENTRY_WITH_RECEIPT if chance(random, 0.3) else ENTRY
    unsaid = pick(random, _UNSAID)
    place = pick(random, ("processed", "processed", "processed", "similar", "similar"))
    role = pick(random, ("ap", "ap", "treasury", "finance", "system"))
    entry = draft.entry(layout, status if channel < 0.68 else unsaid)
    quote = entry.quote
    if channel < 0.92:
        getattr(draft, place).append(entry.text)
    if channel >= 0.55:
        saying = draft.say(said)
        draft.comment(saying, draft.days_after_invoice(between(random, 1, 5)), role, anywhere=True)
        quote = quote or saying.quote
    draft.facts["quote"] = quote


def bill_again(draft: Draft, *, paid: bool) -> None:
    """The same delivery billed a second time: reject when the first bill was paid, approve when it was rejected."""
    random = draft.world
    earlier_invoice(draft)
    note = draft.say(REBILL_NOTE).text
    if note:
        draft.invoice_note = sentence(draft.words, note)
    if paid:
        tell_status(draft, PAID_STATUS, PAID_SAID)
    else:
        tell_status(draft, UNPAID_STATUS, UNPAID_SAID)
    if chance(random, 0.45):
        draft.comment(draft.say(ONE_DELIVERY), draft.days_after_invoice(2), pick(random, ("stores", "ap")))
    if chance(random, 0.3):
        draft.comment(draft.say(DUPLICATE_ALARM), draft.days_after_invoice(1), pick(random, ("system", "ap")))
    answer_second_bill(draft, paid=paid)


def answer_second_bill(draft: Draft, *, paid: bool) -> None:
    """Reject what was paid before; approve what was rejected and never paid."""
    agreement_facts(draft)
    if paid:
        draft.answer(REJECT, DUPLICATE, ORDER, RECEIPT, INVOICE, HISTORY)
        draft.find(findings.PAID_BEFORE)
        draft.find(findings.ONE_RECEIPT if len(draft.receipts) == 1 else findings.QUANTITY_OK)
        return
    draft.answer(APPROVE, CLEAN, ORDER, RECEIPT, INVOICE, QUANTITIES, HISTORY)
    draft.find(findings.REJECTED_BEFORE)
    draft.find(findings.QUANTITY_OK)


_SECOND_BILL = frozenset({"duplicate", "cycle", "split"})


def duplicate_invoice(draft: Draft, flipped: bool) -> None:
    """All lines match, but the same bill was paid before; in the twin it was rejected."""
    draft.subjects = _SECOND_BILL
    draft.title = f"{draft.line.description}, billed a second time"
    bill_again(draft, paid=not flipped)


def corrected_resubmission(draft: Draft, flipped: bool) -> None:
    """The corrected bill after a rejected one; in the twin the first one was paid."""
    draft.title = f"{draft.line.description}, corrected bill"
    _resubmit(draft, paid=flipped)


def corrected_but_paid(draft: Draft, flipped: bool) -> None:
    """A "corrected" bill whose original was paid; in the twin it was rejected."""
    draft.title = f"{draft.line.description}, corrected bill after payment"
    _resubmit(draft, paid=not flipped)


def _resubmit(draft: Draft, *, paid: bool) -> None:
    draft.subjects = _SECOND_BILL
    random = draft.world
    earlier_invoice(draft, renumbered=0.35)
    draft.invoice_note = sentence(draft.words, draft.say(RESUBMIT_NOTE).text)
    if paid:
        tell_status(draft, PAID_STATUS, PAID_SAID)
    else:
        tell_status(draft, UNPAID_STATUS, UNPAID_SAID)
    if chance(random, 0.5):
        draft.comment(draft.say(REJECT_REASON), draft.days_after_invoice(1), pick(random, ("ap", "purchasing")))
    if chance(random, 0.4):
        draft.comment(draft.say(DUPLICATE_ALARM), draft.days_after_invoice(1), pick(random, ("system", "ap")))
    answer_second_bill(draft, paid=paid)


def false_positive_duplicate(draft: Draft, flipped: bool) -> None:
    """The same amount as a paid invoice, but of another order; in the twin it is the same order and delivery."""
    draft.subjects = frozenset({"duplicate", "cycle"})
    draft.title = f"{draft.line.description}, the same amount again"
    random = draft.world
    earlier_order = draft.orders.after(-between(random, 12, 260))
    earlier_receipt = draft.deliveries.after(-between(random, 15, 300))
    now, _before = periods(random, draft.invoice_day)
    earlier_invoice(draft, renumbered=0.0)
    draft.facts["period"] = now
    if not flipped:
        draft.facts.update(other_po=earlier_order, other_grn=earlier_receipt)
    if chance(random, 0.45):
        draft.terms = draft.state(RECURRING_TERMS, terms=draft.terms).text
    note = draft.say(RECURRING_NOTE).text
    if note:
        draft.invoice_note = sentence(draft.words, note)
    layout = ENTRY_WITH_RECEIPT if chance(random, 0.5) else ENTRY
    entry = draft.entry(layout, PAID_STATUS)
    getattr(draft, pick(random, ("similar", "similar", "processed"))).append(entry.text)
    if chance(random, 0.6):
        draft.comment(draft.say(DUPLICATE_ALARM), draft.days_after_invoice(1), pick(random, ("system", "system", "ap")))
    role = pick(random, ("ap", "stores", "purchasing", "plant"))
    if chance(random, 0.65):
        said = draft.say(ONE_DELIVERY if flipped else RECURRING_SAID)
        draft.comment(said, draft.days_after_invoice(between(random, 2, 5)), role, anywhere=True)
    draft.facts["quote"] = entry.quote
    if flipped:
        answer_second_bill(draft, paid=True)
        return
    agreement_facts(draft)
    draft.answer(APPROVE, CLEAN, ORDER, RECEIPT, QUANTITIES, PRICES, HISTORY)
    draft.find(findings.OTHER_ORDER)
    draft.find(findings.QUANTITY_OK)
