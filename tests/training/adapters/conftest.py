"""An adapter of the tiny Qwen3, and a storage of adapters that is this test's own."""

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from tests.exceptions.api.conftest import admin, calling, make_user, member
from tests.training.adapters.fake_hub import GOOD_TOKEN, FakeHub, fake_hub
from training.adapters.lineage import kept_facts

__all__ = ["admin", "calling", "make_user", "member"]


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.tiny_model import build_tiny_model

    return build_tiny_model(tmp_path_factory.mktemp("tiny-qwen3"))


@pytest.fixture(scope="session")
def _built_adapter(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.tiny_model import build_tiny_adapter

    with warnings.catch_warnings():
        # peft asks transformers under a name that transformers has deprecated.
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
        return build_tiny_adapter(tiny_base, tmp_path_factory.mktemp("adapter"))


@pytest.fixture
def adapter(_built_adapter: Path, tmp_path: Path) -> Path:
    """The folder of a LoRA adapter of the tiny Qwen3; the test may change it."""
    return Path(shutil.copytree(_built_adapter, tmp_path / "adapter"))


@pytest.fixture
def server() -> Iterator[FakeHub]:
    """A Hub that is asked by its address only."""
    with fake_hub() as hub:
        yield hub


@pytest.fixture
def hub(server: FakeHub, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> FakeHub:
    """The Hub that the desk asks, with a token from the environment."""
    settings.HF_ENDPOINT = server.url
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    return server


def _use(settings: LazySettings, tmp_path: Path, storage: dict[str, Any]) -> None:
    settings.STORAGES = settings.STORAGES | {"adapters": storage}
    settings.MODEL_CACHE_DIR = tmp_path / "models"
    kept_facts.cache_clear()


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
