"""LoRA adapters in PEFT format, as `PeftModel.from_pretrained` and vLLM load them.

Read without torch: the configuration is JSON, and the weights' names, shapes and number types stand at the beginning
of a safetensors file (https://huggingface.co/docs/safetensors: eight bytes for the length of a JSON header). What vLLM
takes is what `vllm/lora/peft_helper.py` and `vllm/lora/lora_model.py` check: no bias, no `modules_to_save`, no DoRA,
one rank for all modules, weights named `base_model.model.<module>.lora_A.weight` and `…lora_B.weight`.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from evaluation.players.adapters import ADAPTER_FILES
from exceptions.services.errors import DeskError

#: What vLLM takes for `--max-lora-rank` (`MaxLoRARanks` in vllm/config/lora.py), but for 1.
VLLM_RANKS: Final = (8, 16, 32, 64, 128, 256, 320, 512)
#: Number types of a safetensors file that an adapter may have, and the bytes of a number.
DTYPES: Final = {"F32": 4, "F16": 2, "BF16": 2}
_WEIGHT: Final = re.compile(r"base_model\.model\.(?P<module>[\w.]+)\.lora_(?P<side>[AB])\.weight")
#: Larger is no header of an adapter: that of a 36-layer model with LoRA on seven modules has 70 kB.
_MAX_HEADER: Final = 16 << 20
_MAX_CONFIG: Final = 1 << 20
#: Settings that change what an adapter computes, or which code is imported to load it. Null, false or empty in a plain
#: LoRA.
_MUST_BE_UNSET: Final = (
    "alora_invocation_tokens",
    "alpha_pattern",
    "arrow_config",
    "auto_mapping",
    "exclude_modules",
    "layer_replication",
    "lora_bias",
    "megatron_config",
    "modules_to_save",
    "rank_pattern",
    "target_parameters",
    "trainable_token_indices",
    "use_dora",
    "use_qalora",
)


class AdapterRefused(DeskError):
    """Files that are no plain LoRA adapter."""

    status = 422
    title = "This is no adapter that the desk plays with"


@dataclass(frozen=True, slots=True)
class AdapterFacts:
    """What an adapter's files say. It counts `alpha ÷ rank` times; `parameters` is how many numbers it has."""

    base_model: str
    rank: int
    alpha: float
    dropout: float
    targets: tuple[str, ...]
    dtype: str
    parameters: int

    @property
    def vllm_rank(self) -> int:
        """The least `--max-lora-rank` with which vLLM loads it."""
        return next(rank for rank in VLLM_RANKS if rank >= self.rank)


def read_adapter(folder: Path) -> AdapterFacts:
    """What the adapter in this folder is.

    Raises:
        AdapterRefused: it is none, or one that plain PEFT or vLLM would not load; says why.
    """
    config = read_config(folder / ADAPTER_FILES[0])
    try:
        with (folder / ADAPTER_FILES[1]).open("rb") as file:
            header = _header(file)
            begin, length = file.tell(), file.seek(0, 2)
    except OSError as error:
        raise AdapterRefused(
            f"{folder} has no readable {ADAPTER_FILES[1]} ({error.strerror}); "
            "give an adapter in PEFT format that was saved as safetensors."
        ) from error
    modules, dtypes, parameters = _weights(header, rank=int(config["r"]))
    if length != begin + max(entry["data_offsets"][1] for entry in header.values()):
        raise AdapterRefused(f"{ADAPTER_FILES[1]} is cut off or has something behind its end; bring it whole.")
    if len(dtypes) != 1:
        raise AdapterRefused(f"The weights have several number types ({', '.join(sorted(dtypes))}); save them in one.")
    targets = tuple(sorted({module.rpartition(".")[2] for module in modules}))
    return AdapterFacts(
        base_model=str(config.get("base_model_name_or_path") or ""),
        rank=int(config["r"]),
        alpha=float(config["lora_alpha"]),
        dropout=float(config.get("lora_dropout") or 0),
        targets=targets,
        dtype=dtypes.pop(),
        parameters=parameters,
    )


