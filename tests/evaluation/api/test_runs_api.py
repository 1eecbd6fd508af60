"""Evaluation runs over REST: what an admin does in the browser, a script can do."""

import pytest
from django.contrib.auth.models import Group, User
from knox.models import AuthToken
from rest_framework.test import APIClient

from evaluation.models import EvaluationRun
from evaluation.running import run_play
from evaluation.services.runs import run_settle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
RUNS = "/api/v1/evaluation-runs/"


@pytest.fixture
def admin(db: None) -> APIClient:
    user = User.objects.create_user("admin")
    user.groups.set([Group.objects.get(name="admin")])
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {AuthToken.objects.create(user=user)[1]}")
    return client


def test_a_run_is_launched_watched_and_read(admin: APIClient) -> None:
    made = admin.post(RUNS, {"players": ["expert", "keyword"], "samples": 1, "name": "Nightly"}, format="json")
    assert made.status_code == 201, made.content
    assert made.data["progress"]["planned"] == 44
    run = EvaluationRun.objects.get(pk=made.data["id"])
    run_play(run_id=run.pk, queue="cpu", worker="here")
    run_settle(run_id=run.pk)

    read = admin.get(made["Location"]).data
    assert (read["name"], read["status"], read["progress"]["played"]) == ("Nightly", "succeeded", 44)
    expert, keyword = read["players"]
    assert expert["scores"]["grounded-1"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 22}
    assert keyword["resolved"]["value"] == pytest.approx(8 / 22)
    assert keyword["resolved"]["low"] < 8 / 22 < keyword["resolved"]["high"]
    assert [row["id"] for row in admin.get(RUNS).data["results"]] == [str(run.pk)]


def test_a_run_is_stopped_and_resumed(admin: APIClient) -> None:
    made = admin.post(RUNS, {"players": ["keyword"]}, format="json").data
    assert admin.post(f"{RUNS}{made['id']}/stop/").data["status"] == "cancelled"
    assert admin.post(f"{RUNS}{made['id']}/resume/").data["status"] == "queued"
    refused = admin.post(f"{RUNS}{made['id']}/resume/")
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 400, "players"),
        ({"players": ["nobody"]}, 404, "no player nobody"),
        ({"players": ["keyword"], "cases": "none"}, 404, "no case set"),
        ({"players": ["keyword"], "references": ["C-0"]}, 404, "C-0"),
        ({"players": ["keyword"], "samples": 0}, 400, "samples"),
        ({"players": ["keyword"], "settings": {"colour": 1}}, 422, "colour"),
        ({"players": ["keyword"], "rewards": "seed-9"}, 422, "seed-9"),
        ({"players": ["keyword", "keyword"]}, 422, "twice"),
    ],
)
def test_what_cannot_be_played_is_refused_with_the_reason(
    admin: APIClient, body: dict[str, object], status: int, words: str
) -> None:
    refused = admin.post(RUNS, body, format="json")
    assert refused.status_code == status, refused.content
    assert words in refused.content.decode()
    assert not EvaluationRun.objects.exists()
