"""The episode: one case, one player, at most `max_steps` steps."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from exceptions.environment.actions import Action, InvalidAction, missing_part, read_action
from exceptions.environment.case import Case
from exceptions.environment.dossier import Outcome, dossier_of
from exceptions.environment.observation import Observation
from exceptions.environment.parsing import parse_action
from exceptions.environment.rewards import INVALID, REWARD_SCHEMES
from exceptions.environment.rubrics import grade
from exceptions.environment.state import EpisodeState, Resolution, StepRecord
from exceptions.environment.vocabulary import ActionType, Decision, StopReason

Played = Action | Mapping[str, Any] | str


class EpisodeOver(RuntimeError):
    """The episode has ended; start a new one with `reset`."""


class UnknownRewardScheme(ValueError):
    """There is no reward scheme of that name."""


class Environment:
    """Plays one case. The same case and the same actions give the same observations, rewards and grades.

    Usable at once; `reset` starts over. Not to be shared between threads.
    """

    def __init__(self, case: Case, rewards: str = "grounded-1") -> None:
        if rewards not in REWARD_SCHEMES:
            raise UnknownRewardScheme(
                f"there is no reward scheme {rewards!r}; choose one of {', '.join(REWARD_SCHEMES)}"
            )
        self.case = case
        self.scheme = REWARD_SCHEMES[rewards]
        self._dossier = dossier_of(case)
        self._state = EpisodeState(case.max_steps)

    @property
    def state(self) -> EpisodeState:
        """The running episode, live: later steps are appended to it. A reset leaves it alone and starts another."""
        return self._state

    def reset(self) -> Observation:
        """Start over; returns the first observation."""
        self._state = EpisodeState(self.case.max_steps)
        return self.observe(None)

    def observe(self, reward: float | None = None) -> Observation:
        """The observation of this moment, with the reward that its last step earned."""
        return Observation(self._dossier, self._state, self.scheme.rubric, reward)

    def step(self, action: Played) -> Observation:
        """Play one action: an `Action`, its decoded JSON object, or a model's raw text.

        What is no action is recorded as invalid and costs a step; it never raises.

        Raises:
            EpisodeOver: the episode has ended.
        """
        state = self._state
        if state.stop_reason is not None:
            raise EpisodeOver(f"the episode has ended ({state.stop_reason}); reset the environment to play again")
        raw = None
        try:
            if isinstance(action, Action):
                played = action
                reason = missing_part(played)
                if reason is not None:
                    raise InvalidAction(reason)
            elif isinstance(action, str):
                raw = action
                played = parse_action(action)
            else:
                played = read_action(action)
        except InvalidAction as error:
            return self._invalid(_sent(action), error.reason)
        if played.final_decision is not None and played.action_type is _SUBMIT:
            return self._submit(played, played.final_decision, raw)
        return self._investigate(played, raw)

    def end(self, stop_reason: StopReason) -> Observation:
        """End the episode from outside (budget, player error, cancelled): nothing was submitted, nothing is
        earned.

        Raises:
            EpisodeOver: it has ended already.
            ValueError: `submitted` and `out_of_steps` come from playing alone.
        """
        if self._state.stop_reason is not None:
            raise EpisodeOver(f"the episode has ended already ({self._state.stop_reason})")
        if stop_reason in (StopReason.SUBMITTED, StopReason.OUT_OF_STEPS):
            raise ValueError(f"an episode cannot be ended from outside as {stop_reason.value}")
        self._state.stop_reason = StopReason(stop_reason)
        return self.observe(0.0)

    @classmethod
    def replay(cls, case: Case, played: Iterable[Played], rewards: str = "grounded-1") -> "Environment":
        """An environment with these steps already played: for going on with a stored episode."""
        environment = cls(case, rewards)
        for action in played:
            environment.step(action)
        return environment

    def _investigate(self, action: Action, raw: str | None) -> Observation:
        state = self._state
        kind = action.action_type
        times = state.performed.get(kind, 0) + 1
        state.performed[kind] = times
        outcome = self._outcome(action)
        parts = self.scheme.investigate(action, outcome, times, state, self.case.ground_truth)
        result, revealed = outcome.result, outcome.document
        if times == 1:
            if revealed is not None:
                state.revealed.append(revealed)
            state.findings.extend(outcome.findings)
        elif kind not in _SAYS_SOMETHING_NEW:
            result, revealed = f"Done already in step {_first_time(state, kind)}; nothing new.", None
        step = StepRecord(
            len(state.steps) + 1, action, raw, None, result, revealed, outcome.discrepancies, None, parts, False
        )
        return self._record(step)

    def _outcome(self, action: Action) -> Outcome:
        state = self._state
        if action.action_type is _PROPOSE:
            state.proposed_type = action.exception_type
            return Outcome(f"Noted: {action.exception_type}", ())
        if action.action_type is _SUMMARIZE:
            listed = state.summarized
            state.summarized = len(state.findings)
            return Outcome(_summary(state.findings, listed), ())
        return self._dossier.outcome(action.action_type)

    def _submit(self, action: Action, decision: Decision, raw: str | None) -> Observation:
        state = self._state
        state.performed[_SUBMIT] = 1
        state.resolution = Resolution(
            decision, action.exception_type, action.evidence_references, action.explanation, action.confidence
        )
        state.stop_reason = StopReason.SUBMITTED
        number = len(state.steps) + 1
        return self._record(StepRecord(number, action, raw, None, f"Submitted: {decision}", None, (), None, {}, True))

    def _invalid(self, raw: str, reason: str) -> Observation:
        number = len(self._state.steps) + 1
        return self._record(StepRecord(number, None, raw, reason, "", None, (), None, {"base": INVALID}, False))

    def _record(self, step: StepRecord) -> Observation:
        """Append the step, end the episode when it was the last one, and add up its reward."""
        state = self._state
        state.steps.append(step)
        if state.stop_reason is None and step.number >= state.max_steps:
            state.stop_reason = StopReason.OUT_OF_STEPS
        if state.stop_reason is not None:
            step.done = True
            truth = self.case.ground_truth
            if truth is None:
                state.cumulative_reward = None
                return self.observe(None)
            given = grade(self.case, state, self.scheme.rubric)
            submitted = state.stop_reason is StopReason.SUBMITTED
            step.reward_parts.update(
                self.scheme.submit(given, state, truth) if submitted else self.scheme.timeout(given)
            )
        step.reward = round(sum(step.reward_parts.values()), 4)
        state.cumulative_reward = round((state.cumulative_reward or 0.0) + step.reward, 4)
        return self.observe(step.reward)


_SUBMIT = ActionType.SUBMIT_FINAL_RESOLUTION
_PROPOSE = ActionType.PROPOSE_EXCEPTION_TYPE
_SUMMARIZE = ActionType.SUMMARIZE_FINDINGS
#: Repeating these is not always idle: another type, or findings that are new since.
_SAYS_SOMETHING_NEW = (_PROPOSE, _SUMMARIZE)


def _first_time(state: EpisodeState, kind: ActionType) -> int:
    return next(step.number for step in state.steps if step.action is not None and step.action.action_type is kind)


def _summary(findings: list[str], listed: int) -> str:
    """The findings that no summary has listed yet, numbered."""
    if listed == len(findings):
        return "No new findings." if listed else "No findings yet."
    return "\n".join(f"{number}. {findings[number - 1]}" for number in range(listed + 1, len(findings) + 1))


def _sent(action: Played) -> str:
    """What was sent, whole: played again it has to be invalid again. Callers bound what they accept."""
    if isinstance(action, str):
        return action
    return json.dumps(action.to_dict() if isinstance(action, Action) else action, default=_as_object)


def _as_object(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)
