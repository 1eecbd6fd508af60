"""Unit prices that differ from the order, with and without a reason that holds."""

import datetime
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
    PRICE,
    PRICES,
    RECEIPT,
    VENDOR,
    agreement_facts,
)
from exceptions.generator.families.quantities import percent_text
from exceptions.generator.wording import findings
from exceptions.generator.wording.cues.amendment import LOWERED_ELSEWHERE, PRICE_LOWERED
from exceptions.generator.wording.cues.price_list import (
    FIRM_TERMS,
    LIST_ACCEPTED,
    LIST_REFUSED,
    NEW_LIST_NOTE,
)
from exceptions.generator.wording.cues.rush import PRICE_ALARM, RUSH_ALLOWED, RUSH_NOTE, RUSH_REFUSED, RUSH_TERMS
from exceptions.generator.wording.cues.sums import PRICE_NOTE, PRICE_SAID
from exceptions.generator.wording.voice import sentence
from exceptions.generator.world.calendar import later, written
from exceptions.generator.world.drawing import between, chance, pick
from exceptions.generator.world.money import cents, plain
from exceptions.generator.world.papers import paper_number
from exceptions.generator.world.people import person
from exceptions.generator.world.trade import recompute

_SUBJECTS = frozenset({"price_list", "amendment", "rush", "audit", "sums"})


def sized_price(draft: Draft) -> None:
    """A price high enough to be changed by some percent with two decimals."""
    line = draft.line
    if line.order_price < 2:
        line.order_price = line.billed_price = cents(line.order_price * 40 + 2)
        recompute(draft)


def raise_price(draft: Draft, percent: Decimal) -> None:
    """Bills the first line at so many percent above the order; facts say the exact variance."""
    line = draft.line
    line.billed_price = cents(line.order_price * (100 + percent) / 100)
    recompute(draft)
    agreement_facts(draft)
    draft.facts["variance"] = percent_text(line.billed_price - line.order_price, line.order_price)


def set_tolerance(draft: Draft, tolerance: Decimal, *, own: bool) -> None:
    """The price tolerance that counts: the policy's, or the vendor's own beside another one of the policy."""
    draft.vendor.pop("price_tolerance_pct", None)
    if own:
        draft.vendor["price_tolerance_pct"] = tolerance
    else:
        draft.policy["price_tolerance_pct"] = tolerance
    draft.facts["tolerance"] = plain(tolerance)


_TOLERANCES = tuple(map(Decimal, ("1", "2", "2.5", "3", "4", "5", "6", "8", "10")))


def tolerance_between(draft: Draft, lowest: Decimal, highest: Decimal) -> Decimal:
    """A round tolerance inside an open interval."""
    inside = [tolerance for tolerance in _TOLERANCES if lowest < tolerance < highest]
    return pick(draft.world, inside) if inside else lowest + 1


def price_variance(draft: Draft, flipped: bool) -> None:
    """A unit price beyond the tolerance; in the twin the tolerance is wider."""
    draft.subjects = _SUBJECTS
    draft.title = f"{draft.line.description} billed above the order price"
    random = draft.world
    sized_price(draft)
    tolerance = pick(random, _TOLERANCES[:8])
    percent = tolerance + Decimal(between(random, 12, 140)) / 10
    own = chance(random, 0.2)
    raise_price(draft, percent)
    wider = (percent + between(random, 1, 3)).to_integral_value()
    set_tolerance(draft, wider if flipped else tolerance, own=own)
    if own:
        draft.policy["price_tolerance_pct"] = pick(random, _TOLERANCES[1:7])
    if note := draft.say(PRICE_NOTE).text:
        draft.invoice_note = sentence(draft.words, note)
    saying = draft.say(PRICE_SAID)
    spoken = chance(random, 0.5)
    if chance(random, 0.5) or flipped:
        draft.policy["total_tolerance"] = _covering(draft)
    if flipped:
        answer_inside(draft, own=own)
        return
    if spoken and saying.text:
        draft.comment(saying, draft.days_after_invoice(2), pick(random, ("purchasing", "ap")))
    draft.answer(ESCALATE, PRICE, ORDER, INVOICE, PRICES, VENDOR if own else POLICY)
    draft.find(findings.PRICE_OUTSIDE)
    draft.find(findings.PRICE_HIGH)


