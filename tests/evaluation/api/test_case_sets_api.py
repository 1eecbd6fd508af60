"""Sets of cases over REST: what there is, what can be made, and by whom."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from knox.models import AuthToken
from rest_framework.test import APIClient

from exceptions.environment import load_case_pack
from exceptions.generator import FAMILIES, generate_cases
from exceptions.models import Case

SETS = "/api/v1/case-sets/"
pytestmark = pytest.mark.django_db


def calling(role: str | None) -> APIClient:
    user = User.objects.create_user(f"somebody-{role or 'outside'}")
    user.groups.set(Group.objects.filter(name=role))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {AuthToken.objects.create(user=user)[1]}")
    return client


def made(client: APIClient, **body: Any) -> Any:
    return client.post(SETS, body, format="json")


def test_a_set_is_made_imported_and_listed() -> None:
    admin = calling("admin")
    answer = made(admin, count=30, seed=3)
    record = answer.json()
    assert answer.status_code == 201
    assert (record["name"], record["cases"], record["created"], record["pack"]) == ("generated-3", 30, 30, None)
    assert {"family": "currency-swap", "cases": 1} in record["families"]
    assert made(admin, count=30, seed=3).status_code == 200, "all of them were there"
    listed = {one["name"]: one["cases"] for one in calling("api_reader").get(SETS).json()["results"]}
    assert listed == {"catalogue": 0, "canonical": 0, "hard": 0, "generated": 30, "twins": 0, "imported": 0} | {
        "generated-3": 30
    }


def test_nothing_is_stored_when_only_the_pack_is_wanted() -> None:
    record = made(calling("admin"), count=4, seed=3, store=False).json()
    assert load_case_pack(record["pack"]) == generate_cases(4, 3)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"count": 2001}, "less than or equal to 2000"),
        ({"count": 0}, "Between 1 and"),
        ({"count": 1, "families": ["moon"]}, "There is no family moon"),
        ({"count": 1, "seed": -1}, "A seed is a number"),
        ({"count": 1, "twins": True, "families": ["clean-match"]}, "none of these families has twins"),
        ({"count": 1, "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_made_is_a_problem_in_words(body: dict[str, Any], words: str) -> None:
    answer = made(calling("admin"), **body)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Case.objects.exists()


def test_families_are_told_with_what_their_cases_answer() -> None:
    families = {one["name"]: one for one in calling("reviewer").get("/api/v1/case-families/").json()["results"]}
    assert set(families) == set(FAMILIES)
    assert families["currency-swap"]["twins"] is FAMILIES["currency-swap"].trap


def test_readers_read_and_make_nothing() -> None:
    reader = calling("reviewer")
    assert reader.get(SETS).status_code == 200
    assert made(reader, count=1).status_code == 403
    outsider = calling(None)
    assert outsider.get(SETS).status_code == 403
    assert outsider.get("/api/v1/case-families/").status_code == 403
