"""The loss of group relative policy optimisation, token by token.

DeepSeekMath (arXiv:2402.03300) in token-level form:

    −1/N Σ_t [ min(ρ_t A_t, clip(ρ_t, 1 − ε, 1 + ε) A_t) − β k3_t ]

    ρ_t  = π(t) / π_behaviour(t)                        the policy that is trained against the one that sampled
    k3_t = π_ref(t) / π(t) − log(π_ref(t) / π(t)) − 1   ≥ 0, an unbiased estimate of KL(π ‖ π_ref) (Schulman 2020)

over all tokens t that were sampled, in all trajectories of an optimizer step; A_t is the trajectory's advantage. Two
variants differ in two things:

* `grpo`: advantages are divided by their group's standard deviation; N is the number of tokens, so that every token of
  the step counts the same (TRL calls that `dapo`; the paper took a mean in each trajectory first, and so gave the
  tokens of long ones less weight).
* `dr_grpo` (arXiv:2503.20783): advantages are not divided; N is a constant, trajectories × the longest answer that
  there can be, so that how long the step's trajectories happen to be changes no token's weight.
"""

from dataclasses import dataclass
from typing import Literal

import torch

Variant = Literal["grpo", "dr_grpo"]


@dataclass(frozen=True, slots=True)
class LossSettings:
    """ε of the clip and β of the KL term; without β no reference is needed."""

    clip_range: float
    kl_weight: float


@dataclass(frozen=True, slots=True)
class Sampled:
    """What is known of the sampled tokens, each a vector over them. `reference` is None where β is 0."""

    behaviour: torch.Tensor
    reference: torch.Tensor | None
    advantages: torch.Tensor


@dataclass(frozen=True, slots=True)
class Signals:
    """Sums over tokens, so that those of several micro-batches add up; `tokens` is how many there were.

    `clipped` counts the tokens whose ratio the clip stopped: beyond 1 + ε with a positive advantage, below 1 − ε with a
    negative one.
    """

    tokens: int = 0
    policy_loss: float = 0.0
    kl: float = 0.0
    clipped: float = 0.0
    entropy: float = 0.0

    def __add__(self, other: "Signals") -> "Signals":
        return Signals(
            self.tokens + other.tokens,
            self.policy_loss + other.policy_loss,
            self.kl + other.kl,
            self.clipped + other.clipped,
            self.entropy + other.entropy,
        )

    def means(self) -> dict[str, float]:
        """Per token, by the names of the metrics; nothing where there were no tokens."""
        names = ("policy_loss", "kl", "clip_fraction", "entropy")
        sums = (self.policy_loss, self.kl, self.clipped, self.entropy)
        return {f"grpo/{name}": value / self.tokens for name, value in zip(names, sums, strict=True) if self.tokens}


def grpo_loss(
    logprobs: torch.Tensor, entropies: torch.Tensor, sampled: Sampled, *, settings: LossSettings, normaliser: float
) -> tuple[torch.Tensor, Signals]:
    """The loss of some of an optimizer step's tokens.

    Args:
        logprobs: of the sampled tokens under the policy, float32 with gradient, (tokens,).
        entropies: of the policy's distribution at each of them, in nats, (tokens,).
        sampled: the rest of what is known of them.
        normaliser: N above, of the whole step: the losses of its micro-batches sum to the step's.

    Returns:
        The loss, and its parts for charts.
    """
    ratio = (logprobs - sampled.behaviour).exp()
    clipped = ratio.clamp(1 - settings.clip_range, 1 + settings.clip_range)
    policy = -torch.minimum(ratio * sampled.advantages, clipped * sampled.advantages)
    total, kl = policy.sum(), 0.0
    if sampled.reference is not None:
        divergence = k3(logprobs, sampled.reference)
        total = total + settings.kl_weight * divergence.sum()
        kl = float(divergence.detach().sum())
    stopped = clipped * sampled.advantages < ratio * sampled.advantages
    signals = Signals(
        tokens=len(logprobs),
        policy_loss=float(policy.detach().sum()),
        kl=kl,
        clipped=float(stopped.sum()),
        entropy=float(entropies.detach().sum()),
    )
    return total / normaliser, signals


def k3(logprobs: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """The k3 estimate of KL(π ‖ π_ref) at each token that was drawn from π (joschu.net/blog/kl-approx.html)."""
    difference = reference - logprobs
    return difference.exp() - difference - 1


def normaliser(variant: Variant, *, tokens: int, trajectories: int, longest: int) -> float:
    """N of an optimizer step.

    Args:
        tokens: sampled, in all its trajectories.
        longest: the most tokens that one trajectory can have sampled.
    """
    return float(tokens if variant == "grpo" else trajectories * longest)
