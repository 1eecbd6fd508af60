"""Observations as text for language models.

`append_only`: the first message holds the task and the invoice summary, every later one only what the last action
added. `cumulative` repeats everything in every turn, as the published run did; for reproduction and the benchmark only.
"""

from typing import Literal

from exceptions.environment.observation import Observation
from exceptions.environment.vocabulary import ActionType, Decision, ExceptionType

Rendering = Literal["append_only", "cumulative"]

_TASK = f"""Resolve the exception on a supplier invoice. Answer each turn with one JSON object only: {{"action_type": "..."}}
Actions: {", ".join(action for action in ActionType if action is not ActionType.SUBMIT_FINAL_RESOLUTION)} (add "exception_type").
Finish with {{"action_type": "submit_final_resolution", "final_decision": "...", "exception_type": "...", "evidence_references": [actions you performed that prove it], "explanation": "figures and document numbers that decide", "confidence": 0 to 1}}
final_decision: {", ".join(Decision)}
exception_type: {", ".join(ExceptionType)}"""


def task_text() -> str:
    """The task: the rules, the actions and their JSON form. The same for every case."""
    return _TASK


def render_text(observation: Observation, rendering: Rendering = "append_only") -> str:
    """The user message of a turn.

    Raises:
        ValueError: there is no such rendering.
    """
    match rendering:
        case "append_only":
            return _append_only(observation)
        case "cumulative":
            return _cumulative(observation)
    raise ValueError(f"there is no rendering {rendering!r}; choose append_only or cumulative")


def _append_only(observation: Observation) -> str:
    if observation.steps_taken == 0:
        return "\n".join((_TASK, "", _case(observation), _outlook(observation)))
    return "\n".join((_last(observation), _outlook(observation)))


def _case(observation: Observation) -> str:
    return f"Case {observation.case_reference}. {observation.invoice_summary_text}"


def _last(observation: Observation) -> str:
    if observation.last_error is None:
        return observation.last_result
    return f"Invalid: {observation.last_error}\nActions: {', '.join(ActionType)}"


def _outlook(observation: Observation) -> str:
    if observation.done:
        return "The case is closed."
    return "\n".join((f"Steps left: {observation.remaining_steps}", *observation.warnings))


def _cumulative(observation: Observation) -> str:
    parts = [_TASK, "", _case(observation)]
    for name, text in observation.revealed_texts.items():
        parts.append(f"[{name}]\n{text}")
    findings = [f"{number}. {finding}" for number, finding in enumerate(observation.findings, start=1)]
    parts.append("\n".join(("Findings so far:", *(findings or ["none"]))))
    if observation.steps_taken:
        parts.append(f"Last result:\n{_last(observation)}")
    parts.append(_outlook(observation))
    return "\n".join(parts)
