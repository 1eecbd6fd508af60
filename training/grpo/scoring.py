"""What a policy gives the tokens that were sampled: the quantity that the loss is made of."""

from collections.abc import Sequence
from typing import Any

import torch
from transformers import PreTrainedModel

from training.grpo.groups import Trajectory
from training.grpo.prefix_tree import PrefixTree
from training.grpo.tree_attention import Tree, hidden_states


def score(model: PreTrainedModel, trajectories: Sequence[Trajectory]) -> tuple[torch.Tensor, torch.Tensor]:
    """Log-probabilities of the sampled tokens, each at the temperature it was sampled at.

    What the trajectories share is computed once. To be called inside `tree_attention`.

    Returns:
        (log-probabilities, entropies in nats without gradient), float32 vectors over the sampled tokens, trajectory by
        trajectory.
    """
    shape = PrefixTree.of([one.ids for one in trajectories])
    # The node before a token predicts it; several samples may have drawn from the same one.
    drawn = [
        (nodes[place - 1], one.temperature, one.ids[place])
        for one, nodes in zip(trajectories, shape.nodes, strict=True)
        for place in one.places
    ]
    rows = {draw: row for row, draw in enumerate(dict.fromkeys((node, heat) for node, heat, _token in drawn))}
    device = model.device
    states = hidden_states(model, Tree(shape, device))
    head: Any = model.get_output_embeddings()
    logits = head(states[torch.tensor([node for node, _heat in rows], device=device)]).float()
    logprobs = (logits / torch.tensor([[heat] for _node, heat in rows], device=device)).log_softmax(-1)
    with torch.no_grad():
        entropies = -(logprobs.exp() * logprobs).sum(-1)
    asked = torch.tensor([rows[node, heat] for node, heat, _token in drawn], device=device)
    tokens = torch.tensor([token for _node, _heat, token in drawn], device=device)
    return logprobs[asked, tokens], entropies[asked]
