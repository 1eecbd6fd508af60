"""The answers of many conversations at once: compute what is new in the prompts, then token after token.

Own loop instead of `generate`: it goes on from kept keys and values, wastes nothing on padding, lets an answer that has
ended leave, records log-probabilities, and appends what a grammar forces without asking the model.
"""

import math
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import torch
from transformers import PreTrainedModel

from evaluation.players.action_grammar import AnswerState, allowed_ids
from evaluation.players.drawing import Drawn, Sampling, draw, draw_key
from evaluation.players.kv_cache import KeyValueSlots, shared_prefix
from evaluation.players.packed_attention import Segment, packed_logits
from evaluation.players.protocol import PlayerError

#: Prompts are computed in blocks of this many tokens, which bounds the memory of activations.
_BLOCK = 1024
#: Room that an answer is given at first; one that outgrows it moves all slots, once.
_ANSWER_ROOM = 128
#: A prompt waits for another one of the batch when that saves so many tokens.
_WORTH_WAITING = 64
#: Scores whose best two lie within this are computed again in one pass over the conversation alone, so that the choice
#: depends on it alone. In float32 a batch moves a score by some 1e-5. Coarser types differ by more than models do.
_NEAR_TIE = {torch.float32: 1e-3}


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is to be answered. `seed` and `turn` fix what is sampled; `state` is that of the answer's grammar."""

    conversation_id: str
    ids: Sequence[int]
    max_new_tokens: int
    seed: int = 0
    turn: int = 0
    state: AnswerState | None = None

    @property
    def room(self) -> int:
        """How many tokens its slot should have."""
        return len(self.ids) + min(self.max_new_tokens, _ANSWER_ROOM)


@dataclass(slots=True)
class Answer:
    """Ids (the end token included when there is one) and the log-probability of each: 0 for an id that was forced."""

    ids: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    ended: bool = False
    #: Prompt ids that were computed for it.
    computed: int = 0
    #: From the call to its last token.
    seconds: float = 0.0

    def add(self, ids: Sequence[int], logprob: float) -> None:
        self.ids += ids
        self.logprobs += [logprob] * len(ids)


@dataclass(slots=True)
class _Writing:
    """An answer in the making; `ids` are its prompt's and its own."""

    prompt: Prompt
    ids: list[int]
    answer: Answer
    stop_ids: Collection[int]

    @property
    def name(self) -> str:
        return self.prompt.conversation_id

    @property
    def draw_key(self) -> int:
        return draw_key(self.prompt.seed, self.prompt.turn, len(self.answer.ids))

    @property
    def going(self) -> bool:
        return not self.answer.ended and len(self.answer.ids) < self.prompt.max_new_tokens

    def take(self, drawn: Drawn) -> None:
        if not math.isfinite(drawn.logprob):
            raise PlayerError("The model's scores are not numbers; its weights or the number type are broken.")
        self._add([drawn.token], drawn.logprob)
        if self.prompt.state and not self.answer.ended:
            self.prompt.state.take(drawn.token)
            self.force()

    def force(self) -> None:
        """Append what the grammar leaves no choice about."""
        if self.prompt.state:
            self._add(self.prompt.state.forced(), 0.0)

    def _add(self, ids: list[int], logprob: float) -> None:
        self.answer.add(ids, logprob)
        self.ids += ids
        self.answer.ended = bool(ids) and ids[-1] in self.stop_ids


@torch.inference_mode()
def answer_batch(
    model: PreTrainedModel,
    slots: KeyValueSlots,
    prompts: Sequence[Prompt],
    *,
    sampling: Sampling,
    stop_ids: Collection[int],
) -> list[Answer]:
    """Answer the prompts, each of another conversation. Their slots then hold all ids but what came last.

    Raises:
        PlayerError: the model's scores are not finite.
    """
    started = time.perf_counter()
    writings = [_Writing(prompt, list(prompt.ids), Answer(), stop_ids) for prompt in prompts]
    for writing in writings:
        writing.force()
    slots.seat({prompt.conversation_id: prompt.room for prompt in prompts})
    going = sorted(writings, key=lambda writing: slots.index(writing.name))
    logits = _prefill(model, slots, going)
    while True:
        for writing, drawn in zip(going, _draw(model, logits, going, sampling), strict=True):
            writing.take(drawn)
            if not writing.going:
                writing.answer.seconds = time.perf_counter() - started
        going = [writing for writing in going if writing.going]
        if not going:
            return [writing.answer for writing in writings]
        if max(len(writing.ids) for writing in going) > slots.capacity:
            slots.seat({writing.name: len(writing.ids) + _ANSWER_ROOM for writing in going})
            going.sort(key=lambda writing: slots.index(writing.name))
        logits = _compute(model, slots, going)


