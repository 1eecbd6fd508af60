"""What can be chosen and done: options, and the buttons of the environment's actions."""

from dataclasses import dataclass
from typing import Literal

ActionState = Literal["open", "done", "closed"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One option: what the server gets, what the reader sees, and the key that picks it."""

    value: str
    name: str
    key: str = ""
    hint: str = ""
    selected: bool = False


@dataclass(frozen=True, slots=True)
class ActionButton:
    """One action of the environment.

    `done` actions link to what they showed (`href`, e.g. `#order`) and do not act again; `closed` ones cannot
    be taken any more (the episode is over). `step` is the step that did it.
    """

    action_type: str
    name: str
    key: str
    state: ActionState = "open"
    href: str = ""
    step: int | None = None
