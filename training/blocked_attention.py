"""Causal attention in bfloat16 on a CPU, block by block, as plain matrix products.

Torch's own kernel for CPUs computes it at a fraction of the speed that the processor's bfloat16 products have. Scores
are rounded to bfloat16 before their softmax, as they are in transformers' eager attention; the softmax itself and the
sums over blocks are computed in float32.

Imported only where torch is wanted.
"""

from typing import Any

import torch
from torch.autograd.function import once_differentiable

#: Queries of a block, by measurement: the scores of one stay in the processor's cache.
_BLOCK = 64


def blocked_attention(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float | None
) -> torch.Tensor:
    """Attention of the last tokens of a sequence to all of it: each reads the keys up to its own.

    Args:
        query: (1, heads, tokens, width).
        key, value: (1, key heads, tokens before and these, width); heads are a multiple of key heads.
        scaling: of the scores; 1 ÷ √width when None.

    Returns:
        (1, heads, tokens, width of the values).
    """
    heads = key.shape[1]
    grouped = query[0].view(heads, -1, *query.shape[2:])
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    attended: torch.Tensor = _Blocked.apply(grouped, key[0], value[0], scale)  # type: ignore[no-untyped-call]  # torch's
    return attended.flatten(0, 1)[None]


class _Blocked(torch.autograd.Function):
    """Query (key heads, heads for each, tokens, width); key and value (key heads, tokens, width).

    Heads that share a key stand below each other as further rows: no key is copied for them. Keys right of a block's
    diagonal are not computed. Probabilities are computed again in the backward pass instead of kept.
    """

    @staticmethod
    def forward(ctx: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scale: float) -> torch.Tensor:
        query = query * scale
        attended = query.new_empty(*query.shape[:-1], value.shape[-1])
        columns = key.transpose(1, 2).contiguous()
        for start, stop, seen in _blocks(query, key):
            rows = query[:, :, start:stop].flatten(1, 2)
            read = _probabilities(rows, columns[:, :, :seen], stop - start) @ value[:, :seen]
            attended[:, :, start:stop] = read.view_as(attended[:, :, start:stop])
        ctx.save_for_backward(query, key, value)
        ctx.scale = scale
        return attended

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        query, key, value = ctx.saved_tensors
        of_query = torch.empty_like(query)
        of_key = torch.zeros_like(key, dtype=torch.float32)
        of_value = torch.zeros_like(value, dtype=torch.float32)
        columns, value_columns = key.transpose(1, 2).contiguous(), value.transpose(1, 2).contiguous()
        for start, stop, seen in _blocks(query, key):
            rows = query[:, :, start:stop].flatten(1, 2)
            given = gradient[:, :, start:stop].flatten(1, 2)
            probabilities = _probabilities(rows, columns[:, :, :seen], stop - start)
            of_value[:, :seen] += probabilities.transpose(1, 2) @ given
            of_scores = torch._softmax_backward_data(
                given @ value_columns[:, :, :seen], probabilities, -1, probabilities.dtype
            )
            of_query[:, :, start:stop] = (of_scores @ key[:, :seen]).view_as(query[:, :, start:stop])
            of_key[:, :seen] += of_scores.transpose(1, 2) @ rows
        return of_query.mul_(ctx.scale), of_key.to(key.dtype), of_value.to(value.dtype), None


def _blocks(query: torch.Tensor, key: torch.Tensor) -> list[tuple[int, int, int]]:
    """(first query, end of the queries, end of the keys that the last of them reads) of each block."""
    tokens = query.shape[2]
    before = key.shape[1] - tokens
    stops = [(start, min(tokens, start + _BLOCK)) for start in range(0, tokens, _BLOCK)]
    return [(start, stop, before + stop) for start, stop in stops]


def _probabilities(rows: torch.Tensor, columns: torch.Tensor, tokens: int) -> torch.Tensor:
    """(key heads, heads for each × tokens, keys) of a block whose last key is its last token."""
    scores = rows @ columns
    unseen = scores.new_full((tokens, tokens), -torch.inf).triu_(1)
    scores.view(len(scores), -1, tokens, scores.shape[-1])[..., -tokens:].add_(unseen)
    return scores.softmax(-1)
