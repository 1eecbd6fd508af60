"""How the desk writes figures, dates and names: one way everywhere, decimals exact.

`None` is written as an en dash. Anything else that is not what a filter is for raises TypeError: a page that shows a
wrong figure is worse than one that fails in a test.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from django import template
from django.utils import timezone

from exceptions.environment import Decision, ExceptionType
from exceptions.views import names

register = template.Library()

ABSENT: Final = "–"
MINUS: Final = "\u2212"
NBSP: Final = "\u00a0"

#: ISO 4217 currencies without a minor unit.
WHOLE_CURRENCIES: Final = frozenset(
    (
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    )
)

Number = Decimal | int


@register.filter
def amount(value: Number | None, currency: str = "") -> str:
    """`11662` → `11,662.00`; with a currency in front of it when one is given. Prices keep all decimals."""
    if value is None:
        return ABSENT
    number = _decimal(value)
    places = 0 if currency in WHOLE_CURRENCIES else 2
    written = _grouped(number, at_least=places)
    return f"{currency}{NBSP}{written}" if currency else written


@register.filter
def quantity(value: Number | None) -> str:
    """`1200.000` → `1,200`; `2.50` → `2.5`."""
    return ABSENT if value is None else _grouped(_decimal(value), at_least=0)


@register.filter
def percent(value: Number | None) -> str:
    """Percentage points: `5.0` → `5 %`."""
    return ABSENT if value is None else f"{_grouped(_decimal(value), at_least=0)}{NBSP}%"


@register.filter
def share(value: float | None) -> str:
    """A share of one as whole percent: `0.842` → `84 %`."""
    return ABSENT if value is None else f"{round(_float(value) * 100)}{NBSP}%"


@register.filter
def delta(value: Number | None, unit: str) -> str:
    """A signed difference: `delta:"percent"` → `+2.5 %`, `"quantity"` → `−300`, `"money"` → `+162.00`.

    A percentage is rounded to two places (half to even) unless that would make a difference look like none.
    """
    if value is None:
        return ABSENT
    number = _decimal(value)
    sign = "" if number == 0 else "+" if number > 0 else MINUS
    size = abs(number)
    if unit == "percent":
        rounded = size.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        size = rounded if rounded else size
        return f"{sign}{_grouped(size, at_least=0)}{NBSP}%"
    if unit == "quantity":
        return f"{sign}{_grouped(size, at_least=0)}"
    if unit == "money":
        return f"{sign}{_grouped(size, at_least=2)}"
    raise TypeError(f"delta: unit {unit!r} is none of percent, quantity, money")


@register.filter
def allowed(value: Number | None, unit: str) -> str:
    """A tolerance in the unit of its difference: `5 %`, `100.00`, `20`."""
    if value is None:
        return ABSENT
    if unit == "percent":
        return percent(value)
    return amount(value) if unit == "money" else quantity(value)


@register.filter
def score(value: float | None) -> str:
    """A score in 0…1 with three decimals; a mean that lies between two of them reads alike however it was added up."""
    return ABSENT if value is None else f"{round(_float(value), 9):.3f}"


@register.filter
def bar(value: float | None) -> str:
    """A share of one as the width of an SVG bar in a view box of 100: `0.84` → `84.0`."""
    return "0" if value is None else f"{min(max(_float(value), 0.0), 1.0) * 100:.1f}"


@register.filter
def signed(value: float | None) -> str:
    """A reward: `+0.05`, `−0.05`, `0.00`."""
    if value is None:
        return ABSENT
    number = round(_float(value), 2)
    sign = "" if number == 0 else "+" if number > 0 else MINUS
    return f"{sign}{abs(number):.2f}"


@register.filter
def count(value: int | None) -> str:
    """`14049` → `14,049`."""
    return ABSENT if value is None else f"{value:,}"


@register.filter
def day(value: date | None) -> str:
    """`14 Nov 2026`: no order of day and month to guess."""
    if value is None:
        return ABSENT
    if not isinstance(value, date):
        raise TypeError(f"a date is needed, not {type(value).__name__}: {value!r}")
    here = _here(value) if isinstance(value, datetime) else value
    return f"{here.day} {here:%b %Y}"


@register.filter
def moment(value: datetime | None) -> str:
    """`14 Nov 2026, 09:31` in the current time zone."""
    if value is None:
        return ABSENT
    return f"{day(value)}, {_here(value):%H:%M}"


@register.filter
def iso(value: date | None) -> str:
    """For `<time datetime>`."""
    return "" if value is None else value.isoformat()


@register.filter
def age(since: datetime | None) -> str:
    """How long ago, in one unit: `3 min`, `5 h`, `2 days`, `6 weeks`, `21 years`."""
    if since is None:
        return ABSENT
    minutes = int((timezone.now() - since).total_seconds()) // 60
    hours, days = minutes // 60, minutes // 1440
    if minutes < 1:
        return "just now"
    if hours < 1:
        return f"{minutes}{NBSP}min"
    if days < 1:
        return f"{hours}{NBSP}h"
    if days < 21:
        return f"{days}{NBSP}day{'' if days == 1 else 's'}"
    return f"{days // 7}{NBSP}weeks" if days < 730 else f"{days // 365}{NBSP}years"


@register.filter
def duration(seconds: float | None) -> str:
    """`0.38` → `380 ms`, `12.4` → `12.4 s`, `125` → `2 min 5 s`."""
    if seconds is None:
        return ABSENT
    number = _float(seconds)
    if number < 0.9995:
        return f"{number * 1000:.0f}{NBSP}ms"
    if number < 59.95:
        return f"{number:.1f}{NBSP}s"
    minutes, rest = divmod(round(number), 60)
    return f"{minutes}{NBSP}min {rest}{NBSP}s"


@register.filter
def decision_name(value: str | None) -> str:
    """`place_on_hold` → `Place on hold`."""
    return names.DECISION_NAMES[Decision(value)] if value else ABSENT


@register.filter
def exception_type_name(value: str | None) -> str:
    """`price_mismatch` → `Price mismatch`."""
    return names.type_name(ExceptionType(value)) if value else ABSENT


@register.filter
def action_name(value: str | None) -> str:
    """`inspect_purchase_order` → `Order`."""
    return names.action_name(value) if value else ABSENT


def _decimal(value: Number) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError(f"money and quantities are Decimal or int, not {type(value).__name__}: {value!r}")
    return Decimal(value)


def _float(value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError(f"a number is needed, not {type(value).__name__}: {value!r}")
    return float(value)


def _grouped(number: Decimal, *, at_least: int) -> str:
    """The exact decimal with thousands separators, no trailing zeros past `at_least` places, a true minus."""
    written = f"{number:f}"
    whole, _, fraction = written.lstrip("-").partition(".")
    fraction = fraction.rstrip("0").ljust(at_least, "0")
    text = f"{int(whole):,}" + (f".{fraction}" if fraction else "")
    return f"{MINUS}{text}" if number < 0 else text


def _here(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value
