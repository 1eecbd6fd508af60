"""Keys and values of many conversations at once, kept between their turns within a bound on memory.

Every conversation has a slot: a row of one tensor per layer, so that a batch is read where it lies and a token is
written in place. A slot knows the ids it was computed for. A prompt starts from the longest prefix that it shares with
its own slot or with another conversation's (the same task, the same case). What was dropped is computed again: slower,
never wrong.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from transformers import PreTrainedModel

#: Copying fewer shared tokens than this is not worth its overhead.
SHORTEST_SHARED = 16
#: Slots grow in steps of so many tokens, and by half when there is room, so that they are seldom moved.
_STEP = 256


@dataclass(slots=True)
class _Slot:
    index: int
    ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Pinned:
    """How conversations begin: keys and values of each layer, (key/value heads, tokens, width)."""

    ids: list[int]
    layers: list[tuple[torch.Tensor, torch.Tensor]]


class KeyValueSlots:
    """The slots of one model; least recently used first out, at most `max_bytes` once a turn is over."""

    def __init__(self, model: PreTrainedModel, *, max_bytes: int) -> None:
        config = model.config.get_text_config()
        width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        self._layers = int(config.num_hidden_layers)
        self._heads, self._width = int(config.num_key_value_heads), int(width)
        self._device, self._dtype = model.device, model.dtype
        self.token_bytes = 2 * self._layers * self._heads * self._width * self._dtype.itemsize
        self.max_tokens = max_bytes // self.token_bytes
        self._slots: OrderedDict[str, _Slot] = OrderedDict()
        self._pinned: _Pinned | None = None
        self._rows = self._capacity = 0
        #: By layer: (rows, key/value heads, capacity, width).
        self.keys: list[torch.Tensor] = []
        self.values: list[torch.Tensor] = []

    @property
    def capacity(self) -> int:
        """How many tokens a slot has room for."""
        return self._capacity

    @property
    def bytes(self) -> int:
        pinned = len(self._pinned.ids) if self._pinned else 0
        return (pinned + self._rows * self._capacity) * self.token_bytes

    def groups(self, lengths: Mapping[str, int]) -> list[list[str]]:
        """The conversations, in order, in groups that have room together; one too long for all room stands alone."""
        groups: list[list[str]] = []
        longest = 0
        for name, length in lengths.items():
            longest = max(longest, _rounded(length))
            if groups and (len(groups[-1]) + 1) * longest <= self.max_tokens:
                groups[-1].append(name)
            else:
                groups.append([name])
                longest = _rounded(length)
        return groups

    @torch.inference_mode()
    def seat(self, lengths: Mapping[str, int]) -> None:
        """Give each of these conversations a slot with room for so many tokens; others may lose theirs."""
        for name in lengths:
            self._slots.setdefault(name, _Slot(-1))
            self._slots.move_to_end(name)
        needed = max(_rounded(length) for length in lengths.values())
        capacity = self._capacity if needed <= self._capacity else max(needed, _rounded(self._capacity * 3 // 2))
        if capacity * len(self._slots) > self.max_tokens:
            capacity = needed
        rows = max(len(lengths), min(len(self._slots), self.max_tokens // capacity))
        while len(self._slots) > rows:
            self._slots.popitem(last=False)
        if capacity != self._capacity or rows > self._rows:
            self._move(rows, capacity)
        free = sorted(set(range(self._rows)) - {slot.index for slot in self._slots.values()}, reverse=True)
        for slot in self._slots.values():
            if slot.index < 0:
                slot.index = free.pop()

    def shared(self, conversation_id: str, ids: Sequence[int]) -> int:
        """How many of a prompt's first ids need not be computed: all but the last one at most."""
        return self._best_start(conversation_id, ids)[0]

    @torch.inference_mode()
    def start(self, conversation_id: str, ids: Sequence[int]) -> int:
        """Let a seated conversation's slot hold what is known of a prompt; how many ids that is."""
        length, source = self._best_start(conversation_id, ids)
        slot = self._slots[conversation_id]
        if source is not slot:
            for layer in range(self._layers):
                if isinstance(source, _Slot):
                    known = self.keys[layer][source.index], self.values[layer][source.index]
                elif isinstance(source, _Pinned):
                    known = source.layers[layer]
                else:
                    break
                self.keys[layer][slot.index, :, :length] = known[0][:, :length]
                self.values[layer][slot.index, :, :length] = known[1][:, :length]
        slot.ids = list(ids[:length])
        return length

    def index(self, conversation_id: str) -> int:
        """The row of a seated conversation."""
        return self._slots[conversation_id].index

    def known(self, conversation_id: str) -> list[int]:
        """The ids whose keys and values the slot holds; whoever computes more of them appends."""
        return self._slots[conversation_id].ids

    @torch.inference_mode()
    def pin(self, conversation_id: str) -> None:
        """Keep what this conversation's slot holds as the beginning of others; it replaces what was pinned before."""
        slot = self._slots[conversation_id]
        kept = [
            (keys[slot.index, :, : len(slot.ids)].clone(), values[slot.index, :, : len(slot.ids)].clone())
            for keys, values in zip(self.keys, self.values, strict=True)
        ]
        self._pinned = _Pinned(list(slot.ids), kept)

    def drop(self, conversation_ids: Iterable[str]) -> None:
        """Forget these conversations. The last one to go frees the memory of all."""
        for conversation_id in conversation_ids:
            self._slots.pop(conversation_id, None)
        if not self._slots:
            self._rows = self._capacity = 0
            self.keys, self.values = [], []

    def settle(self) -> None:
        """After a turn: drop everything if one conversation alone needed more than the bound."""
        if self._rows * self._capacity > self.max_tokens:
            self.drop(list(self._slots))

    def clear(self) -> None:
        """Forget everything, the pinned beginning too."""
        self._pinned = None
        self.drop(list(self._slots))

    def _best_start(self, conversation_id: str, ids: Sequence[int]) -> tuple[int, _Slot | _Pinned | None]:
        own = self._slots.get(conversation_id)
        if own is not None and len(own.ids) >= SHORTEST_SHARED and own.ids == ids[: len(own.ids)] != ids:
            return len(own.ids), own
        known = [own, *(slot for slot in self._slots.values() if slot is not own), self._pinned]
        best: tuple[int, _Slot | _Pinned | None] = (0, None)
        for source in known:
            length = min(shared_prefix(source.ids, ids), len(ids) - 1) if source else 0
            if length > best[0] and length >= SHORTEST_SHARED:
                best = (length, source)
        return best

    def _move(self, rows: int, capacity: int) -> None:
        """Make the tensors anew, layer by layer, and keep what the slots hold."""
        moved = [slot for slot in self._slots.values() if slot.index >= 0]
        shape = (rows, self._heads, capacity, self._width)
        for kept in (self.keys, self.values):
            for layer in range(self._layers):
                # Zeros: what lies beyond a slot's ids is read and masked, and a mask does not silence NaN.
                new = torch.zeros(shape, dtype=self._dtype, device=self._device)
                for index, slot in enumerate(moved):
                    length = min(len(slot.ids), capacity)
                    new[index, :, :length] = kept[layer][slot.index, :, :length]
                kept[layer : layer + 1] = [new]
        for index, slot in enumerate(moved):
            slot.index = index
            del slot.ids[capacity:]
        self._rows, self._capacity = rows, capacity


def shared_prefix(one: Sequence[int], other: Sequence[int]) -> int:
    """How many ids two sequences have in common from their beginning."""
    if one[: len(other)] == other[: len(one)]:
        return min(len(one), len(other))
    low, high = 0, min(len(one), len(other))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle)
    return low


def _rounded(tokens: int) -> int:
    return -(-tokens // _STEP) * _STEP
