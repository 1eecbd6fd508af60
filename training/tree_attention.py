"""Attention over a prefix tree: one pass, with gradient, for sequences that share beginnings.

Every token of the tree goes through the linear layers once. In attention each branch reads the branches above it and
itself, so a token sees exactly what it would see in its own sequence, and there is no padding.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, PreTrainedModel

from evaluation.players.packed_attention import attending_by
from training.blocked_attention import blocked_attention
from training.prefix_tree import Branch, PrefixTree
from training.reporting import TrainingFailed

_NAME = "invoiceguard_tree"


class Tree:
    """A prefix tree on a device, with the masks of its branches, made when they are first needed."""

    def __init__(self, shape: PrefixTree, device: torch.device) -> None:
        self.branches = shape.branches
        self.ids = torch.tensor(shape.ids, device=device)
        self.positions = torch.tensor(shape.positions, device=device)
        self._masks: dict[tuple[int, int | None], torch.Tensor] = {}

    def mask(self, branch: Branch, window: int | None) -> torch.Tensor:
        """Which keys each of the branch's tokens may read: bool, (tokens, tokens above and its own)."""
        key = (branch.start, window)
        if key not in self._masks:
            end = branch.depth + branch.end - branch.start
            keys = torch.arange(end, device=self.ids.device)
            queries = keys[branch.depth :, None]
            seen = keys <= queries
            self._masks[key] = seen if window is None else seen & (keys > queries - window)
        return self._masks[key]


@contextmanager
def tree_attention(model: PreTrainedModel) -> Iterator[None]:
    """The model reads trees: forward passes are `hidden_states`, backward passes belong in here too."""
    with attending_by(model, _NAME):
        yield


def hidden_states(model: PreTrainedModel, tree: Tree) -> torch.Tensor:
    """Last hidden states of the tree's tokens, (tokens, width). To be called inside `tree_attention`."""
    decoder: Any = model
    states: torch.Tensor = decoder.get_decoder()(
        input_ids=tree.ids[None], position_ids=tree.positions[None], use_cache=False, tree=tree
    ).last_hidden_state[0]
    return states


def _attend(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    _mask: torch.Tensor | None,
    *,
    tree: Tree,
    scaling: float | None = None,
    sliding_window: int | None = None,
    **unread: Any,
) -> tuple[torch.Tensor, None]:
    """Attention of one layer, as transformers calls it: (1, heads, tokens, width) in, (1, tokens, heads, width) out."""
    for name in ("softcap", "s_aux", "position_bias"):
        if unread.get(name) is not None:
            raise TrainingFailed(f"This model's attention uses {name}, which the trainer does not know.")
    attended = [_branch(branch, query, key, value, tree, scaling, sliding_window) for branch in tree.branches]
    return torch.cat(attended, 2).transpose(1, 2), None


def _branch(
    branch: Branch,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    tree: Tree,
    scaling: float | None,
    window: int | None,
) -> torch.Tensor:
    """What the tokens of one branch read: (1, heads, its tokens, width)."""
    asked = query[:, :, branch.start : branch.end]
    spans = (*branch.above, (branch.start, branch.end))
    keys = torch.cat([key[:, :, start:end] for start, end in spans], 2)
    values = torch.cat([value[:, :, start:end] for start, end in spans], 2)
    causal = window is None or window >= keys.shape[2]
    # In float32 torch's own kernel is as fast as the plain products.
    if causal and query.dtype == torch.bfloat16:
        return blocked_attention(asked, keys, values, scaling)
    groups = query.shape[1] // key.shape[1]
    whole = causal and not branch.above
    return scaled_dot_product_attention(
        asked,
        keys.repeat_interleave(groups, 1),
        values.repeat_interleave(groups, 1),
        attn_mask=None if whole else tree.mask(branch, window),
        is_causal=whole,
        scale=scaling,
    )


AttentionInterface.register(_NAME, _attend)
