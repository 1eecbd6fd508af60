"""Bills that are not from the vendor."""

from exceptions.generator.draft import Draft
from exceptions.generator.families.answers import (
    APPROVE,
    CLEAN,
    HISTORY,
    INVOICE,
    ORDER,
    PRICES,
    QUANTITIES,
    RECEIPT,
    REJECT,
    VENDOR,
    VIOLATION,
    agreement_facts,
)
from exceptions.generator.wording import findings
from exceptions.generator.wording.cues.fraud import BANK_FINE, BANK_FRAUD, NEW_BANK_NOTE
from exceptions.generator.wording.voice import sentence
from exceptions.generator.world.drawing import between, chance, pick
from exceptions.generator.world.vendors import look_alike


def supplier_impersonation(draft: Draft, flipped: bool) -> None:
    """A supplier number almost that of the order, and another bank; in the twin the number agrees, the bank is good."""
    draft.subjects = frozenset({"bank", "duplicate"})
    draft.title = f"{draft.line.description}, who bills?"
    random = draft.world
    impostor = look_alike(random, draft.supplier_id)
    new, old = between(random, 1000, 9999), between(random, 1000, 9999)
    draft.vendor.update(
        risk_tier=pick(random, ("high", "high", "medium")), preferred=False, duplicate_incidents=between(random, 1, 6)
    )
    of_impostor = chance(random, 0.65)
    real = draft.supplier_id
    if not flipped:
        draft.supplier_id = impostor
        if of_impostor:
            draft.vendor["supplier_id"] = impostor
    agreement_facts(draft)
    draft.facts.update(
        new_account=f"{new}", old_account=f"{old}", real_supplier=real if not flipped else draft.supplier_id
    )
    noted, spoken = chance(random, 0.8), chance(random, 0.85)
    note = draft.say(NEW_BANK_NOTE).text
    if noted or not spoken:
        draft.invoice_note = sentence(draft.words, note)
    saying = draft.say(BANK_FINE if flipped else BANK_FRAUD)
    role = pick(random, ("treasury", "treasury", "ap", "purchasing"))
    if spoken or flipped:
        draft.comment(saying, draft.days_after_invoice(between(random, 1, 4)), role)
    draft.facts["quote"] = saying.quote
    if flipped:
        draft.answer(APPROVE, CLEAN, ORDER, RECEIPT, QUANTITIES, PRICES, HISTORY)
        draft.find(findings.GENUINE)
        draft.find(findings.BANK_GOOD)
        return
    draft.answer(REJECT, VIOLATION, ORDER, INVOICE, VENDOR, HISTORY)
    draft.find(findings.IMPOSTOR)
    if spoken:
        draft.find(findings.BANK_SAYS)
    else:
        draft.find(findings.NEW_ACCOUNT)
