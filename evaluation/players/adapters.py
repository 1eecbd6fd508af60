"""LoRA adapters on disk: what their files must be before a player plays with them."""

import hashlib
from pathlib import Path
from typing import Final

from evaluation.players.configs import AdapterConfig
from evaluation.players.protocol import PlayerError

#: What makes an adapter, in the order in which it is hashed: how it is put on, and its weights.
ADAPTER_FILES: Final = ("adapter_config.json", "adapter_model.safetensors")
_BLOCK: Final = 1 << 20


def adapter_sha256(folder: Path) -> str:
    """The sha256 of an adapter, as `cat adapter_config.json adapter_model.safetensors | sha256sum` prints it.

    Raises:
        PlayerError: a file is missing or cannot be read.
    """
    digest = hashlib.sha256()
    for name in ADAPTER_FILES:
        try:
            with (folder / name).open("rb") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
        except OSError as error:
            raise PlayerError(
                f"The adapter {folder} has no readable {name} ({error.strerror}); "
                "give the folder of an adapter in PEFT format, saved as safetensors."
            ) from error
    return digest.hexdigest()


def checked_adapter(adapter: AdapterConfig) -> Path:
    """The adapter's folder, once its files are the ones that were registered.

    Raises:
        PlayerError: they are missing, or others.
    """
    folder = Path(adapter.path)
    found = adapter_sha256(folder)
    if found != adapter.sha256:
        raise PlayerError(
            f"The adapter {folder} was altered: its sha256 is {found}, and the player was registered with "
            f"{adapter.sha256}. Bring the files back, or register what is there as the player's next version."
        )
    return folder
