"""The rubric `seed-1`: the one the published results were made with, faults included."""

import re
from collections.abc import Iterable

from exceptions.environment.case import Case, GroundTruth
from exceptions.environment.dossier import dossier_of
from exceptions.environment.grade import Marks, Rubric, added, decision_credit
from exceptions.environment.state import EpisodeState

SEED_WEIGHTS = {
    "decision": 0.35,
    "exception_type": 0.20,
    "evidence": 0.15,
    "investigation": 0.10,
    "explanation": 0.10,
    "efficiency": 0.10,
}
_DIGIT = re.compile(r"\d")
_RULE_WORDS = ("policy", "tolerance", "threshold", "escalat", "within")
_VERDICT_WORDS = (
    "approve",
    "reject",
    "hold",
    "escalat",
    "duplicate",
    "mismatch",
    "variance",
    "discrepancy",
    "match",
)


def _mark(case: Case, truth: GroundTruth, state: EpisodeState) -> Marks:
    resolution = state.resolution
    explanation = "" if resolution is None else resolution.explanation
    checks = explanation_checks(explanation, dossier_of(case).finding_words(truth))
    criteria = {
        "decision": decision_credit(truth, state),
        "exception_type": _exception_type(truth, state),
        "evidence": _evidence(truth, state),
        "investigation": _investigation(truth, state),
        "explanation": sum(checks.values()) / len(checks) if explanation.strip() else 0.0,
        "efficiency": _efficiency(state),
    }
    missed = [name for name, met in checks.items() if not met]
    notes = {
        "decision": "nothing was submitted" if resolution is None else f"submitted {resolution.final_decision}",
        "exception_type": _type_note(state),
        "evidence": _evidence_note(truth, state),
        "investigation": f"{len(state.revealed)} documents revealed",
        "explanation": "all checks met" if not missed else f"missing: {', '.join(missed)}",
        "efficiency": f"{len(state.steps)} of {state.max_steps} steps, {state.repeats} repeated",
    }
    return Marks(criteria, notes, {})


def _exception_type(truth: GroundTruth, state: EpisodeState) -> float:
    submitted = None if state.resolution is None else state.resolution.exception_type
    if submitted is truth.exception_type:
        return 1.0
    if state.proposed_type is not truth.exception_type:
        return 0.0
    return 0.3 if submitted is None else 0.5


def _type_note(state: EpisodeState) -> str:
    submitted = None if state.resolution is None else state.resolution.exception_type
    proposed = state.proposed_type
    return f"submitted {submitted or 'none'}, last proposed {proposed or 'none'}"


def _evidence(truth: GroundTruth, state: EpisodeState) -> float:
    cited = () if state.resolution is None else state.resolution.evidence_references
    credit = added(1.0 if action in cited else 0.7 if action in state.performed else 0.0 for action in truth.evidence)
    return credit / len(truth.evidence)


def _evidence_note(truth: GroundTruth, state: EpisodeState) -> str:
    cited = () if state.resolution is None else state.resolution.evidence_references
    found = sum(action in cited for action in truth.evidence)
    return f"{found} of {len(truth.evidence)} required actions cited"


def _investigation(truth: GroundTruth, state: EpisodeState) -> float:
    performed = sum(state.performed.get(action, 0) for action in truth.evidence)
    return min(1.0, min(1.0, performed / len(truth.evidence)) + min(0.3, 0.15 * len(state.revealed)))


def explanation_checks(explanation: str, finding_words: Iterable[frozenset[str]]) -> dict[str, bool]:
    """The five checks of `seed-1`, by what an explanation that fails one is missing.

    `finding_words` are the lower-cased, space-separated words of each key finding.
    """
    lowered = explanation.lower()
    words = lowered.split()
    return {
        "a digit": _DIGIT.search(explanation) is not None,
        "a rule": any(word in lowered for word in _RULE_WORDS),
        "a verdict": any(word in lowered for word in _VERDICT_WORDS),
        "eight words": len(words) >= 8,
        "a key finding": any(len(finding.intersection(words)) >= 2 for finding in finding_words),
    }


def _efficiency(state: EpisodeState) -> float:
    share = len(state.steps) / state.max_steps
    level = 1.0 if share <= 0.5 else 0.8 if share <= 0.75 else 0.5 if share <= 1.0 else 0.2
    return max(0.0, level - min(0.4, 0.1 * state.repeats))


SEED = Rubric("seed-1", SEED_WEIGHTS, _mark)
