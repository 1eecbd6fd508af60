"""Observations as text for language models.

`append_only`: the first message holds the task and the invoice summary, every later one only what the last
action added. `cumulative` repeats everything in every turn, as the published run did; for reproduction and
the benchmark only.
"""

from collections.abc import Callable
from typing import Literal

from exceptions.environment.observation import Observation
from exceptions.environment.vocabulary import INVESTIGATIONS, ActionType, Decision, ExceptionType

Rendering = Literal["append_only", "cumulative"]

_TASK = "\n".join(
    (
        'You resolve supplier invoice exceptions. Reply with one JSON object: {"action_type": "..."}',
        f"Actions: {' '.join(INVESTIGATIONS)}",
        "propose_exception_type (exception_type)",
        "submit_final_resolution (final_decision, exception_type, evidence_references: list of actions performed,"
        " explanation: the deciding figures, confidence: 0 to 1) ends the case",
        f"final_decision: {' '.join(Decision)}",
        f"exception_type: {' '.join(ExceptionType)}",
    )
)


def task_text() -> str:
    """The task: the rules, the actions and their JSON form. The same for every case."""
    return _TASK


def render_text(observation: Observation, rendering: Rendering = "append_only") -> str:
    """The user message of a turn.

    Raises:
        ValueError: there is no such rendering.
    """
    if rendering not in _RENDER:
        raise ValueError(f"there is no rendering {rendering!r}; choose one of {', '.join(_RENDER)}")
    # Papers are written by strangers: a note must not be able to close a turn of the chat template.
    return _RENDER[rendering](observation).replace("<|", "< |")


def _append_only(observation: Observation) -> str:
    if observation.steps_taken == 0:
        return "\n".join((_TASK, _case(observation), _outlook(observation)))
    return "\n".join((_last(observation), _outlook(observation)))


def _case(observation: Observation) -> str:
    return f"Case {observation.case_reference}. {observation.invoice_summary_text}"


def _last(observation: Observation) -> str:
    if observation.last_error is None:
        return observation.last_result
    return f"Invalid: {observation.last_error}\nActions: {' '.join(ActionType)}"


def _outlook(observation: Observation) -> str:
    if observation.done:
        return "The case is closed."
    left = observation.remaining_steps
    return "\n".join((f"{left} {'step' if left == 1 else 'steps'} left", *observation.warnings))


def _cumulative(observation: Observation) -> str:
    parts = [_TASK, _case(observation)]
    for name, text in observation.revealed_texts.items():
        parts.append(f"[{name}]\n{text}")
    findings = [f"{number}. {finding}" for number, finding in enumerate(observation.findings, start=1)]
    parts.append("\n".join(("Findings so far:", *(findings or ["none"]))))
    if observation.steps_taken:
        parts.append(f"Last result:\n{_last(observation)}")
    parts.append(_outlook(observation))
    return "\n".join(parts)


_RENDER: dict[str, Callable[[Observation], str]] = {"append_only": _append_only, "cumulative": _cumulative}
