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
from training.reasoning import conclusion_in, texts_in, verdicts_in
from training.recipes import SftRecipe
from training.traces import Trace

_EXPLANATION: Final = re.compile(r'"explanation": "((?:[^"\\]|\\.)*)"')
_ACTION: Final = re.compile(r'\{"action_type": "([a-z_]+)"')
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
    parts = _Parts.of(chat, trace.answers[-1])
    if trace.drill:
        trained = parts.trained_in_a_drill
        length = start + max(trained, default=-1) + 1
    else:
        trained = list(range(end - start))
        if recipe.worksheet:
            trained = [*parts.left_open, *trained[parts.conclusion.start :]]
        for turn_start, turn_end in others:
            if drawn.random() < recipe.other_share:
                weights[turn_start:turn_end] = [recipe.other_weight] * (turn_end - turn_start)
    for at in trained:
        weights[start + at], submit[start + at] = recipe.submit_weight, True
    first = transcript.answers[-1][0]
    for at in (*parts.gists, *parts.verdicts):
        weights[first + at] *= recipe.gist_weight
    for at in parts.conclusion:
        weights[first + at] *= recipe.finding_weight
    for at in parts.decision:
        weights[first + at] *= recipe.decision_weight
        decision[first + at] = True
    return Example(transcript.ids[:length], tuple(weights[:length]), tuple(submit[:length]), tuple(decision[:length]))


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


@dataclass(frozen=True, slots=True)
class _Parts:
    """Tokens of a submit's text, where the explanation is a reasoned one: of the action's name; of each text's gist and
    all that is said of it; of verdicts on two figures; of the conclusion; of decision and type; and how many there are
    up to the end of these.
    """

    action: range
    gists: tuple[int, ...]
    meanings: tuple[int, ...]
    verdicts: tuple[int, ...]
    conclusion: range
    decision: tuple[int, ...]
    decided: int

    @property
    def left_open(self) -> list[int]:
        """Tokens before the conclusion that are not given: that it is a submit, and what stands in blanks."""
        return [*self.action, *self.verdicts, *self.meanings]

    @property
    def trained_in_a_drill(self) -> list[int]:
        """What stands in blanks; and where something is concluded, that, type and decision."""
        concluded = range(self.conclusion.start, self.decided) if self.conclusion else ()
        return [*self.verdicts, *self.meanings, *concluded]

    @classmethod
    def of(cls, chat: ChatTokens, answer: str) -> "_Parts":
        tokenizer: Any = chat.tokenizer
        encoded = tokenizer(answer, add_special_tokens=False, split_special_tokens=True, return_offsets_mapping=True)
        offsets: list[tuple[int, int]] = encoded["offset_mapping"]

        def within(start: int, end: int) -> range:
            found = [at for at, (one, other) in enumerate(offsets) if one < end and other > start and start < end]
            return range(found[0], found[-1] + 1) if found else range(0)

        reasoned = _EXPLANATION.search(answer)
        end = reasoned.end(1) if reasoned else 0
        conclusion = conclusion_in(answer[:end])
        texts = list(texts_in(answer[:end], reasoned.start(1) if reasoned else 0))
        decision = tuple(at for match in _DECISION.finditer(answer) for at in within(*match.span(1)))
        return cls(
            action=within(*(named.span(1) if (named := _ACTION.match(answer)) else (0, 0))),
            gists=tuple(at for one in texts for at in within(*one.span("gist"))),
            meanings=tuple(at for one in texts for at in within(one.start("gist"), one.start() + len(one[0].rstrip()))),
            verdicts=tuple(at for one in verdicts_in(answer[:end]) for at in within(*one.span("verdict"))),
            conclusion=within(end if conclusion is None else conclusion, end),
            decision=decision,
            decided=max(decision, default=-1) + 1,
        )
