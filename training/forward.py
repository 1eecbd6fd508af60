"""One forward pass over whole transcripts: what they share is computed once, and logits only where they are wanted.

Imported only where torch is wanted.
"""

from collections.abc import Sequence
from typing import Any

import torch
from transformers import PreTrainedModel

from training.grpo.prefix_tree import PrefixTree
from training.grpo.tree_attention import Tree, hidden_states
from training.reporting import TrainingFailed

#: One long transcript at a time keeps a CPU's caches and memory in order; a GPU wants much at once.
_MICRO_BATCH_TOKENS = {"cpu": 1536, "cuda": 16384}


def suitable_micro_batch(device: torch.device) -> int:
    """How many tokens one forward and backward pass should have there, where the recipe does not say."""
    return _MICRO_BATCH_TOKENS.get(device.type, 1536)


def check_trainable(model: PreTrainedModel) -> None:
    """Raises TrainingFailed for a model whose logits are not a plain product of its last hidden states."""
    config: Any = model.config.get_text_config()
    for name in ("final_logit_softcapping", "logit_scale", "logits_scaling"):
        if getattr(config, name, None) not in (None, 1, 1.0):
            raise TrainingFailed(
                f"“{model.name_or_path}” changes its logits by {name}, which the trainer does not know."
            )


def logits_at(
    model: PreTrainedModel, ids: Sequence[Sequence[int]], wanted: Sequence[Sequence[int]]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits that predict chosen tokens of some transcripts. To be called inside `tree_attention`.

    Args:
        ids: the transcripts, ragged.
        wanted: for each, the positions of the tokens to be predicted, at least 1 each.

    Returns:
        float32 logits (wanted in all, vocabulary) and the ids that stand there (wanted in all), by transcript.
    """
    shape = PrefixTree.of(ids)
    # The node before a token predicts it, and may predict one in several transcripts.
    asked = [
        (nodes[place - 1], one[place])
        for one, nodes, places in zip(ids, shape.nodes, wanted, strict=True)
        for place in places
    ]
    rows = {node: row for row, node in enumerate(dict.fromkeys(node for node, _token in asked))}
    device = model.device
    states = hidden_states(model, Tree(shape, device))
    decoder: Any = model
    logits = decoder.get_output_embeddings()(states[torch.tensor(list(rows), device=device)]).float()
    index = torch.tensor([rows[node] for node, _token in asked], device=device)
    return logits[index], torch.tensor([token for _node, token in asked], device=device)
