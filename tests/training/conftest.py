"""A desk with the catalogue on it, and the tiny Qwen3 as a model that can be trained in seconds."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from exceptions.catalogue import CATALOGUE_PATH
from exceptions.models import Player, PlayerKind, PlayerVersion
from exceptions.services.cases import case_pack_import
from training.models import TrainingRun
from training.services.runs import recipe_with, training_run_launch

#: A short training: two of the catalogue's lengths are left out, and one step takes nine traces.
SHORT: dict[str, Any] = {
    "trace_lengths": [3],
    "traces_per_step": 9,
    "epochs": 2,
    "checkpoint_every": 1,
    "max_new_tokens": 8,
}


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("torch", reason="needs the extra `models`")
    from tests.tiny_model import build_tiny_model

    return build_tiny_model(tmp_path_factory.mktemp("tiny-qwen3"))


@pytest.fixture
def catalogue(db: None) -> None:
    case_pack_import(source=CATALOGUE_PATH, user=None)


@pytest.fixture(autouse=True)
def _one_thread(request: pytest.FixtureRequest, settings: LazySettings, tmp_path: Path) -> None:
    """A run that is trained inside the test's own transaction cannot be renewed from a thread, which does not see it:
    what it has to tell is written at its end.
    """
    settings.TRAINING_DIR = tmp_path / "training"
    if "transactional_db" not in request.fixturenames:
        settings.TRAINING_HEARTBEAT_SECONDS = settings.TRAINING_LEASE_SECONDS = 3600


@pytest.fixture
def tiny(tiny_folder: Path, db: None) -> Player:
    """A real, tiny model that rambles: an answer takes it milliseconds."""
    return local_model("tiny-qwen3", str(tiny_folder))


def local_model(slug: str, base_model: str, **config: Any) -> Player:
    fields = {"base_model": base_model, "adapter": None, "sampling": {"max_new_tokens": 24}} | config
    player = Player.objects.create(slug=slug, name=slug.title(), kind=PlayerKind.LOCAL_MODEL, config=fields)
    PlayerVersion.objects.create(player=player, number=1, config=fields)
    return player


def launch(base: Player, recipe: str = "submit-deep-best", *, enqueue: bool = True, **changes: Any) -> TrainingRun:
    return training_run_launch(recipe=recipe_with(recipe, SHORT | changes), base=base, user=None, enqueue=enqueue)
