"""TRL's loss and gradient on given tensors. Runs in an environment that has TRL and knows nothing of this project.

`python trl_loss.py MODEL_FOLDER GIVEN.pt FOUND.pt`: for each of GIVEN's loss types the loss, the gradient of every
weight and the signals, as TRL names them.
"""

import sys
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import GRPOConfig, GRPOTrainer


def trainer_for(folder: str, work: Path, given: dict[str, Any], loss_type: str) -> Any:
    """A trainer that is never run: only its loss is asked for."""
    config = GRPOConfig(
        output_dir=str(work),
        loss_type=loss_type,
        beta=given["kl_weight"],
        epsilon=given["clip_range"],
        # The plain k3; the correction weighs it by the ratio, which is 1 in the paper's first step.
        use_bias_correction_kl=False,
        max_completion_length=given["longest"],
        per_device_train_batch_size=4,
        gradient_accumulation_steps=1,
        num_generations=4,
        report_to=[],
        use_cpu=True,
        gradient_checkpointing=False,
        bf16=False,
    )
    return GRPOTrainer(
        model=AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32),
        reward_funcs=lambda completions, **_: [0.0] * len(completions),
        args=config,
        train_dataset=Dataset.from_dict({"prompt": ["-"] * 4}),
        processing_class=AutoTokenizer.from_pretrained(folder),
    )


def main(folder: str, given_file: str, found_file: str) -> None:
    given = torch.load(given_file, weights_only=True)
    found: dict[str, Any] = {}
    for loss_type in given["loss_types"]:
        trainer = trainer_for(folder, Path(found_file).parent, given, loss_type)
        trainer.model.train()
        trainer.current_gradient_accumulation_steps = 1
        loss = trainer._compute_loss(trainer.model, dict(given["inputs"]))
        loss.backward()
        gradients = {name: weight.grad for name, weight in trainer.model.named_parameters() if weight.grad is not None}
        signals = {name: values[-1] for name, values in trainer._metrics["train"].items() if values}
        found[loss_type] = {"loss": loss.detach(), "gradients": gradients, "signals": signals}
    torch.save(found, found_file)


if __name__ == "__main__":
    main(*sys.argv[1:])
