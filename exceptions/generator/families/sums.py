"""Totals: other currencies, and subtotals that do not add up."""

from decimal import Decimal

from exceptions.generator.draft import Draft
from exceptions.generator.families.answers import (
    ESCALATE,
    INVOICE,
    ORDER,
    POLICY,
    TOTAL,
    TOTALS,
    agreement_facts,
    approve_agreement,
)
from exceptions.generator.wording import findings
from exceptions.generator.wording.cues.sums import CURRENCY_SAID, SUM_NOTE, SUM_SAID
from exceptions.generator.wording.voice import sentence
from exceptions.generator.world.drawing import between, chance, pick
from exceptions.generator.world.money import cents, plain
from exceptions.generator.world.trade import recompute

_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "CAD", "AUD", "SEK", "NOK", "PLN")


def currency_swap(draft: Draft, flipped: bool) -> None:
    """The same figures in another currency; in the twin the currencies agree."""
    draft.subjects = frozenset({"currency", "sums", "price_list"})
    random = draft.world
    other = pick(random, [currency for currency in _CURRENCIES if currency != draft.currency])
    draft.title = f"Currency of {draft.line.description}"
    if not flipped:
        draft.order_currency = other
    agreement_facts(draft)
    draft.facts["order_cur"] = draft.order_currency
    if chance(random, 0.5):
        saying = draft.say(CURRENCY_SAID)
        if not flipped:
            draft.comment(saying, draft.days_after_invoice(2), pick(random, ("ap", "purchasing", "system")))
    if flipped:
        approve_agreement(draft)
        return
    draft.answer(ESCALATE, TOTAL, ORDER, INVOICE, TOTALS)
    draft.find(findings.CURRENCIES)
    draft.find(findings.SAME_FIGURES)


def shift_subtotal(draft: Draft) -> Decimal:
    """An amount that no line explains: beyond the total tolerance, always to the buyer's loss."""
    least = draft.policy["total_tolerance"] * Decimal("1.05")
    share = draft.subtotal * Decimal(between(draft.world, 2, 12)) / 100
    return cents(max(least, share) + Decimal(between(draft.world, 0, 9900)) / 100)


def subtotal_off(draft: Draft, flipped: bool) -> None:
    """The subtotal is more than its lines; in the twin it is their sum."""
    draft.subjects = frozenset({"sums"})
    random = draft.world
    gap = shift_subtotal(draft)
    draft.title = f"Subtotal of {draft.line.description}"
    note = draft.say(SUM_NOTE).text
    if note:
        draft.invoice_note = sentence(draft.words, note)
    spoken = chance(random, 0.4)
    if flipped:
        approve_agreement(draft)
        return
    draft.subtotal_shift = gap
    recompute(draft)
    agreement_facts(draft)
    draft.facts.update(
        gap=plain(gap),
        lines_sum=plain(draft.subtotal - gap),
        total_tolerance=plain(draft.policy["total_tolerance"]),
    )
    if spoken:
        saying = draft.say(SUM_SAID)
        if saying.text:
            draft.comment(saying, draft.days_after_invoice(2), "ap")
    answer_subtotal_off(draft)


def answer_subtotal_off(draft: Draft) -> None:
    """Escalate: the bill asks for more than it explains."""
    draft.answer(ESCALATE, TOTAL, ORDER, INVOICE, TOTALS, POLICY)
    draft.find(findings.SUM_OFF)
    draft.find(findings.SUM_UNEXPLAINED)
