"""Players over REST: listed, registered, changed, retired; a key comes in and never out."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from evaluation.models import PlayerSecret
from exceptions.models import Player
from exceptions.services.episodes import human_player
from exceptions.services.players import known_players_register
from tests.evaluation.players.asking import KEY
from tests.exceptions.api.acting import Call, problem

PLAYERS = "/api/v1/players/"
API: dict[str, Any] = {
    "kind": "api_model",
    "name": "Some model",
    "config": {"base_url": "https://api.example.com/v1", "model": "some-model", "price_per_million_input": "0.40"},
}


def test_it_lists_people_scripts_and_models_without_their_configuration(member: User, calling: Call) -> None:
    human_player(member)
    Player.objects.create(slug="constant", name="Constant", kind="script", config={"secret": "key"}, version=2)
    rows = calling(member).get(PLAYERS).json()["results"]
    assert [(row["name"], row["kind"], row["version"]) for row in rows] == [
        ("Constant", "script", 2),
        ("member", "human", 1),
    ]
    assert all(set(row) == {"id", "slug", "name", "kind", "version", "retired_at", "created_at"} for row in rows)


def test_it_narrows_by_kind(member: User, calling: Call) -> None:
    human_player(member)
    Player.objects.create(slug="constant", name="Constant", kind="script")
    rows = calling(member).get(PLAYERS, {"kind": "script"}).json()["results"]
    assert [row["slug"] for row in rows] == ["constant"]
    problem(calling(member).get(PLAYERS, {"kind": "ghost"}), 400)


def test_the_list_takes_as_many_queries_for_many_players(
    member: User, calling: Call, django_assert_num_queries: Any
) -> None:
    client = calling(member)
    for number in range(20):
        Player.objects.create(slug=f"script-{number}", name="Script", kind="script")
    with django_assert_num_queries(5):
        assert len(client.get(PLAYERS).json()["results"]) == 20


def test_an_outsider_sees_none(outsider: User, calling: Call) -> None:
    problem(calling(outsider).get(PLAYERS), 403)


def test_an_admin_registers_a_model_and_its_key_never_comes_back(admin: User, calling: Call) -> None:
    client = calling(admin)
    made = client.post(PLAYERS, API | {"key": KEY}, format="json")
    assert (made.status_code, made["Location"]) == (201, f"{PLAYERS}some-model/")
    record = made.json()
    assert record["config"]["price_per_million_input"] == "0.40"
    assert (record["key"], record["version"], record["scores"]) == ("stored", 1, None)
    assert KEY not in made.content.decode() + client.get(f"{PLAYERS}some-model/").content.decode()
    assert PlayerSecret.objects.get().set_by == admin


def test_a_local_model(admin: User, calling: Call) -> None:
    body = {"kind": "local_model", "name": "Tiny", "slug": "tiny-1", "config": {"base_model": "some/model"}}
    record = calling(admin).post(PLAYERS, body, format="json").json()
    assert record["config"]["sampling"] == {"temperature": 0.0, "top_p": 1.0, "max_new_tokens": 192}
    assert (record["slug"], record["key"]) == ("tiny-1", "none")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"kind": "human"}, "kind"),
        ({"kind": ["api_model"]}, "kind"),
        ({"config": {"base_url": "ftp://x", "model": "m"}}, "config.base_url"),
        ({"config": {"model": "m"}}, "config.base_url"),
        ({"config": API["config"] | {"api_key": KEY}}, "config.api_key"),
        ({"slug": "new"}, "slug"),
        ({"name": ""}, "name"),
        ({"key": ""}, "key"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_what_is_wrong_is_said_by_its_path_and_not_repeated(
    admin: User, calling: Call, change: dict[str, Any], path: str
) -> None:
    response = calling(admin).post(PLAYERS, API | change, format="json")
    assert path in [error["path"] for error in problem(response, 400)["errors"]]
    assert KEY not in response.content.decode()
    assert not Player.objects.exists()


def test_a_key_that_cannot_be_kept_leaves_no_player_behind(admin: User, calling: Call) -> None:
    response = calling(admin).post(PLAYERS, API | {"key": "two words"}, format="json")
    assert problem(response, 422)["title"] == "The key was not stored"
    assert not Player.objects.exists()


def test_a_slug_is_taken_once(admin: User, calling: Call) -> None:
    client = calling(admin)
    client.post(PLAYERS, API, format="json")
    assert "some-model" in problem(client.post(PLAYERS, API, format="json"), 409)["detail"]


def test_a_patch_changes_some_fields_and_makes_the_next_version(admin: User, calling: Call) -> None:
    client = calling(admin)
    client.post(PLAYERS, API, format="json")
    record = client.patch(f"{PLAYERS}some-model/", {"config": {"temperature": 0.5}}, format="json").json()
    assert (record["version"], record["config"]["temperature"], record["config"]["model"]) == (2, 0.5, "some-model")
    assert [version["config"]["temperature"] for version in record["versions"]] == [0.5, 0.0]
    refused = problem(client.patch(f"{PLAYERS}some-model/", {"config": {"top_p": 7}}, format="json"), 400)
    assert [error["path"] for error in refused["errors"]] == ["config.top_p"]


def test_a_patch_sets_and_forgets_the_key_retires_and_returns(admin: User, calling: Call) -> None:
    client = calling(admin)
    client.post(PLAYERS, API, format="json")

    def patched(**body: Any) -> dict[str, Any]:
        response = client.patch(f"{PLAYERS}some-model/", body, format="json")
        assert response.status_code == 200, response.content
        record: dict[str, Any] = response.json()
        return record

    assert patched(key=KEY)["key"] == "stored"
    assert patched(name="Renamed")["key"] == "stored"
    moved = patched(config={"base_url": "https://elsewhere.example.com/v1"})
    assert moved["key"] == "stored_for_another_address"
    assert patched(key=None)["key"] == "none"
    assert patched(config={"api_key_env": "SOME_API_KEY"})["key"] == "environment"
    assert patched(retired=True)["retired_at"] is not None
    assert patched(retired=False)["retired_at"] is None


def test_players_of_the_project_stay_as_they_are(admin: User, calling: Call) -> None:
    known_players_register()
    client = calling(admin)
    problem(client.patch(f"{PLAYERS}expert/", {"name": "Mine"}, format="json"), 409)
    problem(client.patch(f"{PLAYERS}expert/", {"retired": True}, format="json"), 409)
    body = {"config": {"base_model": "other"}}
    problem(client.patch(f"{PLAYERS}smollm2-135m-instruct/", body, format="json"), 409)


def test_a_script_shows_no_configuration(member: User, calling: Call) -> None:
    Player.objects.create(slug="constant", name="Constant", kind="script", config={"secret": "key"})
    record = calling(member).get(f"{PLAYERS}constant/").json()
    assert (record["config"], record["versions"]) == (None, [])


def test_who_only_reads_registers_and_changes_nothing(member: User, calling: Call) -> None:
    client = calling(member)
    problem(client.post(PLAYERS, API, format="json"), 403)
    problem(client.patch(f"{PLAYERS}expert/", {"name": "x"}, format="json"), 403)
    problem(client.get(f"{PLAYERS}nobody/"), 404)
