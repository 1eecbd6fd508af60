"""Keys of API players: encrypted where they lie, sent to one address only, and nowhere to be read."""

import logging
from collections.abc import Callable
from io import StringIO
from typing import Any, Final

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pydantic import SecretStr

from evaluation.models import PlayerSecret
from evaluation.players.configs import ApiModelConfig
from evaluation.players.protocol import PlayerError
from evaluation.players.registry import player_for
from evaluation.running import run_play
from evaluation.sealing import CannotUnseal, seal, unseal
from evaluation.services.player_keys import KeyRefused, player_key, player_key_clear, player_key_set
from evaluation.services.players import model_player_register
from evaluation.services.runs import run_launch, run_settle
from exceptions.models import Episode, Player
from tests.evaluation.players.asking import KEY
from tests.evaluation.players.faulty_endpoint import completion, faulty_endpoint, says
from tests.exceptions.api.test_export import export

pytestmark = pytest.mark.django_db
URL: Final = "https://api.example.com/v1"
Settings = Any


def player_at(url: str = URL, key: str | None = KEY, **config: Any) -> Player:
    return model_player_register(
        name="Some model",
        config=ApiModelConfig(base_url=url, model="some-model", **config),
        key=SecretStr(key) if key else None,
        user=None,
    )


def key_of(player: Player) -> str | None:
    key = player_key(player, ApiModelConfig.model_validate(player.config))
    return key.get_secret_value() if key else None


def test_a_key_comes_back_as_it_was_and_lies_encrypted() -> None:
    player = player_at()
    assert key_of(player) == KEY
    kept = PlayerSecret.objects.get()
    assert KEY not in kept.sealed
    assert KEY not in repr(kept)
    assert KEY not in str(player.config)


def test_sealing_the_same_twice_does_not_look_the_same() -> None:
    secret = SecretStr(KEY)
    assert seal(secret, purpose="one") != seal(secret, purpose="one")
    assert unseal(seal(secret, purpose="one"), purpose="one") == secret
    with pytest.raises(CannotUnseal, match="for something else"):
        unseal(seal(secret, purpose="one"), purpose="another")


def test_a_key_that_is_not_there_is_no_error() -> None:
    assert key_of(player_at(key=None)) is None


def test_a_key_is_not_sent_to_another_address() -> None:
    player = player_at()
    player.config["base_url"] = "https://elsewhere.example.com/v1"
    with pytest.raises(PlayerError, match=r"set for https://api\.example\.com and is not sent to https://elsewhere"):
        key_of(player)


def test_a_row_that_was_moved_to_another_player_is_of_no_use() -> None:
    player_at()
    other = model_player_register(
        name="Other", config=ApiModelConfig(base_url=URL, model="m"), key=SecretStr("sk-other"), user=None
    )
    stolen = PlayerSecret.objects.exclude(player=other).get().sealed
    PlayerSecret.objects.filter(player=other).update(sealed=stolen)
    with pytest.raises(PlayerError, match="sealed for something else"):
        key_of(other)