def read_config(file: Path) -> dict[str, Any]:
    """An adapter's `adapter_config.json`, that of a plain LoRA for a causal language model.

    Raises:
        AdapterRefused: it is not; names the setting.
    """
    try:
        text = file.read_bytes()[: _MAX_CONFIG + 1]
        config = json.loads(text)
    except OSError as error:
        raise AdapterRefused(f"There is no readable {ADAPTER_FILES[0]} ({error.strerror}).") from error
    except (ValueError, RecursionError):
        raise AdapterRefused(f"{ADAPTER_FILES[0]} is no JSON.") from None
    if not isinstance(config, dict):
        raise AdapterRefused(f"{ADAPTER_FILES[0]} is no JSON object.")
    if config.get("peft_type") != "LORA":
        raise AdapterRefused(f"peft_type is {config.get('peft_type')!r}; the desk plays with LoRA adapters.")
    if config.get("task_type") != "CAUSAL_LM":
        raise AdapterRefused(f"task_type is {config.get('task_type')!r} where a language model has CAUSAL_LM.")
    if set_ := [name for name in _MUST_BE_UNSET if config.get(name)]:
        raise AdapterRefused(f"It sets {', '.join(set_)}, which plain PEFT or vLLM does not load as plain LoRA.")
    if config.get("bias", "none") != "none":
        raise AdapterRefused(f"bias is {config['bias']!r}; vLLM loads adapters without biases only.")
    _check_numbers(config)
    return config


def _check_numbers(config: Mapping[str, Any]) -> None:
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if not isinstance(rank, int) or isinstance(rank, bool) or not 1 <= rank <= VLLM_RANKS[-1]:
        raise AdapterRefused(f"r is {rank!r}; a rank is a number from 1 to {VLLM_RANKS[-1]}.")
    if not isinstance(alpha, int | float) or isinstance(alpha, bool) or not math.isfinite(alpha):
        raise AdapterRefused(f"lora_alpha is {alpha!r}; it must be a number.")
    if not isinstance(config.get("lora_dropout", 0), int | float):
        raise AdapterRefused("lora_dropout must be a number.")


def _header(file: BinaryIO) -> dict[str, Any]:
    """The JSON at the beginning of a safetensors file: name → dtype, shape, data_offsets."""
    length = int.from_bytes(file.read(8), "little")
    if not 2 <= length <= _MAX_HEADER:
        raise AdapterRefused(f"{ADAPTER_FILES[1]} is no safetensors file.")
    try:
        header = json.loads(file.read(length))
    except (ValueError, RecursionError):
        raise AdapterRefused(f"{ADAPTER_FILES[1]} is no safetensors file.") from None
    if not isinstance(header, dict):
        raise AdapterRefused(f"{ADAPTER_FILES[1]} is no safetensors file.")
    header.pop("__metadata__", None)
    if not header:
        raise AdapterRefused(f"{ADAPTER_FILES[1]} holds no weights.")
    return header


def _weights(header: Mapping[str, Any], *, rank: int) -> tuple[set[str], set[str], int]:
    """The modules that have weights, their number types, and how many numbers there are."""
    sides: dict[str, set[str]] = {}
    dtypes: set[str] = set()
    parameters = 0
    for name, entry in header.items():
        match = _WEIGHT.fullmatch(name)
        try:
            dtype, (rows, columns) = str(entry["dtype"]), map(int, entry["shape"])
            begin, end = map(int, entry["data_offsets"])
        except (TypeError, KeyError, ValueError):
            raise AdapterRefused(f"{name} is no matrix, which every weight of a plain LoRA is.") from None
        if match is None:
            raise AdapterRefused(
                f"{name} is no weight of a plain LoRA: they are named base_model.model.….lora_A.weight, or B."
            )
        if dtype not in DTYPES or end - begin != rows * columns * DTYPES[dtype]:
            raise AdapterRefused(f"{name} is of the type {dtype}; adapters have {', '.join(DTYPES)}.")
        if (rows if match["side"] == "A" else columns) != rank:
            raise AdapterRefused(f"{name} has the shape {rows} × {columns}, which has not the rank {rank}.")
        sides.setdefault(match["module"], set()).add(match["side"])
        dtypes.add(dtype)
        parameters += rows * columns
    if halves := sorted(module for module, found in sides.items() if found != {"A", "B"}):
        raise AdapterRefused(f"{halves[0]} has one of its two matrices only.")
    return set(sides), dtypes, parameters
