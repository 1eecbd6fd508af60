"""Runs as rows: what is accepted, who has them, and how they end when nobody trains them. Nothing is trained here."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.utils import timezone

from evaluation.models import RunStatus
from exceptions.models import Player
from exceptions.services.errors import LeaseLost
from tests.training.conftest import SHORT, launch, local_model
from training.models import TrainingMetric, TrainingRun
from training.services.leases import run_give_back, run_lease, runs_reap
from training.services.records import CheckpointRecord, LogRecord, ProgressRecord, Told, told_store
from training.services.runs import (
    TrainingRefused,
    changed_fields,
    recipe_with,
    training_run_clone,
    training_run_launch,
    training_run_resume,
    training_run_stop,
)

pytestmark = pytest.mark.django_db


def lose_lease(run: TrainingRun) -> None:
    """As if the worker had stopped renewing it a while ago."""
    TrainingRun.objects.filter(pk=run.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def take(run: TrainingRun) -> Any:
    token = run_lease(run_id=run.pk, worker="here")
    assert token is not None
    return token


def test_a_run_keeps_the_whole_recipe_with_its_changes(tiny: Player) -> None:
    run = launch(tiny, seed=43)
    assert (run.status, run.seed, run.config["seed"], run.config["epochs"]) == (RunStatus.QUEUED, 43, 43, 2)
    assert changed_fields(run) == SHORT | {"seed": 43}
    assert run.published


@pytest.mark.parametrize(
    ("recipe", "changes", "words"),
    [
        ("no-such", {}, "There is no recipe"),
        ("submit-only", {"epochs": 0}, "epochs"),
        ("submit-only", {"colour": 1}, "colour"),
        ("submit-only", {"published": False}, "cannot be changed"),
        ("grpo-warm", {"group_size": 1}, "group_size"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused_with_the_field(recipe: str, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(TrainingRefused, match=words):
        recipe_with(recipe, changes)


def test_what_stands_against_a_run_is_said_before_it_is_accepted(tiny: Player) -> None:
    script = Player.objects.create(slug="rules", name="Rules", kind="script", config={"script": "keyword"})
    gone = local_model("gone", "/no/such/model")
    for base, recipe, changes, words in (
        (script, "submit-only", {}, "no local model"),
        (gone, "submit-only", {}, "no /no/such/model"),
        (tiny, "full-trace-4bit", {}, "4-bit weights need"),
        (tiny, "grpo-warm", {}, "choose one to start from"),
        (tiny, "generated", {"select_seed": 7}, "selected by the cases it is trained on"),
        (tiny, "generated", {"families": ["astrology"]}, "no family astrology"),
        (tiny, "submit-only", {"micro_batch_tokens": 10**10}, "too much"),
        (tiny, "submit-only", {"lora_rank": 256, "epochs": 100, "lora_targets": ["q_proj"] * 10**6}, "make room"),
    ):
        with pytest.raises(TrainingRefused, match=words):
            training_run_launch(recipe=recipe_with(recipe, changes), base=base, user=None)
    assert not TrainingRun.objects.exists()


def test_a_run_that_waits_is_stopped_at_once_and_one_that_is_trained_is_asked_to(tiny: Player) -> None:
    waiting, going = launch(tiny), launch(tiny)
    token = take(going)
    assert training_run_stop(run_id=waiting.pk).status == RunStatus.CANCELLED
    assert training_run_stop(run_id=going.pk).status == RunStatus.RUNNING
    assert told_store(run_id=going.pk, token=token, told=Told(), seconds=0), "the worker is told"
    assert training_run_stop(run_id=waiting.pk).status == RunStatus.CANCELLED


def test_only_one_worker_takes_a_run(tiny: Player) -> None:
    run = launch(tiny)
    take(run)
    assert run_lease(run_id=run.pk, worker="another") is None


def test_a_lost_run_is_queued_again_and_fails_at_the_third_time(tiny: Player, settings: LazySettings) -> None:
    run = launch(tiny)
    for attempt in range(1, settings.TRAINING_MAX_ATTEMPTS + 1):
        take(run)
        assert runs_reap() == 0, "the lease holds"
        lose_lease(run)
        assert runs_reap() == 1
        run.refresh_from_db()
        last = attempt == settings.TRAINING_MAX_ATTEMPTS
        assert run.status == (RunStatus.FAILED if last else RunStatus.QUEUED)
    assert "lost 3 times" in run.error
    assert training_run_resume(run_id=run.pk).status == RunStatus.QUEUED


def test_a_lost_run_that_was_to_stop_has_been_stopped(tiny: Player) -> None:
    run = launch(tiny)
    take(run)
    training_run_stop(run_id=run.pk)
    lose_lease(run)
    runs_reap()
    run.refresh_from_db()
    assert (run.status, run.stop_requested) == (RunStatus.CANCELLED, False)


def test_a_run_that_is_given_back_has_lost_no_attempt(tiny: Player) -> None:
    run = launch(tiny)
    run_give_back(run_id=run.pk, token=take(run))
    run.refresh_from_db()
    assert (run.status, run.attempts, run.enqueued_at) == (RunStatus.QUEUED, 0, None)


def test_who_has_lost_the_lease_writes_nothing(tiny: Player) -> None:
    run = launch(tiny)
    take(run)
    with pytest.raises(LeaseLost):
        told_store(run_id=run.pk, token=uuid4(), told=Told(metrics={("train/loss", 1): 1.0}), seconds=1)
    assert not TrainingMetric.objects.exists()


def test_what_a_worker_tells_is_stored_once_and_what_is_told_again_replaces(tiny: Player) -> None:
    run = launch(tiny)
    token, now = take(run), timezone.now()

    def tell(**fields: Any) -> None:
        told_store(run_id=run.pk, token=token, told=Told(**fields), seconds=1)

    def checkpoint(kind: str, epoch: int, step: int, score: float | None = None) -> CheckpointRecord:
        scores = {} if score is None else {"eval/score": score}
        return CheckpointRecord(kind, epoch, step, scores, "0" * 64, kind == "epoch", 10, now)

    tell(metrics={("train/loss", 1): 2.0, ("train/loss", 2): float("nan")}, log=[LogRecord(now, "info", "a\x00\ud800")])
    tell(metrics={("train/loss", 1): 1.5}, log=[LogRecord(now, "error", "b")])
    assert list(run.metrics.order_by("step").values_list("step", "value")) == [(1, 1.5), (2, None)]
    assert [(line.sequence, line.text) for line in run.log_lines.all()] == [(1, "a␀?"), (2, "b")]

    tell(checkpoints=[checkpoint("rolling", 0, 1), checkpoint("rolling", 0, 2), checkpoint("epoch", 1, 3, 0.5)])
    tell(checkpoints=[checkpoint("epoch", 2, 6, 0.7), checkpoint("epoch", 3, 9, 0.7), checkpoint("epoch", 1, 3, 0.5)])
    rows = list(run.checkpoints.order_by("step").values_list("kind", "epoch", "best", "last"))
    assert rows == [
        ("rolling", 0, False, False),
        ("epoch", 1, False, False),
        ("epoch", 2, True, False),
        ("epoch", 3, False, True),
    ]
    tell(progress=ProgressRecord(3, 9, 100.0, 1 << 30, now, 1), phase="Epoch 1 of 3")
    tell(progress=ProgressRecord(4, 9, None, 1 << 20, now, 1))
    run.refresh_from_db()
    assert (run.done, run.total, run.tokens_per_second, run.memory_bytes) == (4, 9, 100.0, 1 << 30)
    assert run.worked_seconds == 6


def test_what_has_ended_well_or_is_going_is_not_resumed(tiny: Player) -> None:
    run = launch(tiny)
    with pytest.raises(TrainingRefused, match="still going"):
        training_run_resume(run_id=run.pk)
    TrainingRun.objects.filter(pk=run.pk).update(status=RunStatus.SUCCEEDED, ended_at=timezone.now())
    with pytest.raises(TrainingRefused, match="clone it"):
        training_run_resume(run_id=run.pk)


def test_a_clone_has_the_settings_of_the_run_and_its_own_changes(tiny: Player) -> None:
    run = launch(tiny, seed=43)
    clone = training_run_clone(run=run, user=None, changes={"learning_rate": 1e-4})
    assert clone.cloned_from == run
    assert changed_fields(clone) == SHORT | {"seed": 43, "learning_rate": 1e-4}
