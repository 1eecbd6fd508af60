"""Where a local model runs: the one place that chooses device, number type and attention."""

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evaluation.players.protocol import PlayerError

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Placement:
    """A device with what suits it.

    `dtype` is float32 on a CPU: without AVX-512 or AMX, bfloat16 prefills six times slower there and decodes no
    faster (`python -m bench.local_model --dtypes`). On CUDA it is bfloat16, or float16 before Ampere.
    """

    device: "torch.device"
    dtype: "torch.dtype"
    attention: str = "sdpa"


def choose_placement(device: str = "auto", dtype: str = "auto") -> Placement:
    """Resolve `auto`, `cpu`, `cuda` or `cuda:<index>`, and `auto`, `float32`, `bfloat16` or `float16`.

    `auto` takes the first CUDA device when there is one.

    Raises:
        PlayerError: torch is not installed, or the device asked for is not there.
    """
    torch = import_torch()
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        chosen = torch.device(device)
    except RuntimeError as error:
        raise PlayerError(f"“{device}” is no device; give auto, cpu, cuda or cuda:<index>.") from error
    if chosen.type == "cuda" and (chosen.index or 0) >= torch.cuda.device_count():
        raise PlayerError(
            f"{device} was asked for and {torch.cuda.device_count()} CUDA devices are visible; "
            "use auto or cpu, or install a CUDA build of torch and check CUDA_VISIBLE_DEVICES."
        )
    if dtype != "auto":
        numbers = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
        if dtype not in numbers:
            raise PlayerError(f"“{dtype}” is no number type; give auto, {', '.join(numbers)}.")
        return Placement(chosen, numbers[dtype])
    if chosen.type == "cuda":
        major, _minor = torch.cuda.get_device_capability(chosen)
        return Placement(chosen, torch.bfloat16 if major >= 8 else torch.float16)
    return Placement(chosen, torch.float32)


def default_cache_bytes(device: "torch.device") -> int:
    """How much memory a player may fill with keys and values of open conversations.

    3 GiB on a CPU (30 episodes of SmolLM2-135M in float32 at 2 048 tokens each, 46 kB a token), taken only as far as it
    is needed; on CUDA half of what the model has left free.
    """
    torch = import_torch()
    if device.type == "cuda":
        free, _total = torch.cuda.mem_get_info(device)
        return int(free) // 2
    return 3 << 30


def set_cpu_threads(threads: int | None = None) -> int:
    """Let torch use this many threads, or all the CPUs that this process may run on. Returns the number."""
    torch = import_torch()
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    torch.set_num_threads(threads or min(usable, torch.get_num_threads()))
    return int(torch.get_num_threads())


def import_torch() -> Any:
    """The torch module, imported on first use: the web process never loads it.

    Its threads wait without spinning (libgomp reads the policy once, when it is loaded). Spinning gains nothing on
    idle cores and is ruinous on busy ones: with nine processes on two cores a token took 1.9 s instead of 0.3 s.

    Raises:
        PlayerError: it is not installed.
    """
    if "torch" not in sys.modules:
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import torch
    except ImportError as error:
        raise PlayerError(
            "Local models need torch, which is not installed here; "
            "install the extra: pip install 'invoiceguard[models]'."
        ) from error
    return torch
