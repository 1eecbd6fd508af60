"""Players: registered, changed to their next version, retired; and the ones that come with the project."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from evaluation.players.configs import ApiModelConfig, LocalModelConfig
from evaluation.players.registry import player_for
from evaluation.players.scripts import SCRIPT_PLAYERS
from evaluation.services.players import config_of, model_player_change, model_player_register
from exceptions.catalogue import CONSTANT_ANSWERS, load_catalogue
from exceptions.models import Player, PlayerKind, PlayerVersion
from exceptions.services.episodes import human_player
from exceptions.services.players import (
    KNOWN_PLAYERS,
    PlayerFixed,
    SlugTaken,
    known_players_register,
    player_retire,
    player_return,
)

pytestmark = pytest.mark.django_db
API = ApiModelConfig(base_url="https://api.example.com/v1", model="some-model")


@pytest.fixture
def user() -> User:
    return User.objects.create_user("ada")


def test_there_is_a_constant_player_for_each_answer_that_a_case_has_and_for_no_other() -> None:
    answers = {
        (case.ground_truth.decision, case.ground_truth.exception_type) for case in load_catalogue() if case.ground_truth
    }
    assert set(CONSTANT_ANSWERS) == answers
    assert len(CONSTANT_ANSWERS) == len(answers)


def test_every_script_is_a_player_and_can_be_built() -> None:
    known_players_register()
    scripts = Player.objects.filter(kind=PlayerKind.SCRIPT)
    assert {player.config["script"] for player in scripts} == set(SCRIPT_PLAYERS)
    for player in scripts:
        assert player_for(player).name == player.config["script"]


def test_registering_the_known_players_again_changes_nothing() -> None:
    first = known_players_register()
    assert {outcome for _player, outcome in first} == {"registered"}
    assert [(player.slug, outcome) for player, outcome in known_players_register()] == [
        (known.slug, "known") for known in KNOWN_PLAYERS
    ]
    assert PlayerVersion.objects.count() == len(KNOWN_PLAYERS)


def test_a_known_player_whose_configuration_changed_with_the_code_becomes_its_next_version() -> None:
    known_players_register()
    Player.objects.filter(slug="smollm2-135m-instruct").update(config={"base_model": "SmolLM2-135M-Instruct"})
    outcomes = {player.slug: outcome for player, outcome in known_players_register()}
    assert outcomes["smollm2-135m-instruct"] == "version 2"
    assert Player.objects.get(slug="smollm2-135m-instruct").versions.count() == 2


def test_a_registered_model_is_version_1_under_a_slug_made_of_its_name(user: User) -> None:
    player = model_player_register(name="Some/Model 4.1", config=API, user=user)
    assert (player.slug, player.kind, player.version) == ("some-model-4-1", PlayerKind.API_MODEL, 1)
    assert config_of(player) == API
    version = player.versions.get()
    assert (version.number, version.config, version.created_by) == (1, player.config, user)


def test_a_slug_is_one_player_s(user: User) -> None:
    model_player_register(name="Some model", config=API, user=user)
    with pytest.raises(SlugTaken, match="“some-model” is taken"):
        model_player_register(name="Some model", config=API, user=user)


def test_a_changed_configuration_is_the_next_version_and_the_earlier_one_is_kept(user: User) -> None:
    player = model_player_register(name="Some model", config=API, user=user)
    warmer = API.model_copy(update={"temperature": 0.7})
    changed = model_player_change(player=player, name="Warmer", config=warmer, user=user)
    assert (changed.version, changed.name) == (2, "Warmer")
    assert [version.config["temperature"] for version in changed.versions.all()] == [0.7, 0.0]


def test_a_new_name_alone_is_no_new_version(user: User) -> None:
    player = model_player_register(name="Some model", config=LocalModelConfig(base_model="some/model"), user=user)
    changed = model_player_change(
        player=player, name="Another name", config=LocalModelConfig(base_model="some/model"), user=user
    )
    assert (changed.version, changed.name) == (1, "Another name")


def test_a_configuration_from_before_a_field_was_added_is_still_the_same(user: User) -> None:
    player = Player.objects.create(
        slug="old", name="Old", kind=PlayerKind.LOCAL_MODEL, config={"base_model": "some/model"}
    )
    changed = model_player_change(
        player=player, name="Old", config=LocalModelConfig(base_model="some/model"), user=user
    )
    assert changed.version == 1


def test_what_a_version_was_cannot_be_rewritten(user: User) -> None:
    player = model_player_register(name="Some model", config=API, user=user)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        player.versions.update(config={})


def test_players_of_the_project_and_people_stay_as_they_are(user: User) -> None:
    known_players_register()
    config = LocalModelConfig(base_model="some/model")
    for player in (Player.objects.get(slug="smollm2-135m-instruct"), human_player(user)):
        with pytest.raises(PlayerFixed):
            model_player_change(player=player, name="Mine", config=config, user=user)


def test_a_model_is_retired_and_returns_scripts_never() -> None:
    known_players_register()
    model = Player.objects.get(slug="qwen3-4b-instruct-2507")
    retired = player_retire(player_id=model.pk)
    assert retired.retired_at is not None
    assert player_retire(player_id=model.pk).retired_at == retired.retired_at
    player_return(player_id=model.pk)
    assert Player.objects.get(pk=model.pk).retired_at is None
    with pytest.raises(PlayerFixed, match="every leaderboard"):
        player_retire(player_id=Player.objects.get(slug="expert").pk)


@pytest.mark.parametrize("config", [{}, {"base_url": "x"}, {"base_model": "x", "extra": 1}])
def test_a_stored_configuration_that_reads_as_none_is_none(config: dict[str, Any]) -> None:
    assert config_of(Player(slug="x", name="x", kind=PlayerKind.API_MODEL, config=config)) is None
