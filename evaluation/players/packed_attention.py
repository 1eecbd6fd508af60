"""One forward pass for many conversations, each at its own place, without padding.

Their new tokens are laid end to end, with explicit positions; the linear layers see one long row. Attention is told
apart again: the new keys and values are written into the conversations' slots, and each token reads its own slot up to
itself. Neighbouring slots that get one token each are read in one call, masked to their lengths.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, PreTrainedModel

from evaluation.players.kv_cache import KeyValueSlots
from evaluation.players.protocol import PlayerError

_NAME = "invoiceguard_packed"
_LAYER_TYPES = {"full_attention", "sliding_attention"}


@dataclass(frozen=True, slots=True)
class Segment:
    """New ids of one conversation: they stand at `start`, `start + 1` … of the slot's row `row`."""

    row: int
    start: int
    ids: Sequence[int]

    @property
    def end(self) -> int:
        return self.start + len(self.ids)


@dataclass(slots=True)
class _Run:
    """Segments that are read in one call: one of any length, or one token each for neighbouring rows."""

    segments: list[Segment]
    first_token: int
    #: By sliding window (None: no window).
    masks: dict[int | None, torch.Tensor | None] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.segments[0].ids)

    @property
    def tokens(self) -> slice:
        return slice(self.first_token, self.first_token + self.count * len(self.segments))

    @property
    def rows(self) -> slice:
        return slice(self.segments[0].row, self.segments[-1].row + 1)

    @property
    def length(self) -> int:
        return max(segment.end for segment in self.segments)


def check_packable(model: PreTrainedModel) -> None:
    """Raises PlayerError for a model whose layers keep something else than keys and values."""
    kinds = set(getattr(model.config.get_text_config(), "layer_types", None) or ()) - _LAYER_TYPES
    if kinds or not getattr(model, "_supports_attention_backend", False):
        raise PlayerError(
            f"“{model.name_or_path}” cannot be played in batches: {', '.join(sorted(kinds)) or 'its code'} keeps what "
            "a turn is computed from in a way of its own. Choose a model with full or sliding attention."
        )


class Packing:
    """Where each token of a pass stands, and what it may read. Segments in ascending order of their rows."""

    def __init__(self, segments: Sequence[Segment], slots: KeyValueSlots, model: PreTrainedModel) -> None:
        self.slots = slots
        self._device, self._dtype = model.device, model.dtype
        self.runs: list[_Run] = []
        token = 0
        for segment in segments:
            last = self.runs[-1].segments[-1] if self.runs else None
            if last and len(last.ids) == len(segment.ids) == 1 and segment.row == last.row + 1:
                self.runs[-1].segments.append(segment)
            else:
                self.runs.append(_Run([segment], token))
            token += len(segment.ids)
        self.ids = self._tensor([id_ for segment in segments for id_ in segment.ids])
        self.rows = self._tensor([segment.row for segment in segments for _ in segment.ids])
        self.positions = self._tensor([at for segment in segments for at in range(segment.start, segment.end)])

    def mask(self, run: _Run, window: int | None, groups: int) -> torch.Tensor | None:
        """What the run's tokens may not read, −inf there: (rows, 1, groups × tokens, keys). None: they may read all."""
        if window is not None and window >= run.length:
            window = None
        if window not in run.masks:
            run.masks[window] = self._mask(run, window, groups)
        return run.masks[window]

    def _mask(self, run: _Run, window: int | None, groups: int) -> torch.Tensor | None:
        if window is None and run.count == 1 and all(segment.end == run.length for segment in run.segments):
            return None
        places = self.positions[run.tokens].view(len(run.segments), 1, run.count, 1)
        keys = torch.arange(run.length, device=self._device)
        hidden = keys > places
        if window is not None:
            hidden |= keys <= places - window
        mask = torch.zeros(hidden.shape, dtype=self._dtype, device=self._device).masked_fill_(hidden, -torch.inf)
        return mask.repeat(1, 1, groups, 1)

    def _tensor(self, values: list[int]) -> torch.Tensor:
        return torch.tensor(values, device=self._device)


@torch.inference_mode()
def packed_logits(
    model: PreTrainedModel, slots: KeyValueSlots, segments: Sequence[Segment], asked: Sequence[int]
) -> torch.Tensor:
    """Compute the segments' keys and values into the slots, and the logits after some of them.

    Args:
        segments: at most one for each row, in ascending order of rows.
        asked: indices of the segments whose last id's logits are wanted.

    Returns:
        float32, (asked, vocabulary).
    """
    packing = Packing(segments, slots, model)
    ends = list(accumulate(len(segment.ids) for segment in segments))
    with attending_by(model, _NAME):
        logits = model(
            input_ids=packing.ids[None],
            position_ids=packing.positions[None],
            use_cache=False,
            logits_to_keep=torch.tensor([ends[index] - 1 for index in asked], device=model.device, dtype=torch.long),
            packing=packing,
        ).logits
    scores: torch.Tensor = logits[0].float()
    return scores


def _attend(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    _mask: torch.Tensor | None,
    *,
    packing: Packing,
    scaling: float | None = None,
    sliding_window: int | None = None,
    **unread: Any,
) -> tuple[torch.Tensor, None]:
    """Attention of one layer, as transformers calls it: (1, heads, tokens, width) in, (1, tokens, heads, width) out.

    Query heads that share a key head stand beside each other as if they were further tokens: no key is copied for
    them, on any device.
    """
    for name in ("softcap", "s_aux", "position_bias"):
        if unread.get(name) is not None:
            raise PlayerError(f"This model's attention uses {name}, which batched rollouts do not know.")
    keys, values = packing.slots.keys[module.layer_idx], packing.slots.values[module.layer_idx]
    keys[packing.rows, :, packing.positions] = key[0].transpose(0, 1)
    values[packing.rows, :, packing.positions] = value[0].transpose(0, 1)
    heads, width = key.shape[1], query.shape[-1]
    groups = query.shape[1] // heads
    attended = []
    for run in packing.runs:
        rows = len(run.segments)
        asked = query[0, :, run.tokens].view(heads, groups, rows, run.count, width)
        read = scaled_dot_product_attention(
            asked.permute(2, 0, 1, 3, 4).reshape(rows, heads, groups * run.count, width),
            keys[run.rows, :, : run.length],
            values[run.rows, :, : run.length],
            attn_mask=packing.mask(run, sliding_window, groups),
            scale=scaling,
        )
        told_apart = read.view(rows, heads, groups, run.count, -1).permute(0, 3, 1, 2, 4)
        attended.append(told_apart.reshape(rows * run.count, heads * groups, -1))
    return torch.cat(attended)[None], None


AttentionInterface.register(_NAME, _attend)


@contextmanager
def attending_by(model: PreTrainedModel, name: str) -> Iterator[None]:
    """The model attends by the function registered under this name; to everybody else it is what it was."""
    config: Any = model.config.get_text_config()
    before = config._attn_implementation
    config._attn_implementation = name
    try:
        yield
    finally:
        config._attn_implementation = before
