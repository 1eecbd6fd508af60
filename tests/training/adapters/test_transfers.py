"""Adapters pushed and loaded by a worker: once each, with a card, and with the reason when it did not work."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from evaluation.models import RunStatus
from evaluation.players.adapters import ADAPTER_FILES, adapter_sha256
from evaluation.players.configs import AdapterConfig, LocalModelConfig
from evaluation.services.players import config_of, model_player_change, model_player_register
from exceptions.models import Player
from tests.training.adapters.fake_hub import FakeHub
from training.adapters.storage import store_adapter
from training.adapters.transfers import (
    MAX_ATTEMPTS,
    TransferRefused,
    pull_request,
    push_request,
    transfer_run,
    transfers_call_again,
)
from training.models import HubTransfer

pytestmark = [
    pytest.mark.django_db,
    # huggingface_hub sends bytes in a way that httpx2 has deprecated.
    pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning"),
]
REPO = "desk/submit-deep"
BASE = "desk/tiny-qwen3"


@pytest.fixture
def player(adapter: Path, tiny_base: Path, local_storage: Path) -> Player:
    config = LocalModelConfig(base_model=str(tiny_base), adapter=store_adapter(adapter).config)
    return model_player_register(name="Submit deep", config=config, user=None)


def pushed(player: Player, *, base_model: str = BASE, private: bool = True) -> HubTransfer:
    transfer = push_request(player=player, repo=REPO, private=private, base_model=base_model, user=None)
    return transfer_run(transfer.pk)


def pulled(**asked: str) -> HubTransfer:
    return transfer_run(pull_request(repo=REPO, user=None, **asked).pk)


def test_a_push_ends_with_the_commit_and_where_to_look(player: Player, hub: FakeHub) -> None:
    transfer = pushed(player)
    assert (transfer.status, transfer.error) == (RunStatus.SUCCEEDED, "")
    assert transfer.commit == hub.repos[REPO].newest
    assert transfer.url == f"{hub.url}/{REPO}/tree/{transfer.commit}"
    assert hub.repos[REPO].private


def test_what_is_pushed_names_its_base_so_that_others_find_it(player: Player, hub: FakeHub, adapter: Path) -> None:
    pushed(player)
    config = json.loads(hub.files(REPO)["adapter_config.json"])
    assert config["base_model_name_or_path"] == BASE
    own = json.loads((adapter / "adapter_config.json").read_text())
    assert config == own | {"base_model_name_or_path": BASE}
    assert f'base_model: "{BASE}"' in hub.files(REPO)["README.md"].decode()


def test_a_base_that_only_this_machine_has_must_be_named(player: Player, tiny_base: Path) -> None:
    with pytest.raises(TransferRefused, match=r"is on this machine only\. Say by which hub id"):
        push_request(player=player, repo=REPO, private=True, user=None)


def test_the_packaged_base_is_named_by_its_hub_id(adapter: Path, local_storage: Path) -> None:
    config = LocalModelConfig(base_model="SmolLM2-135M-Instruct", adapter=store_adapter(adapter).config)
    smollm2 = model_player_register(name="SmolLM2 with adapter", config=config, user=None)
    transfer = push_request(player=smollm2, repo=REPO, private=True, user=None)
    assert transfer.base_model == "HuggingFaceTB/SmolLM2-135M-Instruct"


def test_a_model_without_an_adapter_has_nothing_to_push() -> None:
    bare = model_player_register(name="Bare", config=LocalModelConfig(base_model=BASE), user=None)
    with pytest.raises(TransferRefused, match="Bare has no adapter"):
        push_request(player=bare, repo=REPO, private=True, user=None)


@pytest.mark.parametrize("repo", ["submit-deep", "a/b/c", "../x", "desk/ä b", ""])
def test_what_is_no_name_of_a_repository_is_refused_at_once(repo: str) -> None:
    with pytest.raises(TransferRefused, match="is no name of a repository; write it like organisation/name"):
        pull_request(repo=repo, user=None)


def test_a_push_is_of_the_version_that_was_asked_for(player: Player, hub: FakeHub, adapter: Path) -> None:
    transfer = push_request(player=player, repo=REPO, private=True, base_model=BASE, user=None)
    other = AdapterConfig(path=str(adapter), sha256=adapter_sha256(adapter))
    config = LocalModelConfig(base_model=BASE, adapter=other)
    model_player_change(player=player, name="Submit deep", config=config, user=None)
    ended = transfer_run(transfer.pk)
    assert (ended.status, REPO in hub.repos) == (RunStatus.FAILED, False)
    assert "has another version now" in ended.error


def test_a_load_becomes_a_model_whose_adapter_the_desk_keeps(player: Player, hub: FakeHub) -> None:
    commit = pushed(player).commit
    transfer = pulled(name="From the Hub")
    assert (transfer.status, transfer.error, transfer.commit) == (RunStatus.SUCCEEDED, "", commit)
    assert transfer.player is not None
    config = config_of(transfer.player)
    assert isinstance(config, LocalModelConfig)
    assert (config.base_model, transfer.player.name) == (BASE, "From the Hub")
    assert config.adapter is not None
    assert config.adapter.path is None


def test_its_name_is_that_of_the_repository_and_its_slug_a_free_one(player: Player, hub: FakeHub) -> None:
    pushed(player)
    found = pulled().player
    assert found is not None
    assert (found.name, found.slug, player.slug) == ("submit-deep", "submit-deep-2", "submit-deep")


def test_the_hub_id_of_the_packaged_base_becomes_the_packaged_one(player: Player, hub: FakeHub) -> None:
    pushed(player, base_model="HuggingFaceTB/SmolLM2-135M-Instruct")
    found = pulled().player
    assert found is not None
    assert found.config["base_model"] == "SmolLM2-135M-Instruct"


def test_another_base_can_be_asked_for(player: Player, hub: FakeHub) -> None:
    pushed(player)
    found = pulled(base_model="/models/tiny").player
    assert found is not None
    assert found.config["base_model"] == "/models/tiny"


def test_what_is_no_plain_lora_is_not_registered(player: Player, hub: FakeHub) -> None:
    files = hub.files(REPO) if REPO in hub.repos else {}
    pushed(player)
    config = json.loads(hub.files(REPO)["adapter_config.json"]) | {"modules_to_save": ["lm_head"]}
    hub.put(REPO, files | {"adapter_config.json": json.dumps(config).encode()})
    transfer = pulled()
    assert (transfer.status, transfer.player) == (RunStatus.FAILED, None)
    assert "It sets modules_to_save" in transfer.error


def test_pickled_weights_are_not_loaded(player: Player, hub: FakeHub, adapter: Path) -> None:
    config = (adapter / "adapter_config.json").read_bytes()
    hub.put(REPO, {"adapter_config.json": config, "adapter_model.bin": b"\x80\x04"})
    assert "has no adapter_model.safetensors" in pulled().error
    assert not any(path.endswith(".bin") for _method, path, _token in hub.asked)


def test_a_failure_is_kept_with_the_transfer(player: Player, hub: FakeHub) -> None:
    hub.refuse["/api/"] = 403
    transfer = pushed(player)
    assert transfer.status == RunStatus.FAILED
    assert "may not write" in transfer.error
    assert transfer.ended_at is not None


def test_a_second_message_does_nothing(player: Player, hub: FakeHub) -> None:
    transfer = pushed(player)
    asked = len(hub.asked)
    assert transfer_run(transfer.pk).ended_at == transfer.ended_at
    assert len(hub.asked) == asked


def test_who_is_at_it_is_not_disturbed_until_he_is_lost(player: Player, hub: FakeHub) -> None:
    transfer = push_request(player=player, repo=REPO, private=True, base_model=BASE, user=None)
    running = HubTransfer.objects.filter(pk=transfer.pk)
    running.update(status=RunStatus.RUNNING, lease_expires_at=timezone.now() + timedelta(seconds=30))
    assert transfer_run(transfer.pk).status == RunStatus.RUNNING
    running.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert transfer_run(transfer.pk).status == RunStatus.SUCCEEDED


def test_too_many_lost_workers_end_it(player: Player, broker: str) -> None:
    transfer = push_request(player=player, repo=REPO, private=True, base_model=BASE, user=None)
    past = timezone.now() - timedelta(seconds=1)
    HubTransfer.objects.update(status=RunStatus.RUNNING, lease_expires_at=past, attempts=MAX_ATTEMPTS)
    assert transfers_call_again() == 0
    transfer.refresh_from_db()
    assert (transfer.status, transfer.error[:19]) == (RunStatus.FAILED, "The worker was lost")


def test_one_that_nobody_was_called_for_is_called_for(player: Player, broker: str) -> None:
    push_request(player=player, repo=REPO, private=True, base_model=BASE, user=None)
    assert transfers_call_again() == 1
    assert transfers_call_again() == 0


def test_a_command_pushes_and_says_where(player: Player, hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("push_adapter", player.slug, REPO, "--private", "--base-model", BASE)
    assert capsys.readouterr().out.strip().endswith(f"{hub.url}/{REPO}/tree/{hub.repos[REPO].newest}")
    assert hub.repos[REPO].private


def test_a_command_loads_and_says_the_slug(player: Player, hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    commit = pushed(player, private=False).commit
    call_command("pull_adapter", REPO, "--revision", commit, "--name", "Loaded")
    assert f"loaded: {hub.url}/{REPO}/tree/{commit}" in capsys.readouterr().out
    assert Player.objects.get(slug="loaded").kind == "local_model"


def test_a_command_fails_with_the_reason(player: Player, hub: FakeHub) -> None:
    with pytest.raises(CommandError, match="There is no player nobody"):
        call_command("push_adapter", "nobody", REPO)
    with pytest.raises(CommandError, match="has no desk/nothing"):
        call_command("pull_adapter", "desk/nothing")
    assert ADAPTER_FILES[1] not in str(hub.repos)
