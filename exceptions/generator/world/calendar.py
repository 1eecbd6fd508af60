"""Dates as people write them."""

import datetime
from random import Random

from exceptions.generator.world.drawing import pick

_SHORT = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MONTHS = _LONG


def later(day: datetime.date, days: int) -> datetime.date:
    """The day so many days later, moved off the weekend."""
    moved = day + datetime.timedelta(days=days)
    weekday = moved.weekday()
    return moved if weekday < 5 else moved + datetime.timedelta(days=7 - weekday)


def written(random: Random, day: datetime.date) -> str:
    """A date in a note: with or without the year, in words or figures."""
    style = int(random.random() * 12)
    short, long = _SHORT[day.month - 1], _LONG[day.month - 1]
    match style:
        case 0 | 1 | 2:
            return f"{day.day} {short}"
        case 3:
            return f"{day.day} {long}"
        case 4:
            return f"{short} {day.day}"
        case 5 | 6:
            return day.isoformat()
        case 7:
            return f"{day.day:02d}-{short}"
        case 8:
            return f"{day.day:02d}.{day.month:02d}."
        case 9:
            return f"{day.day} {short} {day.year}"
        case 10:
            return f"{day.day:02d}-{short}-{day.year % 100:02d}"
        case _:
            return f"{long} {day.day}"


def month_name(random: Random, day: datetime.date) -> str:
    """The month, as deliveries are named by it."""
    return pick(random, (_LONG[day.month - 1], _LONG[day.month - 1], _SHORT[day.month - 1]))
