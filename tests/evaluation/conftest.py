"""Models for the tests of players: the tiny Qwen3, and SmolLM2 converted once and kept between runs."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from evaluation.players.local_model import LocalModelPlayer
from tests.evaluation.model_episodes import TinyPlayer


@pytest.fixture(autouse=True)
def _one_thread(request: pytest.FixtureRequest, settings: LazySettings) -> None:
    """A run that is played inside the test's own transaction cannot be renewed from a thread, which does not see it."""
    if "transactional_db" not in request.fixturenames:
        settings.EVALUATION_HEARTBEAT_SECONDS = settings.EPISODE_LEASE_SECONDS = 3600


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.tiny_model import build_tiny_model

    return build_tiny_model(tmp_path_factory.mktemp("tiny-qwen3"))


@pytest.fixture
def tiny(tiny_folder: Path) -> TinyPlayer:
    """Makes a player of the tiny Qwen3: `tiny(max_new_tokens=12, temperature=1.0, max_cache_bytes=…)`."""
    from evaluation.players.drawing import Sampling

    def make(
        *, max_new_tokens: int = 24, temperature: float = 0.0, top_p: float = 1.0, max_cache_bytes: int = 1 << 30
    ) -> LocalModelPlayer:
        return LocalModelPlayer.load(
            "tiny",
            str(tiny_folder),
            device="cpu",
            threads=1,
            sampling=Sampling(temperature, top_p, max_new_tokens),
            max_cache_bytes=max_cache_bytes,
        )

    return make


@pytest.fixture
def tiny_player(tiny: TinyPlayer) -> LocalModelPlayer:
    return tiny()


@pytest.fixture(scope="session")
def smollm2(request: pytest.FixtureRequest) -> LocalModelPlayer:
    assert request.config.cache is not None
    models = request.config.cache.mkdir("models")
    return LocalModelPlayer.load("SmolLM2-135M", "SmolLM2-135M-Instruct", cache_directory=models, device="cpu")
