"""Many sequences in one pass: each gets the scores that it gets alone."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, Qwen3Config, Qwen3ForCausalLM

from evaluation.players.kv_cache import KeyValueSlots
from evaluation.players.local_model import LocalModelPlayer
from evaluation.players.packed_attention import Segment, packed_logits
from evaluation.players.protocol import PlayerError

SEQUENCES = {"a": list(range(10, 47)), "b": list(range(60, 90)), "c": list(range(20, 80)), "d": list(range(5, 9))}


@pytest.fixture(scope="module")
def model(tiny_folder: Path) -> Any:
    return AutoModelForCausalLM.from_pretrained(tiny_folder).eval()


def with_sliding_windows(model: Any) -> Any:
    """The same sizes, newly initialised, and a first layer that sees eight tokens back."""
    config = Qwen3Config(
        **model.config.to_dict()
        | {"use_sliding_window": True, "sliding_window": 8, "layer_types": ["sliding_attention", "full_attention"]}
    )
    torch.manual_seed(3)
    return Qwen3ForCausalLM(config).eval()


def alone(model: Any, ids: list[int]) -> torch.Tensor:
    with torch.inference_mode():
        return model(torch.tensor([ids])).logits[0, -1].float()


def in_parts(model: Any, cuts: list[dict[str, int]]) -> dict[str, torch.Tensor]:
    """The scores after each whole sequence; each pass computes every sequence up to the next of its cuts."""
    slots = KeyValueSlots(model, max_bytes=1 << 24)
    slots.seat({name: len(ids) for name, ids in SEQUENCES.items()})
    scores: dict[str, torch.Tensor] = {}
    for until in [*cuts, {}]:
        segments, names = [], []
        for name, ids in SEQUENCES.items():
            known = slots.known(name)
            new = ids[len(known) : until.get(name, len(ids))]
            if new:
                segments.append(Segment(slots.index(name), len(known), new))
                names.append(name)
                known += new
        logits = packed_logits(model, slots, segments, range(len(segments)))
        scores |= zip(names, logits, strict=True)
    return scores


CUTS: list[list[dict[str, int]]] = [
    [],
    [{"a": 30, "b": 29, "c": 1, "d": 3}],
    # One token each for neighbours of unequal length; then single tokens with a gap between their rows.
    [{"a": 35, "b": 28, "c": 58, "d": 2}, {"a": 36, "b": 29, "c": 59, "d": 3}, {"b": 29, "c": 59}],
]


@pytest.mark.parametrize("cuts", CUTS)
@pytest.mark.parametrize("windows", [False, True])
def test_scores_are_those_of_each_sequence_alone(model: Any, cuts: list[dict[str, int]], windows: bool) -> None:
    model = with_sliding_windows(model) if windows else model

    scores = in_parts(model, cuts)

    for name, ids in SEQUENCES.items():
        torch.testing.assert_close(scores[name], alone(model, ids), atol=1e-4, rtol=1e-4)


def test_it_computes_in_the_model_s_own_number_type(tiny_folder: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(tiny_folder, dtype=torch.bfloat16).eval()

    scores = in_parts(model, CUTS[2])

    for name, ids in SEQUENCES.items():
        torch.testing.assert_close(scores[name], alone(model, ids), atol=0.3, rtol=0.1)


def test_the_model_attends_as_before_afterwards(model: Any) -> None:
    before = model.config._attn_implementation
    in_parts(model, [])

    assert model.config._attn_implementation == before


def test_a_model_whose_layers_remember_otherwise_is_refused(tiny_folder: Path) -> None:
    player = LocalModelPlayer.load("tiny", str(tiny_folder), device="cpu")
    player.model.config.layer_types = ["linear_attention", "full_attention"]

    with pytest.raises(PlayerError, match="linear_attention"):
        LocalModelPlayer("tiny", player.model, player.chat.tokenizer)
