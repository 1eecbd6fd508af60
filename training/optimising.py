"""AdamW over an adapter's weights, and how the learning rate moves. Imported only where torch is wanted."""

import math
from collections.abc import Sequence

import torch

from training.recipes import Schedule


def adamw(weights: Sequence[torch.nn.Parameter], learning_rate: float) -> torch.optim.AdamW:
    """AdamW (arXiv:1711.05101) without weight decay: an adapter is small as it is."""
    return torch.optim.AdamW(list(weights), lr=learning_rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0)


def learning_rate_at(step: int, *, highest: float, schedule: Schedule, warmup_steps: int, total_steps: int) -> float:
    """The learning rate of an optimizer step, counted from 0: it rises linearly in the warm-up, then falls to a tenth.

    `cosine`: as half a cosine wave (arXiv:1608.03983, without restarts). `linear`: in a line. `constant`: not at all.
    """
    if step < warmup_steps:
        return highest * (step + 1) / warmup_steps
    share = min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))
    match schedule:
        case "constant":
            return highest
        case "linear":
            return highest * (1 - 0.9 * share)
        case "cosine":
            return highest * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * share)))


def optimizer_step(optimizer: torch.optim.Optimizer, *, learning_rate: float, clip: float) -> float | None:
    """Clip the gradient to the norm `clip` and take one step. Returns its norm before; None, without a step, when that
    is no number.
    """
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    norm = float(torch.nn.utils.clip_grad_norm_(weights, clip))
    if math.isfinite(norm):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate
        optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return norm if math.isfinite(norm) else None