def test_a_new_encryption_key_reads_what_the_old_one_wrote_and_resealing_lets_go_of_it(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ["old"]
    player = player_at()
    settings.FIELD_ENCRYPTION_KEYS = ["new", "old"]
    assert key_of(player) == KEY
    said = StringIO()
    call_command("reseal_keys", stdout=said)
    assert said.getvalue() == "1 keys resealed.\n"
    settings.FIELD_ENCRYPTION_KEYS = ["new"]
    assert key_of(player) == KEY


def test_a_lost_encryption_key_is_said_with_what_to_do(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ["old"]
    player = player_at()
    settings.FIELD_ENCRYPTION_KEYS = ["new"]
    with pytest.raises(PlayerError, match=r"cannot be read: .*Set it anew"):
        key_of(player)
    with pytest.raises(CommandError, match="some-model"):
        call_command("reseal_keys", stdout=StringIO())


def test_a_key_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    player = player_at(key=None, api_key_env="SOME_API_KEY")
    with pytest.raises(PlayerError, match="SOME_API_KEY, which is not set in this process"):
        key_of(player)
    monkeypatch.setenv("SOME_API_KEY", f" {KEY}\n")
    assert key_of(player) == KEY
    with pytest.raises(KeyRefused, match="reads its key from the variable SOME_API_KEY"):
        player_key_set(player=player, key=SecretStr(KEY), user=None)


@pytest.mark.parametrize("bad", ["", "two words", "line\nbreak", "ключ", "x" * 2001])
def test_what_is_no_key_is_refused_without_repeating_it(bad: str) -> None:
    player = player_at(key=None)
    with pytest.raises(KeyRefused) as refused:
        player_key_set(player=player, key=SecretStr(bad), user=None)
    assert not bad or bad not in str(refused.value)


def test_a_cleared_key_is_gone() -> None:
    player = player_at()
    assert player_key_clear(player=player)
    assert not player_key_clear(player=player)
    assert key_of(player) is None


def test_another_key_makes_another_player_in_the_worker() -> None:
    player = player_at()
    first = player_for(player)
    assert player_for(player) is first
    player_key_set(player=player, key=SecretStr("sk-another"), user=None)
    assert player_for(player) is not first


def everything_stored() -> str:
    """All rows of all tables, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        texts = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')  # noqa: S608 - names of our own tables
            texts += [row for (row,) in cursor.fetchall()]
    return "\n".join(texts)


@pytest.fixture
def admin() -> User:
    user = User.objects.create_user("ada")
    user.groups.set([Group.objects.get(name="admin")])
    return user


@pytest.mark.usefixtures("catalogue")
def test_the_key_is_nowhere_to_be_read(
    admin: User, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    """Registered by the page, played, tried, refused by an endpoint that repeats it in errors and answers."""
    caplog.set_level(logging.DEBUG)
    client = Client()
    client.force_login(admin)
    pages: list[str] = []

    def get(address: str) -> None:
        response = client.get(address)
        assert response.status_code == 200, address
        pages.append(response.content.decode())

    answers = says(completion(f"I was given {KEY} and I say so."))
    refuses = says({"error": {"message": f"Incorrect API key provided: {KEY}"}}, status=401)
    with faulty_endpoint(answers, refuses) as endpoint:
        form = {
            "name": "Leaky",
            "base_url": endpoint.url,
            "model": "leaky",
            "key": KEY,
            "max_tokens_field": "max_tokens",
        }
        pages.append(client.post("/models/new/", form | {"model": ""}).content.decode())
        assert client.post("/models/new/", form).status_code == 302
        player = Player.objects.get(slug="leaky")
        run = run_launch(players=[player], case_set={"set": "canonical"}, user=admin)
        run_play(run_id=run.pk, queue="cpu", worker="here")
        run_settle(run_id=run.pk)
        pages.append(client.post("/models/leaky/try/").content.decode())
        assert all(request.headers["Authorization"] == f"Bearer {KEY}" for request in endpoint.requests)
    assert {episode.stop_reason for episode in Episode.objects.all()} == {"player_error"}
    assert any("Incorrect API key provided: •••" in episode.error for episode in Episode.objects.all())
    for address in ("models/", "models/leaky/", "models/leaky/change/", "evaluations/", f"evaluations/{run.pk}/"):
        get(f"/{address}")
    for address in ("players/", "players/leaky/", f"evaluation-runs/{run.pk}/", "episodes/"):
        get(f"/api/v1/{address}")
    get(f"/episodes/{Episode.objects.exclude(steps=None).first().pk}/")  # type: ignore[union-attr]
    pages.append(str(export(admin)))
    assert "I was given ••• and I say so." in pages[-1]
    assert KEY not in "\n".join(pages)
    assert KEY not in caplog.text
    assert KEY not in everything_stored()
    built = player_for(player)
    assert KEY not in repr(built) + str(vars(built)) + repr(vars(vars(built)["_endpoint"]))
    built.release([])
