"""What arrived: too little, nothing usable, or goods of another cycle."""

from decimal import ROUND_CEILING, Decimal

from exceptions.generator.draft import Draft, Line, Receipt
from exceptions.generator.families.answers import (
    APPROVE,
    CLEAN,
    HISTORY,
    HOLD,
    INVOICE,
    MISSING,
    ORDER,
    PARTIAL,
    PRICES,
    QUANTITIES,
    QUANTITY,
    RECEIPT,
    agreement_facts,
    approve_agreement,
)
from exceptions.generator.wording import findings
from exceptions.generator.wording.cues.delivery import (
    CAME_NOW,
    CYCLE_NOTE,
    CYCLE_TERMS,
    EARLIER_NOTE,
    NOTHING_SINCE,
    REFUSED_NOTE,
    REFUSED_SAID,
    SHORT_NOTE,
    SHORT_SAID,
)
from exceptions.generator.wording.cues.payment import PAID_STATUS
from exceptions.generator.wording.cues.returns import DEFECTS, KEPT, NO_CREDIT, RETURNED
from exceptions.generator.wording.entries import ENTRY, ENTRY_WITH_RECEIPT
from exceptions.generator.wording.grammar import Saying
from exceptions.generator.wording.periods import periods
from exceptions.generator.wording.voice import sentence
from exceptions.generator.world.calendar import later, written
from exceptions.generator.world.drawing import between, chance, pick
from exceptions.generator.world.money import plain, written_amount
from exceptions.generator.world.papers import paper_number
from exceptions.generator.world.trade import recompute

_DELIVERED = frozenset({"shortage", "overship", "returns", "cycle"})


def at_least(draft: Draft, fewest: int) -> None:
    """Orders more of the first line, so that a part of it can be missing."""
    line = draft.line
    if line.ordered >= fewest:
        return
    line.ordered = line.billed = Decimal(between(draft.world, fewest, fewest * 4))
    draft.receipts = [
        Receipt(
            draft.receipt.number,
            draft.order_number,
            draft.receipt.day,
            {entry.code: (entry.ordered, entry.ordered, Decimal(0)) for entry in draft.lines},
        )
    ]
    recompute(draft)


def short_delivery(draft: Draft, position: int = 0) -> Decimal:
    """Takes 12 to 70 % of a line off the receipts; more than any tolerance. The missing quantity."""
    line = draft.lines[position]
    missing = (line.billed * between(draft.world, 12, 70) / 100).to_integral_value(ROUND_CEILING)
    left = missing
    for receipt in reversed(draft.receipts):
        if line.code in receipt.lines and left:
            taken = min(left, receipt.lines[line.code][1])
            kept = receipt.lines[line.code][1] - taken
            left -= taken
            if kept or (len(draft.lines) == 1 and len(draft.receipts) == 1):
                receipt.lines[line.code] = (kept, kept, Decimal(0))
            elif len(receipt.lines) > 1 or len(draft.receipts) > 1:
                del receipt.lines[line.code]
    draft.receipts = [receipt for receipt in draft.receipts if receipt.lines]
    return missing


def note_short(draft: Draft, missing: Decimal, *, really: bool) -> None:
    """What warehouse and others say of a part delivery; unsaid in a twin where all arrived."""
    random = draft.world
    line = draft.line
    facts = {"missing": plain(missing), "accepted": plain(line.billed - missing)}
    note = draft.say(SHORT_NOTE, **facts).text
    noted, said = chance(random, 0.6), chance(random, 0.55)
    role = pick(random, ("stores", "plant", "purchasing", "ap"))
    if not really:
        return
    if noted and note:
        draft.note_receipt(sentence(draft.words, note))
    if said:
        saying = draft.say(SHORT_SAID, **facts)
        draft.comment(saying, draft.days_after_invoice(between(random, 0, 4)), role)
        draft.facts["quote"] = saying.quote


def partial_receipt(draft: Draft, flipped: bool) -> None:
    """Billed in full, received in part; in the twin all of it arrived."""
    draft.subjects = _DELIVERED
    draft.title = f"{draft.line.description} billed in full, part received"
    at_least(draft, 6)
    receipts = [
        Receipt(receipt.number, receipt.order_number, receipt.day, dict(receipt.lines), receipt.note)
        for receipt in draft.receipts
    ]
    missing = short_delivery(draft)
    if flipped:
        draft.receipts = receipts
    note_short(draft, missing, really=not flipped)
    if flipped:
        approve_agreement(draft)
        return
    answer_short(draft, missing)


def answer_short(draft: Draft, missing: Decimal, line: Line | None = None) -> None:
    """Hold until the rest of a line (the first one) is here."""
    agreement_facts(draft)
    line = line or draft.line
    draft.facts.update(
        missing=plain(missing),
        item=line.code,
        billed=plain(line.billed),
        ordered=plain(line.ordered),
        accepted=plain(draft.accepted(line.code)),
        price=plain(line.billed_price),
        order_price=plain(line.order_price),
    )
    quote = draft.facts.get("quote", "")
    actions = [ORDER, RECEIPT, INVOICE, QUANTITIES]
    draft.find(findings.SHORT)
    if quote:
        actions.append(HISTORY)
        draft.find(findings.REST_SAID)
    else:
        draft.find(findings.REST_OK)
    draft.answer(HOLD, PARTIAL, *actions)


