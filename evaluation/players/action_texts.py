"""Actions as the JSON text that a player answers with."""

import json
from collections.abc import Sequence
from typing import Final

from exceptions.environment import Action

#: The order in which the task prints the fields of an action.
TASK_ORDER: Final = (
    "action_type",
    "final_decision",
    "exception_type",
    "evidence_references",
    "explanation",
    "confidence",
)


def action_text(action: Action, order: Sequence[str] = TASK_ORDER) -> str:
    """The action as JSON text, its fields in this order (that of the task, unless another one is asked for).

    Raises:
        ValueError: the order leaves out a field that the action has.
    """
    said = action.to_dict()
    if left_out := sorted(set(said) - set(order)):
        raise ValueError(f"the order of fields leaves out {', '.join(left_out)}")
    return json.dumps({name: said[name] for name in order if name in said}, ensure_ascii=False)
