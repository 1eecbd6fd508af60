"""A trade that goes well: an order, its deliveries and the invoice, all in agreement."""

import datetime
from decimal import ROUND_CEILING, Decimal
from random import Random

from exceptions.generator.draft import Draft, Line, Receipt
from exceptions.generator.wording.terms import TERMS
from exceptions.generator.world.calendar import later
from exceptions.generator.world.drawing import between, chance, pick
from exceptions.generator.world.items import CODE_STYLES, TRADES, Trade, item_code, quantity
from exceptions.generator.world.money import cents, limit_above, plain
from exceptions.generator.world.papers import invoice_numbering, order_numbering, receipt_numbering
from exceptions.generator.world.vendors import COUNTRIES, Country, supplier_id, vendor_name

_FIRST_DAY = datetime.date(2024, 1, 8)
_LINE_COUNTS = (1,) * 72 + (2,) * 19 + (3,) * 6 + (4, 4, 5)
_QUANTITY_TOLERANCES = tuple(map(Decimal, ("0", "2", "3", "5", "5", "5", "10")))
_PRICE_TOLERANCES = tuple(map(Decimal, ("0", "1", "2", "2.5", "3", "5", "5", "5", "8", "10")))
_TOTAL_TOLERANCES = tuple(map(Decimal, ("5", "10", "25", "50", "100", "100", "250", "500")))


def lay_out(seed: int, *, lines: int | None = None) -> Draft:
    """A trade without any exception; `lines` fixes the number of lines."""
    source = Random(seed)
    world, words, noise, telling = (Random(source.getrandbits(64)) for _ in range(4))
    country = pick(world, COUNTRIES)
    trade = pick(world, TRADES)
    name = vendor_name(world, country, trade.words)
    number = supplier_id(world)
    order_day = later(_FIRST_DAY, between(world, 0, 1000))
    receipt_day = later(order_day, between(world, 4, 32))
    invoice_day = later(receipt_day, between(world, 0, 9))
    invoices = invoice_numbering(world, name, order_day.year)
    orders = order_numbering(world, order_day.year)
    deliveries = receipt_numbering(world, order_day.year)
    draft = Draft(
        world=world,
        words=words,
        noise=noise,
        telling=telling,
        vendor_name=name,
        supplier_id=number,
        order_supplier_id=number,
        currency=country.currency,
        order_currency=country.currency,
        order_number=orders.after(0),
        order_day=order_day,
        invoice_number=invoices.after(0),
        invoice_day=invoice_day,
        terms=TERMS.say(words, {"n": str(pick(world, (7, 10, 14, 20, 21, 30, 30, 30, 45, 60, 90)))}),
        lines=_lines(world, trade, country, lines or pick(world, _LINE_COUNTS)),
        receipts=[],
        tax_rate=Decimal(pick(world, country.taxes)),
        invoices=invoices,
        orders=orders,
        deliveries=deliveries,
        policy={},
        vendor={},
        scale=country.scale,
    )
    draft.receipts = _receipts(draft, receipt_day)
    _set_policy(draft)
    draft.vendor = _vendor(draft)
    draft.refresh_facts()
    return draft


def _lines(random: Random, trade: Trade, country: Country, count: int) -> list[Line]:
    style = pick(random, CODE_STYLES)
    size = random.random() ** 1.3 * 0.95
    units = chance(random, 0.35)
    lines: list[Line] = []
    taken: set[str] = set()
    while len(lines) < count:
        article = pick(random, trade.articles)
        description = article.description.say(random, {})
        code = item_code(random, style, description)
        if code in taken:
            continue
        taken.add(code)
        price = article.cheapest * (article.dearest / article.cheapest) ** random.random() * country.scale
        amount = Decimal(quantity(random, article, min(1.0, size * (0.6 + 0.5 * random.random()))))
        cost = _price(random, price)
        unit = article.unit if units else None
        lines.append(Line(code, description, unit, amount, cost, amount, cost))
    return lines


def _price(random: Random, price: float) -> Decimal:
    """Printed as prices are: round when high, to the cent when low."""
    if price >= 200 and chance(random, 0.7):
        step = 10 if price > 2000 and chance(random, 0.5) else 1
        return Decimal(max(1, round(price / step) * step)).quantize(Decimal("0.01"))
    if chance(random, 0.4):
        return (Decimal(max(1, round(price * 20))) / 20).quantize(Decimal("0.01"))
    return max(Decimal("0.01"), Decimal(round(price * 100)) / 100).quantize(Decimal("0.01"))


