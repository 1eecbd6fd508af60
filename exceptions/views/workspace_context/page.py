"""The page: the bar of facts, its addresses, and everything below it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from exceptions.views.workspace_context.documents import FactCard, HistoryCard, MatchGrid, Totals
from exceptions.views.workspace_context.lanes import ModelLane, MyLane
from exceptions.views.workspace_context.outcome import Outcome

Mode = Literal["blind", "alongside", "assist"]


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
class ModeChoice:
    value: Mode
    name: str
    hint: str
    selected: bool = False
    allowed: bool = True  # a mode only opens further: what was seen cannot be unseen


@dataclass(frozen=True, slots=True)
class Workspace:
    """The whole page. `poll_after` is the cursor of the models' lanes, None when nobody plays: polling ends."""

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
    newer_version: bool = False  # documents have come in since this episode began
