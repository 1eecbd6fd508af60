"""Exact amounts, how they are written, and limits that desks set."""

from decimal import ROUND_HALF_UP, Decimal
from random import Random

from exceptions.generator.world.drawing import chance, pick

CENT = Decimal("0.01")
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}
_LIMITS = (
    500, 1000, 2000, 2500, 5000, 7500, 10000, 15000, 20000, 25000, 30000, 40000, 50000, 75000, 100000, 150000, 200000,
    250000, 300000, 400000, 500000, 750000, 1000000, 2000000, 5000000, 10000000, 25000000, 100000000,
)  # fmt: skip


def cents(amount: Decimal) -> Decimal:
    """Rounded to cents, halves up, as bookkeeping does."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def plain(number: Decimal) -> str:
    """Without decimals that say nothing: `1250`, `12.50`."""
    return f"{number:.0f}" if number == number.to_integral_value() else f"{number:f}"


def written_amount(random: Random, amount: Decimal, currency: str) -> str:
    """An amount in a note or a ledger: `7,986.00 EUR`, `EUR 7986.00`, `€7,986.00`, `7,986.00`."""
    style = int(random.random() * 6)
    grouped = f"{amount:,.2f}"
    match style:
        case 0:
            return f"{currency} {grouped}"
        case 1:
            return f"{amount:.2f} {currency}"
        case 2 if currency in _SIGNS:
            return f"{_SIGNS[currency]}{grouped}"
        case 3:
            return f"{plain(amount)} {currency}" if amount % 1 else f"{amount:,.0f} {currency}"
        case 4:
            return grouped
        case _:
            return f"{grouped} {currency}"


def written_price(random: Random, price: Decimal, currency: str) -> str:
    """A unit price in a note."""
    return f"{price:f} {currency}" if chance(random, 0.3) else f"{price:f}"


def limit_above(random: Random, amount: Decimal) -> Decimal:
    """A round limit that lies safely above the amount."""
    higher = [limit for limit in _LIMITS if limit > amount * Decimal("1.05")]
    return Decimal(pick(random, higher[:4]))


def limits_within(lowest: Decimal, highest: Decimal) -> list[Decimal]:
    """The round limits from lowest to highest."""
    return [Decimal(limit) for limit in _LIMITS if lowest <= limit <= highest]