def _covering(draft: Draft) -> Decimal:
    """A total tolerance that covers what is billed above the order."""
    ordered = sum((cents(line.ordered * line.order_price) for line in draft.lines), Decimal(0))
    least = abs(draft.subtotal - ordered)
    round_ones = (10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 1000000, 10000000)
    return max(Decimal(draft.policy["total_tolerance"]), Decimal(next(one for one in round_ones if one >= least)))


def answer_inside(draft: Draft, *, own: bool) -> None:
    """Approve: the variance is inside the tolerance that counts."""
    agreement_facts(draft)
    draft.answer(APPROVE, CLEAN, ORDER, RECEIPT, PRICES, VENDOR if own else POLICY)
    draft.find(findings.PRICE_INSIDE)
    draft.find(findings.PRICE_HIGH)


def price_inside_tolerance(draft: Draft, flipped: bool) -> None:
    """A unit price a little above the order, inside the tolerance; in the twin the tolerance is narrower."""
    draft.subjects = _SUBJECTS
    draft.title = f"{draft.line.description} billed a little above the order price"
    random = draft.world
    sized_price(draft)
    percent = Decimal(between(random, 12, 85)) / 10
    own = chance(random, 0.25)
    raise_price(draft, percent)
    variance = Decimal(draft.facts["variance"])
    wide = tolerance_between(draft, variance, variance + 5)
    narrow = tolerance_between(draft, Decimal("0.5"), variance)
    narrow = min(narrow, (variance * 10 - 1).to_integral_value() / 10)
    set_tolerance(draft, narrow if flipped else wide, own=own)
    if own:
        draft.policy["price_tolerance_pct"] = pick(random, _TOLERANCES[:7])
    draft.policy["total_tolerance"] = _covering(draft)
    if chance(random, 0.4) and (note := draft.say(PRICE_NOTE).text):
        draft.invoice_note = sentence(draft.words, note)
    if flipped:
        draft.answer(ESCALATE, PRICE, ORDER, INVOICE, PRICES, VENDOR if own else POLICY)
        draft.find(findings.PRICE_OUTSIDE)
        draft.find(findings.PRICE_HIGH)
        return
    answer_inside(draft, own=own)


def retroactive_price(draft: Draft, flipped: bool) -> None:
    """Billed from a price list younger than the order; in the twin the list was accepted for the order."""
    draft.subjects = _SUBJECTS
    draft.title = f"{draft.line.description} billed from a later price list"
    random = draft.world
    sized_price(draft)
    draft.policy["price_tolerance_pct"] = tolerance = pick(random, _TOLERANCES[1:8])
    draft.vendor.pop("price_tolerance_pct", None)
    inside = chance(random, 0.55)
    percent = tolerance * between(random, 3, 9) / 10 if inside else tolerance + Decimal(between(random, 12, 90)) / 10
    raise_price(draft, max(percent, Decimal("0.8")))
    day = _between_days(draft)
    shown = day.isoformat() if chance(random, 0.6) else written(random, day)
    draft.facts.update(list_day=shown, who=person(random))
    noted, firm = chance(random, 0.85), chance(random, 0.5)
    if noted:
        draft.invoice_note = sentence(draft.words, draft.say(NEW_LIST_NOTE).text)
    firm_terms = draft.state(FIRM_TERMS, terms=draft.terms)
    if firm and not flipped:
        draft.terms = firm_terms.text
    saying = draft.say(LIST_ACCEPTED if flipped else LIST_REFUSED)
    draft.comment(
        saying,
        draft.days_after_invoice(between(random, 1, 5)),
        pick(random, ("purchasing", "purchasing", "ap", "finance")),
    )
    draft.facts["quote"] = saying.quote
    evidence = (ORDER, INVOICE, PRICES, HISTORY)
    if flipped:
        draft.answer(APPROVE, CLEAN, *evidence)
        draft.find(findings.PRICE_AGREED)
        draft.find(findings.PRICE_HIGH)
        return
    draft.answer(ESCALATE, PRICE, *evidence)
    draft.find(findings.PRICE_REFUSED)
    draft.find(findings.LIST_TOO_LATE if noted else findings.PRICE_HIGH)


def _between_days(draft: Draft) -> datetime.date:
    """A day after the order and before the invoice."""
    span = (draft.invoice_day - draft.order_day).days
    return later(draft.order_day, between(draft.world, 1, max(1, span - 3)))


