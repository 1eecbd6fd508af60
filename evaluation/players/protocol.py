"""The one protocol between an episode and whoever plays it.

A player is given a batch of conversations and returns a batch of completions, in the same order. A batch of one and
a batch of many are the same call, so that batching changes no caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Protocol, runtime_checkable

from exceptions.environment import GroundTruth, Observation

Role = Literal["system", "user", "assistant"]
CompletionStop = Literal["turn_end", "length"]


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message."""

    role: Role
    content: str
    #: The ids that a model sampled for this assistant message: its next prompt keeps them instead of tokenizing again.
    token_ids: tuple[int, ...] = ()
    #: Of each of them, 0 for one that a grammar forced; empty where `token_ids` is.
    logprobs: tuple[float, ...] = ()


@dataclass(slots=True)
class Conversation:
    """One episode as its player sees it.

    `messages` is append-only: what a turn was shown is a prefix of what the next turn is shown. `id` is stable for the
    whole episode, so that a player may keep state (a KV cache) by it between the turns.
    """

    id: str
    messages: list[Message]
    observation: Observation
    #: Filled in only for a player that declares `reads_ground_truth`; None for every other player.
    ground_truth: GroundTruth | None = None
    seed: int = 0
    #: The rendered prompt is cut after this many tokens, generation prompt included (the budget policy `cut_right`).
    cut_prompt_at: int | None = None
    #: Answers are valid actions and nothing else, where a player can see to that (local models can).
    constrained: bool = False


@dataclass(frozen=True, slots=True)
class Completion:
    """What a player answered, and what it cost.

    `prompt_tokens` counts the whole prompt the answer was conditioned on, `computed_tokens` those of them that had to
    be computed for this turn (the rest came from a cache). Scripts report 0 tokens. `latency` is in seconds.
    """

    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    computed_tokens: int = 0
    latency: float = 0.0
    stop: CompletionStop = "turn_end"
    token_ids: Sequence[int] = field(default_factory=tuple)
    #: Of each token, exactly 0 for one that was not sampled because a grammar left no choice.
    logprobs: Sequence[float] = field(default_factory=tuple)
    #: In US dollars; None for a player that has no price.
    price: Decimal | None = None
    #: Why there is no answer, for a player that fails one conversation of a batch; empty when there is one.
    failure: str = ""

    @property
    def forced_tokens(self) -> int:
        """How many of the completion's tokens a grammar forced."""
        return sum(logprob == 0 for logprob in self.logprobs)


class PlayerError(Exception):
    """A player that cannot play: says what is missing or broken and what to do about it."""


class Player(Protocol):
    """Answers conversations; keeps state by conversation id between turns until `release`."""

    name: str
    reads_ground_truth: bool

    def complete(self, conversations: Sequence[Conversation]) -> list[Completion]:
        """One completion per conversation, in order. One with a `failure` ends its own episode only.

        Raises:
            PlayerError: the player cannot answer at all (model missing, nothing installed).
        """
        ...

    def prompt_tokens(self, conversation: Conversation) -> int:
        """How many tokens the conversation's next prompt has, uncut; 0 for a player that reads no tokens."""
        ...

    def release(self, conversation_ids: Sequence[str]) -> None:
        """Forget what was kept for these conversations; unknown ids are ignored."""
        ...


@runtime_checkable
class HoldsTokens(Protocol):
    """A player that keeps the tokens of open conversations in memory, and so many at most."""

    @property
    def max_tokens_in_flight(self) -> int: ...
