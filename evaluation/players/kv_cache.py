"""Keys and values kept between the turns of a conversation, within a bound on memory.

An entry knows the ids it was computed for, so a prompt starts from the longest prefix that it shares with its own
entry, or else with another conversation's (the same task, the same case). What was dropped is computed again: slower,
never wrong.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from transformers import DynamicCache, PreTrainedConfig
from transformers.cache_utils import DynamicLayer

_SHORTEST_SHARED = 16


@dataclass(slots=True)
class KeptCache:
    """The keys and values of `ids`, in that order; batch size 1."""

    ids: list[int]
    cache: DynamicCache

    @classmethod
    def empty(cls, config: PreTrainedConfig) -> "KeptCache":
        return cls([], DynamicCache(config=config))

    @property
    def bytes(self) -> int:
        layers: list[Any] = self.cache.layers  # other kinds of layers keep both, too
        return sum(
            layer.keys.nbytes + layer.values.nbytes
            for layer in layers
            if layer.keys is not None and layer.values is not None
        )

    def cut(self, length: int) -> bool:
        """Keep the first `length` ids. False: this kind of cache (a sliding window) cannot be cut."""
        surplus = len(self.ids) - length
        if surplus > 0:
            if not self._cuttable:
                return False
            self.cache.crop(-surplus)
            del self.ids[length:]
        return True

    def copy(self, length: int, config: PreTrainedConfig) -> "KeptCache | None":
        """A cache of its own with the first `length` ids. None: this kind of cache cannot be cut."""
        if not self._cuttable:
            return None
        copied = DynamicCache(config=config)
        layers: list[Any] = self.cache.layers  # all DynamicLayer: see `_cuttable`
        for index, layer in enumerate(layers):
            copied.update(layer.keys[..., :length, :], layer.values[..., :length, :], index)
        return KeptCache(self.ids[:length], copied)

    @property
    def _cuttable(self) -> bool:
        return all(type(layer) is DynamicLayer for layer in self.cache.layers)


class KeptCaches:
    """The caches of many conversations, least recently used first out; at most `max_bytes` once a turn is over."""

    def __init__(self, config: PreTrainedConfig, *, max_bytes: int) -> None:
        self._config = config
        self._max_bytes = max_bytes
        self._by_conversation: OrderedDict[str, KeptCache] = OrderedDict()
        self._pinned: KeptCache | None = None

    def take(self, conversation_id: str, ids: Sequence[int]) -> KeptCache:
        """The best start for a prompt: at least its last id is left to compute. The caller owns it until `keep`."""
        own = self._by_conversation.pop(conversation_id, None)
        if own is not None:
            shared = min(_shared_prefix(own.ids, ids), len(ids) - 1)
            if shared >= _SHORTEST_SHARED and own.cut(shared):
                return own
        others = [*self._by_conversation.values(), *([self._pinned] if self._pinned else [])]
        best = max(others, key=lambda kept: _shared_prefix(kept.ids, ids), default=None)
        if best is not None:
            shared = min(_shared_prefix(best.ids, ids), len(ids) - 1)
            copied = best.copy(shared, self._config) if shared >= _SHORTEST_SHARED else None
            if copied is not None:
                return copied
        return KeptCache.empty(self._config)

    def keep(self, conversation_id: str, kept: KeptCache) -> None:
        """Keep a conversation's cache for its next turn; the least recently used beyond the bound are dropped."""
        self._by_conversation[conversation_id] = kept
        total = self.bytes
        while total > self._max_bytes and self._by_conversation:
            _id, dropped = self._by_conversation.popitem(last=False)
            total -= dropped.bytes

    def pin(self, kept: KeptCache) -> None:
        """Keep how conversations begin; it replaces what was pinned before and is never dropped."""
        self._pinned = kept

    def drop(self, conversation_id: str) -> None:
        self._by_conversation.pop(conversation_id, None)

    @property
    def bytes(self) -> int:
        pinned = self._pinned.bytes if self._pinned else 0
        return pinned + sum(kept.bytes for kept in self._by_conversation.values())


def _shared_prefix(one: Sequence[int], other: Sequence[int]) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length
