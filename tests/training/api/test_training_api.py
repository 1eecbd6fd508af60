"""Training over REST: what an admin does in the browser, a script can do."""

import csv
import io
import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Group, User
from django.http import StreamingHttpResponse
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from exceptions.models import Player
from tests.access.trainings import kept_checkpoint
from tests.training.conftest import SHORT, launch
from training.models import TrainingRun
from training.recipes import RECIPES
from training.services.leases import run_lease
from training.services.records import LogRecord, Told, told_store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
RUNS = "/api/v1/training-runs/"


def client_of(role: str) -> APIClient:
    user = User.objects.create_user(role)
    user.groups.set([Group.objects.get(name=role)])
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {AuthToken.objects.create(user=user)[1]}")
    return client


@pytest.fixture
def admin(db: None) -> APIClient:
    return client_of("admin")


@pytest.fixture
def told(tiny: Player) -> TrainingRun:
    """A run of which a worker has told something."""
    run = launch(tiny)
    token, now = run_lease(run_id=run.pk, worker="here"), timezone.now()
    assert token is not None
    metrics = {("train/loss", step): 1 / step for step in range(1, 6)} | {("eval/score", 0): float("inf")}
    log = [LogRecord(now, "info", f"line {number}") for number in range(1, 4)]
    told_store(run_id=run.pk, token=token, told=Told(metrics=metrics, log=log), seconds=1)
    return run


def body_of(response: Any) -> str:
    assert isinstance(response, StreamingHttpResponse)

    async def read() -> bytes:
        return b"".join([part async for part in response])

    return async_to_sync(read)().decode()


def test_every_recipe_is_there_with_its_settings(admin: APIClient) -> None:
    rows = admin.get("/api/v1/training-recipes/").data["recipes"]
    assert [row["name"] for row in rows] == list(RECIPES)
    assert next(row for row in rows if row["name"] == "generated")["fields"]["case_count"] == 216


