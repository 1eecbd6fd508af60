"""TRL's SFTTrainer on the same token ids, loss on the same tokens, the same adapter and optimizer.

`python -m bench.sft_ways.trl KIND TRACES_PER_STEP STEPS BATCH RESULT CACHE`, by the Python of the environment that has
TRL. Gradient checkpointing and bfloat16, which TRL switches on by itself, are off, as they are for us on a CPU. What
TRL calls assistant-only loss takes the mask from a chat template; here it is given with the ids, so that it is ours.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from datasets import Dataset
from peft import LoraConfig
from transformers import TrainerCallback
from trl import SFTConfig, SFTTrainer

from bench.sft_ways.material import BASE_MODEL, RECIPE, Stopwatch, in_order, traces_of
from evaluation.devices import choose_placement, set_cpu_threads
from evaluation.players.base_models import load_base_model
from evaluation.players.chat_tokens import ChatTokens
from training.examples import examples_of


class _Watching(TrainerCallback):  # type: ignore[misc]  # TRL's environment has no types
    """Times optimizer steps behind the first."""

    def __init__(self) -> None:
        self.watch = Stopwatch()

    def on_step_end(self, _args: Any, state: Any, *_more: Any, **_unread: Any) -> None:
        self.watch.lap()
        if state.global_step == 1:
            self.watch.begin()


def configuration(folder: str, size: int, batch: int) -> SFTConfig:
    return SFTConfig(
        output_dir=folder,
        per_device_train_batch_size=batch,
        gradient_accumulation_steps=size // batch,
        num_train_epochs=1,
        learning_rate=RECIPE.learning_rate,
        max_grad_norm=RECIPE.clip,
        lr_scheduler_type="constant",
        max_length=None,
        gradient_checkpointing=False,
        bf16=False,
        use_cpu=True,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        logging_steps=1000,
        seed=RECIPE.seed,
    )


def main() -> None:
    kind, size, steps, batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    result, cache = map(Path, sys.argv[5:])
    set_cpu_threads()
    placement = choose_placement("cpu", RECIPE.precision)
    model, tokenizer = load_base_model(BASE_MODEL, placement=placement, cache_directory=cache)
    chat, watching = ChatTokens(tokenizer), _Watching()
    examples = examples_of(chat, in_order(traces_of(kind, chat))[: (steps + 1) * size], RECIPE)
    rows = {
        "input_ids": [list(example.ids) for example in examples],
        "assistant_masks": [[int(weight > 0) for weight in example.weights] for example in examples],
    }
    lora = LoraConfig(
        r=RECIPE.lora_rank,
        lora_alpha=RECIPE.lora_alpha,
        lora_dropout=RECIPE.lora_dropout,
        target_modules=list(RECIPE.lora_targets),
        task_type="CAUSAL_LM",
    )
    with tempfile.TemporaryDirectory() as folder:
        SFTTrainer(
            model=model,
            args=configuration(folder, size, batch),
            train_dataset=Dataset.from_dict(rows),
            processing_class=tokenizer,
            peft_config=lora,
            callbacks=[watching],
        ).train()
    # It shuffles: what the first step had is not known, so each step is taken for an average one.
    tokens = round(sum(len(example.ids) for example in examples) * steps / (steps + 1))
    watching.watch.write(result, way=f"TRL, batch {batch}", traces=steps * size, tokens=tokens)


if __name__ == "__main__":
    main()
