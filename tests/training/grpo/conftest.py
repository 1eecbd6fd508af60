"""A tiny Qwen3 that has been taught two answers, and what a trainer tells, written down."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def speaking_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model that compares prices two times in three, and else submits."""
    from tests.training.grpo.speaking_model import build_speaking_model

    return build_speaking_model(tmp_path_factory.mktemp("speaking-qwen3"))


@pytest.fixture(scope="session")
def trl_cache(request: pytest.FixtureRequest) -> Path:
    """Where the environment with TRL is kept between test runs."""
    assert request.config.cache is not None
    return request.config.cache.mkdir("trl")
