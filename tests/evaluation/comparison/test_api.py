"""/api/v1/comparisons/: the figures of the page."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from knox.models import AuthToken

from evaluation.selectors.comparison.choice import Choice
from evaluation.selectors.comparison.figures import Comparison
from exceptions.models import CaseVersion
from tests.evaluation.comparison.played import model, play_all, resolve

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    return Client(headers={"Authorization": f"Token {AuthToken.objects.create(user=user)[1]}"})


def test_it_gives_the_figures_of_the_page(cases: list[CaseVersion], admin: User) -> None:
    play_all(model("good"), cases, "resolved", "decision")
    play_all(model("bad"), cases, "wrong")
    record = client_of(admin).get("/api/v1/comparisons/?rubric=seed-1").json()
    comparison = Comparison(Choice(rubric="seed-1"), admin)
    assert [player["slug"] for player in record["players"]] == ["good", "bad"]
    for player, row in zip(record["players"], comparison.rows, strict=True):
        assert row.summary is not None
        assert player["score"]["value"] == row.summary.score.value
        assert player["resolved"]["low"] == row.summary.resolved.low
        assert player["resolved"]["n"] == 8
        assert set(player["criteria"]) == set(row.summary.criteria)
    assert record["pairs"][0]["verdict"] == comparison.in_words(comparison.pairs[0])
    assert record["of"] == record["players"][0]["key"]
    again = client_of(admin).get(f"/api/v1/comparisons/?rubric=seed-1&of={record['players'][1]['key']}").json()
    assert again["of"] == record["players"][1]["key"]


def test_what_is_wrong_is_a_problem(cases: list[CaseVersion], admin: User) -> None:
    client = client_of(admin)
    for query, path in (
        ("cases=moon", "cases"),
        ("player=x", "player"),
        ("players=a/b", "players"),
        ("page=2", "page"),
    ):
        response = client.get(f"/api/v1/comparisons/?{query}")
        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["errors"][0]["path"] == path


def test_few_hidden_cases_are_withheld(cases: list[CaseVersion], reviewer: User) -> None:
    play_all(model("good"), cases[:3], "resolved")
    [player] = client_of(reviewer).get("/api/v1/comparisons/").json()["players"]
    assert (player["withheld"], player["resolved"], player["criteria"]) == (True, None, None)
    for version in cases[:3]:
        resolve(reviewer, version)
    players = client_of(reviewer).get("/api/v1/comparisons/").json()["players"]
    assert all(player["resolved"] for player in players)
