"""One pass over several transcripts gives what each alone gives."""

from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM

from training import forward
from training.forward import computed_tokens, logits_at, micro_batches, reading


@pytest.mark.parametrize("as_tree", [True, False], ids=["tree", "rows"])
def test_company_changes_nothing(tiny_folder: Path, monkeypatch: pytest.MonkeyPatch, as_tree: bool) -> None:
    monkeypatch.setattr(forward, "_as_tree", lambda device: as_tree)
    model = AutoModelForCausalLM.from_pretrained(tiny_folder)
    shared = list(range(5, 25))
    ids = [[*shared, *range(30, 40)], [*shared, *range(30, 34), 7, 8], [9, 8, 7]]
    wanted = [[1, 12, 29], [3, 12, 25], [2]]
    with reading(model):
        logits, targets = logits_at(model, ids, wanted)
    alone = [model(input_ids=torch.tensor([one])).logits[0] for one in ids]
    expected = torch.stack([alone[row][place - 1] for row, places in enumerate(wanted) for place in places])
    assert torch.allclose(logits, expected, atol=1e-5)
    assert targets.tolist() == [ids[row][place] for row, places in enumerate(wanted) for place in places]


def test_a_tree_computes_what_is_shared_once_and_rows_compute_their_padding() -> None:
    ids = [[1, 2, 3, 4], [1, 2, 5], [6]]
    assert computed_tokens(ids, torch.device("cpu")) == 6
    assert computed_tokens(ids, torch.device("cuda")) == 12


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_micro_batches_hold_everything_once_and_stay_within_their_tokens(device: str) -> None:
    ids = [list(range(length)) for length in (100, 900, 400, 390, 50, 2000, 410)]
    groups = micro_batches(ids, 1000, torch.device(device))
    assert sorted(at for group in groups for at in group) == list(range(len(ids)))
    assert len(groups) < len(ids)
    # All of them share their beginnings: a tree has as many tokens as its longest transcript.
    for group in groups:
        longest = max(len(ids[at]) for at in group)
        assert len(group) == 1 or (longest if device == "cpu" else longest * len(group)) <= 1000
