"""What is a pure function of a case, computed once: the result of every action that investigates."""

import threading
from dataclasses import dataclass
from typing import Any

from exceptions.environment.case import Case, GroundTruth
from exceptions.environment.documents import REVEAL, Document, invoice_summary, invoice_summary_text
from exceptions.environment.grounding import Facts, facts, mentions
from exceptions.environment.matching import (
    Comparison,
    Discrepancy,
    compare_price,
    compare_quantity,
    compare_totals,
)
from exceptions.environment.vocabulary import REVEALS, ActionType, DocumentName

_COMPARE = {
    ActionType.COMPARE_QUANTITY: (compare_quantity, "Quantity"),
    ActionType.COMPARE_PRICE: (compare_price, "Price"),
    ActionType.COMPARE_TOTALS: (compare_totals, "Totals"),
}
#: Enough for a batch of episodes; a dossier is about as large as its case.
_KEPT = 256


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one action says on one case, the first time."""

    result: str
    findings: tuple[str, ...]
    document: DocumentName | None = None
    discrepancies: tuple[Discrepancy, ...] = ()
    #: The duplicate check found similar or processed invoices.
    suspects_duplicate: bool = False


@dataclass(frozen=True, slots=True)
class KeyFindings:
    """What follows from the key findings of a ground truth."""

    truth: GroundTruth
    decisive: Facts
    words: tuple[frozenset[str], ...]


class Dossier:
    """One case with the texts and figures that follow from it, each made when first asked for."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.reference = case.opaque_reference
        self._documents: dict[DocumentName, Document] = {}
        self._outcomes: dict[ActionType, Outcome] = {}
        self._facts: dict[ActionType | None, Facts] = {}
        self._key: KeyFindings | None = None
        self._summary: dict[str, Any] | None = None

    @property
    def invoice_summary(self) -> dict[str, Any]:
        """Structured, a fresh copy."""
        if self._summary is None:
            self._summary = invoice_summary(self.case)
        return dict(self._summary)

    @property
    def invoice_summary_text(self) -> str:
        return invoice_summary_text(self.case)

    def document(self, name: DocumentName) -> Document:
        """A document as its inspection reveals it."""
        if name not in self._documents:
            self._documents[name] = REVEAL[name](self.case)
        return self._documents[name]

    def outcome(self, action: ActionType) -> Outcome:
        """What an inspection or a comparison says."""
        outcome = self._outcomes.get(action)
        if outcome is None:
            outcome = self._outcomes[action] = self._make_outcome(action)
        return outcome

    def facts(self, action: ActionType | None) -> Facts:
        """The numbers, dates and identifiers that an action brings to light; None stands for the invoice summary."""
        known = self._facts.get(action)
        if known is None:
            text = self.invoice_summary_text if action is None else self.outcome(action).result
            known = self._facts[action] = facts(mentions(text))
        return known

    def decisive_facts(self, truth: GroundTruth) -> Facts:
        """The facts of the key findings, one of which an explanation has to name.

        What the invoice summary gives away is decisive only for a finding that names nothing else.
        """
        return self._key_findings(truth).decisive

    def finding_words(self, truth: GroundTruth) -> tuple[frozenset[str], ...]:
        """The lower-cased, space-separated words of each key finding."""
        return self._key_findings(truth).words

    def _key_findings(self, truth: GroundTruth) -> KeyFindings:
        if self._key is None or self._key.truth is not truth:
            given = self.facts(None)
            decisive: Facts = frozenset()
            for finding in truth.key_findings:
                named = facts(mentions(finding))
                decisive |= named - given or named
            words = tuple(frozenset(finding.lower().split()) for finding in truth.key_findings)
            self._key = KeyFindings(truth, decisive, words)
        return self._key

    def _make_outcome(self, action: ActionType) -> Outcome:
        name = REVEALS.get(action)
        if name is not None:
            document = self.document(name)
            history = self.case.history
            suspects = name is DocumentName.DUPLICATE_CHECK and bool(
                history.similar_invoices or history.processed_invoices
            )
            return Outcome(document.text, (document.finding,), name, suspects_duplicate=suspects)
        compare, subject = _COMPARE[action]
        comparison: Comparison = compare(self.case)
        findings = tuple(f"{subject}: {discrepancy.finding}" for discrepancy in comparison.discrepancies)
        return Outcome("\n".join(comparison.lines), findings, discrepancies=tuple(comparison.discrepancies))


_dossiers: dict[int, Dossier] = {}
_evicting = threading.Lock()


def dossier_of(case: Case) -> Dossier:
    """The dossier of this very case object, kept for the most recent cases.

    Kept by identity: comparing cases field by field would cost more than it saves, and a kept dossier holds
    its case, so that the identity cannot be given to another one meanwhile.
    """
    dossier = _dossiers.get(id(case))
    if dossier is None or dossier.case is not case:
        dossier = Dossier(case)
        with _evicting:
            while len(_dossiers) >= _KEPT:
                del _dossiers[next(iter(_dossiers))]
            _dossiers[id(case)] = dossier
    return dossier
