"""What the trainer writes is what plain PEFT and vLLM load; what they would not load is refused with the reason.

vLLM itself needs a GPU build and is not installed here. What it checks is in vllm/lora/peft_helper.py and
vllm/lora/lora_model.py, and written down in `training.adapters.peft_format`.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.training.adapters.adapter_files import BASE, write_adapter
from training.adapters.peft_format import VLLM_RANKS, AdapterRefused, read_adapter
from training.recipes import RECIPES, SFT_RECIPES

LAYER = "base_model.model.model.layers.0.self_attn.q_proj"
# peft asks transformers under a name that transformers has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")


@pytest.fixture(params=["full-trace", "generated"])
def trained(request: pytest.FixtureRequest, tiny_base: Path, tmp_path: Path) -> tuple[Path, Any]:
    """An adapter as the trainer writes it, of attention alone and of all linear layers, and its recipe."""
    from training.lora import load_trainee

    recipe = SFT_RECIPES[request.param]
    folder = tmp_path / "trained"
    folder.mkdir()
    load_trainee(recipe, str(tiny_base), device="cpu", threads=1).save(folder)
    return folder, recipe


def test_the_trainer_writes_a_plain_lora(trained: tuple[Path, Any]) -> None:
    folder, recipe = trained
    facts = read_adapter(folder)
    assert (facts.rank, facts.alpha) == (recipe.lora_rank, recipe.lora_alpha)
    assert facts.targets == tuple(sorted(recipe.lora_targets))
    assert facts.dtype == "F32"
    assert sorted(path.name for path in folder.iterdir()) == ["adapter_config.json", "adapter_model.safetensors"]


def test_plain_peft_loads_it(trained: tuple[Path, Any], tiny_base: Path) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    folder, _recipe = trained
    loaded: Any = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(tiny_base), str(folder))
    weights = {name: weight for name, weight in loaded.named_parameters() if "lora_" in name}
    # B begins at zero, A is drawn: had the names not fitted, A would be another draw and PEFT would have warned.
    assert all(torch.any(weight != 0) == ("lora_A" in name) for name, weight in weights.items())
    assert sum(weight.numel() for weight in weights.values()) == read_adapter(folder).parameters


def test_vllm_finds_in_it_what_it_asks_for(trained: tuple[Path, Any]) -> None:
    folder, recipe = trained
    config = json.loads((folder / "adapter_config.json").read_text())
    assert (config["peft_type"], config["task_type"], config["bias"]) == ("LORA", "CAUSAL_LM", "none")
    assert not config["modules_to_save"]
    assert not config["use_dora"]
    assert not config["rank_pattern"]
    assert not config["alpha_pattern"]
    assert read_adapter(folder).vllm_rank == recipe.lora_rank
    from safetensors import safe_open

    with safe_open(folder / "adapter_model.safetensors", "pt") as weights:
        for name in weights.keys():  # noqa: SIM118 - no mapping
            module, _, side = name.removeprefix("base_model.model.").rpartition(".lora_")
            assert side in ("A.weight", "B.weight")
            assert module.rpartition(".")[2] in recipe.lora_targets
            assert recipe.lora_rank in weights.get_slice(name).get_shape()


def test_every_recipe_has_a_rank_that_vllm_takes() -> None:
    assert {recipe.lora_rank for recipe in RECIPES.values()} <= set(VLLM_RANKS)


@pytest.mark.timeout(300)  # the first time, the GGUF is converted
def test_it_names_its_base_as_others_find_it(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    from training.lora import load_trainee

    assert request.config.cache is not None
    trainee = load_trainee(
        SFT_RECIPES["submit-only"],
        "SmolLM2-135M-Instruct",
        cache_directory=request.config.cache.mkdir("models"),
        device="cpu",
    )
    trainee.save(tmp_path)
    assert read_adapter(tmp_path).base_model == "HuggingFaceTB/SmolLM2-135M-Instruct"


@pytest.mark.parametrize(("rank", "vllm"), [(1, 8), (8, 8), (12, 16), (32, 32), (100, 128), (300, 320), (512, 512)])
def test_the_least_rank_that_vllm_must_be_started_with(tmp_path: Path, rank: int, vllm: int) -> None:
    assert read_adapter(write_adapter(tmp_path, rank=rank)).vllm_rank == vllm


def test_it_says_what_is_in_the_files(tmp_path: Path) -> None:
    facts = read_adapter(write_adapter(tmp_path, rank=8, dtype="BF16"))
    assert (facts.base_model, facts.rank, facts.alpha, facts.dropout) == (BASE, 8, 16, 0.05)
    assert (facts.targets, facts.dtype, facts.parameters) == (("q_proj",), "BF16", 256)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"peft_type": "IA3"}, "peft_type is 'IA3'; the desk plays with LoRA adapters"),
        ({"task_type": None}, "task_type is None where a language model has CAUSAL_LM"),
        ({"modules_to_save": ["lm_head"]}, "It sets modules_to_save"),
        ({"use_dora": True}, "It sets use_dora"),
        ({"rank_pattern": {"q_proj": 4}, "alpha_pattern": {"q_proj": 4}}, "It sets alpha_pattern, rank_pattern"),
        # What would import code by name to load it.
        ({"auto_mapping": {"parent_library": "os"}}, "It sets auto_mapping"),
        ({"megatron_config": {"a": 1}, "megatron_core": "os"}, "It sets megatron_config"),
        ({"bias": "all"}, "bias is 'all'; vLLM loads adapters without biases only"),
        ({"r": 1024}, "r is 1024; a rank is a number from 1 to 512"),
        ({"r": "8"}, "r is '8'"),
        ({"lora_alpha": None}, "lora_alpha is None; it must be a number"),
    ],
)
def test_a_configuration_that_is_no_plain_lora_is_refused(tmp_path: Path, config: dict[str, Any], words: str) -> None:
    with pytest.raises(AdapterRefused, match=words):
        read_adapter(write_adapter(tmp_path, **config))


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"model.layers.0.q_proj.lora_A.weight": [8, 16]}, "is no weight of a plain LoRA"),
        ({f"{LAYER}.lora_A.weight": [8, 16]}, "has one of its two matrices only"),
        ({f"{LAYER}.lora_A.weight": [4, 16], f"{LAYER}.lora_B.weight": [16, 4]}, "which has not the rank 8"),
        ({f"{LAYER}.lora_A.weight": [8, 4, 4]}, "is no matrix"),
        ({f"{LAYER}.lora_magnitude_vector": [8, 16]}, "is no weight of a plain LoRA"),
    ],
)
def test_weights_that_are_no_plain_lora_are_refused(tmp_path: Path, weights: dict[str, list[int]], words: str) -> None:
    with pytest.raises(AdapterRefused, match=words):
        read_adapter(write_adapter(tmp_path, weights=weights))


def test_a_number_type_that_nobody_loads_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AdapterRefused, match="is of the type F64; adapters have F32, F16, BF16"):
        read_adapter(write_adapter(tmp_path, dtype="F64"))


@pytest.mark.parametrize("content", [b"", b"\x80\x04pickle", (1 << 60).to_bytes(8, "little"), b"\x02\0\0\0\0\0\0\0[]"])
def test_what_is_no_safetensors_file_is_refused(tmp_path: Path, content: bytes) -> None:
    write_adapter(tmp_path)
    (tmp_path / "adapter_model.safetensors").write_bytes(content)
    with pytest.raises(AdapterRefused, match=r"adapter_model\.safetensors is no safetensors file"):
        read_adapter(tmp_path)


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    weights = write_adapter(tmp_path) / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(AdapterRefused, match="is cut off or has something behind its end"):
        read_adapter(tmp_path)
