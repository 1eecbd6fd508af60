"""How pages of training write memory and long times."""

from django import template

from exceptions.templatetags.desk import ABSENT, NBSP, duration

register = template.Library()

_GIB = 1 << 30


@register.filter
def memory(size: int | None) -> str:
    """`2147483648` → `2.0 GB`; below a tenth of that in MB."""
    if size is None:
        return ABSENT
    return f"{size / _GIB:.1f}{NBSP}GB" if size >= _GIB / 10 else f"{size / (1 << 20):.0f}{NBSP}MB"


@register.filter
def long_time(seconds: float | None) -> str:
    """`42` → `42.0 s`, `125` → `2 min 5 s`, `8000` → `2 h 13 min`, `200000` → `2 days 8 h`."""
    if seconds is None or seconds < 3600:
        return duration(seconds)
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours < 24:
        return f"{hours}{NBSP}h {minutes}{NBSP}min"
    days, rest = divmod(hours, 24)
    return f"{days}{NBSP}day{'' if days == 1 else 's'} {rest}{NBSP}h"


@register.filter
def about(seconds: float | None) -> str:
    """An estimate in one unit: `95` → `2 min`, `5000` → `1.4 h`, `200000` → `2.3 days`."""
    if seconds is None:
        return ABSENT
    if seconds < 90:
        return f"{max(round(seconds), 1)}{NBSP}s"
    if seconds < 5400:
        return f"{seconds / 60:.0f}{NBSP}min"
    return f"{seconds / 3600:.1f}{NBSP}h" if seconds < 36 * 3600 else f"{seconds / 86400:.1f}{NBSP}days"


@register.filter
def rounded(number: float) -> str:
    """A count to two digits: `83521` → `84,000`, `1234567` → `1.2 million`."""
    if number >= 999_500:
        return f"{number / 1e6:.2g}{NBSP}million" if number < 99.5e6 else f"{number / 1e6:,.0f}{NBSP}million"
    digits = len(str(int(number)))
    return f"{round(number, 2 - digits):,.0f}"
