"""Several worker processes share a run, and one of them is killed: nothing is lost, nothing is played twice."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings

from evaluation.models import EvaluationRun, RunStatus
from evaluation.services.runs import run_launch, run_stop
from evaluation.tasks import look_after_runs
from exceptions.catalogue import CATALOGUE_PATH
from exceptions.models import Episode, Player, PlayerKind
from exceptions.services.cases import case_pack_import
from exceptions.services.leases import queues_served
from tests.conftest import BackgroundProcess

pytest.importorskip("torch", reason="needs the extra `models`")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

LEASE = {"EPISODE_LEASE_SECONDS": "2", "LANE_PLAYERS": ""}
StartWorker = Callable[..., BackgroundProcess]


@pytest.fixture
def player(transactional_db: None, tiny_folder: Path, settings: LazySettings) -> Player:
    """A real, tiny model that rambles to its limit: an episode takes it a second or so."""
    settings.EPISODE_LEASE_SECONDS = 2
    case_pack_import(source=CATALOGUE_PATH, user=None)
    config = {"base_model": str(tiny_folder), "sampling": {"max_new_tokens": 24}}
    return Player.objects.create(slug="tiny", name="Tiny", kind=PlayerKind.LOCAL_MODEL, config=config)


@pytest.fixture
def workers(start_celery_worker: StartWorker, player: Player) -> list[BackgroundProcess]:
    """Three worker processes that have said that they are there."""
    started = [start_celery_worker(**LEASE) for _ in range(3)]
    _eventually(lambda: len(_seen()) >= 3 and "gpu" in queues_served(), "three workers to be seen")
    return started


def launch(player: Player, samples: int = 3) -> EvaluationRun:
    return run_launch(players=[player], case_set={"set": "catalogue"}, user=None, samples=samples)


def test_three_workers_share_a_run_and_one_is_killed_in_the_middle(
    player: Player, workers: list[BackgroundProcess]
) -> None:
    run = launch(player)
    _until(run, lambda: len(_holders(run)) >= 2, "two workers to play at once")
    victim = next(worker for worker in workers if _name(worker) in _holders(run))
    held = _holders(run)[_name(victim)]
    victim.kill()
    assert held > 0

    _until_ended(run)
    assert run.status == RunStatus.SUCCEEDED, run.error
    assert run.entries.filter(episode__isnull=False).values("episode").distinct().count() == run.planned == 66
    assert Episode.objects.filter(player=player).count() == 66, "none twice"
    for episode in Episode.objects.filter(player=player):
        assert list(episode.steps.values_list("number", flat=True)) == list(range(1, episode.steps_used + 1))


def test_a_run_that_is_stopped_is_left_within_a_turn_and_keeps_what_is_finished(
    player: Player, workers: list[BackgroundProcess]
) -> None:
    run = launch(player, samples=6)
    _until(run, lambda: run.entries.filter(episode__isnull=False).exists(), "the first episode to be stored")
    run_stop(run_id=run.pk)
    kept = run.entries.filter(episode__isnull=False).count()
    time.sleep(3)
    assert run.entries.filter(episode__isnull=False).count() == kept < run.planned
    assert not run.entries.filter(lease_token__isnull=False).exists()
    assert Episode.objects.filter(player=player).exclude(status="ended").count() == 0


def test_a_worker_that_is_to_end_leaves_its_run_within_a_turn_and_another_goes_on(
    player: Player, start_celery_worker: StartWorker
) -> None:
    first = start_celery_worker(**LEASE)
    _eventually(lambda: any(name.startswith(_prefix(first)) for name in _seen()), "the worker to be seen")
    run = launch(player, samples=6)
    _until(run, lambda: _name(first) in _holders(run), "it to play")
    first.process.terminate()
    assert first.process.wait(60) == 0
    # Another worker, of another test, may have taken what it gave back.
    assert _name(first) not in _holders(run), "nobody waits for its lease to run out"
    given_back = run.entries.filter(episode__isnull=True, lease_token__isnull=True)
    assert not given_back.filter(attempts__gt=0).exists(), "at no cost to its attempts"

    start_celery_worker(**LEASE)
    _until_ended(run)
    assert run.status == RunStatus.SUCCEEDED, run.error
    assert run.entries.filter(episode__isnull=False).values("episode").distinct().count() == run.planned


def _holders(run: EvaluationRun) -> dict[str, int]:
    """Names of the workers that hold entries of the run, with how many."""
    held: dict[str, int] = {}
    for name in run.entries.filter(lease_token__isnull=False).values_list("lease_worker", flat=True):
        held[name] = held.get(name, 0) + 1
    return held


def _seen() -> list[str]:
    from exceptions.models import Worker

    return list(Worker.objects.values_list("name", flat=True))


def _name(worker: BackgroundProcess) -> str:
    """The name under which a worker process leases."""
    return next(name for name in _seen() if name.startswith(_prefix(worker)))


def _prefix(worker: BackgroundProcess) -> str:
    """How that name begins, as it was given on its command line."""
    command = list(worker.process.args)  # type: ignore[arg-type]  # started with a list
    hostname = next(str(part) for part in command if str(part).startswith("--hostname="))
    return hostname.removeprefix("--hostname=").split("@", 1)[0]


def _until_ended(run: EvaluationRun) -> None:
    def ended() -> bool:
        run.refresh_from_db()
        return run.ended

    _until(run, ended, "the run to end", timeout=180)


def _until(run: EvaluationRun, condition: Callable[[], bool], what: str, timeout: float = 90) -> None:
    """Look after the runs as beat does: it calls workers again whom a message has not reached."""

    def looked_after() -> bool:
        look_after_runs()
        return condition()

    def how_it_is() -> str:
        run.refresh_from_db()
        states = run.entries.values_list("lease_worker", "attempts", "episode__status")
        return f"{what}; seen: {_seen()}; run: {run.status}, {run.enqueued_at}; entries: {Counter(states)}"

    _eventually(looked_after, how_it_is, timeout)


def _eventually(condition: Callable[[], bool], what: str | Callable[[], str], timeout: float = 90) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {timeout:.0f} s in vain for {what if isinstance(what, str) else what()}")
        time.sleep(0.2)
