"""Reward schemes: what each step earns, in named parts."""

from collections.abc import Callable
from dataclasses import dataclass

from exceptions.environment.actions import Action
from exceptions.environment.case import GroundTruth
from exceptions.environment.dossier import Outcome
from exceptions.environment.grade import Grade
from exceptions.environment.state import EpisodeState
from exceptions.environment.vocabulary import COMPARISONS, ActionType

INVALID = -0.05
#: `seed-1`: the most that the second, third, fourth and any later time of an action can earn.
_REPEAT_CEILINGS = (-0.02, -0.05, -0.10, -0.15)
_GROUNDED_REPEAT = -0.02

Parts = dict[str, float]


@dataclass(frozen=True, slots=True)
class RewardScheme:
    """One way to reward.

    An action is repeated when one of its name was performed before, whatever type it proposes: otherwise ten
    proposals in a row would buy the right one.

    `rubric` names the rubric whose grade ends an episode. `investigate` rewards any valid action but the
    submit, as the `times`-th of its kind; `submit` and `timeout` turn the grade into parts.
    """

    name: str
    rubric: str
    investigate: Callable[[Action, Outcome, int, EpisodeState, GroundTruth | None], Parts]
    submit: Callable[[Grade, EpisodeState, GroundTruth], Parts]
    timeout: Callable[[Grade], Parts]


def _seed_investigate(
    action: Action, outcome: Outcome, times: int, state: EpisodeState, truth: GroundTruth | None
) -> Parts:
    kind = action.action_type
    if outcome.document is not None:
        base = 0.0 if times > 1 else 0.08 if outcome.suspects_duplicate else 0.05
    elif kind in COMPARISONS:
        base = 0.08 if outcome.discrepancies else 0.03
    elif kind is ActionType.PROPOSE_EXCEPTION_TYPE:
        # Without ground truth nothing can be said about a proposal, so it earns nothing.
        base = 0.10 if truth is not None and action.exception_type is truth.exception_type else 0.0
    else:
        base = 0.02 if state.findings else 0.0
    if times == 1:
        return {"base": base}
    ceiling = _REPEAT_CEILINGS[min(times, 5) - 2]
    return {"base": base, "repeat": round(min(ceiling, base) - base, 4)}


def _seed_submit(grade: Grade, state: EpisodeState, truth: GroundTruth) -> Parts:
    parts = {"base": grade.score}
    if len(state.revealed) < 2:
        parts["shortcut"] = -0.20
    resolution = state.resolution
    if resolution is not None and resolution.confidence is not None and resolution.confidence >= 0.8:
        parts["confidence"] = 0.05 if resolution.final_decision is truth.decision else -0.05
    return parts


def _seed_timeout(grade: Grade) -> Parts:
    return {"timeout": round(grade.score - 0.10, 4)}


def _grounded_investigate(
    action: Action, outcome: Outcome, times: int, state: EpisodeState, truth: GroundTruth | None
) -> Parts:
    return {"base": 0.0} if times == 1 else {"base": 0.0, "repeat": _GROUNDED_REPEAT}


def _grounded_submit(grade: Grade, state: EpisodeState, truth: GroundTruth) -> Parts:
    return {"base": grade.score}


def _grounded_timeout(grade: Grade) -> Parts:
    return {"timeout": 0.0}


REWARD_SCHEMES: dict[str, RewardScheme] = {
    scheme.name: scheme
    for scheme in (
        RewardScheme("seed-1", "seed-1", _seed_investigate, _seed_submit, _seed_timeout),
        RewardScheme("grounded-1", "grounded-1", _grounded_investigate, _grounded_submit, _grounded_timeout),
    )
}
