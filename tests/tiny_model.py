"""A two-layer, randomly initialised Qwen3 with a small tokenizer trained here: real, and answers in milliseconds."""

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

#: ChatML as Qwen3 has it: thoughts of earlier turns are dropped, and thinking can be disabled.
CHAT_TEMPLATE = """\
{%- for message in messages -%}
{{- '<|im_start|>' + message.role + '\\n' -}}
{%- if message.role == 'assistant' and '</think>' in message.content -%}
{{- message.content.split('</think>')[-1].lstrip('\\n') -}}
{%- elif message.role == 'assistant' and loop.last -%}
{{- '<think>\\n\\n</think>\\n\\n' + message.content -}}
{%- else -%}
{{- message.content -}}
{%- endif -%}
{{- '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\\n' -}}
{%- if enable_thinking is defined and enable_thinking is false -%}
{{- '<think>\\n\\n</think>\\n\\n' -}}
{%- endif -%}
{%- endif -%}
"""

_TEXT = [
    "You resolve invoice exceptions. Answer with one JSON object and nothing else.",
    '{"action_type": "inspect_purchase_order"} {"action_type": "compare_quantity"}',
    '{"action_type": "submit_final_resolution", "final_decision": "place_on_hold", "confidence": 0.9}',
    "The purchase order lists 100 units at 12.50, the goods receipt 90; 4 steps left.",
]


def build_tiny_model(folder: Path) -> Path:
    """Write model and tokenizer into `folder` in the Transformers format, the same each time; returns it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=480,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "</think>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_TEXT, trainer)
    wrap: Any = PreTrainedTokenizerFast
    fast = wrap(
        tokenizer_object=tokenizer,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        chat_template=CHAT_TEMPLATE,
    )
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=len(fast),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        max_position_embeddings=4096,
        # Large enough that greedy answers wander instead of repeating one token.
        initializer_range=0.3,
        tie_word_embeddings=True,
        eos_token_id=fast.eos_token_id,
        pad_token_id=fast.pad_token_id,
    )
    Qwen3ForCausalLM(config).save_pretrained(folder)
    return folder


def build_tiny_adapter(base: Path, folder: Path) -> Path:
    """Write a LoRA adapter of the model in `base` into `folder` in PEFT format, safetensors; returns it."""
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(1)
    wanted = LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False, task_type="CAUSAL_LM")
    adapted: Any = get_peft_model(Qwen3ForCausalLM.from_pretrained(base), wanted)
    adapted.save_pretrained(folder)
    return folder
