"""Ended runs of which no checkpoint is kept: what is said of them, and what is not promised."""

from typing import Any

import pytest

from evaluation.models import RunStatus
from exceptions.catalogue import load_catalogue
from tests.training.views.conftest import As, address, read_page
from tests.training.views.made_runs import ended_run, evaluate, going_run
from training.models import TrainingEvaluation, TrainingRun

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_worker")]


def without_checkpoints(**fields: Any) -> TrainingRun:
    """Evaluated before and after two epochs, the first of which was the better."""
    run = ended_run(shares=(0.0, 0.75, 0.5), **fields)
    run.checkpoints.all().delete()
    return run


def test_an_ended_run_without_checkpoints_promises_none(as_role: As) -> None:
    own, recorded = without_checkpoints(), without_checkpoints()
    TrainingRun.objects.filter(pk=recorded.pk).update(recorded=True)
    client = as_role("admin")
    for run, words in ((own, "None was kept"), (recorded, "its metrics and episodes came with the recording")):
        page = read_page(client, address(run))
        assert words in page
        assert "The first is written after" not in page
    assert "The first is written after" in read_page(client, address(going_run()))


def test_a_recorded_run_that_failed_offers_nothing_to_go_on_from(as_role: As) -> None:
    run = without_checkpoints(status=RunStatus.FAILED, error="The disk is full.")
    TrainingRun.objects.filter(pk=run.pk).update(recorded=True)
    page = read_page(as_role("admin"), address(run))
    assert "The disk is full." in page
    assert "Retry" not in page


def test_the_list_says_the_best_evaluation_of_a_run_without_checkpoints(as_role: As) -> None:
    without_checkpoints(name="Alpha")
    early = ended_run(name="Beta", shares=(0.25,))
    tested = ended_run("generated", name="Gamma", shares=())
    evaluate(tested, 2, 0.5, load_catalogue()[:6], set_name="test")
    client = as_role("reviewer")
    page = read_page(client, "/training/")
    alpha, beta, gamma = (page.split(f">{name}</a>")[1].split("</tr>")[0] for name in ("Alpha", "Beta", "Gamma"))
    assert "score by seed-1, epoch 1, holdout" in alpha
    assert "score by seed-1, before training, holdout" in beta
    assert "resolved, epoch 2, test" in gamma
    TrainingEvaluation.objects.filter(run=tested).update(epoch=0)
    for where in ("/training/", address(tested)):
        page = read_page(client, where)
        assert "on the way to epoch 1" in page, "it was stopped within its first epoch, and then tested"
    assert "That can still be chance" not in read_page(client, address(early)), "there is nothing to compare"
