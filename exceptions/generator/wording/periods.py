"""Names of delivery periods: months, weeks, quarters, releases."""

import datetime
from random import Random

from exceptions.generator.world.calendar import MONTHS
from exceptions.generator.world.drawing import between, pick


def periods(random: Random, day: datetime.date) -> tuple[str, str]:
    """The period of a delivery on that day, and the one before it, in the same style."""
    style = int(random.random() * 6)
    month = day.month - 1
    number = between(random, 2, 11)
    match style:
        case 0 | 1 | 2:
            return MONTHS[month], MONTHS[month - 1]
        case 3:
            quarter = month // 3
            return f"Q{quarter + 1}", f"Q{(quarter - 1) % 4 + 1}"
        case 4:
            week = day.isocalendar().week
            return f"week {week}", f"week {max(1, week - 4) if week > 4 else 48 + week}"
        case _:
            word = pick(random, ("release", "lot", "call", "drop", "batch"))
            return f"{word} {number}", f"{word} {number - 1}"
