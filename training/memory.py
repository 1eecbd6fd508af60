"""How much memory training a model takes, estimated without loading it: coarse, and rather too much than too little."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evaluation.players.base_model_files import PACKAGED_MODELS, gguf_file
from training.grpo.recipes import GrpoRecipe
from training.recipe_fields import CPU_MICRO_BATCH_TOKENS, GPU_MICRO_BATCH_TOKENS, RecipeFields
from training.recipes import SftRecipe

#: The packaged SmolLM2-135M, from its configuration.
_SMOLLM2: Final = {
    "hidden_size": 576,
    "intermediate_size": 1536,
    "num_hidden_layers": 30,
    "vocab_size": 49152,
}
#: Bytes of a weight, by precision.
_WEIGHT_BYTES: Final = {"float32": 4.0, "bfloat16": 2.0, "nf4": 0.7}
#: Activations that are kept for the backward pass, in values for each token, layer and hidden unit. Korthikanti et al.
#: 2022 (arXiv:2205.05198) count 34 bytes in half precision, without the attention matrix, which is never whole here.
_ACTIVATIONS: Final = 17
#: With checkpointing one input of each layer, and one layer's activations at a time.
_CHECKPOINTED: Final = 2
#: Python, torch and its kernels.
_RUNTIME: Final = 800 << 20
#: Bits of a weight in a quantised GGUF file of which nothing else is known.
_GGUF_BITS: Final = 4.8


@dataclass(frozen=True, slots=True)
class ModelSize:
    """What of a model decides its memory; `layers` and `hidden` are guesses for one that is known by its name only."""

    parameters: int
    layers: int
    hidden: int
    intermediate: int


def model_size(base_model: str) -> ModelSize | None:
    """From a packaged model, a folder or the Hub's cache on this machine, else from the name; None: not to be told.

    Raises:
        PlayerError: a packaged model or GGUF file is not there.
    """
    gguf = gguf_file(base_model)
    if base_model in PACKAGED_MODELS:
        return _of_config(_SMOLLM2)
    if gguf is not None:
        return _guessed(round(gguf.stat().st_size * 8 / _GGUF_BITS))
    for config in (Path(base_model) / "config.json", _cached_config(base_model)):
        if config is not None and config.is_file():
            return _of_config(json.loads(config.read_text()))
    found = re.search(r"(\d+(?:\.\d+)?)\s*([BM])(?![a-z])", base_model, re.IGNORECASE)
    if found is None:
        return None
    return _guessed(round(float(found[1]) * (1e9 if found[2].upper() == "B" else 1e6)))


def training_memory(recipe: RecipeFields, size: ModelSize, *, on_gpu: bool) -> int:
    """Bytes at the peak of an optimizer step."""
    precision = recipe.precision
    if precision == "auto":
        precision = "bfloat16" if on_gpu else "float32"
    tokens = recipe.micro_batch_tokens or (GPU_MICRO_BATCH_TOKENS if on_gpu else CPU_MICRO_BATCH_TOKENS)
    values = _ACTIVATIONS * size.layers
    if recipe.gradient_checkpointing:
        values = _CHECKPOINTED * size.layers + _ACTIVATIONS
    activations = tokens * size.hidden * values * (4 if precision == "float32" else 2)
    # Weights, gradients and AdamW's two averages, all in float32.
    adapter = adapter_parameters(recipe, size) * 16
    return round(size.parameters * _WEIGHT_BYTES[precision] + adapter + activations) + _RUNTIME


def adapter_parameters(recipe: RecipeFields, size: ModelSize) -> int:
    """Numbers in the adapter, on square attention matrices (grouped keys and values have fewer)."""
    wide = sum(name in ("gate_proj", "up_proj", "down_proj") for name in recipe.lora_targets)
    square = len(recipe.lora_targets) - wide
    return recipe.lora_rank * size.layers * (square * 2 * size.hidden + wide * (size.hidden + size.intermediate))


def checkpoints_bytes(recipe: SftRecipe | GrpoRecipe, size: ModelSize) -> int:
    """What the run's folder and the storage of adapters take at the end: adapter and optimizer, one for each epoch."""
    kept = (recipe.iterations if isinstance(recipe, GrpoRecipe) else recipe.epochs) + 2
    return kept * adapter_parameters(recipe, size) * (12 + 4)


def _of_config(config: dict[str, Any]) -> ModelSize:
    layers, hidden = int(config["num_hidden_layers"]), int(config["hidden_size"])
    intermediate = int(config.get("intermediate_size") or 4 * hidden)
    parameters = layers * (4 * hidden * hidden + 3 * hidden * intermediate) + int(config["vocab_size"]) * hidden
    return ModelSize(parameters, layers, hidden, intermediate)


def _guessed(parameters: int) -> ModelSize:
    """As models of that many parameters are built: about 16 hidden² a layer, hidden ≈ 80 × layers."""
    layers = max(2, round((parameters / (16 * 80 * 80)) ** (1 / 3)))
    return ModelSize(parameters, layers, 80 * layers, 4 * 80 * layers)


def _cached_config(hub_id: str) -> Path | None:
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    found = sorted((home / "hub" / f"models--{hub_id.replace('/', '--')}").glob("snapshots/*/config.json"))
    return found[-1] if found else None
