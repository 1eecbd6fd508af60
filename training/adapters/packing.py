"""A model's adapter in half the bytes, to travel beside a recorded run. Needs torch."""

import shutil
from pathlib import Path

from evaluation.devices import import_torch
from evaluation.players.adapters import adapter_sha256


def pack_adapter(source: Path, folder: Path) -> str:
    """Write the adapter in `source` to `folder` with its weights rounded to bfloat16; what was there is replaced.

    Returns:
        The sha256 of the copy, which is another adapter than the one it was made of.

    Raises:
        PlayerError: torch is not installed, or a file cannot be read.
    """
    adapter_sha256(source)
    torch = import_torch()
    from safetensors.torch import load_file, save_file

    folder.mkdir(parents=True, exist_ok=True)
    weights = load_file(source / "adapter_model.safetensors")
    rounded = {name: weight.to(torch.bfloat16) for name, weight in weights.items()}
    save_file(rounded, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    shutil.copy(source / "adapter_config.json", folder)
    return adapter_sha256(folder)
