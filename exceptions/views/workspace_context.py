"""What the workspace's templates are given: plain, frozen shapes without a query behind them.

The view fills them from an episode; the templates only lay them out. Money, prices and quantities are `Decimal`,
shares and confidences are 0…1, durations are seconds. A part that the player has not revealed is `sealed` and then holds
nothing of what it hides, so that a template cannot leak it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Mode = Literal["blind", "alongside", "assist"]
ActionState = Literal["open", "done", "closed"]
Severity = Literal["outside", "inside"]
DifferenceUnit = Literal["percent", "quantity", "money"]
LaneState = Literal[
    "absent",  # nobody plays beside this reviewer, and nobody was asked to
    "waiting",  # asked for; no worker has taken it yet
    "no_worker",  # asked for; no worker is running
    "not_installed",  # the model's weights are not on this machine
    "playing",
    "crashed",
    "finished",
    "recorded",  # an episode from another day, replayed
]


# --- what can be chosen and done --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """One option: what the server gets, what the reader sees, and the key that picks it."""

    value: str
    name: str
    key: str = ""
    hint: str = ""
    selected: bool = False


@dataclass(frozen=True, slots=True)
class ActionButton:
    """One action of the environment.

    `done` actions link to what they showed (`href`, e.g. `#order`) and do not act again; `closed` ones cannot be taken any
    more (the episode is over). `step` is the step that did it.
    """

    action_type: str
    name: str
    key: str
    state: ActionState = "open"
    href: str = ""
    step: int | None = None


@dataclass(frozen=True, slots=True)
class WorkspaceUrls:
    """Where the forms go. `model` answers the lane's poll, `ask` asks the model to play (again)."""

    step: str
    submit: str
    revise: str
    mode: str
    model: str
    ask: str
    leave: str


# --- the bar of facts -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What may be known before the first step."""

    reference: str
    vendor_name: str
    invoice_number: str
    po_number: str
    total: Decimal
    currency: str
    invoice_date: date
    waiting_since: datetime
    graded: bool  # False for a real case that nobody has resolved yet


@dataclass(frozen=True, slots=True)
class StepBudget:
    used: int
    maximum: int

    @property
    def left(self) -> int:
        return max(self.maximum - self.used, 0)

    @property
    def pips(self) -> list[bool]:
        """One per step, True when used."""
        return [number < self.used for number in range(self.maximum)]


@dataclass(frozen=True, slots=True)
class ModeChoice:
    value: Mode
    name: str
    hint: str
    selected: bool = False
    allowed: bool = True  # a mode only opens further: what was seen cannot be unseen


# --- the documents ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """A difference that a comparison found at this number.

    Only the number where the reader should look carries `difference` (signed) and `allowed`; the others are marked with
    the same severity and no figures.
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

    `receipts` has one entry per receipt, in their order; `accepted` is their sum and only given for two receipts or more.
    """

    item_code: str
    description: str
    invoice: LineCells | None = None
    order: LineCells | None = None
    receipts: list[ReceiptCell | None] = field(default_factory=list)
    accepted: Cell | None = None


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """A document's column: sealed, or open with its own number and date, and facts such as currency and terms.

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
    kind: Literal["similar", "processed", "pending"]
    number: str
    dated: date | None = None
    po_number: str = ""
    amount: Decimal | None = None
    currency: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class HistoryCard:
    """The duplicate check: earlier invoices and what colleagues wrote."""

    reveal: ActionButton
    sealed: bool
    invoices: list[PastInvoice] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    duplicate_check_off: bool = False


