"""Invoices that match and still need somebody above: signatures, limits, audits, orders nobody approved."""

from decimal import Decimal

from exceptions.generator.draft import Draft
from exceptions.generator.families.answers import (
    APPROVE,
    CLEAN,
    ESCALATE,
    HISTORY,
    INVOICE,
    ORDER,
    POLICY,
    PRICES,
    QUANTITIES,
    RECEIPT,
    TOTALS,
    VIOLATION,
    agreement_facts,
)
from exceptions.generator.wording import findings
from exceptions.generator.wording.cues.audit import AUDIT_CLEAR, AUDIT_FINDING
from exceptions.generator.wording.cues.payment import PAID_STATUS
from exceptions.generator.wording.cues.signature import (
    SIGN_PRESSURE,
    SIGNATURE_GIVEN,
    SIGNATURE_MISSING,
    SIGNATURE_RULE,
    TWO_SIGNATURES,
)
from exceptions.generator.wording.cues.splitting import (
    HABIT_RULE,
    HABIT_SAID,
    SEPARATE_SAID,
    SPLIT_NOTE,
    SPLIT_RECEIPT,
    SPLIT_RULE,
    SPLIT_SAID,
)
from exceptions.generator.wording.cues.sums import UNAPPROVED_SAID
from exceptions.generator.wording.entries import ENTRY, WAITING_STATUS
from exceptions.generator.wording.voice import sentence
from exceptions.generator.world.calendar import later, written
from exceptions.generator.world.drawing import between, chance, pick
from exceptions.generator.world.money import cents, limits_within, plain, written_amount
from exceptions.generator.world.papers import paper_number
from exceptions.generator.world.people import BOSSES, person


def inflated_po(draft: Draft, flipped: bool) -> None:
    """Invoice equals order, but an audit found the order's price inflated; in the twin it found nothing."""
    draft.subjects = frozenset({"audit", "price_list", "amendment"})
    draft.title = f"{draft.line.description}, the order was audited"
    random = draft.world
    line = draft.line
    if line.order_price < 5:
        line.order_price = line.billed_price = line.order_price * 20 + 5
    draft.policy["high_value_threshold"] = max(
        draft.policy["high_value_threshold"], cents(draft.total * 2).to_integral_value()
    )
    draft.policy["mandatory_escalation_above"] = draft.policy["high_value_threshold"] * 2
    draft.vendor.pop("escalation_threshold", None)
    market = cents(line.order_price * between(random, 48, 82) / 100)
    if market > 30:
        market = market.to_integral_value()
    day = draft.days_after_invoice(between(random, -3, 4))
    agreement_facts(draft)
    draft.facts.update(
        market=plain(market),
        report=paper_number(random, "IA-", "AUD-", "case ", "IR", "review ", "CR-", "report ", "IC-", "file "),
        when=written(random, day),
        who=person(random),
    )
    saying = draft.say(AUDIT_CLEAR if flipped else AUDIT_FINDING)
    draft.comment(saying, day, pick(random, ("audit", "audit", "finance", "ap")))
    draft.facts["quote"] = saying.quote
    if flipped:
        draft.answer(APPROVE, CLEAN, ORDER, RECEIPT, QUANTITIES, PRICES, HISTORY)
        draft.find(findings.AUDIT_OK)
        draft.find(findings.QUANTITY_OK)
        return
    draft.answer(ESCALATE, VIOLATION, ORDER, PRICES, HISTORY)
    draft.find(findings.AUDITED)
    if draft.facts["market"] in saying.text:
        draft.find(findings.MARKET)
    else:
        draft.find(findings.PRICE_OK)


def pending_cosign(draft: Draft, flipped: bool) -> None:
    """The order asks for two signatures above a limit, one is missing; in the twin both are there."""
    draft.subjects = frozenset({"signature", "split"})
    draft.title = f"{draft.line.description}, second signature"
    random = draft.world
    lower = limits_within(draft.total * Decimal("0.25"), draft.total * Decimal("0.97"))
    limit = pick(random, lower) if lower else (draft.total / 2).to_integral_value()
    shown = plain(limit) if chance(random, 0.5) else f"{limit:,.0f}"
    if chance(random, 0.55):
        draft.policy["high_value_threshold"] = limit
        draft.policy["mandatory_escalation_above"] = max(draft.policy["mandatory_escalation_above"], limit * 4)
    draft.facts.update(
        limit=shown, who=person(random), boss=pick(random, BOSSES), when=written(random, draft.days_after_invoice(2))
    )
    in_terms = chance(random, 0.7)
    rule = draft.state(TWO_SIGNATURES, terms=draft.terms) if in_terms else draft.say(SIGNATURE_RULE)
    if in_terms:
        draft.terms = rule.text
    else:
        draft.comment(rule, later(draft.order_day, -15), pick(random, ("ap", "finance", "audit")))
    saying = draft.say(SIGNATURE_GIVEN if flipped else SIGNATURE_MISSING)
    draft.comment(
        saying, draft.days_after_invoice(between(random, 1, 4)), pick(random, ("system", "ap", "plant", "finance"))
    )
    pressure = draft.say(SIGN_PRESSURE)
    if chance(random, 0.4):
        draft.comment(pressure, draft.days_after_invoice(5), "plant")
    agreement_facts(draft)
    draft.facts["quote"] = saying.quote
    if flipped:
        draft.answer(APPROVE, CLEAN, ORDER, RECEIPT, QUANTITIES, PRICES, HISTORY)
        draft.find(findings.SIGNATURES_GIVEN)
        draft.find(findings.QUANTITY_OK)
        return
    draft.answer(ESCALATE, VIOLATION, ORDER, POLICY, TOTALS, HISTORY)
    draft.find(findings.SIGNATURE_MISSING)
    draft.find(findings.NEEDS_TWO, quote=rule.quote)


