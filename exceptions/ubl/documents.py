"""The documents of a trade as the desk reads them: kinds, parties, lines, amounts. All of it is immutable."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class DocumentKind(StrEnum):
    """What a document is. A trade is made of the first four; the others are kept, and said not to be used."""

    ORDER = "order"
    RECEIPT_ADVICE = "receipt_advice"
    DESPATCH_ADVICE = "despatch_advice"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    ORDER_RESPONSE = "order_response"
    ORDER_CHANGE = "order_change"
    ORDER_CANCELLATION = "order_cancellation"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")

    @property
    def joins_a_trade(self) -> bool:
        return self in (
            DocumentKind.ORDER,
            DocumentKind.RECEIPT_ADVICE,
            DocumentKind.DESPATCH_ADVICE,
            DocumentKind.INVOICE,
        )


class IdentifierKind(StrEnum):
    """Where a party's identifier stands in the document, the most telling first.

    The first four say who a party *is*; an endpoint only says where its messages are delivered.
    """

    ACCOUNT = "account"
    LEGAL_ENTITY = "legal_entity"
    PARTY = "party"
    TAX = "tax"
    ENDPOINT = "endpoint"

    @property
    def words(self) -> str:
        return {
            IdentifierKind.ACCOUNT: "the buyer's account number",
            IdentifierKind.LEGAL_ENTITY: "company registration",
            IdentifierKind.PARTY: "party id",
            IdentifierKind.TAX: "tax registration",
            IdentifierKind.ENDPOINT: "endpoint",
        }[self]


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier of a party; ``scheme`` is who issues it (``GLN``, ``DK:CVR``, ``VAT``), when named."""

    kind: IdentifierKind
    value: str
    scheme: str | None = None

    def __str__(self) -> str:
        scheme = f" ({self.scheme})" if self.scheme else ""
        return f"{self.kind.words}{scheme} {self.value}"


@dataclass(frozen=True, slots=True)
class Party:
    """A supplier or a buyer. ``identifiers`` are in the order of ``IdentifierKind``."""

    name: str
    identifiers: tuple[Identifier, ...] = ()

    @property
    def has_name(self) -> bool:
        """False when the document gives no name and ``name`` only repeats an identifier."""
        return all(self.name != identifier.value for identifier in self.identifiers)

    @property
    def id(self) -> str:
        """The most telling identifier's value; the name when the document gives no identifier."""
        return self.identifiers[0].value if self.identifiers else self.name


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity and its unit code (UN/ECE Recommendation 20, such as ``KGM``), when one is named."""

    value: Decimal
    unit: str | None = None

    def __str__(self) -> str:
        return f"{self.value.normalize():f} {self.unit}" if self.unit else f"{self.value.normalize():f}"


@dataclass(frozen=True, slots=True)
class ItemCodes:
    """The codes a line gives its item."""

    seller: str | None = None
    buyer: str | None = None
    standard: str | None = None

    @property
    def preferred(self) -> str | None:
        """The seller's code, else the buyer's, else the standard one: most invoices carry the seller's."""
        return self.seller or self.buyer or self.standard

    def all(self) -> tuple[str, ...]:
        return tuple(code for code in (self.seller, self.buyer, self.standard) if code)


@dataclass(frozen=True, slots=True)
class TradeLine:
    """A line of an order, invoice, receipt or despatch advice.

    ``quantity`` is what is ordered, billed, received or despatched. ``unit_price`` is the price of one unit
    of ``quantity.unit``, the price's base quantity divided out; money is in the document's currency.
    ``order_line_id`` is set when the line refers to exactly one order line, ``despatch_line`` (despatch
    number or None, line id) when a receipt line refers to exactly one despatch line.
    """

    id: str
    item: ItemCodes
    description: str
    quantity: Quantity
    order_number: str | None = None
    order_line_id: str | None = None
    despatch_line: tuple[str | None, str] | None = None
    unit_price: Decimal | None = None
    line_total: Decimal | None = None
    rejected: Quantity | None = None
    short: Quantity | None = None
    oversupply: Quantity | None = None
    backorder: Quantity | None = None
    notes: tuple[str, ...] = ()
    element: str = field(default="", compare=False)
    source_line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AllowanceCharge:
    """An allowance (taken off) or a charge (added), always a positive amount as printed, with its reason."""

    charge: bool
    amount: Decimal
    reason: str | None = None

    def __str__(self) -> str:
        word = "charge" if self.charge else "allowance"
        return f"{word} {self.amount:f}" + (f" ({self.reason})" if self.reason else "")


@dataclass(frozen=True, slots=True)
class Totals:
    """The amounts a document prints about itself; None where it does not print one."""

    line_extension: Decimal | None = None
    tax: Decimal | None = None
    tax_exclusive: Decimal | None = None
    tax_inclusive: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    payable: Decimal | None = None
    tax_in_other_currencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd that the reader met and read all the same; ``element`` is the path it stands at."""

    element: str
    message: str


@dataclass(frozen=True, slots=True)
class TradeDocument:
    """One document as read. Two are equal when they say the same, whatever the files are called."""

    name: str = field(compare=False)
    kind: DocumentKind
    root: str
    number: str
    issue_date: date
    uuid: str | None
    order_numbers: tuple[str, ...]
    supplier: Party | None
    buyer: Party | None
    currency: str | None
    lines: tuple[TradeLine, ...] = ()
    totals: Totals = Totals()
    allowance_charges: tuple[AllowanceCharge, ...] = ()
    payment_terms: tuple[str, ...] = ()
    payment_details: tuple[str, ...] = ()
    payee: Party | None = None
    type_code: str | None = None
    is_copy: bool = False
    accepted: bool | None = None
    invoice_references: tuple[str, ...] = ()
    despatch_references: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = field(default=(), compare=False)

    @property
    def title(self) -> str:
        """How people name it: ``invoice A1``."""
        return f"{self.kind.words} {self.number}"
