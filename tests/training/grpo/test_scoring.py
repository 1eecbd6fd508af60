"""Scores of whole groups in one pass are those of each trajectory alone, gradient too."""

import random
from typing import Any

import pytest

from evaluation.devices import import_torch
from training.forward import reading
from training.grpo.groups import Trajectory
from training.grpo.scoring import score

torch = import_torch()


def tiny_model(**fields: Any) -> Any:
    from transformers import Qwen3Config, Qwen3ForCausalLM

    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3, "head_dim": 8, "vocab_size": 50}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2}
    return Qwen3ForCausalLM(Qwen3Config(**shape | heads | {"initializer_range": 0.3} | fields)).eval()


def group_of_four() -> list[Trajectory]:
    """Four samples that part one after another, the last at its end; one was sampled hotter."""
    drawn = random.Random(1)
    whole = [drawn.randrange(50) for _ in range(60)]
    parted = [[*whole[:part], *(drawn.randrange(50) for _ in range(60 - part))] for part in (20, 35, 36)]
    samples = [*parted, [*whole[:57], 1]]
    found = []
    for ids, heat in zip(samples, (1.0, 1.0, 1.3, 1.0), strict=True):
        places = tuple(place for place in range(15, len(ids)) if place % 5)
        found.append(Trajectory(tuple(ids), places, (-1.0,) * len(places), heat, 0.0))
    return found


def alone(model: Any, trajectories: list[Trajectory]) -> torch.Tensor:
    """Log-probabilities by the plain model, one sequence at a time, all logits computed."""
    found = []
    for one in trajectories:
        logprobs = (model(torch.tensor([one.ids])).logits[0] / one.temperature).log_softmax(-1)
        found += [logprobs[place - 1, one.ids[place]] for place in one.places]
    return torch.stack(found)


@pytest.mark.parametrize("window", [None, 7])
def test_scores_and_gradients_of_a_tree_are_those_of_its_sequences(window: int | None) -> None:
    layers = {"use_sliding_window": True, "sliding_window": window, "max_window_layers": 1} if window else {}
    model, trajectories = tiny_model(**layers), group_of_four()
    weights = list(model.parameters())
    expected = alone(model, trajectories)
    direction = torch.randn(len(expected), generator=torch.Generator().manual_seed(2))
    expected_gradients = torch.autograd.grad((expected * direction).sum(), weights)

    with reading(model):
        logprobs, _entropies = score(model, trajectories)
        gradients = torch.autograd.grad((logprobs * direction).sum(), weights)

    torch.testing.assert_close(logprobs, expected, rtol=1e-4, atol=1e-5)
    for gradient, wanted in zip(gradients, expected_gradients, strict=True):
        torch.testing.assert_close(gradient, wanted, rtol=1e-3, atol=1e-4)


def test_entropies_are_those_of_the_distributions_that_were_sampled_from() -> None:
    model, [one, *_] = tiny_model(), group_of_four()

    with torch.no_grad(), reading(model):
        _logprobs, entropies = score(model, [one])

    with torch.no_grad():
        logits = model(torch.tensor([one.ids])).logits[0, [place - 1 for place in one.places]]
    torch.testing.assert_close(entropies, torch.distributions.Categorical(logits=logits).entropy())
