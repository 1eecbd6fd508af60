"""What a policy gives the tokens that were sampled: the quantity that the loss is made of."""

from collections.abc import Sequence

import torch
from transformers import PreTrainedModel

from training.forward import head, states_before
from training.grpo.groups import Trajectory


def score(model: PreTrainedModel, trajectories: Sequence[Trajectory]) -> tuple[torch.Tensor, torch.Tensor]:
    """Log-probabilities of the sampled tokens, each at the temperature it was sampled at.

    To be called inside `training.forward.reading`.

    Returns:
        (log-probabilities, entropies in nats without gradient), float32 vectors over the sampled tokens, trajectory by
        trajectory.
    """
    states, which = states_before(model, [one.ids for one in trajectories], [one.places for one in trajectories])
    heats = [one.temperature for one in trajectories for _ in one.places]
    # Samples that have not parted yet were drawn from the same distribution: it is computed once.
    drawn = list(zip(which.tolist(), heats, strict=True))
    rows = {distribution: row for row, distribution in enumerate(dict.fromkeys(drawn))}
    device = model.device
    logits = head(model, states[torch.tensor([state for state, _heat in rows], device=device)])
    logprobs = (logits / torch.tensor([[heat] for _state, heat in rows], device=device)).log_softmax(-1)
    with torch.no_grad():
        entropies = -(logprobs.exp() * logprobs).sum(-1)
    asked = torch.tensor([rows[distribution] for distribution in drawn], device=device)
    tokens = torch.tensor([one.ids[place] for one in trajectories for place in one.places], device=device)
    return logprobs[asked, tokens], entropies[asked]
