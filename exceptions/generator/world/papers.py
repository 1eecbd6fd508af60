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
        return f"{self.prefix}{max(1, self.start + steps):0{self.digits}d}{self.suffix}"


def invoice_numbering(random: Random, vendor: str, year: int) -> Numbering:
    """How a vendor numbers its invoices."""
    initials = "".join(word[0] for word in vendor.split() if word[0].isalpha()).upper()[:2] or "RX"
    short = year % 100
    prefix = pick(
        random,
        (
            "INV-", "", f"{initials}-", f"{initials}", f"{short}/", f"A{short}/", "RE", "F-", f"SI{short}-", "INV", f"R{short}",
            f"{short}-", "FA-", f"{pick(random, _LETTERS)}", "BILL-", f"INV-{year}-", "90",
        ),
    )  # fmt: skip
    digits = between(random, 4 if prefix else 5, 6)
    return Numbering(prefix, digits, between(random, 10 ** (digits - 2), 10**digits - 900))


def order_numbering(random: Random, year: int) -> Numbering:
    """How the desk's company numbers its purchase orders."""
    prefix, digits = pick(
        random,
        (("PO-", 4), ("PO-", 5), ("PO", 6), ("45000", 5), ("P", 5), (f"PO{year % 100}-", 4), ("BE-", 4), ("ORD-", 5),
         (f"{year % 100}PO", 4), ("B", 6), ("PUR-", 4), ("410", 5)),
    )  # fmt: skip
    return Numbering(prefix, digits, between(random, 10 ** (digits - 1), 10**digits - 500))


def receipt_numbering(random: Random, year: int) -> Numbering:
    """How the warehouse numbers its receipts."""
    prefix, digits = pick(
        random,
        (("GRN-", 4), ("GRN-", 5), ("GR", 6), ("WE-", 5), ("RCV-", 4), ("50000", 5), ("GRN", 5), (f"GR{year % 100}-", 4),
         ("R-", 5), ("MIGO-", 4), ("DN-", 5), ("WR", 5)),
    )  # fmt: skip
    return Numbering(prefix, digits, between(random, 10 ** (digits - 1), 10**digits - 500))


def paper_number(random: Random, *prefixes: str) -> str:
    """A number of some other paper, such as an amendment, a return or a form."""
    prefix = pick(random, prefixes)
    return f"{prefix}{between(random, 11, 9899)}" + (pick(random, _LETTERS[:4]) if chance(random, 0.1) else "")
