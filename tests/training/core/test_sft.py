"""The trainer on the tiny Qwen3: it learns, stops, goes on as if nothing had been, and says what is wrong."""

from pathlib import Path

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from evaluation.players.local_model import LocalModelPlayer
from exceptions.environment import Case
from tests.training.core.conftest import Recorder
from training.checkpoints import all_checkpoints, latest_checkpoint
from training.recipes import SftRecipe
from training.reporting import TrainingFailed
from training.sft import Outcome, train_sft
from training.traces import Trace

pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")


def _train(
    recipe: SftRecipe,
    base: Path,
    folder: Path,
    traces: list[Trace],
    holdout: list[Case],
    recorder: Recorder,
) -> Outcome:
    return train_sft(
        recipe,
        base_model=str(base),
        folder=folder,
        reporter=recorder,
        traces=traces,
        select=holdout,
        device="cpu",
        threads=1,
    )


def test_it_learns_and_keeps_every_epoch(
    recipe: SftRecipe, tiny_folder: Path, tmp_path: Path, traces: list[Trace], holdout: list[Case]
) -> None:
    recorder = Recorder()
    outcome = _train(recipe, tiny_folder, tmp_path, traces, holdout, recorder)
    losses = [recorder.values[step, "train/loss"] for step in range(1, 7)]
    assert losses[-1] < losses[0] - 1
    assert recorder.evaluations == {(0, "holdout"): 2, (1, "holdout"): 2, (2, "holdout"): 2}
    assert (outcome.status, outcome.last and outcome.last.epoch) == ("succeeded", 2)
    assert [one.kind for one in all_checkpoints(tmp_path)] == ["epoch", "epoch"]
    # Both score the same on two cases, and the earlier one is the best.
    assert outcome.best is not None
    assert outcome.best.epoch == 1
    names = {name for _step, name in recorder.values}
    assert names >= {"train/loss", "train/loss_submit", "train/loss_decision", "train/lr", "train/grad_norm"}
    assert names >= {"eval/score", "eval/score_grounded", "eval/resolved_rate", "eval/steps_mean"}


def test_a_run_that_was_stopped_ends_with_the_metrics_of_an_undisturbed_one(
    recipe: SftRecipe, tiny_folder: Path, tmp_path: Path, traces: list[Trace], holdout: list[Case]
) -> None:
    undisturbed = Recorder()
    _train(recipe, tiny_folder, tmp_path / "whole", traces, holdout, undisturbed)
    told: dict[tuple[int, str], float] = {}
    # Within the first epoch, at its end before it was evaluated, and within the second.
    for steps, ends in ((1, "stopped"), (2, "stopped"), (1, "stopped"), (None, "succeeded")):
        recorder = Recorder(stop_after=steps)
        assert _train(recipe, tiny_folder, tmp_path / "parts", traces, holdout, recorder).status == ends
        told |= recorder.lasting
    assert told == undisturbed.lasting
    [one, other] = [latest_checkpoint(tmp_path / name) for name in ("whole", "parts")]
    assert one is not None
    assert other is not None
    assert one.sha256 == other.sha256


def test_the_adapter_is_one_that_peft_and_a_player_load(
    recipe: SftRecipe, tiny_folder: Path, tmp_path: Path, traces: list[Trace]
) -> None:
    outcome = _train(recipe, tiny_folder, tmp_path, traces, [], Recorder())
    assert outcome.last is not None
    base = AutoModelForCausalLM.from_pretrained(tiny_folder)
    plain = PeftModel.from_pretrained(base, str(outcome.last.folder))
    weights = [weight for name, weight in plain.named_parameters() if "lora_B" in name]
    assert weights
    assert all(weight.abs().max() > 0 for weight in weights)
    LocalModelPlayer.load("trained", str(tiny_folder), adapter=outcome.last.folder, device="cpu", threads=1)


def test_losses_that_are_no_numbers_are_skipped_and_past_the_limit_fail_the_run(
    recipe: SftRecipe, tiny_folder: Path, tmp_path: Path, traces: list[Trace]
) -> None:
    broken = tmp_path / "broken"
    model = AutoModelForCausalLM.from_pretrained(tiny_folder)
    with torch.no_grad():
        model.get_input_embeddings().weight.fill_(float("inf"))
    model.save_pretrained(broken)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        if (tiny_folder / name).exists():
            (broken / name).write_bytes((tiny_folder / name).read_bytes())
    recorder = Recorder()
    with pytest.raises(TrainingFailed, match="3 losses were no numbers and 2 are allowed"):
        _train(recipe.model_copy(update={"max_nonfinite": 2}), broken, tmp_path / "run", traces, [], recorder)
    assert recorder.values == {(step, "train/nonfinite"): float(step) for step in (1, 2, 3)}
    assert recorder.lines[0].startswith("warning: The loss of step 1 is no number")


def test_four_bit_weights_are_refused_where_there_is_no_cuda(
    recipe: SftRecipe, tiny_folder: Path, tmp_path: Path, traces: list[Trace]
) -> None:
    with pytest.raises(TrainingFailed, match="4-bit weights need CUDA"):
        _train(recipe.model_copy(update={"precision": "nf4"}), tiny_folder, tmp_path, traces, [], Recorder())


def test_a_layer_that_is_not_there_is_named(
    recipe: SftRecipe, tiny_folder: Path, tmp_path: Path, traces: list[Trace]
) -> None:
    wrong = recipe.model_copy(update={"lora_targets": ("query_projection",)})
    with pytest.raises(TrainingFailed, match="query_projection"):
        _train(wrong, tiny_folder, tmp_path, traces, [], Recorder())


def test_nothing_to_train_on_is_refused(recipe: SftRecipe, tiny_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingFailed, match="no traces"):
        _train(recipe, tiny_folder, tmp_path, [], [], Recorder())


def test_gradient_checkpointing_changes_no_loss(
    recipe: SftRecipe, tiny_folder: Path, tmp_path: Path, traces: list[Trace]
) -> None:
    one = recipe.model_copy(update={"epochs": 1})
    plain, saving = Recorder(), Recorder()
    _train(one, tiny_folder, tmp_path / "plain", traces, [], plain)
    _train(
        one.model_copy(update={"gradient_checkpointing": True}), tiny_folder, tmp_path / "saving", traces, [], saving
    )
    for step in (1, 2, 3):
        assert saving.values[step, "train/loss"] == pytest.approx(plain.values[step, "train/loss"], rel=1e-5)
