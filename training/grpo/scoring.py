"""What a policy gives the tokens that were sampled: the quantity that the loss is made of."""

from collections.abc import Sequence

import torch
from transformers import PreTrainedModel

from training.forward import logits_at
from training.grpo.groups import Trajectory


def score(model: PreTrainedModel, trajectories: Sequence[Trajectory]) -> tuple[torch.Tensor, torch.Tensor]:
    """Log-probabilities of the sampled tokens, each at the temperature it was sampled at.

    Returns:
        (log-probabilities, entropies in nats without gradient), float32 vectors over the sampled tokens, trajectory by
        trajectory.
    """
    logits, targets = logits_at(model, [one.ids for one in trajectories], [one.places for one in trajectories])
    temperatures = torch.tensor([one.temperature for one in trajectories for _ in one.places], device=logits.device)
    logprobs = (logits / temperatures[:, None]).log_softmax(-1)
    with torch.no_grad():
        entropies = -(logprobs.exp() * logprobs).sum(-1)
    return logprobs.gather(1, targets[:, None])[:, 0], entropies