def test_a_run_is_launched_watched_stopped_resumed_and_cloned(admin: APIClient, tiny: Player) -> None:
    body = {"recipe": "submit-deep-best", "base": "tiny-qwen3", "changes": SHORT | {"seed": 43}, "name": "Mine"}
    made = admin.post(RUNS, body, format="json")
    assert made.status_code == 201, made.content
    address = made["Location"]
    assert (made.data["status"], made.data["seed"], made.data["changes"]) == ("queued", 43, SHORT | {"seed": 43})
    assert [row["id"] for row in admin.get(RUNS, {"status": "queued"}).data["results"]] == [made.data["id"]]
    assert not admin.get(RUNS, {"status": "failed"}).data["results"]

    assert admin.post(f"{address}stop/").data["status"] == "cancelled"
    assert admin.post(f"{address}resume/").data["status"] == "queued"
    refused = admin.post(f"{address}resume/")
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    clone = admin.post(f"{address}clone/", {"changes": {"epochs": 1}}, format="json")
    assert (clone.status_code, clone.data["cloned_from"], clone.data["config"]["epochs"]) == (201, made.data["id"], 1)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 400, "recipe"),
        ({"recipe": "no-such"}, 400, "must be one of"),
        ({"recipe": "submit-only", "base": "nobody"}, 404, "no player nobody"),
        ({"recipe": "submit-only", "base": "tiny-qwen3", "changes": {"colour": 1}}, 422, "colour"),
        ({"recipe": "full-trace-4bit", "base": "tiny-qwen3"}, 422, "4-bit"),
        ({"recipe": "grpo-warm", "base": "tiny-qwen3"}, 422, "choose one to start from"),
        ({"recipe": "submit-only", "base": "tiny-qwen3", "dataset": f"{0:032x}"}, 404, "no data set"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_the_reason(
    admin: APIClient, tiny: Player, body: dict[str, object], status: int, words: str
) -> None:
    refused = admin.post(RUNS, body, format="json")
    assert refused.status_code == status, refused.content
    assert words in refused.content.decode()
    assert not TrainingRun.objects.exists()


def test_figures_come_as_json_csv_and_ndjson(admin: APIClient, told: TrainingRun) -> None:
    address = f"{RUNS}{told.pk}/metrics"
    read = admin.get(f"{address}/").data["metrics"]
    assert read["train/loss"][:2] == [{"step": 1, "value": 1.0}, {"step": 2, "value": 0.5}]
    assert read["eval/score"] == [{"step": 0, "value": None}], "what is no number is null"
    assert list(admin.get(f"{address}/", {"names": "train/loss", "after": "4"}).data["metrics"].values()) == [
        [{"step": 5, "value": 0.2}]
    ]
    assert admin.get(f"{address}/", {"after": "x"}).status_code == 400

    rows = list(csv.DictReader(io.StringIO(body_of(admin.get(f"{address}.csv")))))
    assert rows[0] == {"name": "eval/score", "step": "0", "value": ""}
    assert rows[1:3] == [
        {"name": "train/loss", "step": "1", "value": "1.0"},
        {"name": "train/loss", "step": "2", "value": "0.5"},
    ]
    lines = body_of(admin.get(f"{address}.ndjson", {"names": "train/loss"})).splitlines()
    assert json.loads(lines[-1]) == {"name": "train/loss", "step": 5, "value": 0.2}


def test_a_long_export_comes_in_chunks_and_whole(
    admin: APIClient, told: TrainingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.api.metrics._CHUNK", 2)
    assert len(body_of(admin.get(f"{RUNS}{told.pk}/metrics.ndjson")).splitlines()) == 6


def test_the_log_is_read_behind_the_last_line_seen(admin: APIClient, told: TrainingRun) -> None:
    page = admin.get(f"{RUNS}{told.pk}/log/", {"after": "1"}).data
    assert [(line["sequence"], line["text"]) for line in page["lines"]] == [(2, "line 2"), (3, "line 3")]
    assert page["more"] is False


def test_a_checkpoint_is_registered_once(admin: APIClient) -> None:
    from exceptions.services.players import known_players_register

    known_players_register()
    checkpoint = kept_checkpoint(User.objects.get(username="admin"))
    address = f"/api/v1/training-checkpoints/{checkpoint.pk}/register/"
    first = admin.post(address, {"name": "Kept"}, format="json").data
    assert first == {"player": "kept", "version": 1, "checkpoint": str(checkpoint.pk), "epoch": 1}
    assert admin.post(address, {"name": "Other"}, format="json").data == first
    assert admin.get(f"{RUNS}{checkpoint.run_id}/").data["models"] == [first]
    assert [row["best"] for row in admin.get(f"{RUNS}{checkpoint.run_id}/checkpoints/").data["checkpoints"]] == [True]


def test_a_data_set_is_made_and_read_without_its_answers(admin: APIClient) -> None:
    made = admin.post(
        "/api/v1/training-datasets/", {"kind": "catalogue", "spec": {"trace_lengths": [3]}}, format="json"
    )
    assert made.status_code == 201, made.content
    read = admin.get(made["Location"])
    assert read.data == made.data
    assert (read.data["traces"], read.data["cases"]) == (18, 18)
    assert "ground_truth" not in read.content.decode()
    refused = admin.post("/api/v1/training-datasets/", {"kind": "human"}, format="json")
    assert (refused.status_code, "Nobody has resolved" in refused.content.decode()) == (422, True)


def test_a_reviewer_reads_runs_and_launches_none(told: TrainingRun) -> None:
    reviewer = client_of("reviewer")
    assert reviewer.get(f"{RUNS}{told.pk}/").status_code == 200
    refused = reviewer.post(RUNS, {"recipe": "submit-only"}, format="json")
    assert (refused.status_code, "admin" in refused.content.decode()) == (403, True)
