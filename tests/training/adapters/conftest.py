"""An adapter of the tiny Qwen3, and a storage of adapters that is this test's own."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.tiny_model import build_tiny_model

    return build_tiny_model(tmp_path_factory.mktemp("tiny-qwen3"))


@pytest.fixture
def adapter(tiny_base: Path, tmp_path: Path) -> Path:
    """The folder of a LoRA adapter of the tiny Qwen3."""
    from tests.tiny_model import build_tiny_adapter

    return build_tiny_adapter(tiny_base, tmp_path / "adapter")


def _use(settings: LazySettings, tmp_path: Path, storage: dict[str, Any]) -> None:
    settings.STORAGES = settings.STORAGES | {"adapters": storage}
    settings.MODEL_CACHE_DIR = tmp_path / "models"


@pytest.fixture
def local_storage(settings: LazySettings, tmp_path: Path) -> Path:
    """A folder of this machine, as by default."""
    folder = tmp_path / "storage"
    options = {"location": str(folder), "allow_overwrite": True}
    _use(settings, tmp_path, {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options})
    return folder


@pytest.fixture
def remote_storage(settings: LazySettings, tmp_path: Path) -> None:
    """A storage that is no folder of this machine."""
    _use(settings, tmp_path, {"BACKEND": "tests.training.adapters.bucket.Bucket"})
