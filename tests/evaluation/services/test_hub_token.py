"""The token for the Hub: from the environment first, else encrypted where it lies, and for one Hub only."""

from typing import Any

import pytest
from django.core.management import call_command
from pydantic import SecretStr

from evaluation.models import HubToken
from evaluation.services.hub_token import hub_token, hub_token_clear, hub_token_set, hub_token_state
from evaluation.services.player_keys import KeyRefused

pytestmark = pytest.mark.django_db
TOKEN = "hf_forThisTestOnly0123456789"


@pytest.fixture(autouse=True)
def _no_token_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)


def test_without_one_the_hub_is_asked_as_anybody() -> None:
    assert (hub_token(), hub_token_state()) == (None, "none")


def test_it_comes_back_as_it_was_and_lies_encrypted() -> None:
    hub_token_set(token=SecretStr(TOKEN), user=None)
    found = hub_token()
    assert found is not None
    assert (found.get_secret_value(), hub_token_state()) == (TOKEN, "stored")
    kept = HubToken.objects.get()
    assert TOKEN not in f"{kept.sealed} {kept!r} {kept}"


def test_that_of_the_environment_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    hub_token_set(token=SecretStr(TOKEN), user=None)
    monkeypatch.setenv("HF_TOKEN", "hf_other")
    found = hub_token()
    assert found is not None
    assert (found.get_secret_value(), hub_token_state()) == ("hf_other", "environment")


def test_it_is_sent_to_the_hub_that_it_was_set_for(settings: Any) -> None:
    hub_token_set(token=SecretStr(TOKEN), user=None)
    settings.HF_ENDPOINT = "https://hub.example"
    assert hub_token() is None


def test_a_row_that_was_moved_to_another_hub_opens_for_nobody(settings: Any) -> None:
    hub_token_set(token=SecretStr(TOKEN), user=None)
    settings.HF_ENDPOINT = "https://hub.example"
    HubToken.objects.update(endpoint="https://hub.example")
    with pytest.raises(KeyRefused, match="cannot be read: It was sealed for something else"):
        hub_token()


def test_what_is_no_token_is_refused_without_repeating_it() -> None:
    with pytest.raises(KeyRefused) as refused:
        hub_token_set(token=SecretStr("hf_with a space"), user=None)
    assert "hf_with" not in str(refused.value)


def test_it_is_sealed_anew_with_the_keys_of_players(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ["an-old-key"]
    hub_token_set(token=SecretStr(TOKEN), user=None)
    settings.FIELD_ENCRYPTION_KEYS = ["a-new-key", "an-old-key"]
    call_command("reseal_keys")
    assert "1 keys resealed" in capsys.readouterr().out
    settings.FIELD_ENCRYPTION_KEYS = ["a-new-key"]
    found = hub_token()
    assert found is not None
    assert found.get_secret_value() == TOKEN


def test_it_can_be_forgotten() -> None:
    hub_token_set(token=SecretStr(TOKEN), user=None)
    assert hub_token_clear()
    assert not hub_token_clear()
    assert hub_token() is None
