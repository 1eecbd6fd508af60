"""On a model's page: where its adapter is from, the file to take away, the button that pushes it. The Hub's page."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from evaluation.models import HubToken
from evaluation.players.adapters import ADAPTER_FILES
from evaluation.players.configs import AdapterConfig, ApiModelConfig, LocalModelConfig
from evaluation.services.players import model_player_register
from exceptions.models import Player
from tests.training.adapters.adapter_files import streamed_body, write_adapter
from tests.training.adapters.fake_hub import GOOD_TOKEN, FakeHub
from tests.training.adapters.trained_model import trained_model
from training.adapters.storage import store_adapter
from training.adapters.transfers import transfer_run
from training.models import HubTransfer

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("local_storage"),
    # huggingface_hub sends bytes in a way that httpx2 has deprecated.
    pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning"),
]
As = Callable[[str], Client]


@pytest.fixture
def as_role() -> As:
    def client(role: str) -> Client:
        user = User.objects.create_user(f"somebody-{role}")
        user.groups.set([Group.objects.get(name=role)])
        signed_in = Client()
        signed_in.force_login(user)
        return signed_in

    return client


@pytest.fixture
def player(tmp_path: Path) -> Player:
    config = LocalModelConfig(
        base_model="SmolLM2-135M-Instruct", adapter=store_adapter(write_adapter(tmp_path / "adapter")).config
    )
    return model_player_register(name="Some adapter", config=config, user=None)


def page(client: Client, player: Player) -> str:
    return client.get(f"/models/{player.slug}/").content.decode()


def test_the_pedigree_stands_in_order_with_the_way_to_its_run(catalogue: None, as_role: As) -> None:
    player, run = trained_model()
    text = page(as_role("reviewer"), player)
    assert run.dataset is not None
    links = [
        "Base model",
        "Data set",
        run.dataset.name,
        "Training run",
        run.name,
        "Checkpoint",
        "epoch 2",
        "LoRA adapter",
    ]
    places = [text.index(link, text.index("What it is")) for link in links]
    assert places == sorted(places)
    assert f'href="/training/{run.pk}/"' in text


def test_the_page_says_what_the_adapter_is(player: Player, as_role: As) -> None:
    text = page(as_role("reviewer"), player)
    assert "r 8, alpha 16" in text
    assert "--enable-lora --max-lora-rank 8" in text


def test_an_altered_adapter_is_said_on_the_page(player: Player, as_role: As, local_storage: Path) -> None:
    weights = local_storage / player.config["adapter"]["sha256"] / ADAPTER_FILES[1]
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    assert "was altered in the storage of adapters" in page(as_role("admin"), player)


def test_a_model_without_an_adapter_has_no_such_card(as_role: As) -> None:
    bare = model_player_register(
        name="Bare", config=ApiModelConfig(base_url="https://a.example/v1", model="m"), user=None
    )
    text = page(as_role("admin"), bare)
    assert "adapter-title" not in text
    assert "/push/" not in text


def test_who_only_reads_sees_neither_push_nor_download(player: Player, as_role: As) -> None:
    text = page(as_role("reviewer"), player)
    assert "adapter.zip" not in text
    assert "/push/" not in text


def test_the_zip_holds_what_peft_loads_and_the_card(player: Player, as_role: As, local_storage: Path) -> None:
    response = as_role("supervisor").get(f"/models/{player.slug}/adapter.zip")
    assert response["Content-Disposition"] == 'attachment; filename="some-adapter-v1.zip"'
    with zipfile.ZipFile(io.BytesIO(streamed_body(response))) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == sorted(["README.md", *ADAPTER_FILES])
        kept = local_storage / player.config["adapter"]["sha256"]
        assert all(archive.read(name) == (kept / name).read_bytes() for name in ADAPTER_FILES)
        assert archive.read("README.md").startswith(b"---\nbase_model:")


def test_the_same_adapter_gives_the_same_zip(player: Player, as_role: As) -> None:
    client = as_role("admin")
    address = f"/models/{player.slug}/adapter.zip"
    assert streamed_body(client.get(address)) == streamed_body(client.get(address))


def test_an_adapter_on_another_machine_is_said(as_role: As) -> None:
    config = LocalModelConfig(base_model="a/b", adapter=AdapterConfig(path="/on/a/worker", sha256="0" * 64))
    elsewhere = model_player_register(name="Elsewhere", config=config, user=None)
    client = as_role("admin")
    assert "lies on the disk of a worker" in page(client, elsewhere)
    response = client.get("/models/elsewhere/adapter.zip", follow=True)
    assert "has no readable adapter_config.json" in response.content.decode()


def test_the_button_pushes(player: Player, as_role: As, hub: FakeHub) -> None:
    client = as_role("admin")
    response = client.post(f"/models/{player.slug}/push/", {"repo": "desk/some", "private": "on"})
    transfer = HubTransfer.objects.get()
    assert response["Location"] == f"/hub/{transfer.pk}/"
    assert "waiting" in client.get(response["Location"]).content.decode()
    transfer_run(transfer.pk)
    text = client.get(response["Location"]).content.decode()
    assert "pushed" in text
    assert f"{hub.url}/desk/some/tree/{hub.repos['desk/some'].newest}" in text
    assert "desk/some" in page(client, player)


def test_the_fragment_asks_again_until_the_transfer_has_ended(player: Player, as_role: As, hub: FakeHub) -> None:
    client = as_role("admin")
    client.post(f"/models/{player.slug}/push/", {"repo": "desk/some"})
    transfer = HubTransfer.objects.get()
    fragment = lambda: client.get(f"/hub/{transfer.pk}/", headers={"HX-Request": "true"}).content.decode()  # noqa: E731
    assert 'hx-trigger="poll"' in fragment()
    assert "<html" not in fragment()
    transfer_run(transfer.pk)
    assert "hx-trigger" not in fragment()


@pytest.mark.parametrize("repo", ["", "no-owner", "a/b/c"])
def test_a_push_without_a_good_name_says_so(player: Player, as_role: As, repo: str) -> None:
    response = as_role("admin").post(f"/models/{player.slug}/push/", {"repo": repo}, follow=True)
    assert not HubTransfer.objects.exists()
    text = response.content.decode()
    assert "Nothing was pushed. Repository: This field is required." in text or "is no name of a repository" in text


def test_a_base_of_this_machine_asks_for_its_hub_id(tmp_path: Path, as_role: As) -> None:
    stored = store_adapter(write_adapter(tmp_path / "adapter"))
    config = LocalModelConfig(base_model="/models/tiny", adapter=stored.config)
    local = model_player_register(name="Local base", config=config, user=None)
    client = as_role("admin")
    assert "Hub id of the base model" in page(client, local)
    client.post("/models/local-base/push/", {"repo": "desk/some", "base_model": "desk/tiny"})
    assert HubTransfer.objects.get().base_model == "desk/tiny"


def test_the_hubs_page_loads_an_adapter_that_becomes_a_model(as_role: As, hub: FakeHub, tmp_path: Path) -> None:
    files = {path.name: path.read_bytes() for path in write_adapter(tmp_path / "theirs").iterdir()}
    hub.put("their/adapter", files)
    client = as_role("admin")
    response = client.post("/hub/", {"repo": "their/adapter", "name": "Theirs"})
    transfer_run(HubTransfer.objects.get().pk)
    assert 'href="/models/theirs/"' in client.get(response["Location"]).content.decode()
    text = page(client, Player.objects.get(slug="theirs"))
    assert text.index("Base model") < text.index("Hugging Face Hub") < text.index("LoRA adapter")
    assert hub.repos["their/adapter"].newest[:12] in text


def test_a_refused_load_keeps_what_was_typed(as_role: As) -> None:
    response = as_role("admin").post("/hub/", {"repo": "nonsense", "name": "Mine"})
    assert response.status_code == 422
    text = response.content.decode()
    assert "is no name of a repository" in text
    assert 'value="Mine"' in text


def test_a_token_is_kept_encrypted_and_shown_to_nostreamed_body(as_role: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    client = as_role("admin")
    shown = client.post("/hub/token/", {"token": GOOD_TOKEN}, follow=True).content.decode()
    assert "kept, encrypted" in shown
    assert GOOD_TOKEN not in shown
    assert GOOD_TOKEN not in json.dumps(list(HubToken.objects.values()), default=str)
    assert GOOD_TOKEN not in client.post("/hub/token/", {"token": f"{GOOD_TOKEN} x"}).content.decode()
    client.post("/hub/token/clear/")
    assert not HubToken.objects.exists()
