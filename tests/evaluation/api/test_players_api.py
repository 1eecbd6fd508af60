"""Players over REST."""

from typing import Any

from django.contrib.auth.models import User

from exceptions.models import Player
from exceptions.services.episodes import human_player
from tests.exceptions.api.acting import Call, problem

PLAYERS = "/api/v1/players/"


def test_it_lists_people_scripts_and_models_without_their_configuration(member: User, calling: Call) -> None:
    human_player(member)
    Player.objects.create(slug="constant", name="Constant", kind="script", config={"secret": "key"}, version=2)
    rows = calling(member).get(PLAYERS).json()["results"]
    assert [(row["name"], row["kind"], row["version"]) for row in rows] == [
        ("Constant", "script", 2),
        ("member", "human", 1),
    ]
    assert all(set(row) == {"id", "slug", "name", "kind", "version", "created_at"} for row in rows)


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
