"""A player whose adapter is missing or was altered is refused with the reason, before any weights are read."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from evaluation.play import Play
from evaluation.players.adapters import adapter_sha256
from evaluation.players.protocol import PlayerError
from evaluation.players.registry import player_for
from exceptions.catalogue import load_catalogue
from exceptions.models import Player, PlayerKind

# peft asks transformers under a name that transformers has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")


@pytest.fixture
def adapter(tiny_folder: Path, tmp_path: Path) -> Path:
    from tests.tiny_model import build_tiny_adapter

    return build_tiny_adapter(tiny_folder, tmp_path / "adapter")


def row(base: Path, adapter: Path, sha256: str) -> Player:
    config: dict[str, Any] = {
        "base_model": str(base),
        "adapter": {"path": str(adapter), "sha256": sha256},
        "sampling": {"max_new_tokens": 8},
    }
    return Player(slug="tiny-with-adapter", name="Tiny with adapter", kind=PlayerKind.LOCAL_MODEL, config=config)


def test_the_sum_is_the_one_that_the_shell_prints(adapter: Path) -> None:
    command = "cat adapter_config.json adapter_model.safetensors | sha256sum"
    printed = subprocess.run(["sh", "-c", command], cwd=adapter, capture_output=True, text=True, check=True)
    assert adapter_sha256(adapter) == printed.stdout.split()[0]


def test_a_player_plays_with_the_adapter_that_was_registered(tiny_folder: Path, adapter: Path) -> None:
    player = player_for(row(tiny_folder, adapter, adapter_sha256(adapter)))
    conversation = Play.begin(load_catalogue()[0], play_id="one").conversation
    [answer] = player.complete([conversation])
    assert 0 < answer.completion_tokens <= 8
    player.release(["one"])


@pytest.mark.parametrize("name", ["adapter_model.safetensors", "adapter_config.json"])
def test_an_altered_file_is_refused(tiny_folder: Path, adapter: Path, name: str) -> None:
    registered = adapter_sha256(adapter)
    content = bytearray((adapter / name).read_bytes())
    content[-2] ^= 1
    (adapter / name).write_bytes(bytes(content))
    with pytest.raises(PlayerError, match=f"was altered: its sha256 is .* registered with {registered}"):
        player_for(row(tiny_folder, adapter, registered))


@pytest.mark.parametrize("name", ["adapter_model.safetensors", "adapter_config.json"])
def test_a_missing_file_is_refused(tiny_folder: Path, adapter: Path, name: str) -> None:
    registered = adapter_sha256(adapter)
    (adapter / name).unlink()
    with pytest.raises(PlayerError, match=f"has no readable {name} \\(No such file"):
        player_for(row(tiny_folder, adapter, registered))


def test_a_configuration_that_makes_no_sense_is_refused_with_the_field() -> None:
    nonsense = Player(slug="x", name="X", kind=PlayerKind.LOCAL_MODEL, config={"sampling": {"top_p": 7}})
    with pytest.raises(PlayerError, match=r"base_model: Field required; sampling\.top_p: Input should be less"):
        player_for(nonsense)
