"""LoRA adapters: where their files are, and what they must be before a player plays with them.

The desk keeps adapters in the storage `adapters` (`STORAGES` in the settings: a folder on this disk, or a bucket), each
in a folder named by its sha256, which is never changed once it is there. Others lie in a folder of the worker's disk.
"""

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.files.storage import Storage, storages

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


def adapter_storage() -> Storage:
    """Where the desk keeps adapters: `<sha256>/adapter_config.json` and `<sha256>/adapter_model.safetensors`."""
    return storages["adapters"]


def checked_adapter(adapter: AdapterConfig) -> Path:
    """The adapter's folder on this machine, once its files are the ones that were registered.

    Raises:
        PlayerError: they are missing, or others.
    """
    if adapter.path is None:
        return fetch_adapter(adapter.sha256)
    folder = Path(adapter.path)
    found = adapter_sha256(folder)
    if found != adapter.sha256:
        raise PlayerError(
            f"The adapter {folder} was altered: its sha256 is {found}, and the player was registered with "
            f"{adapter.sha256}. Bring the files back, or register what is there as the player's next version."
        )
    return folder


def fetch_adapter(sha256: str) -> Path:
    """The folder on this machine with an adapter that the desk keeps, its files checked.

    In a storage that is a folder of this machine the adapter is read where it lies. From any other it is copied once
    into the model cache, where it appears whole or not at all; a copy that was altered is made anew.

    Raises:
        PlayerError: the storage has no such adapter or does not answer, or its files are others now.
    """
    storage = adapter_storage()
    try:
        kept = Path(storage.path(sha256))
    except NotImplementedError:
        kept = settings.MODEL_CACHE_DIR / "adapters" / sha256
        if not kept.is_dir() or _sha256_or_none(kept) != sha256:
            _copy(storage, sha256, kept)
            return kept
    if not kept.is_dir():
        raise PlayerError(_missing(sha256))
    found = adapter_sha256(kept)
    if found != sha256:
        raise PlayerError(_altered(sha256, found))
    return kept


def _copy(storage: Storage, sha256: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetching-", dir=target.parent) as temporary:
        folder = Path(temporary) / sha256
        folder.mkdir()
        for name in ADAPTER_FILES:
            try:
                with storage.open(f"{sha256}/{name}") as kept, (folder / name).open("wb") as file:
                    shutil.copyfileobj(kept, file, _BLOCK)
            except FileNotFoundError as error:
                raise PlayerError(_missing(sha256)) from error
            except Exception as error:  # a storage raises what its client raises: botocore, google.api_core…
                raise PlayerError(
                    f"The adapter {sha256[:16]}… cannot be read from the storage of adapters: {error} "
                    "Check the setting ADAPTER_STORAGE, and that the storage answers."
                ) from error
        found = adapter_sha256(folder)
        if found != sha256:
            raise PlayerError(_altered(sha256, found))
        shutil.rmtree(target, ignore_errors=True)
        try:
            folder.rename(target)
        except OSError:
            # Another process was faster; what it put there is as good.
            if _sha256_or_none(target) != sha256:
                raise


def _sha256_or_none(folder: Path) -> str | None:
    try:
        return adapter_sha256(folder)
    except PlayerError:
        return None


def _missing(sha256: str) -> str:
    return (
        f"The desk keeps no adapter {sha256[:16]}… in its storage of adapters (the setting ADAPTER_STORAGE, "
        "by default the folder adapters/ of INVOICEGUARD_VAR). Let this process see the same storage, or bring it back."
    )


def _altered(sha256: str, found: str) -> str:
    return (
        f"The adapter {sha256[:16]}… was altered in the storage of adapters: its sha256 is {found} now. "
        "Bring its files back, or register another adapter as the player's next version."
    )
