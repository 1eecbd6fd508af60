"""Numbers of papers: every vendor and every desk has a style of its own."""

from dataclasses import dataclass
from random import Random

from exceptions.generator.world.drawing import between, chance, pick

_LETTERS = "ABCDEFGHJKLMNPRSTVW"


@dataclass(slots=True)
class Numbering:
    """A running number in a style; `after` gives a number that many papers later (or earlier)."""

    prefix: str
    digits: int
    start: int
    suffix: str = ""

    def after(self, steps: int) -> str:
        return f"{self.prefix}{(self.start + steps) % 10**self.digits:0{self.digits}d}{self.suffix}"


def invoice_numbering(random: Random, vendor: str, year: int) -> Numbering:
    """How a vendor numbers its invoices."""
    initials = "".join(word[0] for word in vendor.split() if word[0].isalpha()).upper()[:2] or "RX"
    short = year % 100
    prefix = pick(
        random,
        (
            "INV-", "", "", f"{initials}-", f"{initials}-", initials, initials, f"{short}/", f"A{short}/", "RE", "F-",
            "F", f"SI{short}-", "INV", f"R{short}", f"{short}-", "FA-", f"{pick(random, _LETTERS)}",
            f"{pick(random, _LETTERS)}-", "BILL-", f"INV-{year}-", "90",
        ),
    )  # fmt: skip
    digits = pick(random, (3, 4, 4, 4, 5)) if prefix else pick(random, (5, 5, 6))
    return Numbering(prefix, digits, between(random, 10 ** (digits - 1), 10**digits - 10 ** (digits - 1) // 2))


def order_numbering(random: Random, year: int) -> Numbering:
    """How the desk's company numbers its purchase orders."""
    prefix, digits = pick(
        random,
        (
            ("PO-", 4), ("PO-", 4), ("PO-", 4), ("PO", 4), ("PO", 5), ("4500", 4), ("P", 4), (f"PO{year % 100}-", 3),
            ("BE-", 4), ("ORD-", 4), (f"{year % 100}PO", 3), ("B", 5), ("PUR-", 4), ("410", 4), ("O-", 4), ("BO", 4),
        ),
    )  # fmt: skip
    return Numbering(prefix, digits, between(random, 3 * 10 ** (digits - 1), 69 * 10 ** (digits - 2)))


def receipt_numbering(random: Random, year: int) -> Numbering:
    """How the warehouse numbers its receipts."""
    prefix, digits = pick(
        random,
        (
            ("GRN-", 4), ("GRN-", 4), ("GR", 4), ("GR-", 4), ("WE-", 4), ("RCV-", 4), ("5000", 4), ("GRN", 4),
            ("WR", 4), (f"GR{year % 100}-", 3), ("R-", 4), ("MIGO-", 4), ("DN-", 4), ("WR", 5), ("REC", 4), ("LS-", 4),
        ),
    )  # fmt: skip
    return Numbering(prefix, digits, between(random, 3 * 10 ** (digits - 1), 69 * 10 ** (digits - 2)))


def paper_number(random: Random, *prefixes: str) -> str:
    """A number of some other paper, such as an amendment, a return or a form."""
    prefix = pick(random, prefixes)
    return f"{prefix}{between(random, 11, 9899)}" + (pick(random, _LETTERS[:4]) if chance(random, 0.1) else "")
