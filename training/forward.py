"""One forward pass over whole transcripts, with logits only where they are wanted.

Transcripts of a micro-batch are padded on the right. Under causal attention no token sees what is right of it, so the
padding needs no mask. Imported only where torch is wanted.
"""

from collections.abc import Sequence
from typing import Any

import torch
from transformers import PreTrainedModel

from training.reporting import TrainingFailed

#: One long transcript at a time keeps a CPU's caches and memory in order; a GPU wants much at once.
_MICRO_BATCH_TOKENS = {"cpu": 1536, "cuda": 16384}


def suitable_micro_batch(device: torch.device) -> int:
    """How many tokens one forward and backward pass should have there, where the recipe does not say."""
    return _MICRO_BATCH_TOKENS.get(device.type, 1536)


def micro_batches(lengths: Sequence[int], most_tokens: int) -> list[list[int]]:
    """Indices in groups whose padded size is at most `most_tokens`, longest first; one too long stands alone."""
    groups: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lambda at: (-lengths[at], at)):
        # The first of a group is its longest.
        if groups and lengths[groups[-1][0]] * (len(groups[-1]) + 1) <= most_tokens:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


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
    """Logits that predict chosen tokens of some transcripts.

    Args:
        ids: the transcripts, ragged.
        wanted: for each, the positions of the tokens to be predicted, at least 1 each.

    Returns:
        float32 logits (wanted in all, vocabulary) and the ids that stand there (wanted in all), by transcript.
    """
    longest = max(map(len, ids))
    given = torch.zeros((len(ids), longest), dtype=torch.long)
    for row, one in enumerate(ids):
        given[row, : len(one)] = torch.tensor(one)
    rows = torch.tensor([row for row, places in enumerate(wanted) for _ in places])
    places = torch.tensor([place for places in wanted for place in places])
    targets = given[rows, places].to(model.device)
    decoding: Any = model
    decoder: Any = decoding.get_decoder()
    hidden = decoder(input_ids=given.to(model.device), use_cache=False).last_hidden_state
    head: Any = decoding.get_output_embeddings()
    logits = head(hidden[rows.to(model.device), (places - 1).to(model.device)])
    return logits.float(), targets
