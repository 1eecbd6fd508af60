"""The script players: permanent rows of every leaderboard, because a score means nothing without them.

A script is a pure function from a conversation to an action. It keeps nothing between turns, so any worker
can go on with any episode.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evaluation.players.action_texts import action_text
from evaluation.players.blind import constant_action, investigator_action, random_action
from evaluation.players.expert import expert_action
from evaluation.players.keyword_rules import keyword_action
from evaluation.players.protocol import Completion, Conversation, PlayerError
from evaluation.players.three_way_match import three_way_match_action
from exceptions.catalogue import CONSTANT_ANSWERS
from exceptions.environment import Action, Decision, ExceptionType

Script = Callable[[Conversation], Action]

_CONSTANT = "constant:"

#: The scripts that stand on every leaderboard: name → what it does, in one line.
SCRIPT_PLAYERS: dict[str, str] = {
    "expert": "Reads the ground truth, looks at what proves it and explains it: the ceiling.",
    "three-way-match": "Matches the figures of order, receipt and invoice, reads no text: what an ERP does.",
    "keyword": "Goes by the first alarming word in notes and comments.",
    **{
        f"{_CONSTANT}{decision}/{exception_type}": "The same five inspections, then always this answer: a floor."
        for decision, exception_type in CONSTANT_ANSWERS
    },
    "investigator": "Inspects everything again and again and never submits.",
    "random": "Picks any action and any answer at random, the same ones for the same seed.",
}

_SCRIPTS: dict[str, Script] = {
    "expert": expert_action,
    "three-way-match": three_way_match_action,
    "keyword": keyword_action,
    "investigator": investigator_action,
    "random": random_action,
}


class UnknownScript(PlayerError):
    """There is no script player of that name."""


@dataclass(slots=True)
class ScriptPlayer:
    """A script behind the one player protocol. It costs no tokens."""

    name: str
    script: Script
    reads_ground_truth: bool = False

    def complete(self, conversations: Sequence[Conversation]) -> list[Completion]:
        """One action as JSON text per conversation, in order.

        Raises:
            PlayerError: a conversation lacks what the script reads.
        """
        return [Completion(text=action_text(self.script(conversation))) for conversation in conversations]

    def prompt_tokens(self, conversation: Conversation) -> int:
        """None: a script reads the structured observation."""
        return 0

    def release(self, conversation_ids: Sequence[str]) -> None:
        """Nothing to forget: scripts keep nothing."""


def script_player(name: str) -> ScriptPlayer:
    """The script of that name; `constant:<decision>/<exception type>` takes any answer.

    Raises:
        UnknownScript: there is no such script, or no such answer.
    """
    if name.startswith(_CONSTANT):
        return ScriptPlayer(name, _constant(name))
    if name not in _SCRIPTS:
        raise UnknownScript(f"there is no script player {name!r}; choose one of {', '.join(SCRIPT_PLAYERS)}")
    return ScriptPlayer(name, _SCRIPTS[name], reads_ground_truth=name == "expert")


def _constant(name: str) -> Script:
    decision, _, exception_type = name.removeprefix(_CONSTANT).partition("/")
    try:
        return constant_action(Decision(decision), ExceptionType(exception_type))
    except ValueError as error:
        raise UnknownScript(f"{name!r}: {error}; write {_CONSTANT}<decision>/<exception type>") from error
