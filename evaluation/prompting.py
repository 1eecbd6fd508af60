"""From observations to a conversation, and what happens when its prompt outgrows the budget.

The conversation is append-only: a turn adds the player's answer and what that answer brought, and nothing that was said
is said again. Overflow is never silent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from evaluation.players.protocol import Completion, Conversation, Message, Player
from exceptions.environment import ActionType, Observation, Rendering, render_text, task_text

#: Shared by every episode, so that its keys and values are computed once.
SYSTEM_TEXT = "You resolve supplier invoice exceptions. Answer with one JSON object."
#: An exchange that shows the form of an answer and nothing of any case.
_DEMONSTRATION = (
    Message("user", "Steps left: 12"),
    Message("assistant", f'{{"action_type": "{ActionType.INSPECT_INVOICE_LINE_ITEMS}"}}'),
)


class PromptPolicy(StrEnum):
    """What to do with a prompt of more tokens than the budget."""

    #: The episode ends with stop reason `prompt_budget_exceeded`.
    FAIL = "fail"
    #: The oldest turns after the first message are left out, whole.
    DROP_OLDEST_TURNS = "drop_oldest_turns"
    #: The rendered prompt is cut at the budget from the right, generation prompt included: the published run's fault.
    CUT_RIGHT = "cut_right"


class PromptBudgetExceeded(Exception):
    """The prompt has more tokens than the budget allows and the policy does not shorten it."""


@dataclass(frozen=True, slots=True)
class PromptSettings:
    """How an episode is put to its player.

    `budget` is in tokens of the player's own tokenizer. With a `demonstration` the system message holds the task, and
    one exchange before the case shows the form of an answer. A very small untrained model needs that: without it
    SmolLM2-135M writes prose up to its limit, with it one JSON object of some twelve tokens.
    """

    rendering: Rendering = "append_only"
    budget: int = 2048
    policy: PromptPolicy = PromptPolicy.FAIL
    demonstration: bool = False
    #: Answers are decoded under the grammar of valid actions, by players that can.
    constrained: bool = False

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> "PromptSettings":
        """From an episode's settings (`rendering`, `prompt_budget`, `prompt_policy`, `demonstration`, `constrained`).

        What is missing is the default.

        Raises:
            ValueError: there is no such policy.
        """
        default = cls()
        return cls(
            rendering=settings.get("rendering", default.rendering),
            budget=int(settings.get("prompt_budget", default.budget)),
            policy=PromptPolicy(settings.get("prompt_policy", default.policy)),
            demonstration=bool(settings.get("demonstration", default.demonstration)),
            constrained=bool(settings.get("constrained", default.constrained)),
        )

    def to_settings(self) -> dict[str, Any]:
        """As an episode's settings hold it, every field named: `from_settings` reads it back."""
        return {
            "rendering": self.rendering,
            "prompt_budget": self.budget,
            "prompt_policy": self.policy.value,
            "demonstration": self.demonstration,
            "constrained": self.constrained,
        }


def opening(observation: Observation, settings: PromptSettings) -> list[Message]:
    """The messages before the first answer; the last of them holds the invoice summary."""
    text = render_text(observation, settings.rendering)
    if settings.demonstration:
        text = text.removeprefix(task_text()).lstrip()
    return [*shared_opening(settings)[:-1], Message("user", text)]


def shared_opening(settings: PromptSettings) -> list[Message]:
    """How every conversation begins, whatever its case: what a player may compute ahead of the first one."""
    if settings.demonstration:
        return [Message("system", f"{SYSTEM_TEXT}\n{task_text()}"), *_DEMONSTRATION, Message("user", "")]
    return [Message("system", SYSTEM_TEXT), Message("user", task_text())]


def turn(answer: Completion | str, observation: Observation, rendering: Rendering) -> list[Message]:
    """The messages that one answer adds: itself, and what it brought."""
    if isinstance(answer, str):
        said = Message("assistant", answer)
    else:
        said = Message("assistant", answer.text, tuple(answer.token_ids), tuple(answer.logprobs))
    return [said, Message("user", render_text(observation, rendering))]


def within_budget(
    conversation: Conversation, player: Player, settings: PromptSettings
) -> tuple[Conversation, dict[str, Any]]:
    """The conversation as the player is given it this turn, and what had to be done to it (empty: nothing).

    Raises:
        PromptBudgetExceeded: it does not fit, and the policy is to fail or nothing is left to drop.
    """
    tokens = player.prompt_tokens(conversation)
    if tokens <= settings.budget:
        return conversation, {}
    found = {"policy": settings.policy.value, "tokens": tokens, "budget": settings.budget}
    match settings.policy:
        case PromptPolicy.CUT_RIGHT:
            return _with(conversation, conversation.messages, cut_prompt_at=settings.budget), found
        case PromptPolicy.DROP_OLDEST_TURNS:
            opened = len(shared_opening(settings))
            head, turns = conversation.messages[:opened], conversation.messages[opened:]
            dropped = 0
            # What the last action brought is never dropped: the player would not know that it had acted.
            while len(turns) > 2:
                turns = turns[2:]
                dropped += 1
                shortened = _with(conversation, head + turns)
                if player.prompt_tokens(shortened) <= settings.budget:
                    return shortened, found | {"dropped_turns": dropped}
    raise PromptBudgetExceeded(
        f"The prompt has {found['tokens']} tokens and the budget is {settings.budget}; "
        "choose a larger budget or another policy."
    )


def _with(conversation: Conversation, messages: list[Message], cut_prompt_at: int | None = None) -> Conversation:
    return replace(conversation, messages=messages, cut_prompt_at=cut_prompt_at)
