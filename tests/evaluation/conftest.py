"""Models for the tests of players: the tiny Qwen3, and SmolLM2 converted once and kept between runs."""

from pathlib import Path

import pytest

from evaluation.players.local_model import LocalModelPlayer


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.tiny_model import build_tiny_model

    return build_tiny_model(tmp_path_factory.mktemp("tiny-qwen3"))


@pytest.fixture
def tiny_player(tiny_folder: Path) -> LocalModelPlayer:
    from evaluation.players.decoding import Sampling

    return LocalModelPlayer.load("tiny", str(tiny_folder), device="cpu", sampling=Sampling(max_new_tokens=24))


@pytest.fixture(scope="session")
def smollm2(request: pytest.FixtureRequest) -> LocalModelPlayer:
    assert request.config.cache is not None
    models = request.config.cache.mkdir("models")
    return LocalModelPlayer.load("SmolLM2-135M", "SmolLM2-135M-Instruct", cache_directory=models, device="cpu")