@torch.inference_mode()
def prefill(model: PreTrainedModel, slots: KeyValueSlots, conversation_id: str, ids: Sequence[int]) -> None:
    """Compute a prompt into a slot and answer nothing."""
    slots.seat({conversation_id: len(ids)})
    _prefill(model, slots, [_Writing(Prompt(conversation_id, ids, 1), list(ids), Answer(), ())])


def _prefill(model: PreTrainedModel, slots: KeyValueSlots, writings: Sequence[_Writing]) -> torch.Tensor:
    """Compute the prompts, each from what is known of it; what several share is computed by the first of them.

    Returns the logits after each prompt, (writings, vocabulary).
    """
    logits: dict[str, torch.Tensor] = {}
    waiting = list(writings)
    while waiting:
        ready: list[_Writing] = []
        for writing in waiting:
            worth = slots.shared(writing.name, writing.ids) + _WORTH_WAITING
            if len(writing.ids) <= worth or all(shared_prefix(other.ids, writing.ids) < worth for other in ready):
                ready.append(writing)
                known = slots.start(writing.name, writing.ids)
                writing.answer.computed = max(0, len(writing.prompt.ids) - known)
        logits |= zip((writing.name for writing in ready), _compute(model, slots, ready), strict=True)
        waiting = [writing for writing in waiting if writing.name not in logits]
    return torch.stack([logits[writing.name] for writing in writings])


def _compute(model: PreTrainedModel, slots: KeyValueSlots, writings: Sequence[_Writing]) -> torch.Tensor:
    """Compute what the slots lack of the writings' ids. Returns the logits after each, (writings, vocabulary)."""
    found: list[torch.Tensor] = []
    block: list[Segment] = []
    asked: list[int] = []
    size = 0
    for writing in writings:
        known = slots.known(writing.name)
        while len(known) < len(writing.ids):
            new = writing.ids[len(known) : len(known) + _BLOCK - size]
            block.append(Segment(slots.index(writing.name), len(known), new))
            known += new
            size += len(new)
            if len(known) == len(writing.ids):
                asked.append(len(block) - 1)
            if size == _BLOCK:
                found.append(packed_logits(model, slots, block, asked))
                block, asked, size = [], [], 0
    if block:
        found.append(packed_logits(model, slots, block, asked))
    return torch.cat(found)


def _draw(
    model: PreTrainedModel, logits: torch.Tensor, writings: Sequence[_Writing], sampling: Sampling
) -> list[Drawn]:
    """The next token of each writing."""
    keys = [writing.draw_key for writing in writings]
    allowed = allowed_ids([writing.prompt.state for writing in writings], logits.shape[-1], logits.device)
    drawn = draw(logits, keys, sampling, allowed)
    near = _NEAR_TIE.get(model.dtype, 0.0)
    for index, writing in enumerate(writings):
        if drawn[index].margin < near:
            alone = _logits_alone(model, writing.ids)
            ruled = None if allowed is None else allowed[index : index + 1]
            [drawn[index]] = draw(alone, [keys[index]], sampling, ruled)
    return drawn


def _logits_alone(model: PreTrainedModel, ids: Sequence[int]) -> torch.Tensor:
    """The logits after the ids, computed from nothing but them: (1, vocabulary)."""
    given = torch.tensor([ids], device=model.device)
    scores: torch.Tensor = model(input_ids=given, use_cache=False, logits_to_keep=1).logits[:, -1].float()
    return scores
