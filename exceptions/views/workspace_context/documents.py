"""The documents: the match grid, totals, vendor, policy and history, each sealed until it is revealed."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from exceptions.views.workspace_context.actions import ActionButton

Severity = Literal["outside", "inside"]
DifferenceUnit = Literal["percent", "quantity", "money"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A difference that a comparison found at this number.

    Only the number where the reader should look carries `difference` (signed) and `allowed`; the others are
    marked with the same severity and no figures.
    """

    severity: Severity
    unit: DifferenceUnit = "quantity"
    difference: Decimal | None = None
    words: str = ""  # "not received", "over the order"
    allowed: Decimal | None = None
    allowed_unit: DifferenceUnit = "percent"


@dataclass(frozen=True, slots=True)
class Cell:
    value: Decimal | None
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class LineCells:
    """One line of the invoice or of the order."""

    quantity: Cell
    unit_price: Cell
    line_total: Cell
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptCell:
    """One line of one receipt: what was accepted, and received and rejected where they differ from it."""

    accepted: Cell
    received: Decimal
    rejected: Decimal


@dataclass(frozen=True, slots=True)
class MatchRow:
    """One item code over all documents; None where a document does not have it (or is sealed).

    `receipts` has one entry per receipt, in their order; `accepted` is their sum, given for two receipts or more.
    """

    item_code: str
    description: str
    invoice: LineCells | None = None
    order: LineCells | None = None
    receipts: list[ReceiptCell | None] = field(default_factory=list)
    accepted: Cell | None = None


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """A document's column: sealed, or open with its number and date, and facts such as currency and terms.

    `absent` says that the document was asked for and there is none.
    """

    reveal: ActionButton
    sealed: bool
    absent: str = ""
    number: str = ""
    dated: date | None = None
    facts: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReceiptHead:
    number: str
    dated: date
    po_number: str = ""
    other_order: bool = False  # names another order than the invoice does


@dataclass(frozen=True, slots=True)
class Verdict:
    """A difference in words for the head of the grid: "1 line short"."""

    severity: Literal["outside", "inside", "equal"]
    words: str


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote on a document."""

    source: str  # "Invoice note", "Receipt note GR-5561"
    text: str


@dataclass(frozen=True, slots=True)
class MatchGrid:
    invoice: DocumentHead
    order: DocumentHead
    receipt: DocumentHead
    receipts: list[ReceiptHead] = field(default_factory=list)
    rows: list[MatchRow] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    currency: str = ""
    order_currency: str = ""

    @property
    def all_sealed(self) -> bool:
        return self.invoice.sealed and self.order.sealed and self.receipt.sealed

    @property
    def receipt_columns(self) -> int:
        """One per receipt, and the sum when there are several."""
        return len(self.receipts) + 1 if len(self.receipts) > 1 else 1

    @property
    def currencies_differ(self) -> bool:
        return bool(self.currency and self.order_currency and self.currency != self.order_currency)


@dataclass(frozen=True, slots=True)
class TotalRow:
    """One amount, and after the comparison what it was held against."""

    name: str
    amount: Cell
    against: str = ""
    against_amount: Decimal | None = None
    currency: str = ""  # where it differs from the invoice's


@dataclass(frozen=True, slots=True)
class Totals:
    """Subtotal, tax and total of the invoice (sealed with its lines), compared or not yet."""

    sealed: bool
    compare: ActionButton
    currency: str
    rows: list[TotalRow] = field(default_factory=list)

    @property
    def compared(self) -> bool:
        return self.compare.state == "done"


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    value: str
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class FactCard:
    """Vendor or policy: sealed until inspected."""

    anchor: str  # "vendor", "policy"
    title: str
    reveal: ActionButton
    sealed: bool
    facts: list[Fact] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PastInvoice:
    """One line of the duplicate check, as the history words it."""

    kind: Literal["similar", "processed", "pending"]
    text: str


@dataclass(frozen=True, slots=True)
class HistoryCard:
    """The duplicate check: earlier invoices and what colleagues wrote."""

    reveal: ActionButton
    sealed: bool
    invoices: list[PastInvoice] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    duplicate_check_off: bool = False
