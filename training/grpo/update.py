"""One optimizer step on some trajectories: one forward and backward pass for each, however many turns it has."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from training.forward import micro_batches, reading
from training.grpo.groups import Trajectory
from training.grpo.loss import LossSettings, Sampled, Signals, grpo_loss, normaliser
from training.grpo.recipes import GrpoRecipe
from training.grpo.scoring import score
from training.lora import Trainee
from training.optimising import optimizer_step


@dataclass(frozen=True, slots=True)
class Step:
    """What one optimizer step did; `gradient_norm` is None when it was skipped because something was no number."""

    signals: Signals
    loss: float
    gradient_norm: float | None


def update_step(
    trainee: Trainee,
    optimizer: torch.optim.Optimizer,
    trajectories: Sequence[Trajectory],
    recipe: GrpoRecipe,
    *,
    longest: int,
    most_tokens: int,
) -> Step:
    """Learn from the trajectories once. The model is on the policy before and, but for the optimizer's step, after.

    Args:
        longest: the most tokens that one trajectory can have sampled (the variant `dr_grpo` divides by it).
        most_tokens: computed in one forward pass.
    """
    settings = LossSettings(recipe.clip_range, recipe.kl_weight)
    divisor = normaliser(
        recipe.variant,
        tokens=sum(len(one.places) for one in trajectories),
        trajectories=len(trajectories),
        longest=longest,
    )
    signals, loss = Signals(), 0.0
    with reading(trainee.model):
        for group in micro_batches([one.ids for one in trajectories], most_tokens, trainee.device):
            part, found = _forward(trainee, [trajectories[index] for index in group], settings, divisor)
            loss, signals = loss + float(part.detach()), signals + found
            if not math.isfinite(loss):
                optimizer.zero_grad(set_to_none=True)
                return Step(signals, loss, None)
            part.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
    norm = optimizer_step(optimizer, learning_rate=recipe.learning_rate, clip=recipe.clip)
    return Step(signals, loss, norm)


def _forward(
    trainee: Trainee, trajectories: Sequence[Trajectory], settings: LossSettings, divisor: float
) -> tuple[torch.Tensor, Signals]:
    reference = None
    if settings.kl_weight:
        with torch.no_grad(), trainee.peft.disable_adapter():
            reference, _ = score(trainee.model, trajectories)
    logprobs, entropies = score(trainee.model, trajectories)
    counts = torch.tensor([len(one.places) for one in trajectories])
    sampled = Sampled(
        behaviour=logprobs.new_tensor([logprob for one in trajectories for logprob in one.logprobs]),
        reference=reference,
        advantages=logprobs.new_tensor([one.advantage for one in trajectories]).repeat_interleave(
            counts.to(logprobs.device)
        ),
    )
    return grpo_loss(logprobs, entropies, sampled, settings=settings, normaliser=divisor)
