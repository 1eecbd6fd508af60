"""/: what evaluation adds to the desk."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from evaluation.models import EvaluationRun
from exceptions.models import CaseVersion
from tests.evaluation.comparison.played import model, person, play_all, script

pytestmark = pytest.mark.django_db
Read = Callable[..., str]


def test_the_desk_lists_the_latest_evaluations(cases: list[CaseVersion], reviewer: User, read: Read) -> None:
    assert "an admin can start an evaluation" in read(reviewer, "/")
    run = EvaluationRun.objects.create(name="Models on the catalogue", planned=22)
    written = read(reviewer, "/")
    assert f'href="/evaluations/{run.pk}/"' in written
    assert "22 episodes" in written
    assert 'hx-get="/compare/best/"' in written


def test_who_only_reads_sees_them_too(cases: list[CaseVersion], read: Read) -> None:
    assert 'hx-get="/compare/best/"' in read(person("reader", "api_reader"), "/")


def test_who_may_not_read_does_not(db: None, read: Read) -> None:
    nobody = User.objects.create_user("nobody")
    assert "compare" not in read(nobody, "/")
    read(nobody, "/compare/best/", status=403)


def test_the_best_models_come_with_intervals_and_a_floor(cases: list[CaseVersion], reviewer: User, read: Read) -> None:
    for number in range(4):
        play_all(model(f"model-{number}"), cases, *["resolved"] * (number + 1), "wrong")
    play_all(script("floor", "random"), cases, "wrong")
    written = read(reviewer, "/compare/best/")
    assert "Model-3" in written
    assert "Model-0" not in written
    assert "Floor" in written
    assert written.count('class="sub"') == 4 * 5


def test_without_a_model_the_rules_stand_there(cases: list[CaseVersion], reviewer: User, read: Read) -> None:
    assert "Nobody has been evaluated" in read(reviewer, "/compare/best/")
    play_all(script("rules", "three-way-match"), cases, "wrong")
    assert "No model has played them all yet" in read(reviewer, "/compare/best/")
