"""The loss against twenty lines written from the papers, and by its own laws."""

import math

import pytest

from evaluation.devices import import_torch
from training.grpo.loss import LossSettings, Sampled, Signals, Variant, grpo_loss, k3, normaliser

torch = import_torch()
SETTINGS = LossSettings(clip_range=0.2, kl_weight=0.05)
LENGTHS = (3, 5, 1, 4)
ADVANTAGES = (1.2, -0.7, 0.3, -0.8)
LONGEST = 16


def tensors(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Log-probabilities of policy, behaviour and reference for each token of four trajectories."""
    generator = torch.Generator().manual_seed(seed)
    policy = -torch.rand(sum(LENGTHS), generator=generator) * 3
    behaviour = policy + 0.4 * torch.randn(len(policy), generator=generator)
    reference = policy + 0.5 * torch.randn(len(policy), generator=generator)
    return policy.requires_grad_(), behaviour, reference


def by_the_papers(
    policy: torch.Tensor, behaviour: torch.Tensor, reference: torch.Tensor, variant: Variant
) -> torch.Tensor:
    """DeepSeekMath, equations 3 and 4, summed token by token; then Dr. GRPO's constant, or the number of tokens."""
    total, start = torch.tensor(0.0), 0
    for length, advantage in zip(LENGTHS, ADVANTAGES, strict=True):
        for t in range(start, start + length):
            ratio = torch.exp(policy[t]) / math.exp(behaviour[t])
            clipped = min(max(float(ratio.detach()), 1 - 0.2), 1 + 0.2)
            if float(ratio.detach()) * advantage <= clipped * advantage:
                surrogate = ratio * advantage
            else:
                surrogate = torch.tensor(clipped * advantage)
            fraction = math.exp(reference[t]) / torch.exp(policy[t])
            divergence = fraction - torch.log(fraction) - 1
            total = total - (surrogate - 0.05 * divergence)
        start += length
    return total / (sum(LENGTHS) if variant == "grpo" else len(LENGTHS) * LONGEST)


def by_us(
    policy: torch.Tensor,
    behaviour: torch.Tensor,
    reference: torch.Tensor | None,
    variant: Variant = "grpo",
    settings: LossSettings = SETTINGS,
) -> tuple[torch.Tensor, Signals]:
    advantages = torch.tensor(ADVANTAGES).repeat_interleave(torch.tensor(LENGTHS))
    divisor = normaliser(variant, tokens=sum(LENGTHS), trajectories=len(LENGTHS), longest=LONGEST)
    sampled = Sampled(behaviour, reference, advantages)
    return grpo_loss(policy, torch.ones_like(policy), sampled, settings=settings, normaliser=divisor)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("variant", ["grpo", "dr_grpo"])
def test_loss_and_gradient_are_those_of_the_papers(variant: Variant, seed: int) -> None:
    policy, behaviour, reference = tensors(seed)
    expected = by_the_papers(policy, behaviour, reference, variant)
    [expected_gradient] = torch.autograd.grad(expected, policy)

    loss, _signals = by_us(policy, behaviour, reference, variant)

    [gradient] = torch.autograd.grad(loss, policy)
    torch.testing.assert_close(loss, expected, rtol=1e-5, atol=1e-7)
    torch.testing.assert_close(gradient, expected_gradient, rtol=1e-4, atol=1e-7)


def test_on_the_policy_the_gradient_is_the_policy_gradient() -> None:
    """Where the policy is still the one that sampled, nothing is clipped and every token weighs its advantage."""
    policy, _, _ = tensors()

    loss, signals = by_us(policy, policy.detach(), None, settings=LossSettings(0.2, 0.0))

    [gradient] = torch.autograd.grad(loss, policy)
    expected = -torch.tensor(ADVANTAGES).repeat_interleave(torch.tensor(LENGTHS)) / sum(LENGTHS)
    torch.testing.assert_close(gradient, expected)
    assert signals.clipped == 0


@pytest.mark.parametrize(("moved", "advantage", "counts"), [(0.5, 1, False), (-0.5, 1, True), (0.5, -1, True)])
def test_a_token_that_moved_far_in_the_right_direction_is_pushed_no_further(
    moved: float, advantage: float, counts: bool
) -> None:
    policy = torch.tensor([-1.0], requires_grad=True)
    sampled = Sampled(policy.detach() - moved, None, torch.tensor([advantage]))

    loss, signals = grpo_loss(policy, policy, sampled, settings=LossSettings(0.2, 0.0), normaliser=1)

    [gradient] = torch.autograd.grad(loss, policy)
    assert bool(gradient != 0) is counts
    assert signals.clipped == (not counts)


def test_the_losses_of_micro_batches_sum_to_that_of_the_step() -> None:
    policy, behaviour, reference = tensors()
    advantages = torch.tensor(ADVANTAGES).repeat_interleave(torch.tensor(LENGTHS))
    whole, signals = by_us(policy, behaviour, reference)

    parts = [
        grpo_loss(
            policy[some],
            torch.ones_like(policy[some]),
            Sampled(behaviour[some], reference[some], advantages[some]),
            settings=SETTINGS,
            normaliser=sum(LENGTHS),
        )
        for some in (slice(0, 8), slice(8, None))
    ]

    torch.testing.assert_close(parts[0][0] + parts[1][0], whole)
    assert (parts[0][1] + parts[1][1]).means() == pytest.approx(signals.means())


def test_signals_are_means_over_tokens() -> None:
    policy, behaviour, reference = tensors()

    loss, signals = by_us(policy, behaviour, reference)

    means = signals.means()
    assert set(means) == {"grpo/policy_loss", "grpo/kl", "grpo/clip_fraction", "grpo/entropy"}
    assert float(loss.detach()) == pytest.approx(means["grpo/policy_loss"] + 0.05 * means["grpo/kl"])
    assert means["grpo/entropy"] == 1
    assert 0 < means["grpo/clip_fraction"] < 1
    assert Signals().means() == {}


def test_k3_is_never_negative_and_estimates_the_divergence_without_bias() -> None:
    generator = torch.Generator().manual_seed(0)
    policy, reference = (torch.randn(20, generator=generator).log_softmax(0) for _ in range(2))

    estimates = k3(policy, reference)

    assert bool((estimates >= 0).all())
    expectation = (policy.exp() * estimates).sum()
    divergence = (policy.exp() * (policy - reference)).sum()
    torch.testing.assert_close(expectation, divergence)
