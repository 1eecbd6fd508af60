"""What the workspace's templates are given: plain, frozen shapes without a query behind them.

The view fills them from an episode; the templates only lay them out. Money, prices and quantities are
`Decimal`, shares and confidences are 0…1, durations are seconds. A part that the player has not revealed is
`sealed` and then holds nothing of what it hides, so that a template cannot leak it.
"""

from exceptions.views.workspace_context.actions import (
    ActionButton,
    ActionState,
    Choice,
)
from exceptions.views.workspace_context.documents import (
    Cell,
    DifferenceUnit,
    DocumentHead,
    Fact,
    FactCard,
    HistoryCard,
    LineCells,
    Mark,
    MatchGrid,
    MatchRow,
    Note,
    PastInvoice,
    ReceiptCell,
    ReceiptHead,
    Severity,
    TotalRow,
    Totals,
    Verdict,
)
from exceptions.views.workspace_context.lanes import (
    EvidenceTick,
    LaneState,
    ModelLane,
    MyLane,
    Proposal,
    ResolutionForm,
    ResolutionText,
    StepBudget,
    TimelineStep,
)
from exceptions.views.workspace_context.outcome import (
    CriterionRow,
    GradedPlayer,
    GradeTable,
    Outcome,
    PartedAt,
    PlayerScore,
)
from exceptions.views.workspace_context.page import (
    CaseFacts,
    Mode,
    ModeChoice,
    Workspace,
    WorkspaceUrls,
)

__all__ = [
    "ActionButton",
    "ActionState",
    "CaseFacts",
    "Cell",
    "Choice",
    "CriterionRow",
    "DifferenceUnit",
    "DocumentHead",
    "EvidenceTick",
    "Fact",
    "FactCard",
    "GradeTable",
    "GradedPlayer",
    "HistoryCard",
    "LaneState",
    "LineCells",
    "Mark",
    "MatchGrid",
    "MatchRow",
    "Mode",
    "ModeChoice",
    "ModelLane",
    "MyLane",
    "Note",
    "Outcome",
    "PartedAt",
    "PastInvoice",
    "PlayerScore",
    "Proposal",
    "ReceiptCell",
    "ReceiptHead",
    "ResolutionForm",
    "ResolutionText",
    "Severity",
    "StepBudget",
    "TimelineStep",
    "TotalRow",
    "Totals",
    "Verdict",
    "Workspace",
    "WorkspaceUrls",
]
