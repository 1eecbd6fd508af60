"""Episodes of local models, and transformers' own answers to hold them against."""

from collections.abc import Callable
from typing import Any

from evaluation.devices import import_torch
from evaluation.play import Play, PlayedStep, play_batch
from evaluation.players.local_model import LocalModelPlayer
from evaluation.players.protocol import Player

# Before a test module imports torch by itself: only so do its threads wait without spinning.
torch = import_torch()

#: What the fixture `tiny` makes players with.
TinyPlayer = Callable[..., LocalModelPlayer]


def play_turns(play: Play, player: Player, turns: int) -> list[PlayedStep]:
    """Play at most so many turns of an episode; its steps."""
    steps: list[PlayedStep] = []

    def on_step(_play: Play, step: PlayedStep) -> None:
        steps.append(step)

    play_batch([play], player, on_step=on_step, should_stop=lambda: len(steps) == turns)
    return steps


def generate(model: Any, prompt: list[int], max_new_tokens: int) -> tuple[int, ...]:
    """What `model.generate` answers greedily, the whole prompt encoded at once and no cache kept from before."""
    ids = torch.tensor([prompt])
    answered = model.generate(
        input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=max_new_tokens
    )
    return tuple(int(token) for token in answered[0, len(prompt) :])
