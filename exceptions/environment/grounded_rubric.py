"""The rubric `grounded-1`: what is claimed must have been looked at."""

from exceptions.environment.case import Case, GroundTruth
from exceptions.environment.dossier import dossier_of
from exceptions.environment.grade import Marks, Rubric, decision_credit
from exceptions.environment.grounding import Facts, Mention, facts, holds, mentions
from exceptions.environment.state import EpisodeState
from exceptions.environment.vocabulary import COMPARISONS, REVEALS

GROUNDED_WEIGHTS = {
    "decision": 0.40,
    "exception_type": 0.20,
    "evidence": 0.15,
    "explanation": 0.15,
    "efficiency": 0.10,
}
#: Steps beyond the required actions that cost nothing: the submit and three looks around.
FREE_STEPS = 4


def _mark(case: Case, truth: GroundTruth, state: EpisodeState) -> Marks:
    resolution = state.resolution
    right = resolution is not None and resolution.final_decision is truth.decision
    evidence, evidence_note = _evidence(truth, state)
    explanation, explanation_note = _explanation(case, truth, state)
    criteria = {
        "decision": decision_credit(truth, state),
        "exception_type": float(resolution is not None and resolution.exception_type is truth.exception_type),
        "evidence": evidence,
        "explanation": explanation,
        "efficiency": _efficiency(truth, state),
    }
    notes = {
        "decision": "nothing was submitted" if resolution is None else f"submitted {resolution.final_decision}",
        "exception_type": f"submitted {(resolution and resolution.exception_type) or 'none'}",
        "evidence": evidence_note,
        "explanation": explanation_note,
        "efficiency": f"{len(state.steps)} of {state.max_steps} steps, {state.repeats} repeated",
    }
    if right:
        return Marks(criteria, notes, {})
    notes["decision"] += "; the other criteria count half"
    return Marks(criteria, notes, {name: 0.5 for name in criteria if name != "decision"})


def _evidence(truth: GroundTruth, state: EpisodeState) -> tuple[float, str]:
    cited = set() if state.resolution is None else set(state.resolution.evidence_references)
    performed = state.performed
    credit = sum((1.0 if action in cited else 0.5) if action in performed else 0.0 for action in truth.evidence) / len(
        truth.evidence
    )
    unfounded = sorted(name for name in cited if name not in performed)
    proven = sum(action in cited and action in performed for action in truth.evidence)
    note = f"{proven} of {len(truth.evidence)} required actions performed and cited"
    if unfounded:
        note += f"; cited but never performed: {', '.join(unfounded[:5])}"
    return max(0.0, credit - 0.25 * len(unfounded)), note


def known_facts(case: Case, state: EpisodeState) -> Facts:
    """All numbers, dates and identifiers that the invoice summary and the performed actions brought to light."""
    dossier = dossier_of(case)
    looked_at = (action for action in state.performed if action in REVEALS or action in COMPARISONS)
    return dossier.facts(None).union(*map(dossier.facts, looked_at))


def _explanation(case: Case, truth: GroundTruth, state: EpisodeState) -> tuple[float, str]:
    named = [] if state.resolution is None else mentions(state.resolution.explanation)
    if not named:
        return 0.0, "no number or identifier"
    known = known_facts(case, state)
    grounded = [mention for mention in named if holds(mention, known)]
    share = len(grounded) / len(named)
    decisive = dossier_of(case).decisive_facts(truth)
    hit = not decisive or _names_one(grounded, decisive)
    note = f"{len(grounded)} of {len(named)} figures and numbers occur in what was revealed"
    return (share, note) if hit else (share * 0.5, f"{note}; none is decisive for a key finding")


def _names_one(grounded: list[Mention], decisive: Facts) -> bool:
    direct = any(not decisive.isdisjoint(reading) for mention in grounded for reading in mention)
    return direct or not decisive.isdisjoint(facts(grounded))


def _efficiency(truth: GroundTruth, state: EpisodeState) -> float:
    if state.resolution is None:
        return 0.0
    free = len(truth.evidence) + FREE_STEPS
    used = len(state.steps)
    level = 1.0 if used <= free else max(0.0, (state.max_steps - used) / (state.max_steps - free))
    return max(0.0, level - 0.1 * state.repeats)


GROUNDED = Rubric("grounded-1", GROUNDED_WEIGHTS, _mark)
