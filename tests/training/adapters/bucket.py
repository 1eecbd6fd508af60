"""A storage that is no folder of this machine, as a bucket is none."""

from typing import Any

from django.core.files import File
from django.core.files.storage import InMemoryStorage, Storage


class Bucket(Storage):
    """Files without paths, as `storages.backends.s3.S3Storage` has them."""

    def __init__(self) -> None:
        self._files = InMemoryStorage()

    def _open(self, name: str, mode: str = "rb") -> File:
        return self._files.open(name, mode)

    def _save(self, name: str, content: File) -> str:
        return self._files.save(name, content)

    def exists(self, name: str) -> bool:
        return self._files.exists(name)

    def size(self, name: str) -> int:
        return self._files.size(name)

    def delete(self, name: str) -> Any:
        self._files.delete(name)
