"""Real workers: the same message delivered three times trains once, and a page can be told what they train with."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from celery import current_app
from django.conf import LazySettings

from evaluation.models import RunStatus
from exceptions.catalogue import CATALOGUE_PATH
from exceptions.models import Episode, Player
from exceptions.services.cases import case_pack_import
from tests.conftest import BackgroundProcess
from tests.training.conftest import launch
from training.models import TrainingRun
from training.services.messages import RUN_TASK
from training.services.preflight import training_machine

pytest.importorskip("torch", reason="needs the extra `models`")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]


def test_a_message_delivered_three_times_trains_once(
    tiny: Player, start_celery_worker: Callable[..., BackgroundProcess], settings: LazySettings, var_dir: Path
) -> None:
    settings.TRAINING_DIR = var_dir / "training"
    case_pack_import(source=CATALOGUE_PATH, user=None)
    for _ in range(2):
        start_celery_worker(LANE_PLAYERS="")
    machine = training_machine()
    assert machine is not None
    assert "torch" in machine.packages

    run = launch(tiny)
    for _ in range(3):
        current_app.send_task(RUN_TASK, args=[str(run.pk)], queue="gpu")

    _until(lambda: TrainingRun.objects.get(pk=run.pk).ended)
    run.refresh_from_db()
    assert (run.status, run.attempts) == (RunStatus.SUCCEEDED, 1), run.error
    assert Episode.objects.filter(origin="training").count() == 12
    assert [line.text.startswith("Going on") for line in run.log_lines.all()].count(True) == 0
    assert run.lineage.count() == 1


def _until(condition: Callable[[], bool], timeout: float = 200) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)
