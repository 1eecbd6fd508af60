"""An adapter written without torch: what matters are its names, shapes and types."""

import json
from pathlib import Path
from typing import Any

from asgiref.sync import async_to_sync

BASE = "HuggingFaceTB/SmolLM2-135M-Instruct"


def write_adapter(
    folder: Path, *, rank: int = 8, dtype: str = "F32", weights: dict[str, list[int]] | None = None, **config: Any
) -> Path:
    """A LoRA of rank `rank` on one module of a small layer; `weights` (name → shape) instead of its two matrices."""
    module = "base_model.model.model.layers.0.self_attn.q_proj"
    shapes = weights or {f"{module}.lora_A.weight": [rank, 16], f"{module}.lora_B.weight": [16, rank]}
    folder.mkdir(parents=True, exist_ok=True)
    plain = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": BASE,
        "r": rank,
        "lora_alpha": 2 * rank,
        "lora_dropout": 0.05,
        "target_modules": ["q_proj"],
        "bias": "none",
        "modules_to_save": None,
    }
    (folder / "adapter_config.json").write_text(json.dumps(plain | config))
    (folder / "adapter_model.safetensors").write_bytes(safetensors(shapes, dtype))
    return folder


def streamed_body(response: Any) -> bytes:
    """What a streaming response has sent, to its end."""

    async def read() -> bytes:
        return b"".join([part async for part in response.streaming_content])

    return async_to_sync(read)()


def safetensors(shapes: dict[str, list[int]], dtype: str) -> bytes:
    """A safetensors file of zeros (https://huggingface.co/docs/safetensors)."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, shape in shapes.items():
        begin, size = end, {"F32": 4, "F16": 2, "BF16": 2, "F64": 8}[dtype]
        for length in shape:
            size *= length
        end = begin + size
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + bytes(end)
