"""What interrupts a run from inside: somebody stops it, the disk is full, losses are no numbers, a reviewer waits."""

import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from evaluation.leases import leaving
from evaluation.models import RunStatus
from exceptions.catalogue import CATALOGUE_PATH
from exceptions.models import Case, Episode, EpisodeOrigin, Player
from exceptions.services.cases import case_pack_import
from tests.training.conftest import launch, local_model
from training.checkpoints import all_checkpoints
from training.models import ModelLineage, TrainingRun
from training.running import leave_runs, run_train
from training.services.runs import training_run_resume, training_run_stop

pytest.importorskip("torch", reason="needs the extra `models`")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"),
]
#: Figures that depend on the time a step took.
TIMED = ["train/tokens_per_second"]
Metrics = list[tuple[str, int, float]]


@pytest.fixture(autouse=True)
def desk(transactional_db: None, settings: LazySettings) -> None:
    case_pack_import(source=CATALOGUE_PATH, user=None)
    settings.TRAINING_HEARTBEAT_SECONDS = 0.05


def metrics_of(run: TrainingRun) -> Metrics:
    rows = run.metrics.exclude(name__in=TIMED).order_by("name", "step")
    return list(rows.values_list("name", "step", "value"))


def train(run: TrainingRun, at: dict[int, Callable[[], Any]] | None = None, **options: Any) -> TrainingRun:
    """Train it here; do something after some of its steps, and give the heartbeat time to see it."""

    def on_progress(done: int, total: int, speed: float | None, memory: int | None) -> None:
        if at and done in at:
            at.pop(done)()
            time.sleep(0.4)

    run_train(run_id=run.pk, worker="here", on_progress=on_progress, **options)
    run.refresh_from_db()
    return run


@pytest.fixture
def undisturbed(tiny: Player) -> Metrics:
    """The figures of the same run when nothing interrupts it; trained once for all tests."""
    if not _figures:
        run = train(launch(tiny, enqueue=False))
        assert run.status == RunStatus.SUCCEEDED, run.error
        _figures.extend(metrics_of(run))
    return _figures


_figures: Metrics = []


def test_a_run_that_was_stopped_left_and_resumed_ends_with_exactly_the_same_figures(
    tiny: Player, undisturbed: Metrics
) -> None:
    run = launch(tiny, enqueue=False)

    train(run, at={1: lambda: training_run_stop(run_id=run.pk)})
    assert (run.status, run.done) == (RunStatus.CANCELLED, 1), "within one optimizer step"
    assert list(run.checkpoints.values_list("kind", "step")) == [("rolling", 1)]
    assert not ModelLineage.objects.filter(run=run).exists()

    # The process ends, as when `make run` is stopped: another goes on.
    train(training_run_resume(run_id=run.pk, enqueue=False), at={3: leave_runs})
    run.refresh_from_db()
    assert (run.status, run.done, run.attempts) == (RunStatus.QUEUED, 3, 0)

    train(run)
    assert run.status == RunStatus.SUCCEEDED, run.error
    assert metrics_of(run) == undisturbed
    assert any("Going on from step" in line.text for line in run.log_lines.all())


def test_a_run_that_is_taken_up_when_its_worker_is_to_end_is_given_back_at_once(tiny: Player) -> None:
    run = launch(tiny, enqueue=False)
    leaving.set()
    try:
        train(run)
    finally:
        leaving.clear()
    assert (run.status, run.lease_token) == (RunStatus.QUEUED, None)
    assert run.done == 0


def test_a_full_disk_fails_the_run_with_the_reason_and_leaves_earlier_checkpoints(
    tiny: Player, undisturbed: Metrics, settings: LazySettings
) -> None:
    run = launch(tiny, enqueue=False)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    folder = settings.TRAINING_DIR / str(run.pk)
    try:
        # No file of this process may grow beyond this: the weights of a checkpoint do.
        train(run, at={3: lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert run.status == RunStatus.FAILED
    assert "could not be written" in run.error
    assert "Earlier checkpoints are intact" in run.error
    kept = all_checkpoints(folder)
    assert [(one.kind, one.epoch, one.step) for one in kept] == [("epoch", 1, 2)]
    assert not list(folder.glob(".writing-*")), "nothing half written is left"

    resumed = train(training_run_resume(run_id=run.pk, enqueue=False))
    assert resumed.status == RunStatus.SUCCEEDED, resumed.error
    assert metrics_of(resumed) == undisturbed


def test_losses_that_are_no_numbers_are_counted_and_fail_the_run_past_the_limit(tmp_path: Path) -> None:
    run = launch(local_model("broken", str(broken_model(tmp_path / "broken"))), enqueue=False, max_nonfinite=2)
    train(run)
    assert run.status == RunStatus.FAILED
    assert "3 losses were no numbers and 2 are allowed" in run.error
    assert list(run.metrics.filter(name="train/nonfinite").values_list("value", flat=True)) == [1, 2, 3]
    assert run.log_lines.filter(level="warning").count() == 3


def broken_model(folder: Path) -> Path:
    """The tiny model with a weight that is no number."""
    from safetensors.torch import load_file, save_file

    from tests.tiny_model import build_tiny_model

    build_tiny_model(folder)
    weights = load_file(folder / "model.safetensors")
    weights["model.norm.weight"][0] = float("nan")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def test_a_reviewer_who_waits_is_served_between_two_steps(tiny: Player, undisturbed: Metrics) -> None:
    run = launch(tiny, enqueue=False)
    version = Case.objects.select_related("latest").get(slug="clean-match").latest
    lane: list[Episode] = []

    def wait() -> None:
        lane.append(
            Episode.objects.create(
                case_version=version, player=tiny, origin=EpisodeOrigin.LANE, status="queued", settings={}
            )
        )

    def look() -> None:
        lane[0].refresh_from_db()
        assert lane[0].ended, "played while the run goes on"

    train(run, at={1: wait, 2: look}, serves_lanes=True)
    assert run.status == RunStatus.SUCCEEDED, run.error
    assert metrics_of(run) == undisturbed, "and the run does not notice"


def test_what_was_told_before_a_checkpoint_and_never_stored_is_told_again(
    tiny: Player, undisturbed: Metrics, settings: LazySettings
) -> None:
    """As when the process is killed, or the database is away, between a step and the next time that it is written."""
    settings.TRAINING_HEARTBEAT_SECONDS = settings.TRAINING_LEASE_SECONDS = 3600
    run = launch(tiny, enqueue=False)

    def lose() -> None:
        TrainingRun.objects.filter(pk=run.pk).update(status=RunStatus.QUEUED, lease_token=None, lease_expires_at=None)
        leave_runs()

    train(run, at={3: lose})
    assert metrics_of(run) == [], "nothing was stored by whoever lost the lease"

    train(run)
    assert run.status == RunStatus.SUCCEEDED, run.error
    assert metrics_of(run) == undisturbed
    assert [(one.epoch, one.evaluation.planned) for one in run.evaluations.all()] == [(0, 4), (1, 4), (2, 4)]