# --- the lanes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One step as the timeline shows it.

    `says` are short lines of result, `flags` the discrepancies it found, `detail` the whole result text. `reward` stays None
    while the episode is open: under `seed-1` the reward of a proposal gives the answer away.
    """

    number: int
    title: str
    says: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    detail: str = ""
    valid: bool = True
    error: str = ""
    raw: str = ""
    reward: float | None = None
    seconds: float | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    is_new: bool = False
    parted: bool = False  # the first step at which the two players differ


@dataclass(frozen=True, slots=True)
class EvidenceTick:
    action_type: str
    name: str
    step: int
    ticked: bool = True


@dataclass(frozen=True, slots=True)
class ResolutionForm:
    """The submit form, filled anew or with what was sent and refused (`errors` by field name, `""` for the whole).

    `expected_step` travels with the form, so that a second tab or a second click cannot submit twice. `reason_for` asks for a
    reason: "override" (assist mode) or "revise" (after the submit), else "".
    """

    action_url: str
    draft_key: str
    expected_step: int
    decisions: list[Choice]
    exception_types: list[Choice]
    evidence: list[EvidenceTick]
    explanation: str = ""
    confidence_percent: int | None = None
    reason_for: Literal["", "override", "revise"] = ""
    reason: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResolutionText:
    """A resolution that was given or is proposed, to read."""

    decision: str
    exception_type: str = ""
    evidence: list[str] = field(default_factory=list)
    explanation: str = ""
    confidence: float | None = None
    reason: str = ""
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """Assist mode: what the model would do, to accept or override. `text` is None while it has not decided."""

    player_name: str
    accept_url: str
    key: str = ""  # accepts it
    text: ResolutionText | None = None
    waiting: str = ""  # why there is none yet, in words


@dataclass(frozen=True, slots=True)
class MyLane:
    """The reviewer's own lane. `form` is None once the resolution is submitted."""

    budget: StepBudget
    look: list[ActionButton]
    compare: list[ActionButton]
    think: list[ActionButton]  # summarise
    propose: list[Choice]  # exception types; empty when no step may be taken
    timeline: list[TimelineStep]
    form: ResolutionForm | None = None
    proposals: list[Proposal] = field(default_factory=list)
    proposed_type: str = ""
    error: str = ""  # a step that was refused, and why
    announce: str = ""  # for the live region: what the last step found
    ended: str = ""  # how the episode ended, when it did: "Resolved", "Out of steps"


@dataclass(frozen=True, slots=True)
class ModelLane:
    """Another player's lane. With `veiled` no step is given, whatever its state."""

    slug: str
    player_name: str
    player_kind: str  # "local model", "script"
    state: LaneState
    veiled: bool = False
    steps: list[TimelineStep] = field(default_factory=list)
    ahead: int = 0  # steps that it has made and that open with mine
    maximum: int | None = None
    recorded_at: datetime | None = None
    since: datetime | None = None  # waiting, or thinking, since
    error: str = ""  # crashed, not installed: what happened
    remedy: str = ""  # and what to do about it
    episode_url: str = ""  # once it may be seen
    may_ask: bool = False  # "Play live" / "Try again"
    resolution: ResolutionText | None = None


# --- after the submit -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlayerScore:
    value: float | None
    is_me: bool


@dataclass(frozen=True, slots=True)
class CriterionRow:
    name: str
    weight: float
    scores: list[PlayerScore]
    note: str = ""


@dataclass(frozen=True, slots=True)
class GradeTable:
    """One rubric, criterion by criterion. All `scores` are in the order of `Outcome.players`."""

    rubric: str
    scores: list[PlayerScore]
    criteria: list[CriterionRow]


@dataclass(frozen=True, slots=True)
class GradedPlayer:
    """One column of the outcome: me as submitted, me as revised, each model. `resolved` is None while ungraded."""

    name: str
    is_me: bool
    resolution: ResolutionText | None
    resolved: bool | None = None
    decision_right: bool | None = None
    type_right: bool | None = None
    steps: int = 0
    missing: str = ""  # why there is no resolution: still playing, out of steps, crashed
    episode_url: str = ""
    version: str = ""  # "as submitted", "as revised"


@dataclass(frozen=True, slots=True)
class PartedAt:
    """The first step at which my actions and the model's differ."""

    player_name: str
    step: int
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """After the submit. Ungraded cases have no `grades`, no `truth`, and say so in `ungraded`."""

    headline: str
    players: list[GradedPlayer]
    grades: list[GradeTable] = field(default_factory=list)
    parted: list[PartedAt] = field(default_factory=list)
    deciding: str = ""  # the deciding finding
    deciding_source: str = ""  # the action that shows it
    findings: list[str] = field(default_factory=list)
    truth: ResolutionText | None = None
    ungraded: str = ""
    revise: ResolutionForm | None = None
    next_url: str = ""
    next_label: str = ""  # "C-1043 · Kestrel Packaging"
    remaining: int | None = None  # open cases in my queue
    drafts_done: list[str] = field(default_factory=list)  # draft keys of the forms that were accepted


@dataclass(frozen=True, slots=True)
class Workspace:
    """The whole page. `poll_after` is the cursor of the models' lanes; None when nobody plays and polling ends."""

    case: CaseFacts
    mode: Mode
    modes: list[ModeChoice]
    urls: WorkspaceUrls
    match: MatchGrid
    totals: Totals
    vendor: FactCard
    policy: FactCard
    history: HistoryCard
    me: MyLane
    models: list[ModelLane]
    outcome: Outcome | None = None
    poll_after: int | None = None
