"""Two things wrong, or in doubt, at once."""

from decimal import Decimal

from exceptions.generator.draft import Draft
from exceptions.generator.families.answers import (
    ESCALATE,
    HISTORY,
    INVOICE,
    MIXED,
    POLICY,
    PRICES,
    QUANTITIES,
    RECEIPT,
    agreement_facts,
)
from exceptions.generator.families.prices import raise_price, set_tolerance, sized_price
from exceptions.generator.families.receipts import answer_short, at_least, note_short, short_delivery
from exceptions.generator.wording import findings
from exceptions.generator.wording.cues.doubt import BOTH_RULE, DUPLICATE_OPEN, DUPLICATE_SETTLED, RECOUNT_OPEN
from exceptions.generator.wording.cues.sums import PRICE_SAID
from exceptions.generator.wording.entries import DOUBTFUL_STATUS, ENTRY
from exceptions.generator.world.calendar import later, written
from exceptions.generator.world.drawing import between, chance, pick
from exceptions.generator.world.money import plain, written_amount

_SUBJECTS = frozenset({"shortage", "overship", "returns", "cycle", "price_list", "amendment", "rush", "audit", "sums"})


def mixed_discrepancy(draft: Draft, flipped: bool) -> None:
    """A price above tolerance and a short receipt; in the twin the receipt is short only."""
    draft.subjects = _SUBJECTS
    draft.title = f"{draft.line.description}: price and quantity"
    random = draft.world
    sized_price(draft)
    if len(draft.lines) == 1:
        at_least(draft, 6)
    position = between(random, 0, len(draft.lines) - 1)
    if draft.lines[position].billed < 3:
        position = 0
        at_least(draft, 6)
    missing = short_delivery(draft, position)
    tolerance = pick(random, (Decimal(1), Decimal(2), Decimal(3), Decimal(5), Decimal(5), Decimal(8)))
    percent = tolerance + Decimal(between(random, 12, 140)) / 10
    if not flipped:
        raise_price(draft, percent)
    set_tolerance(draft, tolerance, own=False)
    short = draft.lines[position]
    if position == 0:
        note_short(draft, missing, really=True)
    saying = draft.say(PRICE_SAID)
    if chance(random, 0.4) and saying.text and not flipped:
        draft.comment(saying, draft.days_after_invoice(3), "purchasing")
    if flipped:
        answer_short(draft, missing, short)
        return
    agreement_facts(draft)
    draft.facts.update(missing=plain(missing), short_item=short.code)
    draft.answer(ESCALATE, MIXED, RECEIPT, QUANTITIES, PRICES, POLICY)
    draft.find(findings.BOTH_WRONG)
    draft.find(findings.OUTRANKS)


def contradicting_signals(draft: Draft, flipped: bool) -> None:
    """Short receipt and duplicate suspicion, neither settled; in the twin the suspicion is settled."""
    draft.subjects = _SUBJECTS | {"duplicate"}
    draft.title = f"{draft.line.description}: short, and perhaps billed before"
    random = draft.world
    at_least(draft, 6)
    missing = short_delivery(draft)
    day = later(draft.invoice_day, -between(random, 3, 14))
    draft.facts.update(
        other=draft.invoices.after(-between(random, 1, 30)),
        other_po=draft.order_number,
        other_amount=written_amount(random, draft.total, draft.currency),
        when=written(random, day),
        missing=plain(missing),
        accepted=plain(draft.line.billed - missing),
    )
    entry = draft.entry(ENTRY, DOUBTFUL_STATUS)
    where = pick(random, (draft.pending, draft.pending, draft.similar))
    still_listed = chance(random, 0.5)
    if not flipped or still_listed:
        where.append(entry.text)
    recount = draft.say(RECOUNT_OPEN)
    draft.comment(recount, draft.days_after_invoice(between(random, 0, 3)), pick(random, ("stores", "stores", "ap")))
    doubt = draft.say(DUPLICATE_SETTLED if flipped else DUPLICATE_OPEN)
    draft.comment(
        doubt, draft.days_after_invoice(between(random, 1, 4)), pick(random, ("ap", "ap", "finance", "system"))
    )
    rule = draft.say(BOTH_RULE)
    if chance(random, 0.6):
        draft.comment(rule, later(draft.order_day, -25), pick(random, ("ap", "finance", "audit")))
    agreement_facts(draft)
    if flipped:
        draft.facts["quote"] = recount.quote
        answer_short(draft, missing)
        return
    draft.answer(ESCALATE, MIXED, RECEIPT, INVOICE, QUANTITIES, POLICY, HISTORY)
    draft.find(findings.TWO_DOUBTS, quote=doubt.quote)
    draft.find(findings.COUNT_OPEN, quote=recount.quote)