def nothing_accepted(draft: Draft, flipped: bool) -> None:
    """Received, but all rejected; in the twin accepted."""
    draft.subjects = _DELIVERED
    draft.title = f"{draft.line.description}, nothing accepted"
    random = draft.world
    defect = pick(random, DEFECTS)
    note = draft.say(REFUSED_NOTE, defect=defect).text
    said = chance(random, 0.5)
    role = pick(random, ("stores", "quality"))
    accept = Decimal(1) if flipped else Decimal(0)
    lines = {line.code: (line.billed, line.billed * accept, line.billed * (1 - accept)) for line in draft.lines}
    draft.receipts = [Receipt(draft.receipt.number, draft.order_number, draft.receipt.day, lines)]
    if flipped:
        approve_agreement(draft)
        return
    if note:
        draft.note_receipt(sentence(draft.words, note))
    if said:
        draft.comment(draft.say(REFUSED_SAID, defect=defect), draft.days_after_invoice(1), role)
    agreement_facts(draft)
    draft.facts["received"] = plain(draft.line.billed)
    draft.answer(HOLD, MISSING, RECEIPT, INVOICE, QUANTITIES)
    draft.find(findings.NONE_ACCEPTED)
    draft.find(findings.REST_OK)


def phantom_receipt(draft: Draft, flipped: bool) -> None:
    """The receipt on the order is that of an earlier cycle; in the twin it is of this one."""
    draft.subjects = _DELIVERED | {"duplicate", "split", "receipt", "price_list"}
    draft.title = f"{draft.line.description}, receipt of another cycle"
    random = draft.world
    lines = {line.code: (line.billed, line.billed, Decimal(0)) for line in draft.lines}
    draft.receipts = [Receipt(draft.receipt.number, draft.order_number, draft.receipt.day, lines)]
    receipt = draft.receipt
    draft.invoice_day = later(receipt.day, between(random, 24, 45))
    now, earlier = periods(random, draft.invoice_day)
    steps = between(random, 6, 90)
    earlier_receipt = draft.deliveries.after(-between(random, 9, 80))
    draft.refresh_facts()
    draft.facts.update(
        now=now,
        earlier=earlier,
        other=draft.invoices.after(-steps),
        other_po=draft.order_number,
        other_grn=earlier_receipt if flipped else receipt.number,
        other_amount=written_amount(random, draft.total, draft.currency),
        when=written(random, later(receipt.day, between(random, 8, 20))),
        ref=str(between(random, 1001, 98999)),
    )
    draft.terms = draft.state(CYCLE_TERMS, terms=draft.terms).text
    draft.invoice_note = sentence(draft.words, draft.say(CYCLE_NOTE).text)
    period = now if flipped else earlier
    noted = draft.say(EARLIER_NOTE, earlier=period).text or period
    if flipped and now.lower() not in noted.lower():
        noted = now
    draft.compose(EARLIER_NOTE, Saying(noted))
    draft.note_receipt(sentence(draft.words, noted))
    layout = ENTRY_WITH_RECEIPT if chance(random, 0.7) else ENTRY
    listed, spoken = chance(random, 0.75), chance(random, 0.75)
    entry = draft.entry(layout, PAID_STATUS)
    role = pick(random, ("stores", "stores", "plant", "purchasing", "ap"))
    if listed or not spoken:
        draft.processed.append(entry.text)
    saying = draft.say(CAME_NOW if flipped else NOTHING_SINCE)
    if spoken or not listed:
        draft.comment(saying, draft.days_after_invoice(between(random, 1, 5)), role)
    agreement_facts(draft)
    if flipped:
        draft.answer(APPROVE, CLEAN, RECEIPT, INVOICE, QUANTITIES, PRICES, HISTORY)
        draft.find(findings.THIS_CYCLE)
        draft.find(findings.QUANTITY_OK)
        return
    draft.facts["quote"] = saying.quote
    draft.answer(HOLD, MISSING, ORDER, RECEIPT, INVOICE, HISTORY)
    draft.find(findings.CYCLE)
    draft.find(findings.CYCLE_SAID if spoken or not listed else findings.CYCLE_BILLED)


def returned_then_rebilled(draft: Draft, flipped: bool) -> None:
    """Accepted in full, later part went back, billed in full; in the twin nothing went back."""
    draft.subjects = _DELIVERED
    draft.title = f"{draft.line.description}, partly returned"
    random = draft.world
    at_least(draft, 5)
    line = draft.line
    back = max(Decimal(1), (line.billed * between(random, 8, 60) / 100).to_integral_value())
    day = later(draft.receipt.day, between(random, 2, 12))
    draft.invoice_day = max(draft.invoice_day, later(day, between(random, -2, 5)))
    draft.refresh_facts()
    draft.facts.update(
        back=plain(back),
        when=written(random, day),
        return_no=paper_number(random, "RMA-", "RT", "RET-", "8D-", "QN", "RL-", "R0", "QC-"),
        defect=pick(random, DEFECTS),
    )
    saying = draft.say(KEPT if flipped else RETURNED)
    on_receipt = chance(random, 0.4)
    role = pick(random, ("quality", "stores", "quality", "plant"))
    waiting = draft.say(NO_CREDIT)
    said_waiting = chance(random, 0.5)
    if on_receipt:
        draft.note_receipt(sentence(draft.words, saying.text))
    else:
        draft.comment(saying, later(day, 1), role)
    if said_waiting and not flipped:
        draft.comment(waiting, draft.days_after_invoice(3), "ap")
    agreement_facts(draft)
    draft.facts["quote"] = saying.quote
    if flipped:
        draft.answer(APPROVE, CLEAN, RECEIPT, INVOICE, QUANTITIES, PRICES, HISTORY)
        draft.find(findings.STAYED)
        draft.find(findings.QUANTITY_OK)
        return
    actions = [RECEIPT, INVOICE, QUANTITIES]
    if not on_receipt:
        actions.append(HISTORY)
    draft.answer(HOLD, QUANTITY, *actions)
    draft.find(findings.WENT_BACK)
    draft.find(findings.CREDIT_OPEN)
