"""What came of an upload, file by file and trade by trade, as its template lays it out."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from exceptions import ubl
from exceptions.models import Case, UploadedDocument
from exceptions.selectors.documents import file_documents
from exceptions.services.trades import FileOutcome, TradeOutcome, UploadResult

Fate = Literal["refused", "joined", "waiting", "set_aside"]


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file. `says` is why it was set aside or what it waits for; `error` why it was refused."""

    name: str
    fate: Fate
    uploaded: UploadedDocument | None = None
    known: bool = False
    cases: list[Case] = field(default_factory=list)
    says: str = ""
    error: ubl.DocumentError | None = None


@dataclass(frozen=True, slots=True)
class UploadReport:
    """The whole upload. `problems` are what was odd in documents that were taken, informations left out."""

    files: list[FileReport]
    trades: list[TradeOutcome]
    problems: list[ubl.TradeProblem]

    @property
    def taken(self) -> int:
        return sum(report.fate != "refused" for report in self.files)

    @property
    def refused(self) -> int:
        return len(self.files) - self.taken


def upload_report(result: UploadResult) -> UploadReport:
    """Lay an upload out by file."""
    rows = [outcome.uploaded for outcome in result.files if outcome.uploaded is not None]
    cases = {filed.uploaded.pk: filed.cases for filed in file_documents(rows)}
    waiting = {outcome.uploaded.pk: outcome.waiting_for for outcome in result.waiting}
    aside = {outcome.uploaded.pk: outcome.reason for outcome in result.set_aside}
    return UploadReport(
        files=[_file(outcome, cases, waiting, aside) for outcome in result.files],
        # Joining looks at all that hangs together, which may be more than was uploaded now.
        trades=[trade for trade in result.trades if any(trade.case in joined for joined in cases.values())],
        problems=[problem for problem in result.problems if problem.severity is not ubl.Severity.INFORMATION],
    )


def _file(
    outcome: FileOutcome, cases: dict[UUID, list[Case]], waiting: dict[UUID, str], aside: dict[UUID, str]
) -> FileReport:
    uploaded = outcome.uploaded
    if uploaded is None:
        return FileReport(outcome.name, "refused", error=outcome.refused)
    joined = cases.get(uploaded.pk, [])
    fate: Fate = "joined" if joined else "set_aside" if uploaded.pk in aside else "waiting"
    says = waiting.get(uploaded.pk) or aside.get(uploaded.pk) or ""
    return FileReport(outcome.name, fate, uploaded, outcome.known, joined, says)
