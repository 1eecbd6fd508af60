"""The desk keeps adapters by their sha256, and never plays with anything but what was stored."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from evaluation.players.adapters import ADAPTER_FILES, adapter_sha256, adapter_storage, checked_adapter
from evaluation.players.configs import AdapterConfig, LocalModelConfig
from evaluation.players.protocol import PlayerError
from training.adapters.peft_format import AdapterRefused
from training.adapters.storage import AdapterNotStored, fetch_adapter, store_adapter


def alter(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-2] ^= 1
    file.write_bytes(bytes(content))


def test_a_stored_adapter_is_named_by_its_sha256_and_holds_two_files(adapter: Path, local_storage: Path) -> None:
    (adapter / "trainer_state.pt").write_bytes(b"not part of it")
    stored = store_adapter(adapter)
    assert stored.name == stored.sha256 == adapter_sha256(adapter)
    assert stored.size == sum((adapter / name).stat().st_size for name in ADAPTER_FILES)
    assert sorted(path.name for path in (local_storage / stored.sha256).iterdir()) == sorted(ADAPTER_FILES)


def test_a_player_is_configured_with_the_sha256_alone(adapter: Path, local_storage: Path) -> None:
    stored = store_adapter(adapter)
    config = LocalModelConfig.model_validate({"base_model": "x", "adapter": {"sha256": stored.sha256}})
    assert config.adapter == stored.config
    assert checked_adapter(stored.config) == local_storage / stored.sha256


def test_a_configuration_with_a_folder_stays_valid(adapter: Path) -> None:
    config = AdapterConfig.model_validate({"path": str(adapter), "sha256": adapter_sha256(adapter)})
    assert checked_adapter(config) == adapter


def test_an_adapter_that_is_kept_already_is_not_written_again(adapter: Path, local_storage: Path) -> None:
    stored = store_adapter(adapter)
    times = {path: path.stat().st_mtime_ns for path in (local_storage / stored.sha256).iterdir()}
    assert store_adapter(adapter) == stored
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_half_a_file_of_a_killed_process_is_replaced(adapter: Path, local_storage: Path) -> None:
    stored = store_adapter(adapter)
    weights = local_storage / stored.sha256 / ADAPTER_FILES[1]
    weights.write_bytes(weights.read_bytes()[:1000])
    store_adapter(adapter)
    assert fetch_adapter(stored.sha256) == local_storage / stored.sha256


def test_the_local_folder_is_read_where_it_lies(adapter: Path, local_storage: Path, tmp_path: Path) -> None:
    assert fetch_adapter(store_adapter(adapter).sha256).parent == local_storage
    assert not (tmp_path / "models").exists()


def test_from_another_storage_it_is_copied_once(adapter: Path, remote_storage: None, tmp_path: Path) -> None:
    stored = store_adapter(adapter)
    folder = fetch_adapter(stored.sha256)
    assert folder == tmp_path / "models" / "adapters" / stored.sha256
    assert adapter_sha256(folder) == stored.sha256
    adapter_storage().delete(f"{stored.sha256}/{ADAPTER_FILES[1]}")
    assert fetch_adapter(stored.sha256) == folder
    assert [path.name for path in folder.parent.iterdir()] == [stored.sha256]


def test_an_altered_copy_is_made_anew(adapter: Path, remote_storage: None) -> None:
    stored = store_adapter(adapter)
    alter(fetch_adapter(stored.sha256) / ADAPTER_FILES[1])
    assert adapter_sha256(fetch_adapter(stored.sha256)) == stored.sha256


@pytest.mark.parametrize("name", ADAPTER_FILES)
@pytest.mark.parametrize("kept", ["local_storage", "remote_storage"])
def test_an_adapter_that_was_altered_in_the_storage_is_refused(
    adapter: Path, name: str, kept: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(kept)
    sha256 = store_adapter(adapter).sha256
    storage = adapter_storage()
    with storage.open(f"{sha256}/{name}", "rb") as file:
        content = bytearray(file.read())
    content[-2] ^= 1
    with storage.open(f"{sha256}/{name}", "wb") as file:
        file.write(bytes(content))
    with pytest.raises(PlayerError, match="was altered in the storage of adapters: its sha256 is"):
        fetch_adapter(sha256)


@pytest.mark.parametrize("kept", ["local_storage", "remote_storage"])
def test_an_adapter_that_is_not_kept_is_said_with_what_to_do(kept: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(kept)
    with pytest.raises(PlayerError, match=r"keeps no adapter 0{16}… .*Let this process see the same storage"):
        fetch_adapter("0" * 64)


def test_what_is_no_adapter_is_not_stored(tmp_path: Path, local_storage: Path) -> None:
    with pytest.raises(AdapterRefused, match=r"no readable adapter_config\.json"):
        store_adapter(tmp_path)
    assert not local_storage.exists()


def test_a_storage_that_cannot_be_written_leaves_nothing_and_says_why(
    adapter: Path, settings: LazySettings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    options = {"location": str(tmp_path / "file"), "allow_overwrite": True}
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {"adapters": {"BACKEND": backend, "OPTIONS": options}}
    with pytest.raises(AdapterNotStored, match=r"did not take .*adapter_config\.json .*Make room or check"):
        store_adapter(adapter)
