"""A merged model answers as the base model with its adapter does, and needs no PEFT."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from evaluation.play import Play
from evaluation.players.configs import LocalModelConfig
from evaluation.players.local_model import LocalModelPlayer
from evaluation.services.players import model_player_register
from exceptions.catalogue import load_catalogue
from exceptions.models import Player
from training.adapters.storage import store_adapter

pytestmark = [
    pytest.mark.django_db,
    # peft asks transformers under a name that transformers has deprecated.
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"),
]


@pytest.fixture
def player(adapter: Path, tiny_base: Path, local_storage: Path) -> Player:
    config = LocalModelConfig(base_model=str(tiny_base), adapter=store_adapter(adapter).config)
    return model_player_register(name="Tiny", config=config, user=None)


def answer(model: str, adapter: Path | None = None) -> tuple[int, ...]:
    """Greedy, to the opening of a case."""
    player = LocalModelPlayer.load("tiny", model, adapter=adapter, device="cpu", threads=1)
    [said] = player.complete([Play.begin(load_catalogue()[0], play_id="one").conversation])
    return said.token_ids


def test_it_answers_as_base_and_adapter_do(player: Player, adapter: Path, tiny_base: Path, tmp_path: Path) -> None:
    call_command("merge_adapter", player.slug, str(tmp_path / "merged"))
    merged = answer(str(tmp_path / "merged"))
    assert merged == answer(str(tiny_base), adapter)
    assert merged != answer(str(tiny_base))


def test_it_is_a_whole_model_in_safetensors(player: Player, tmp_path: Path, capsys: Any) -> None:
    call_command("merge_adapter", player.slug, str(tmp_path / "merged"), "--dtype", "bfloat16")
    names = {path.name for path in (tmp_path / "merged").iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= names
    assert not any(name.startswith("adapter") or name.endswith(".bin") for name in names)
    assert "bytes" in capsys.readouterr().out
    from safetensors import safe_open

    with safe_open(tmp_path / "merged" / "model.safetensors", "pt") as weights:
        assert not any("lora" in name for name in weights.keys())  # noqa: SIM118 - no mapping
        assert weights.get_slice("model.norm.weight").get_dtype() == "BF16"


def test_a_folder_that_is_there_is_left_alone(player: Player, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is there already; give a folder that is not"):
        call_command("merge_adapter", player.slug, str(tmp_path))
    assert not list(tmp_path.glob(".writing-*"))


def test_a_model_without_an_adapter_is_said(tiny_base: Path, tmp_path: Path) -> None:
    bare = model_player_register(name="Bare", config=LocalModelConfig(base_model=str(tiny_base)), user=None)
    with pytest.raises(CommandError, match="Bare has no adapter"):
        call_command("merge_adapter", bare.slug, str(tmp_path / "merged"))
    with pytest.raises(CommandError, match="There is no player nobody"):
        call_command("merge_adapter", "nobody", str(tmp_path / "merged"))
