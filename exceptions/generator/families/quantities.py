"""More billed than ordered: allowed, beyond what is allowed, or not allowed at all."""

from decimal import ROUND_CEILING, Decimal

from exceptions.environment import ActionType
from exceptions.environment.matching import percent, print_percent
from exceptions.generator.draft import Draft, Receipt
from exceptions.generator.families.answers import (
    APPROVE,
    CLEAN,
    HISTORY,
    HOLD,
    INVOICE,
    ORDER,
    QUANTITIES,
    QUANTITY,
    RECEIPT,
    agreement_facts,
    approve_agreement,
)
from exceptions.generator.families.receipts import at_least
from exceptions.generator.wording import findings
from exceptions.generator.wording.cues.overship import (
    OVERSHIP_NOTE,
    OVERSHIP_REFUSED,
    OVERSHIP_SAID,
    OVERSHIP_TERMS,
    QUANTITY_ALARM,
)
from exceptions.generator.wording.voice import sentence
from exceptions.generator.world.calendar import later, written
from exceptions.generator.world.drawing import between, chance, pick
from exceptions.generator.world.money import plain
from exceptions.generator.world.papers import paper_number
from exceptions.generator.world.people import person
from exceptions.generator.world.trade import recompute

_SUBJECTS = frozenset({"shortage", "overship", "amendment", "returns"})


def percent_text(difference: Decimal, base: Decimal) -> str:
    """The percentage as the comparisons print it, without the sign: `12.5`."""
    return print_percent(percent(difference, base)).removesuffix(" %")


def overship(draft: Draft, share: int, *, accepted: bool = True) -> None:
    """The first line is billed so many percent above the order; received too, unless `accepted` is false."""
    at_least(draft, 20)
    line = draft.line
    line.billed = line.ordered + (line.ordered * share / 100).to_integral_value(ROUND_CEILING)
    got = line.billed if accepted else line.ordered
    receipt = draft.receipt
    lines = {entry.code: (entry.ordered, entry.ordered, Decimal(0)) for entry in draft.lines}
    lines[line.code] = (got, got, Decimal(0))
    draft.receipts = [Receipt(receipt.number, draft.order_number, receipt.day, lines)]
    recompute(draft)
    agreement_facts(draft)
    draft.facts.update(
        over=plain(line.billed - line.ordered), over_pct=percent_text(line.billed - line.ordered, line.ordered)
    )


def authorized_overship(draft: Draft, flipped: bool) -> None:
    """More was delivered and billed, and that was allowed; in the twin it is more than was allowed, or was refused."""
    draft.subjects = _SUBJECTS
    draft.title = f"{draft.line.description}, more than ordered"
    random = draft.world
    share = pick(random, (8, 9, 10, 10, 11, 12, 14, 15, 18, 20))
    overship(draft, share)
    actual = Decimal(draft.facts["over_pct"])
    draft.policy["quantity_tolerance_pct"] = pick(random, (Decimal(0), Decimal(2), Decimal(3), Decimal(5)))
    wide = pick(random, [limit for limit in (8, 10, 12, 15, 20, 25) if limit >= actual][:3] or [30])
    narrow = pick(random, [limit for limit in (3, 4, 5, 6, 8, 10, 12, 15) if limit < actual - 1][-3:])
    refused = chance(random, 0.4)
    in_terms = not refused and chance(random, 0.5)
    day = later(draft.order_day, between(random, 1, 6))
    draft.facts.update(
        allowed=str(narrow if flipped else wide),
        when=written(random, day),
        amendment=_amendment(draft),
        who=person(random),
    )
    if note := draft.say(OVERSHIP_NOTE).text:
        if chance(random, 0.5):
            draft.note_receipt(sentence(draft.words, note))
        else:
            draft.invoice_note = sentence(draft.words, note)
    if flipped and refused:
        saying = draft.say(OVERSHIP_REFUSED)
    elif in_terms:
        saying = draft.state(OVERSHIP_TERMS, terms=draft.terms)
    else:
        saying = draft.say(OVERSHIP_SAID)
    role = pick(random, ("purchasing", "purchasing", "plant", "ap"))
    if in_terms:
        draft.terms = saying.text
    else:
        draft.comment(saying, draft.days_after_invoice(between(random, 1, 4)), role, anywhere=True)
    alarm = draft.say(QUANTITY_ALARM)
    if chance(random, 0.3):
        draft.comment(alarm, draft.days_after_invoice(0), "system")
    draft.facts["quote"] = saying.quote
    evidence: list[ActionType] = [ORDER, RECEIPT, QUANTITIES, *([] if in_terms else [HISTORY])]
    if not flipped:
        draft.answer(APPROVE, CLEAN, *evidence)
        draft.find(findings.OVER_ALLOWED)
        draft.find(findings.OVER_RECEIVED)
        return
    draft.answer(HOLD, QUANTITY, *evidence)
    if refused:
        draft.find(findings.OVER_REFUSED)
        draft.find(findings.OVER_BY)
    else:
        draft.find(findings.OVER_LIMIT)
        draft.find(findings.OVER_RECEIVED)


def _amendment(draft: Draft) -> str:
    random = draft.world
    number = between(random, 1, 4)
    return pick(
        random,
        (
            f"amendment {number}",
            f"addendum {number}",
            f"order change {number}",
            paper_number(random, "AM-", "OC-", "ECO", "CR-"),
        ),
    )


def billed_above_ordered(draft: Draft, flipped: bool) -> None:
    """More billed than ordered and nobody allowed it; in the twin as ordered."""
    draft.subjects = _SUBJECTS
    draft.title = f"{draft.line.description}, more billed than ordered"
    random = draft.world
    share = pick(random, (12, 15, 20, 24, 25, 30, 40, 50))
    accepted = chance(random, 0.5)
    at_least(draft, 20)
    spoken = chance(random, 0.45)
    role = pick(random, ("purchasing", "plant", "stores"))
    saying = draft.say(OVERSHIP_REFUSED)
    if flipped:
        approve_agreement(draft)
        return
    overship(draft, share, accepted=accepted)
    if spoken:
        draft.comment(saying, draft.days_after_invoice(2), role)
    draft.answer(HOLD, QUANTITY, ORDER, RECEIPT, INVOICE, QUANTITIES)
    draft.find(findings.OVER_PLAIN)
    draft.find(findings.OVER_RECEIVED if accepted else findings.OVER_MISSING)
