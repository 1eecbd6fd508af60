"""Loss and gradient against TRL's GRPOTrainer on the same model and tensors, in a virtual environment of its own."""

import math
import subprocess
from pathlib import Path
from typing import Any

import pytest

from evaluation.devices import import_torch
from tests.trl_environment import NoTrl, trl_python
from training.forward import reading
from training.grpo.groups import Trajectory
from training.grpo.loss import LossSettings, Sampled, Signals, Variant, grpo_loss, normaliser
from training.grpo.scoring import score

torch = import_torch()
SETTINGS = LossSettings(clip_range=0.2, kl_weight=0.05)
LONGEST = 64
PROMPT = 9
#: TRL's names for what is averaged: `dapo` over all tokens of the batch.
LOSS_TYPES: dict[Variant, str] = {"grpo": "dapo", "dr_grpo": "dr_grpo"}


def trajectories() -> list[Trajectory]:
    """Four samples of one prompt, of several lengths, in which the environment speaks now and then."""
    drawn = torch.Generator().manual_seed(3)
    prompt = torch.randint(10, 400, (PROMPT,), generator=drawn).tolist()
    found = []
    for length, advantage in zip((20, 31, 8, 27), (1.2, -0.7, 0.3, -0.8), strict=True):
        ids = (*prompt, *torch.randint(10, 400, (length,), generator=drawn).tolist())
        places = tuple(at for at in range(PROMPT, PROMPT + length) if at % 7)
        logprobs = (-6.0 + torch.randn(len(places), generator=drawn)).tolist()
        found.append(Trajectory(ids, places, tuple(logprobs), 1.0, 0.0, advantage))
    return found


def behaviour_near_the_policy(model: Any, given: list[Trajectory]) -> tuple[torch.Tensor, torch.Tensor]:
    """Log-probabilities of behaviour and reference: the policy's, moved so far that some tokens are clipped."""
    with torch.no_grad(), reading(model):
        logprobs, _ = score(model, given)
    drawn = torch.Generator().manual_seed(4)
    return tuple(logprobs + spread * torch.randn(len(logprobs), generator=drawn) for spread in (0.3, 0.5))


def trl_inputs(given: list[Trajectory], behaviour: torch.Tensor, reference: torch.Tensor) -> dict[str, torch.Tensor]:
    """The same as TRL's trainer passes it to its loss: padded, with masks."""
    longest = max(len(one.ids) for one in given) - PROMPT
    shape = (len(given), longest)
    inputs = {name: torch.zeros(shape, dtype=torch.long) for name in ("completion_ids", "completion_mask", "tool_mask")}
    inputs |= {name: torch.zeros(shape) for name in ("old_per_token_logps", "ref_per_token_logps")}
    start = 0
    for row, one in enumerate(given):
        length, end = len(one.ids) - PROMPT, start + len(one.places)
        at = torch.tensor(one.places) - PROMPT
        inputs["completion_ids"][row, :length] = torch.tensor(one.ids[PROMPT:])
        inputs["completion_mask"][row, :length] = 1
        inputs["tool_mask"][row, at] = 1
        inputs["old_per_token_logps"][row, at] = behaviour[start:end]
        inputs["ref_per_token_logps"][row, at] = reference[start:end]
        start = end
    inputs["prompt_ids"] = torch.tensor([one.ids[:PROMPT] for one in given])
    inputs["prompt_mask"] = torch.ones_like(inputs["prompt_ids"])
    inputs["advantages"] = torch.tensor([one.advantage for one in given])
    inputs["num_items_in_batch"] = torch.tensor(float(start))
    return inputs


@pytest.fixture(scope="module")
def by_trl(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory, trl_cache: Path) -> dict[str, Any]:
    """What TRL finds, by its loss type."""
    try:
        python = trl_python(trl_cache)
    except NoTrl as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("trl")
    model, given = plain_model(tiny_folder), trajectories()
    inputs = trl_inputs(given, *behaviour_near_the_policy(model, given))
    asked = {"inputs": inputs, "loss_types": list(LOSS_TYPES.values()), "longest": LONGEST}
    torch.save(asked | {"kl_weight": 0.05, "clip_range": 0.2}, folder / "given.pt")
    script = Path(__file__).with_name("trl_loss.py")
    command = [str(python), str(script), str(tiny_folder), str(folder / "given.pt"), str(folder / "found.pt")]
    asked_trl = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert asked_trl.returncode == 0, asked_trl.stderr[-3000:]
    found: dict[str, Any] = torch.load(folder / "found.pt", weights_only=True)
    return found


def plain_model(folder: Path) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("variant", LOSS_TYPES)
def test_loss_gradient_and_signals_are_those_of_trl(
    by_trl: dict[str, Any], tiny_folder: Path, variant: Variant
) -> None:
    expected = by_trl[LOSS_TYPES[variant]]
    model, given = plain_model(tiny_folder), trajectories()
    behaviour, reference = behaviour_near_the_policy(model, given)
    counts = torch.tensor([len(one.places) for one in given])
    advantages = torch.tensor([one.advantage for one in given]).repeat_interleave(counts)
    divisor = normaliser(variant, tokens=int(counts.sum()), trajectories=len(given), longest=LONGEST)

    with reading(model):
        logprobs, entropies = score(model, given)
        loss, signals = grpo_loss(
            logprobs, entropies, Sampled(behaviour, reference, advantages), settings=SETTINGS, normaliser=divisor
        )
        loss.backward()

    torch.testing.assert_close(loss.detach(), expected["loss"], rtol=1e-4, atol=1e-6)
    gradients = {name: weight.grad for name, weight in model.named_parameters() if weight.grad is not None}
    assert gradients.keys() == expected["gradients"].keys()
    for name, gradient in gradients.items():
        torch.testing.assert_close(gradient, expected["gradients"][name], rtol=1e-3, atol=1e-6)
    _assert_same_signals(signals, expected["signals"])


def _assert_same_signals(ours: Signals, trl: dict[str, float]) -> None:
    means = ours.means()
    assert 0 < means["grpo/clip_fraction"] < 1
    assert means["grpo/kl"] == pytest.approx(trl["kl"], rel=1e-3)
    assert means["grpo/entropy"] == pytest.approx(trl["entropy"], rel=1e-3)
    assert means["grpo/clip_fraction"] == pytest.approx(trl["clip_ratio/region_mean"], abs=1e-6)
    assert math.isfinite(means["grpo/policy_loss"])