def _receipts(draft: Draft, last_day: datetime.date) -> list[Receipt]:
    """One delivery, sometimes two or three that add up."""
    random = draft.world
    complete = {line.code: (line.ordered, line.ordered, Decimal(0)) for line in draft.lines}
    if chance(random, 0.82) or all(line.ordered < 2 for line in draft.lines):
        return [Receipt(draft.deliveries.after(0), draft.order_number, last_day, complete)]
    first = {}
    second = {}
    for line in draft.lines:
        part = (line.ordered * between(random, 3, 7) / 10).to_integral_value()
        bad = min(part, Decimal(between(random, 1, 4))) if chance(random, 0.2) else Decimal(0)
        if part > 0:
            # What was rejected came again with the second delivery.
            first[line.code] = (part + bad, part, bad)
        if part < line.ordered:
            second[line.code] = (line.ordered - part, line.ordered - part, Decimal(0))
    span = (last_day - draft.order_day).days
    early = later(draft.order_day, max(1, span // 2))
    if not first or early >= last_day:
        return [Receipt(draft.deliveries.after(0), draft.order_number, last_day, complete)]
    return [
        Receipt(draft.deliveries.after(-between(random, 3, 60)), draft.order_number, early, first),
        Receipt(draft.deliveries.after(0), draft.order_number, last_day, second),
    ]


def _set_policy(draft: Draft) -> None:
    """Tolerances and limits; no limit is reached by a trade that goes well."""
    random = draft.world
    high = limit_above(random, draft.total * Decimal("1.3"))
    if chance(random, 0.08):
        high = _close_above(draft.total)
    tolerances = [tolerance * draft.scale for tolerance in _TOTAL_TOLERANCES]
    bearable = [tolerance for tolerance in tolerances if tolerance < draft.subtotal / 8] or tolerances[:1]
    draft.policy = {
        "quantity_tolerance_pct": pick(random, _QUANTITY_TOLERANCES),
        "price_tolerance_pct": pick(random, _PRICE_TOLERANCES),
        "total_tolerance": pick(random, bearable),
        "duplicate_check": True,
        "high_value_threshold": high,
        "mandatory_escalation_above": high * pick(random, (2, 2, 3, 4, 5)),
    }


def _close_above(amount: Decimal) -> Decimal:
    """A limit a few percent above the amount, with two digits that count: being close to it is no offence."""
    grain = Decimal(10) ** (amount.adjusted() - 1)
    return ((amount * Decimal("1.025") / grain).to_integral_value(ROUND_CEILING) * grain).quantize(Decimal(1))


def _vendor(draft: Draft) -> dict[str, object]:
    """A vendor whose record says nothing of this invoice."""
    random = draft.world
    incidents = pick(random, (0, 0, 0, 0, 0, 1, 1, 2, 3, 4))
    tier = pick(random, ("low", "low", "low", "medium", "medium", "high"))
    vendor: dict[str, object] = {
        "supplier_id": draft.supplier_id,
        "name": draft.vendor_name,
        "risk_tier": tier,
        "duplicate_incidents": incidents,
        "preferred": chance(random, 0.45 if tier != "high" else 0.1),
    }
    if chance(random, 0.14):
        vendor["price_tolerance_pct"] = pick(random, _PRICE_TOLERANCES)
    if chance(random, 0.16):
        vendor["escalation_threshold"] = limit_above(random, draft.total * Decimal("1.3"))
    return vendor


def goods(draft: Draft, most: int = 2) -> str:
    """What was billed, for a finding: `60 A1 and 12 B2`, or the first of many."""
    named = [f"{plain(line.billed)} {line.code}" for line in draft.lines[:most]]
    return " and ".join(named)


def recompute(draft: Draft) -> None:
    """After a change of quantities or prices: limits that hold again, and fresh facts."""
    total = draft.total
    if draft.policy["high_value_threshold"] <= total * Decimal("1.02"):
        draft.policy["high_value_threshold"] = limit_above(draft.world, total * Decimal("1.02"))
        draft.policy["mandatory_escalation_above"] = draft.policy["high_value_threshold"] * 2
    threshold = draft.vendor.get("escalation_threshold")
    if isinstance(threshold, Decimal) and threshold <= total:
        del draft.vendor["escalation_threshold"]
    draft.refresh_facts()


def times(price: Decimal, percent: float) -> Decimal:
    """A price changed by so many percent, to the cent."""
    return cents(price * (100 + Decimal(repr(percent))) / 100)
