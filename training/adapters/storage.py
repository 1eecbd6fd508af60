"""Keeping adapters: their two files in the storage `adapters`, in a folder named by their sha256."""

from dataclasses import dataclass
from pathlib import Path

import structlog
from django.core.files import File
from django.core.files.storage import Storage

from evaluation.players.adapters import ADAPTER_FILES, adapter_sha256, adapter_storage, fetch_adapter
from evaluation.players.configs import AdapterConfig
from evaluation.players.protocol import PlayerError
from exceptions.services.errors import DeskError
from training.adapters.peft_format import read_adapter

__all__ = ["AdapterNotStored", "StoredAdapter", "fetch_adapter", "store_adapter"]
log = structlog.get_logger(__name__)


class AdapterNotStored(DeskError):
    """The storage did not take an adapter: it is full, or does not answer."""

    status = 503
    title = "The adapter was not stored"


@dataclass(frozen=True, slots=True)
class StoredAdapter:
    """An adapter that the desk keeps: its folder in the storage, what its files must be, and their bytes."""

    name: str
    sha256: str
    size: int

    @property
    def config(self) -> AdapterConfig:
        """How a local model's configuration names it."""
        return AdapterConfig(sha256=self.sha256)


def store_adapter(folder: Path) -> StoredAdapter:
    """Keep the adapter in this folder. One that is kept already stays as it is.

    Raises:
        AdapterRefused: the folder holds no adapter that plain PEFT and vLLM load.
        AdapterNotStored: the storage did not take it; nothing of it is left.
    """
    read_adapter(folder)
    storage = adapter_storage()
    try:
        sha256 = adapter_sha256(folder)
    except PlayerError as error:
        raise AdapterNotStored(str(error)) from error
    size = 0
    for name in ADAPTER_FILES:
        size += _store(storage, folder / name, f"{sha256}/{name}")
    log.info("adapter stored", sha256=sha256, bytes=size)
    return StoredAdapter(name=sha256, sha256=sha256, size=size)


def _store(storage: Storage, file: Path, name: str) -> int:
    """Store one file, unless the whole of it is there; returns its bytes."""
    size = file.stat().st_size
    try:
        if storage.exists(name) and storage.size(name) == size:
            return size
        with file.open("rb") as opened:
            given = storage.save(name, File(opened))
        # A storage that overwrites nothing gives another name when a broken file of this one is there.
        if given != name or storage.size(name) != size:
            storage.delete(given)
            raise AdapterNotStored(
                f"The storage of adapters holds {name} with other content and replaces nothing; "
                "delete it there, or let the storage overwrite (allow_overwrite, file_overwrite)."
            )
    except DeskError:
        raise
    except Exception as error:  # a storage raises what its client raises: OSError, botocore, google.api_core…
        _delete(storage, name)
        raise AdapterNotStored(
            f"The storage of adapters did not take {name} ({error}). Make room or check the setting ADAPTER_STORAGE, "
            "then try again: the files that it came from are untouched."
        ) from error
    return size


def _delete(storage: Storage, name: str) -> None:
    try:
        storage.delete(name)
    except Exception as error:  # noqa: BLE001 - what stopped the writing is what must be said
        log.warning("half a file is left in the storage of adapters", name=name, error=str(error))