def just_under(draft: Draft) -> Decimal:
    """Prices the first line so that the total is just under a round limit; the limit becomes the high-value one."""
    random = draft.world
    limit = pick(random, limits_within(draft.total * Decimal("0.6"), draft.total * 4) or [Decimal(5000)])
    target = limit * between(random, 930, 996) / 1000
    line = draft.line
    others = draft.subtotal - line.total
    wanted = target / (1 + draft.tax_rate / 100) - others
    if wanted < line.billed * Decimal("0.05"):
        wanted = target / (1 + draft.tax_rate / 100)
        del draft.lines[1:]
        receipt = draft.receipt
        receipt.lines = {line.code: (line.billed, line.billed, Decimal(0))}
        draft.receipts = [receipt]
    grain = Decimal("0.01") if wanted > line.billed else Decimal("0.0001")
    price = (wanted / line.billed).quantize(grain, "ROUND_DOWN")
    if price > 50 and line.billed * (price - price.to_integral_value(rounding="ROUND_FLOOR")) < target * Decimal(
        "0.02"
    ):
        price = price.to_integral_value(rounding="ROUND_FLOOR").quantize(Decimal("0.01"))
    line.order_price = line.billed_price = max(price, grain)
    draft.policy["high_value_threshold"] = limit
    draft.policy["mandatory_escalation_above"] = limit * pick(random, (2, 3, 4))
    draft.vendor.pop("escalation_threshold", None)
    agreement_facts(draft)
    shown = plain(limit) if chance(random, 0.5) else f"{limit:,.0f}"
    draft.facts["limit"] = shown
    return limit


def split_invoice_pattern(draft: Draft, flipped: bool) -> None:
    """One order in several invoices that each stay under the limit; in the twin they are separate orders."""
    draft.subjects = frozenset({"split", "duplicate", "signature", "entries", "cycle"})
    draft.title = f"{draft.line.description} in several invoices"
    random = draft.world
    just_under(draft)
    parts = pick(random, (2, 3, 3, 3, 4))
    part = between(random, 1, parts)
    others = []
    entries = []
    day = written(random, draft.invoice_day)
    for step in range(1, parts + 1):
        if step == part:
            continue
        number = draft.invoices.after(step - part)
        facts = {
            "other": number,
            "other_po": draft.orders.after(step - part),
            "other_amount": written_amount(random, draft.total, draft.currency),
            "when": day,
        }
        entries.append(draft.entry(ENTRY, WAITING_STATUS, **facts).text)
        others.append(number)
    line = draft.line
    draft.facts.update(
        part=str(part),
        parts=str(parts),
        whole=plain(line.billed * parts),
        job=paper_number(random, "J-", "SO", "P-", "K", "PRJ-", "Q-", "A"),
        others=" and ".join(others) if len(others) < 3 else f"{others[0]}, {others[1]} and {others[2]}",
        amounts=written_amount(random, draft.total, draft.currency),
    )
    where = pick(random, (draft.pending, draft.pending, draft.pending, draft.similar, draft.processed))
    where.extend(entries)
    noted = chance(random, 0.75)
    note = draft.say(SPLIT_NOTE)
    if noted and note.text and not flipped:
        draft.invoice_note = sentence(draft.words, note.text)
    loaded = draft.say(SPLIT_RECEIPT)
    if chance(random, 0.3) and not flipped:
        draft.note_receipt(sentence(draft.words, loaded.text))
    spoken = chance(random, 0.65) or not noted or not note.text or flipped
    saying = draft.say(SEPARATE_SAID if flipped else SPLIT_SAID)
    if spoken:
        draft.comment(
            saying,
            draft.days_after_invoice(between(random, 0, 3)),
            pick(random, ("plant", "ap", "purchasing", "audit")),
        )
    rule = draft.say(SPLIT_RULE)
    if chance(random, 0.65):
        draft.comment(rule, later(draft.order_day, -20), pick(random, ("audit", "ap", "finance")))
    agreement_facts(draft)
    draft.facts["quote"] = saying.quote if spoken else note.quote
    if flipped:
        draft.answer(APPROVE, CLEAN, INVOICE, RECEIPT, QUANTITIES, POLICY, HISTORY)
        draft.find(findings.SEPARATE)
        draft.find(findings.QUANTITY_OK)
        return
    draft.answer(ESCALATE, VIOLATION, INVOICE, POLICY, HISTORY, *([RECEIPT] if chance(draft.telling, 0.4) else []))
    draft.find(findings.CUT_UP)
    draft.find(findings.UNDER_EACH)


