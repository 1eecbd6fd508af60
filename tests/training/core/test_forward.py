"""One pass over several transcripts gives what each alone gives."""

from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

from training.forward import logits_at
from training.grpo.tree_attention import tree_attention


def test_sharing_changes_nothing(tiny_folder: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(tiny_folder)
    shared = list(range(5, 25))
    ids = [[*shared, *range(30, 40)], [*shared, *range(30, 34), 7, 8], [9, 8, 7]]
    wanted = [[1, 12, 29], [3, 12, 25], [2]]
    with tree_attention(model):
        logits, targets = logits_at(model, ids, wanted)
    alone = [model(input_ids=torch.tensor([one])).logits[0] for one in ids]
    expected = torch.stack([alone[row][place - 1] for row, places in enumerate(wanted) for place in places])
    assert torch.allclose(logits, expected, atol=1e-5)
    assert targets.tolist() == [ids[row][place] for row, places in enumerate(wanted) for place in places]
