"""The model that is trained: a base model with a LoRA adapter in it, on the device and in the numbers that suit it.

Imported only where torch is wanted.
"""

import importlib.util
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import psutil
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    BitsAndBytesConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from evaluation.devices import Placement, choose_placement, set_cpu_threads
from evaluation.players.base_model_files import HUB_IDS, PACKAGED_MODELS, gguf_file
from evaluation.players.base_models import load_base_model
from training.fused_lora import fused_lora
from training.recipes import Precision
from training.reporting import TrainingFailed


class AdapterFields(Protocol):
    """What of a recipe decides the adapter."""

    @property
    def seed(self) -> int: ...
    @property
    def lora_rank(self) -> int: ...
    @property
    def lora_alpha(self) -> int: ...
    @property
    def lora_dropout(self) -> float: ...
    @property
    def lora_targets(self) -> tuple[str, ...]: ...
    @property
    def precision(self) -> Precision: ...
    @property
    def gradient_checkpointing(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Trainee:
    """A base model with an adapter in its linear layers. Only the adapter's weights (float32) are trained."""

    peft: PeftModel
    tokenizer: PreTrainedTokenizerBase

    @property
    def model(self) -> PreTrainedModel:
        """The base model with the adapter in it: what is called, and what plays."""
        return cast("PreTrainedModel", self.peft.get_base_model())

    @property
    def device(self) -> torch.device:
        return self.model.device

    @property
    def memory_bytes(self) -> int:
        """The most memory so far: of the device, or of this process where that is the CPU."""
        if self.device.type == "cuda":
            return int(torch.cuda.max_memory_allocated(self.device))
        return int(psutil.Process().memory_info().rss)

    def trained(self) -> list[torch.nn.Parameter]:
        """The adapter's weights, in a fixed order."""
        return [weight for weight in self.peft.parameters() if weight.requires_grad]

    @contextmanager
    def playing(self) -> Iterator[PreTrainedModel]:
        """The model without dropout and gradients of checkpointing, as a player uses it."""
        before = self.model.training
        self.model.train(False)
        try:
            with fused_lora(self.model):
                yield self.model
        finally:
            self.model.train(before)

    def save(self, folder: Path) -> None:
        """Write the adapter in PEFT format, safetensors."""
        # An adapter changes no vocabulary; without saying so peft asks the hub for the base model.
        self.peft.save_pretrained(str(folder), safe_serialization=True, save_embedding_layers=False)
        (folder / "README.md").unlink(missing_ok=True)
        # peft keeps the layers in a set, whose order differs from process to process: the same adapter is to be the
        # same files, by whose hash it is kept.
        about = folder / "adapter_config.json"
        config = json.loads(about.read_text())
        config["target_modules"] = sorted(config["target_modules"])
        about.write_text(json.dumps(config, indent=2, sort_keys=True))


def load_trainee(
    recipe: AdapterFields,
    base_model: str,
    *,
    adapter: Path | None = None,
    cache_directory: Path | None = None,
    device: str = "auto",
    threads: int | None = None,
) -> Trainee:
    """Load a base model and put an adapter into it: a fresh one as the recipe says, or `adapter` to go on from.

    A fresh adapter changes nothing yet (its B is zero); A is drawn by the recipe's seed.

    Raises:
        TrainingFailed: 4-bit weights where the device cannot, an adapter that does not fit, a layer that is not there.
        PlayerError: the base model cannot be loaded.
    """
    set_cpu_threads(threads)
    placement = choose_placement(device, "auto" if recipe.precision == "nf4" else recipe.precision)
    if recipe.precision == "nf4":
        model, tokenizer = _load_nf4(base_model, placement)
    else:
        model, tokenizer = load_base_model(base_model, placement=placement, cache_directory=cache_directory)
    torch.manual_seed(recipe.seed)
    try:
        if adapter is not None:
            peft: Any = PeftModel.from_pretrained(model, str(adapter), is_trainable=True)
        else:
            peft = get_peft_model(model, _lora_config(recipe))
    except (OSError, ValueError, RuntimeError) as error:
        raise TrainingFailed(f"No adapter can be put into {base_model}: {error}") from error
    for config in peft.peft_config.values():
        config.base_model_name_or_path = HUB_IDS.get(base_model, base_model)
    if recipe.gradient_checkpointing:
        model.activation_checkpointing_enable({"use_reentrant": False})
    return Trainee(peft, tokenizer)


def _lora_config(recipe: AdapterFields) -> LoraConfig:
    return LoraConfig(
        r=recipe.lora_rank,
        lora_alpha=recipe.lora_alpha,
        lora_dropout=recipe.lora_dropout,
        target_modules=list(recipe.lora_targets),
        task_type="CAUSAL_LM",
    )


def _load_nf4(base_model: str, placement: Placement) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The base weights in 4-bit NormalFloat (QLoRA, arXiv:2305.14314), computed in the device's own type."""
    if placement.device.type != "cuda":
        raise TrainingFailed(
            f"4-bit weights need CUDA; this would run on {placement.device.type}. "
            "Choose a recipe in float32 or bfloat16."
        )
    if importlib.util.find_spec("bitsandbytes") is None:
        raise TrainingFailed("4-bit weights need bitsandbytes, which is not installed here: pip install bitsandbytes")
    if base_model in PACKAGED_MODELS or gguf_file(base_model) is not None:
        raise TrainingFailed(f"{base_model} is a GGUF file; 4-bit weights are made from a folder or a hub id.")
    quantized = BitsAndBytesConfig(  # type: ignore[no-untyped-call]  # transformers leaves it untyped
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=placement.dtype,
    )
    model: Any = AutoModelForCausalLM.from_pretrained(
        base_model, quantization_config=quantized, device_map={"": placement.device}, use_safetensors=True
    )
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(base_model)
    return model.eval(), tokenizer