def retroactive_amendment(draft: Draft, flipped: bool) -> None:
    """Billed as printed, but an amendment lowered the price; in the twin the amendment does not apply."""
    draft.subjects = _SUBJECTS
    draft.title = f"{draft.line.description}, price lowered by an amendment"
    random = draft.world
    sized_price(draft)
    day = _between_days(draft)
    lowered = cents(draft.line.order_price * between(random, 78, 96) / 100)
    agreement_facts(draft)
    draft.facts.update(
        new_price=plain(lowered),
        when=written(random, day),
        orders_from=written(random, later(draft.invoice_day, between(random, 3, 40))),
        amendment=_amendment(draft),
    )
    saying = draft.say(LOWERED_ELSEWHERE if flipped else PRICE_LOWERED)
    in_terms = chance(random, 0.12)
    role = pick(random, ("purchasing", "purchasing", "ap", "finance", "plant"))
    if in_terms:
        draft.terms = f"{draft.terms}. {saying.text}"
    else:
        draft.comment(saying, later(day, 1), role)
    draft.facts["quote"] = saying.quote
    evidence = [ORDER, INVOICE, PRICES, *([] if in_terms else [HISTORY])]
    if flipped:
        draft.answer(APPROVE, CLEAN, *evidence)
        draft.find(findings.LOWERED_NOT)
        draft.find(findings.PRICE_OK)
        return
    draft.answer(ESCALATE, PRICE, *evidence)
    draft.find(findings.LOWERED)
    draft.find(findings.PRICE_OK)


def _amendment(draft: Draft) -> str:
    random = draft.world
    if chance(random, 0.55):
        paper = pick(random, ("amendment", "addendum", "side letter", "revision", "change", "supplement", "rider"))
        return f"{paper} {between(random, 1, 4)}"
    return paper_number(random, "AM-", "PA-", "ADD-", "CO-", "PL-", "REV ", "C/O ", "PCN-")


def rush_premium_authorized(draft: Draft, flipped: bool) -> None:
    """An approved surcharge explains the price; in the twin it was refused, or less was approved."""
    draft.subjects = _SUBJECTS
    draft.title = f"{draft.line.description} with a surcharge for speed"
    random = draft.world
    sized_price(draft)
    line = draft.line
    # A multiple of five, so that the surcharge is exact to the cent.
    line.order_price = line.billed_price = (line.order_price / 5).to_integral_value() * 5 + 5
    recompute(draft)
    share = pick(random, (8, 9, 10, 12, 12, 14, 15, 16, 18, 20, 25))
    raise_price(draft, Decimal(share))
    set_tolerance(draft, pick(random, [one for one in _TOLERANCES if one < share - 2]), own=False)
    refused = chance(random, 0.6)
    less = max(3, share - pick(random, (3, 4, 5, 6)))
    allowed = less if flipped and not refused else share
    draft.facts.update(
        billed_rush=str(share),
        allowed=str(allowed),
        form=paper_number(random, "form ", "RS-", "EXP-", "SR-", "F-", "UA-", "permit ", "ticket ", "Q"),
        when=written(random, later(draft.order_day, between(random, -2, 2))),
        who=person(random),
    )
    noted = chance(random, 0.8)
    note = draft.say(RUSH_NOTE).text
    if noted:
        draft.invoice_note = sentence(draft.words, note)
    in_terms = not refused and chance(random, 0.35)
    allowing = not flipped or not refused
    saying = (
        draft.state(RUSH_TERMS, terms=draft.terms)
        if in_terms
        else draft.say(RUSH_ALLOWED if allowing else RUSH_REFUSED)
    )
    alarm = draft.say(PRICE_ALARM)
    if chance(random, 0.3):
        draft.comment(alarm, draft.days_after_invoice(0), "system")
    role = pick(random, ("plant", "purchasing", "finance", "ap"))
    if in_terms:
        draft.terms = saying.text
    else:
        draft.comment(saying, draft.days_after_invoice(between(random, 0, 4)), role)
    draft.facts["quote"] = saying.quote
    history = () if in_terms else (HISTORY,)
    if not flipped:
        draft.answer(APPROVE, CLEAN, ORDER, RECEIPT, PRICES, *history)
        draft.find(findings.RUSH_OK)
        draft.find(findings.QUANTITY_OK)
        return
    draft.answer(ESCALATE, PRICE, ORDER, INVOICE, PRICES, *history)
    draft.find(findings.RUSH_NO if refused else findings.RUSH_TOO_MUCH)
    draft.find(findings.PRICE_HIGH)
