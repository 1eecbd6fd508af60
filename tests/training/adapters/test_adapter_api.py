"""Adapters over REST: what they are, the file, transfers, the token that never comes back."""

import io
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from evaluation.players.configs import LocalModelConfig
from evaluation.services.players import model_player_register
from exceptions.models import Player
from tests.exceptions.api.acting import Call, problem
from tests.training.adapters.adapter_files import BASE, streamed_body, write_adapter
from tests.training.adapters.fake_hub import GOOD_TOKEN, FakeHub
from tests.training.adapters.trained_model import trained_model
from training.adapters.storage import store_adapter
from training.adapters.transfers import transfer_run
from training.models import HubTransfer

pytestmark = [
    pytest.mark.usefixtures("local_storage"),
    # huggingface_hub sends bytes in a way that httpx2 has deprecated.
    pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning"),
]
TRANSFERS = "/api/v1/hub-transfers/"
TOKEN = "/api/v1/hub-token/"


@pytest.fixture
def player(tmp_path: Path, db: None) -> Player:
    config = LocalModelConfig(
        base_model="SmolLM2-135M-Instruct", adapter=store_adapter(write_adapter(tmp_path / "adapter")).config
    )
    return model_player_register(name="Some adapter", config=config, user=None)


def test_it_says_what_an_adapter_is_and_where_from(catalogue: None, member: User, calling: Call) -> None:
    player, run = trained_model()
    record = calling(member).get(f"/api/v1/players/{player.slug}/adapter/").json()
    assert (record["base_model"], record["base_model_hub_id"]) == ("SmolLM2-135M-Instruct", BASE)
    assert (record["kept"], record["rank"], record["targets"], record["dtype"]) == (True, 8, ["q_proj"], "F32")
    trained = record["trained_from"]
    assert (trained["run"], trained["recipe"], trained["epoch"]) == (str(run.pk), "submit-deep-best", 2)
    assert run.dataset is not None
    assert trained["dataset_sha256"] == run.dataset.sha256


def test_a_player_without_an_adapter_is_said(member: User, calling: Call) -> None:
    bare = model_player_register(name="Bare", config=LocalModelConfig(base_model="a/b"), user=None)
    assert (
        problem(calling(member).get(f"/api/v1/players/{bare.slug}/adapter/"), 404)["detail"] == "Bare has no adapter."
    )


def test_the_archive_is_a_zip_for_who_may_see_answers(player: Player, admin: User, member: User, calling: Call) -> None:
    address = f"/api/v1/players/{player.slug}/adapter/archive/"
    response = calling(admin).get(address)
    assert response["Content-Type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(streamed_body(response))).testzip() is None
    problem(calling(member).get(address), 403)


def test_a_push_is_begun_and_followed(player: Player, admin: User, calling: Call, hub: FakeHub) -> None:
    client = calling(admin)
    asked = {"direction": "push", "player": player.slug, "repo": "desk/some"}
    begun = client.post(TRANSFERS, asked, format="json")
    assert (begun.status_code, begun.json()["status"]) == (202, "queued")
    transfer_run(HubTransfer.objects.get().pk)
    record = client.get(begun["Location"]).json()
    assert (record["status"], record["commit"]) == ("succeeded", hub.repos["desk/some"].newest)
    assert hub.repos["desk/some"].private
    rows = client.get(TRANSFERS, {"direction": "push", "player": player.slug}).json()["results"]
    assert [row["id"] for row in rows] == [record["id"]]


def test_a_load_is_begun_and_becomes_a_model(admin: User, calling: Call, hub: FakeHub, tmp_path: Path) -> None:
    hub.put("their/adapter", {path.name: path.read_bytes() for path in write_adapter(tmp_path / "theirs").iterdir()})
    client = calling(admin)
    begun = client.post(TRANSFERS, {"direction": "pull", "repo": "their/adapter"}, format="json")
    transfer_run(HubTransfer.objects.get().pk)
    assert client.get(begun["Location"]).json()["player"] == "adapter"
    assert client.get("/api/v1/players/adapter/adapter/").json()["hub_repo"] == "their/adapter"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"direction": "sideways"}, 400),
        ({"direction": "push", "repo": "desk/some"}, 400),
        ({"direction": "push", "player": "nobody", "repo": "desk/some"}, 404),
        ({"direction": "pull", "repo": "no-owner"}, 422),
        ({"direction": "pull", "repo": "desk/some", "revision": "a b"}, 422),
        ({"direction": "pull", "repo": "desk/some", "token": "hf_x"}, 400),
    ],
)
def test_what_cannot_be_begun_is_a_problem(admin: User, calling: Call, asked: dict[str, str], status: int) -> None:
    problem(calling(admin).post(TRANSFERS, asked, format="json"), status)
    assert not HubTransfer.objects.exists()


def test_a_token_comes_in_and_never_out(admin: User, calling: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    client = calling(admin)
    assert client.get(TOKEN).json() == {"token": "none"}
    kept = client.put(TOKEN, {"token": GOOD_TOKEN}, format="json")
    assert kept.json() == client.get(TOKEN).json() == {"token": "stored"}
    assert GOOD_TOKEN not in str(client.put(TOKEN, {"token": f"{GOOD_TOKEN}\n"}, format="json").content)
    assert client.delete(TOKEN).status_code == 204
    assert client.get(TOKEN).json() == {"token": "none"}
