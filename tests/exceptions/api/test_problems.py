"""Whatever goes wrong under /api/ is a problem document."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client
from knox.models import AuthToken
from rest_framework.test import APIClient, APIRequestFactory

from exceptions.api.problems import problem_handler
from exceptions.api.reference_pages import NothingHere
from exceptions.models import Case
from tests.exceptions.api.acting import Call, problem


@pytest.mark.parametrize(
    "path", ["/api/v1/", "/api/v1/cases/x/y/z/w", "/api/v1/sessions/1/", "/api/v1/€/", "/api/v1/%00"]
)
def test_an_address_that_is_not_there(db: None, path: str) -> None:
    document = problem(APIClient().get(path), 404)
    assert document["type"] == "about:blank"
    assert document["instance"].isascii()


def test_an_address_without_its_slash_is_told_the_right_one(db: None) -> None:
    assert "/api/v1/cases/" in problem(APIClient().post("/api/v1/cases"), 404)["detail"]


def test_a_method_that_is_not_there(case: Case, member: User, calling: Call) -> None:
    response = calling(member).put("/api/v1/cases/", {}, format="json")
    problem(response, 405)
    assert set(response["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_options_tells_the_methods_and_nothing_else(case: Case, member: User, calling: Call) -> None:
    response = calling(member).options(f"/api/v1/cases/{case.reference}/")
    assert response.json() == {"methods": ["GET", "HEAD", "OPTIONS"]}


def test_a_media_type_that_it_does_not_speak(case: Case, member: User, calling: Call) -> None:
    problem(calling(member).get("/api/v1/cases/", HTTP_ACCEPT="text/html"), 406)


@pytest.mark.parametrize(
    "header",
    [
        "Token",
        "Token nonsense",
        "Token a b",
        b"Token \xff\xfe",
        "Token " + "f" * 128,
        "Token " + "f" * 100_000,
        "Token \0",
    ],
)
def test_a_token_that_is_none(db: None, header: str | bytes) -> None:
    header = header.decode("latin-1") if isinstance(header, bytes) else header
    response = APIClient().get("/api/v1/cases/", HTTP_AUTHORIZATION=header)
    problem(response, 401)
    assert response["WWW-Authenticate"] == "Token"


def test_a_token_that_has_expired(member: User) -> None:
    _row, token = AuthToken.objects.create(user=member, expiry=timedelta(seconds=-1))
    problem(APIClient().get("/api/v1/cases/", HTTP_AUTHORIZATION=f"Token {token}"), 401)


def test_a_token_whose_owner_was_locked_out(member: User, calling: Call) -> None:
    client = calling(member)
    member.is_active = False
    member.save()
    problem(client.get("/api/v1/cases/"), 401)


def test_a_session_without_its_csrf_token(case: Case, member: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)
    assert client.get("/api/v1/cases/").status_code == 200
    problem(client.post("/api/v1/sessions/", {}, content_type="application/json"), 403)


@pytest.mark.parametrize("path", ["/api/", "/api/v2/cases/", "/api/v1x/"])
def test_an_address_beside_the_api(db: None, path: str) -> None:
    problem(APIClient().get(path), 404)


def test_a_host_that_is_not_this_one(db: None) -> None:
    response = APIClient().get("/api/v1/players/", HTTP_HOST="elsewhere.example")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_a_fault_before_the_endpoint_is_a_problem_too(member: User) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(member)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_session RENAME TO django_session_hidden")
    problem(client.get("/api/v1/players/"), 500)


def _handled(error: Exception) -> Any:
    request = NothingHere().initialize_request(APIRequestFactory().get("/api/v1/cases/"))
    return problem_handler(error, {"request": request, "view": NothingHere()})


def test_a_fault_of_the_desk_names_the_request_and_not_the_fault() -> None:
    response = _handled(RuntimeError("the password is swordfish"))
    assert response.status_code == 500
    assert b"swordfish" not in response.content
    assert b"logged as request" in response.content


def test_a_database_that_does_not_answer_says_to_try_again() -> None:
    response = _handled(OperationalError("connection to server at 10.1.2.3 failed"))
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert b"10.1.2.3" not in response.content
