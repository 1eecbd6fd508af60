"""Invoices with which nothing is wrong, whatever the vendor's record says."""

from decimal import Decimal

from exceptions.generator.draft import Draft
from exceptions.generator.families.answers import (
    APPROVE,
    CLEAN,
    HISTORY,
    INVOICE,
    ORDER,
    POLICY,
    PRICES,
    QUANTITIES,
    RECEIPT,
    TOTALS,
    VENDOR,
    agreement_facts,
    approve_agreement,
    find_agreement,
)
from exceptions.generator.families.duplicates import bill_again
from exceptions.generator.families.sums import shift_subtotal
from exceptions.generator.wording import findings
from exceptions.generator.wording.cues.sums import ROUNDING_NOTE, ROUNDING_SAID
from exceptions.generator.wording.voice import sentence
from exceptions.generator.world.drawing import between, chance, pick
from exceptions.generator.world.money import cents, plain
from exceptions.generator.world.trade import recompute


def clean_match(draft: Draft, _flipped: bool) -> None:
    draft.title = f"{draft.line.description}: everything agrees"
    approve_agreement(draft)


def multi_line_clean(draft: Draft, _flipped: bool) -> None:
    draft.title = f"{len(draft.lines)} lines, everything agrees"
    approve_agreement(draft)


def preferred_vendor_clean(draft: Draft, _flipped: bool) -> None:
    draft.vendor.update(preferred=True, risk_tier=pick(draft.world, ("low", "low", "medium")))
    draft.title = f"Preferred vendor, {draft.line.description}: everything agrees"
    draft.answer(APPROVE, CLEAN, ORDER, RECEIPT, VENDOR, QUANTITIES, PRICES)
    find_agreement(draft)
    draft.find(findings.PREFERRED)


def clean_from_risky_vendor(draft: Draft, flipped: bool) -> None:
    """The record is bad, the bill is good; in the twin it was paid before."""
    draft.vendor.update(risk_tier="high", preferred=False, duplicate_incidents=between(draft.world, 3, 9))
    draft.title = f"Vendor with a record, {draft.line.description}"
    draft.subjects = frozenset({"duplicate"}) if flipped else frozenset()
    if flipped:
        bill_again(draft, paid=True)
        return
    draft.answer(APPROVE, CLEAN, RECEIPT, VENDOR, QUANTITIES, PRICES, HISTORY)
    agreement_facts(draft)
    draft.find(findings.RISK_IGNORED)
    draft.find(findings.PRICE_OK)


def rounding_false_alarm(draft: Draft, flipped: bool) -> None:
    """Some cents between lines and subtotal; in the twin far more."""
    draft.subjects = frozenset({"sums"})
    draft.title = f"Cents apart, {draft.line.description}"
    random = draft.world
    for line in draft.lines:
        mills = Decimal(between(random, 1, 9)) / 1000
        line.order_price = line.billed_price = line.order_price + mills
        line.billed_total = cents(line.billed * line.billed_price)
    gap = Decimal(pick(random, ("0.01", "0.01", "0.01", "0.02", "0.03")))
    gap = min(gap, Decimal("0.01") * len(draft.lines))
    large = shift_subtotal(draft)
    draft.subtotal_shift = large if flipped else gap * pick(random, (1, -1))
    recompute(draft)
    draft.policy["total_tolerance"] = max(draft.policy["total_tolerance"], Decimal(5))
    shown = abs(draft.subtotal_shift)
    note = draft.say(ROUNDING_NOTE).text
    if note:
        draft.invoice_note = sentence(draft.words, note)
    if chance(random, 0.7):
        draft.comment(
            draft.say(ROUNDING_SAID, gap=plain(shown)), draft.days_after_invoice(1), pick(random, ("system", "ap"))
        )
    agreement_facts(draft)
    draft.facts.update(
        gap=plain(shown),
        lines_sum=plain(draft.subtotal - draft.subtotal_shift),
        total_tolerance=plain(draft.policy["total_tolerance"]),
    )
    if flipped:
        from exceptions.generator.families.sums import answer_subtotal_off

        answer_subtotal_off(draft)
        return
    draft.answer(APPROVE, CLEAN, INVOICE, PRICES, TOTALS, POLICY)
    draft.find(findings.ROUNDING)
    draft.find(findings.PRICE_OK)