def threshold_dance(draft: Draft, flipped: bool) -> None:
    """Just under the limit, as were several earlier ones; in the twin the limit or the earlier ones are elsewhere."""
    draft.subjects = frozenset({"split", "duplicate", "signature", "entries", "cycle"})
    draft.title = f"{draft.line.description}, just under the limit again"
    random = draft.world
    limit = just_under(draft)
    others, amounts = [], []
    by_limit = chance(random, 0.5)
    count = pick(random, (2, 3, 3, 3, 4))
    place = pick(random, (draft.processed, draft.processed, draft.processed, draft.similar))
    for step in range(count, 0, -1):
        near = cents(limit * between(random, 9300, 9970) / 10000)
        far = cents(limit * between(random, 800, 6200) / 10000)
        amount = far if flipped and not by_limit else near
        number = draft.invoices.after(-step * between(random, 2, 7))
        paid_on = later(draft.invoice_day, -step * 9)
        facts = {
            "other": number,
            "other_po": draft.orders.after(-step * between(random, 9, 40)),
            "other_amount": written_amount(random, amount, draft.currency),
            "when": written(random, paid_on),
            "ref": str(between(random, 1001, 98999)),
        }
        place.append(draft.entry(ENTRY, PAID_STATUS, **facts).text)
        others.append(number)
        amounts.append(facts["other_amount"])
    draft.facts.update(others=_listed(others[-3:]), amounts=_listed(amounts[-3:]))
    if flipped and by_limit:
        draft.policy["high_value_threshold"] = limit * pick(random, (3, 4, 5))
        draft.policy["mandatory_escalation_above"] = draft.policy["high_value_threshold"] * 2
        draft.facts["limit"] = plain(draft.policy["high_value_threshold"])
    rule, saying = draft.say(HABIT_RULE), draft.say(HABIT_SAID)
    if chance(random, 0.65):
        draft.comment(rule, later(draft.order_day, -30), pick(random, ("audit", "finance")))
    if chance(random, 0.5) and not flipped:
        draft.comment(saying, draft.days_after_invoice(1), pick(random, ("plant", "ap")))
    agreement_facts(draft)
    if flipped:
        draft.answer(APPROVE, CLEAN, INVOICE, RECEIPT, QUANTITIES, POLICY, HISTORY)
        draft.find(findings.NOT_A_SERIES)
        draft.find(findings.QUANTITY_OK)
        return
    draft.answer(ESCALATE, VIOLATION, INVOICE, POLICY, HISTORY)
    draft.find(findings.JUST_UNDER)
    draft.find(findings.UNDER_EACH)


def _listed(things: list[str]) -> str:
    return f"{', '.join(things[:-1])} and {things[-1]}" if len(things) > 1 else things[0]


def high_value_unapproved(draft: Draft, flipped: bool) -> None:
    """High value on an order that nobody approved; in the twin it is approved."""
    draft.subjects = frozenset({"signature", "split"})
    draft.title = f"{draft.line.description}, high value"
    random = draft.world
    limits = limits_within(draft.total * Decimal("0.3"), draft.total)
    limit = pick(random, limits) if limits else (draft.total * Decimal("0.7")).to_integral_value()
    draft.policy["high_value_threshold"] = limit
    draft.policy["mandatory_escalation_above"] = (draft.total * between(random, 2, 4)).to_integral_value()
    draft.approved = flipped
    agreement_facts(draft)
    draft.facts.update(limit=plain(limit), boss=pick(random, BOSSES))
    saying = draft.say(UNAPPROVED_SAID)
    if chance(random, 0.55) and not flipped and saying.text:
        draft.comment(saying, draft.days_after_invoice(2), pick(random, ("plant", "ap", "purchasing")))
    if flipped:
        draft.answer(APPROVE, CLEAN, ORDER, RECEIPT, QUANTITIES, PRICES, POLICY)
        draft.find(findings.IS_APPROVED)
        draft.find(findings.QUANTITY_OK)
        return
    draft.answer(ESCALATE, VIOLATION, ORDER, POLICY, INVOICE)
    draft.find(findings.NOT_APPROVED)
    draft.find(findings.ORDER_PRICE)
