"""Traces as token ids with a loss weight for each: what the trainer reads.

Made of the same pieces as a rollout's transcript, so that what is trained on is what will be played.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from evaluation.play import Play
from evaluation.players.chat_tokens import ChatTokens
from evaluation.prompting import PromptSettings
from evaluation.transcripts import conversation_transcript
from training.recipes import SftRecipe
from training.traces import Trace

_DECISION: Final = re.compile(r'"(?:final_decision|exception_type)": "([a-z_]+)"')


@dataclass(frozen=True, slots=True)
class Example:
    """One trace: `ids`, and for each id the weight of its loss (0: none; the first can have none).

    `submit` and `decision` say which ids belong to the submit turn, and to its decision and type.
    """

    ids: tuple[int, ...]
    weights: tuple[float, ...]
    submit: tuple[bool, ...]
    decision: tuple[bool, ...]

    @property
    def weight(self) -> float:
        """Sum of the weights: an optimizer step's loss is divided by that of all its examples."""
        return sum(self.weights)


def example_of(chat: ChatTokens, trace: Trace, recipe: SftRecipe, *, drawn: random.Random) -> Example:
    """The trace as the recipe weighs it; `drawn` chooses which of its other turns are trained on."""
    play = Play.begin(trace.case, play_id=trace.case.id, prompt=PromptSettings(), played=trace.answers)
    transcript = conversation_transcript(chat, play.conversation.messages)
    length = len(transcript.ids)
    weights, submit, decision = [0.0] * length, [False] * length, [False] * length
    *others, (start, end) = transcript.answers
    for turn_start, turn_end in others:
        if drawn.random() < recipe.other_share:
            weights[turn_start:turn_end] = [recipe.other_weight] * (turn_end - turn_start)
    weights[start:end] = [recipe.submit_weight] * (end - start)
    submit[start:end] = [True] * (end - start)
    for at in _decision_tokens(chat, trace.answers[-1]):
        weights[start + at] *= recipe.decision_weight
        decision[start + at] = True
    return Example(transcript.ids, tuple(weights), tuple(submit), tuple(decision))


def examples_of(chat: ChatTokens, traces: Sequence[Trace], recipe: SftRecipe) -> list[Example]:
    """All of them; the same ones for the same recipe."""
    return [
        example_of(chat, trace, recipe, drawn=random.Random(f"{recipe.seed}/{number}/{trace.case.id}"))
        for number, trace in enumerate(traces)
    ]


def count_tokens(chat: ChatTokens, trace: Trace) -> int:
    """Length of a trace's transcript, in tokens."""
    messages = Play.begin(trace.case, play_id=trace.case.id, played=trace.answers).conversation.messages
    return len(conversation_transcript(chat, messages).ids)


def _decision_tokens(chat: ChatTokens, answer: str) -> list[int]:
    """Which tokens of a submit's text hold its decision and its type."""
    tokenizer: Any = chat.tokenizer
    encoded = tokenizer(answer, add_special_tokens=False, split_special_tokens=True, return_offsets_mapping=True)
    spans = [match.span(1) for match in _DECISION.finditer(answer)]
    return [
        at
        for at, (start, end) in enumerate(encoded["offset_mapping"])
        if any(start < span_end and end > span_start for span_start, span_end in spans)
    ]
