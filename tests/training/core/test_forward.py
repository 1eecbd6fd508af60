"""One pass over ragged transcripts gives what each alone gives."""

from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

from training.forward import logits_at, micro_batches


def test_padding_changes_nothing(tiny_folder: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(tiny_folder)
    ids = [list(range(5, 35)), list(range(40, 52)), [7, 8, 9]]
    wanted = [[1, 12, 29], [3, 11], [2]]
    logits, targets = logits_at(model, ids, wanted)
    alone = [model(input_ids=torch.tensor([one])).logits[0] for one in ids]
    expected = torch.stack([alone[row][place - 1] for row, places in enumerate(wanted) for place in places])
    assert torch.allclose(logits, expected, atol=1e-5)
    assert targets.tolist() == [ids[row][place] for row, places in enumerate(wanted) for place in places]


def test_micro_batches_hold_everything_once_and_stay_within_their_tokens() -> None:
    lengths = [100, 900, 400, 390, 50, 2000, 410]
    groups = micro_batches(lengths, 1000)
    assert sorted(at for group in groups for at in group) == list(range(len(lengths)))
    sizes = [max(lengths[at] for at in group) * len(group) for group in groups]
    assert all(size <= 1000 or len(group) == 1 for size, group in zip(sizes, groups, strict=True))
    assert len(groups) < len(lengths)
