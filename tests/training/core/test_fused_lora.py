"""LoRA layers computed in one step give what peft gives, and what they do not know is left to peft."""

from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from peft.tuners.lora.layer import Linear
from transformers import LlamaConfig, LlamaForCausalLM, Qwen3Config, Qwen3ForCausalLM

from training import forward
from training.forward import logits_at, reading

# peft reads what transformers has renamed.
pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")

LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
IDS = [[*range(3, 40)], [*range(3, 20), 1, 2, 3], [9, 8, 7]]
WANTED = [[5, 20, 36], [5, 18], [1, 2]]


def adapted_model(architecture: str = "qwen3", dtype: Any = None, **lora: Any) -> Any:
    """A small random model with a LoRA adapter, of which nothing is zero, in all its linear layers."""
    torch.manual_seed(0)
    fields: dict[str, Any] = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "vocab_size": 50}
    fields |= {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "initializer_range": 0.3}
    if architecture == "qwen3":
        model: Any = Qwen3ForCausalLM(Qwen3Config(**fields, attention_bias=True))
    else:
        model = LlamaForCausalLM(LlamaConfig(**fields))
    settings: dict[str, Any] = {"r": 4, "lora_alpha": 6, "target_modules": LINEAR, "init_lora_weights": False} | lora
    return get_peft_model(model.to(dtype), LoraConfig(**settings))


def logits_and_gradients(adapted: Any) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    adapted.zero_grad()
    logits, targets = logits_at(adapted.get_base_model(), IDS, WANTED)
    loss = torch.nn.functional.cross_entropy(logits, targets)
    loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
    return logits.detach(), {name: one.grad.clone() for name, one in adapted.named_parameters() if one.grad is not None}


def as_peft(adapted: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    with monkeypatch.context() as patch:
        patch.setattr("training.fused_lora._plain", lambda layer: False)
        with reading(adapted.get_base_model()):
            return logits_and_gradients(adapted)


def lora_layers(adapted: Any) -> list[Any]:
    return [layer for layer in adapted.modules() if isinstance(layer, Linear)]


@pytest.mark.parametrize("as_tree", [True, False], ids=["tree", "rows"])
@pytest.mark.parametrize("architecture", ["qwen3", "llama"])
def test_logits_and_gradients_are_those_of_peft(
    architecture: str, as_tree: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forward, "_as_tree", lambda device: as_tree)
    adapted = adapted_model(architecture)
    expected, expected_gradients = as_peft(adapted, monkeypatch)

    with reading(adapted.get_base_model()):
        assert all("forward" in vars(layer) for layer in lora_layers(adapted))
        logits, gradients = logits_and_gradients(adapted)

    torch.testing.assert_close(logits, expected, rtol=1e-5, atol=1e-5)
    assert len(gradients) == 2 * 2 * len(LINEAR)
    assert gradients.keys() == expected_gradients.keys()
    for name, gradient in gradients.items():
        torch.testing.assert_close(gradient, expected_gradients[name], rtol=1e-5, atol=1e-5)


def test_gradients_of_several_passes_add_up_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    adapted = adapted_model(dtype=torch.bfloat16)
    with reading(adapted.get_base_model()):
        _logits, once = logits_and_gradients(adapted)
        monkeypatch.setattr(adapted, "zero_grad", lambda: None)
        _logits, twice = logits_and_gradients(adapted)

    for name, gradient in once.items():
        assert gradient.dtype == torch.float32
        torch.testing.assert_close(twice[name], 2 * gradient)


def test_bfloat16_weights_give_nearly_what_float32_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    adapted = adapted_model("llama", torch.bfloat16, lora_alpha=2)
    with reading(adapted.get_base_model()):
        logits, gradients = logits_and_gradients(adapted)
    expected, expected_gradients = as_peft(adapted.float(), monkeypatch)

    assert float((logits - expected).norm() / expected.norm()) < 0.03
    found, wanted = (torch.cat([one.flatten() for one in some.values()]) for some in (gradients, expected_gradients))
    assert float((found - wanted).norm() / wanted.norm()) < 0.1


def test_the_layers_are_those_of_peft_again_on_leaving() -> None:
    adapted = adapted_model()
    with pytest.raises(KeyError), reading(adapted.get_base_model()):
        raise KeyError
    assert not any("forward" in vars(layer) for layer in lora_layers(adapted))


def test_an_adapter_that_is_switched_off_changes_nothing() -> None:
    adapted = adapted_model()
    model = adapted.get_base_model()
    with torch.no_grad(), reading(model):
        on, _targets = logits_at(model, IDS, WANTED)
        with adapted.disable_adapter():
            off, _targets = logits_at(model, IDS, WANTED)
        again, _targets = logits_at(model, IDS, WANTED)
    bare = adapted.unload()
    with torch.no_grad(), reading(bare):
        expected, _targets = logits_at(bare, IDS, WANTED)

    torch.testing.assert_close(off, expected)
    assert torch.equal(on, again)
    assert not torch.allclose(on, off)


def test_a_layer_with_dropout_is_left_to_peft_while_it_drops() -> None:
    adapted = adapted_model(lora_dropout=0.5)
    layer, x = lora_layers(adapted)[0], torch.randn(7, 32)
    with reading(adapted.get_base_model()):
        torch.manual_seed(1)
        found = layer.train()(x)
        playing = layer.eval()(x)
    torch.manual_seed(1)
    assert torch.equal(found, layer.train()(x))
    torch.testing.assert_close(playing, layer.eval()(x))
    assert not torch.allclose(found, playing)


@pytest.mark.parametrize(
    "kind", [{"use_dora": True}, {"lora_bias": True, "target_modules": ["q_proj"]}], ids=["dora", "bias"]
)
def test_other_kinds_of_adapters_are_left_to_peft(kind: dict[str, Any]) -> None:
    adapted = adapted_model(**kind)
    with reading(adapted.get_base_model()):
        assert not any("forward" in vars(layer) for layer in lora_layers(adapted))


def test_a_changed_adapter_is_noticed_inside_the_same_block() -> None:
    adapted = adapted_model(dtype=torch.bfloat16)
    model = adapted.get_base_model()
    with torch.no_grad(), reading(model):
        before, _targets = logits_at(model, IDS, WANTED)
        for weight in adapted.parameters():
            if weight.requires_grad:
                weight.mul_(2)
        changed, _targets = logits_at(model, IDS, WANTED)
    with torch.no_grad(), reading(model):
        expected, _targets = logits_at(model, IDS, WANTED)
    assert torch.equal(changed, expected)
    assert not torch.equal(changed, before)
