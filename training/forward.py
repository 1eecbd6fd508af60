"""One forward pass over whole transcripts, with logits only where they are wanted.

On a CPU, where arithmetic is what takes the time, what transcripts share is computed once: they are read as a tree. On
a GPU the many small calls of a tree cost more than it saves, so there they are rows of one batch, padded on the right:
under causal attention no token sees what is right of it, and no mask is needed.

Imported only where torch is wanted.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from transformers import PreTrainedModel

from training.fused_lora import fused_lora
from training.prefix_tree import PrefixTree, tree_batches
from training.recipe_fields import CPU_MICRO_BATCH_TOKENS, GPU_MICRO_BATCH_TOKENS
from training.reporting import TrainingFailed
from training.tree_attention import Tree, hidden_states, tree_attention


def suitable_micro_batch(device: torch.device) -> int:
    """How many tokens one forward and backward pass should have there, where the recipe does not say."""
    return GPU_MICRO_BATCH_TOKENS if device.type == "cuda" else CPU_MICRO_BATCH_TOKENS


def check_trainable(model: PreTrainedModel) -> None:
    """Raises TrainingFailed for a model whose logits are not a plain product of its last hidden states."""
    config: Any = model.config.get_text_config()
    for name in ("final_logit_softcapping", "logit_scale", "logits_scaling"):
        if getattr(config, name, None) not in (None, 1, 1.0):
            raise TrainingFailed(
                f"“{model.name_or_path}” changes its logits by {name}, which the trainer does not know."
            )


def micro_batches(ids: Sequence[Sequence[int]], most_tokens: int, device: torch.device) -> list[list[int]]:
    """Indices of transcripts in groups that are computed together, each of at most `most_tokens`.

    Counted are the tokens that are computed: those of the tree, or those of the rows with their padding. A transcript
    that is longer alone stands alone.
    """
    if _as_tree(device):
        return tree_batches(ids, most_tokens)
    groups: list[list[int]] = []
    for index in sorted(range(len(ids)), key=lambda at: (-len(ids[at]), at)):
        # The first of a group is its longest.
        if groups and len(ids[groups[-1][0]]) * (len(groups[-1]) + 1) <= most_tokens:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def computed_tokens(ids: Sequence[Sequence[int]], device: torch.device) -> int:
    """How many tokens one pass over these transcripts computes there, padding included."""
    return len(PrefixTree.of(ids).ids) if _as_tree(device) else len(ids) * max(map(len, ids))


@contextmanager
def reading(model: PreTrainedModel) -> Iterator[None]:
    """The model reads transcripts: `logits_at` and the backward passes belong in here, optimizer steps do not."""
    with fused_lora(model), tree_attention(model) if _as_tree(model.device) else nullcontext():
        yield


def logits_at(
    model: PreTrainedModel, ids: Sequence[Sequence[int]], wanted: Sequence[Sequence[int]]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits that predict chosen tokens of some transcripts. To be called inside `reading`.

    Args:
        ids: the transcripts, ragged.
        wanted: for each, the positions of the tokens to be predicted, at least 1 each.

    Returns:
        float32 logits (wanted in all, vocabulary) and the ids that stand there (wanted in all), by transcript.
    """
    states, which = states_before(model, ids, wanted)
    targets = [one[place] for one, places in zip(ids, wanted, strict=True) for place in places]
    return head(model, states[which]), torch.tensor(targets, device=model.device)


def states_before(
    model: PreTrainedModel, ids: Sequence[Sequence[int]], wanted: Sequence[Sequence[int]]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Last hidden states that predict chosen tokens, each computed once. To be called inside `reading`.

    Args:
        ids, wanted: as for `logits_at`.

    Returns:
        (states, width), and for each wanted token (by transcript) which of these predicts it.
    """
    if not _as_tree(model.device):
        states = _states_in_rows(model, ids, wanted)
        return states, torch.arange(len(states), device=model.device)
    shape = PrefixTree.of(ids)
    before = [nodes[place - 1] for nodes, places in zip(shape.nodes, wanted, strict=True) for place in places]
    distinct, which = torch.unique(torch.tensor(before, device=model.device), return_inverse=True)
    return hidden_states(model, Tree(shape, model.device))[distinct], which


def head(model: PreTrainedModel, states: torch.Tensor) -> torch.Tensor:
    """Logits of hidden states, float32, (states, vocabulary)."""
    decoder: Any = model
    logits: torch.Tensor = decoder.get_output_embeddings()(states).float()
    return logits


def _as_tree(device: torch.device) -> bool:
    return device.type == "cpu"


def _states_in_rows(
    model: PreTrainedModel, ids: Sequence[Sequence[int]], wanted: Sequence[Sequence[int]]
) -> torch.Tensor:
    """Last hidden states before the wanted tokens, (wanted in all, width), from rows of equal length."""
    given = torch.zeros((len(ids), max(map(len, ids))), dtype=torch.long)
    for row, one in enumerate(ids):
        given[row, : len(one)] = torch.tensor(one)
    decoder: Any = model
    hidden: torch.Tensor = decoder.get_decoder()(input_ids=given.to(model.device), use_cache=False).last_hidden_state
    rows = torch.tensor([row for row, places in enumerate(wanted) for _ in places], device=model.device)
    before = torch.tensor([place - 1 for places in wanted for place in places], device=model.device)
    return hidden[rows, before]
