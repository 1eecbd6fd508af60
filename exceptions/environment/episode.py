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
from exceptions.environment.vocabulary import ActionType, StopReason

#: So much of what a player wrote is recorded with a step, in characters.
MAX_RAW = 20_000

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
            raise EpisodeOver(
                f"the episode has ended ({state.stop_reason}); reset the environment to play again"
            )
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
            return self._invalid(_sent(action) if raw is None else raw, error.reason)
        if played.action_type is ActionType.SUBMIT_FINAL_RESOLUTION:
            return self._submit(played, raw)
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
        times = state.performed[kind] + 1
        state.performed[kind] = times
        if kind is ActionType.PROPOSE_EXCEPTION_TYPE:
            state.proposed_type = action.exception_type
            outcome = Outcome(f"Noted: {action.exception_type}", ())
        elif kind is ActionType.SUMMARIZE_FINDINGS:
            outcome = Outcome(_summary(state.findings), ())
        else:
            outcome = self._dossier.outcome(kind)
        parts = self.scheme.investigate(action, outcome, times, state, self.case.ground_truth)
        if times == 1 and outcome.findings:
            if outcome.document is not None:
                state.revealed.append(outcome.document)
            state.findings.extend(outcome.findings)
        result = outcome.result
        return self._record(action, raw, None, result, outcome, parts)

    def _submit(self, action: Action, raw: str | None) -> Observation:
        state = self._state
        decision = action.final_decision
        if decision is None:
            raise InvalidAction("a submit without a decision")
        state.performed[action.action_type] += 1
        state.resolution = Resolution(
            decision, action.exception_type, action.evidence_references, action.explanation, action.confidence
        )
        state.stop_reason = StopReason.SUBMITTED
        return self._record(action, raw, None, f"Submitted: {decision}", _NOTHING, {})

    def _invalid(self, raw: str, reason: str) -> Observation:
        if len(raw) > MAX_RAW:
            raw = f"{raw[:MAX_RAW]}… [{len(raw) - MAX_RAW} more characters]"
        return self._record(None, raw, reason, "", _NOTHING, {"base": INVALID})

    def _record(
        self,
        action: Action | None,
        raw: str | None,
        error: str | None,
        result: str,
        outcome: Outcome,
        parts: dict[str, float],
    ) -> Observation:
        state = self._state
        number = len(state.steps) + 1
        step = StepRecord(
            number, action, raw, error, result, outcome.document, outcome.discrepancies, None, parts, False
        )
        state.steps.append(step)
        if state.stop_reason is None and number >= state.max_steps:
            state.stop_reason = StopReason.OUT_OF_STEPS
        graded = True
        if state.stop_reason is not None:
            step.done = True
            truth = self.case.ground_truth
            if truth is None:
                graded = False
            else:
                given = grade(self.case, state, self.scheme.rubric)
                if state.stop_reason is StopReason.SUBMITTED:
                    parts.update(self.scheme.submit(given, state, truth))
                else:
                    parts.update(self.scheme.timeout(given))
        if graded and state.cumulative_reward is not None:
            step.reward = round(sum(parts.values()), 4)
            state.cumulative_reward = round(state.cumulative_reward + step.reward, 4)
        else:
            state.cumulative_reward = None
        return self.observe(step.reward)


_NOTHING = Outcome("", ())


def _summary(findings: list[str]) -> str:
    if not findings:
        return "No findings yet."
    return "\n".join(f"{number}. {finding}" for number, finding in enumerate(findings, start=1))


def _sent(action: Played) -> str:
    if isinstance(action, Action):
        return json.dumps(action.to_dict())
    return json.dumps(action, default=str)[: MAX_RAW + 1]
