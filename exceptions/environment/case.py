"""A case: one supplier invoice to resolve, with every document that belongs to it."""

import hashlib
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt
from pydantic_core import PydanticCustomError

from exceptions.environment.fields import (
    Amount,
    Currency,
    FreeText,
    Identifier,
    IsoDate,
    Label,
    NonNegative,
    Reference,
    Slug,
)
from exceptions.environment.vocabulary import (
    INVESTIGATIONS,
    ActionType,
    Decision,
    Difficulty,
    ExceptionType,
    RiskTier,
    Slice,
)

#: More lines than this on one document are refused: no clerk and no model reads them.
MAX_LINES = 1000
MAX_RECEIPTS = 200
MAX_HISTORY = 1000
MAX_STEPS = 100


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InvoiceLine(_Part):
    """One billed line; `line_total` is what the paper says, not quantity times price."""

    item_code: Identifier
    description: FreeText
    quantity: NonNegative
    unit_price: NonNegative
    line_total: Amount
    unit: Label | None = None


class OrderLine(_Part):
    """One ordered line."""

    item_code: Identifier
    description: FreeText
    quantity: NonNegative
    unit_price: NonNegative
    line_total: Amount
    unit: Label | None = None


class ReceiptLine(_Part):
    """What one receipt says about one item. The three quantities are as printed and need not add up."""

    item_code: Identifier
    received: NonNegative
    accepted: NonNegative
    rejected: NonNegative


class Invoice(_Part):
    """The supplier's bill. Amounts are in `currency`."""

    number: Identifier
    supplier_id: Identifier
    supplier_name: Label
    date: IsoDate
    currency: Currency
    po_number: Identifier
    lines: Annotated[tuple[InvoiceLine, ...], Field(min_length=1, max_length=MAX_LINES)]
    subtotal: Amount
    tax: Amount
    total: Amount
    note: FreeText = ""


class PurchaseOrder(_Part):
    """What was ordered. Prices are in `currency`, which need not be the invoice's."""

    number: Identifier
    supplier_id: Identifier
    date: IsoDate
    currency: Currency
    approved: StrictBool
    payment_terms: FreeText
    lines: Annotated[tuple[OrderLine, ...], Field(min_length=1, max_length=MAX_LINES)]

    @property
    def total(self) -> Decimal:
        """Sum of the line totals, before tax."""
        return sum((line.line_total for line in self.lines), Decimal(0))


class GoodsReceipt(_Part):
    """One delivery as the warehouse booked it."""

    number: Identifier
    po_number: Identifier
    date: IsoDate
    lines: Annotated[tuple[ReceiptLine, ...], Field(max_length=MAX_LINES)]
    note: FreeText = ""


class Vendor(_Part):
    """What the desk keeps about the supplier."""

    supplier_id: Identifier
    name: Label
    risk_tier: RiskTier
    duplicate_incidents: Annotated[StrictInt, Field(ge=0, le=1_000_000)]
    preferred: StrictBool
    price_tolerance_pct: NonNegative | None = None
    escalation_threshold: NonNegative | None = None


class Policy(_Part):
    """The desk's rules. Percentages are in percent (5 is 5 %), amounts in the invoice's currency."""

    quantity_tolerance_pct: NonNegative = Decimal("5")
    price_tolerance_pct: NonNegative = Decimal("5")
    total_tolerance: NonNegative = Decimal("100.00")
    duplicate_check: StrictBool = True
    high_value_threshold: NonNegative = Decimal("50000")
    mandatory_escalation_above: NonNegative = Decimal("100000")


_Entries = Annotated[tuple[FreeText, ...], Field(max_length=MAX_HISTORY)]


class History(_Part):
    """What the desk's records say around the invoice: one plain sentence per entry."""

    comments: _Entries = ()
    similar_invoices: _Entries = ()
    processed_invoices: _Entries = ()
    pending_invoices: _Entries = ()


def _each_once_and_citable(evidence: tuple[ActionType, ...]) -> tuple[ActionType, ...]:
    for position, action in enumerate(evidence):
        if action not in INVESTIGATIONS:
            raise PydanticCustomError("evidence", "'{action}' does not investigate", {"action": action.value})
        if action in evidence[:position]:
            raise PydanticCustomError("evidence", "'{action}' is named twice", {"action": action.value})
    return evidence


class GroundTruth(_Part):
    """The right answer and what proves it.

    At least one required action and one key finding: both rubrics take means over them, and a mean over
    nothing would give the points away.
    """

    decision: Decision
    exception_type: ExceptionType
    evidence: Annotated[
        tuple[ActionType, ...],
        Field(min_length=1, max_length=len(INVESTIGATIONS)),
        AfterValidator(_each_once_and_citable),
    ]
    key_findings: Annotated[tuple[Label, ...], Field(min_length=1, max_length=20)]


class Case(_Part):
    """One exception. `ground_truth` is None for a real case that nobody has resolved yet.

    `ground_truth` has to be written out even when it is null: leaving it away by mistake would make a
    graded case ungraded. `policy` may be left away: all its fields have defaults.
    """

    id: Slug
    reference: Reference | None = None
    title: Label
    slice: Slice
    difficulty: Difficulty
    max_steps: Annotated[StrictInt, Field(ge=1, le=MAX_STEPS)]
    invoice: Invoice
    purchase_order: PurchaseOrder
    goods_receipts: Annotated[tuple[GoodsReceipt, ...], Field(max_length=MAX_RECEIPTS)]
    vendor: Vendor
    policy: Policy = Policy()
    history: History
    ground_truth: GroundTruth | None

    @property
    def opaque_reference(self) -> str:
        """The name that players see: `reference`, or one derived from the id by a hash when there is none."""
        if self.reference is not None:
            return self.reference
        digest = int.from_bytes(hashlib.sha256(self.id.encode()).digest()[:8])
        return f"C-{1000 + digest % 9000}"
