"""The tokens page: one's own tokens, each shown once."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from tests.exceptions.api.acting import problem

TOKENS = "/tokens/"


@pytest.fixture
def page(member: User) -> Client:
    client = Client()
    client.force_login(member)
    return client


def made(page: Client, days: str = "30") -> str:
    response = page.post(TOKENS, {"days": days})
    assert response.status_code == 201, response.content
    found = re.search(r'id="token"\s+[^>]*?value="([0-9a-f]{64})"', response.content.decode())
    assert found
    return found[1]


def may_call(token: str) -> bool:
    return APIClient().get("/api/v1/cases/", HTTP_AUTHORIZATION=f"Token {token}").status_code == 200


def test_it_makes_a_token_that_works_and_shows_it_only_then(page: Client, member: User) -> None:
    token = made(page)
    assert may_call(token)
    again = page.get(TOKENS)
    assert token not in again.content.decode()
    assert token[:8] in again.content.decode()
    row = AuthToken.objects.get()
    assert (row.user, row.digest == token) == (member, False)


def test_what_shows_a_token_is_kept_by_no_cache(page: Client) -> None:
    assert "no-store" in page.post(TOKENS, {"days": "1"})["Cache-Control"]


@pytest.mark.parametrize(("days", "left"), [("1", 1), ("30", 30), ("90", 90), ("365", 365)])
def test_it_expires_when_its_owner_says(page: Client, days: str, left: int) -> None:
    made(page, days)
    expiry = AuthToken.objects.get().expiry
    assert expiry is not None
    assert abs((expiry - timezone.now()).total_seconds() - left * 86_400) < 60


def test_it_may_never_expire(page: Client) -> None:
    assert may_call(made(page, ""))
    assert AuthToken.objects.get().expiry is None


def test_it_refuses_a_lifetime_that_it_does_not_offer(page: Client) -> None:
    assert page.post(TOKENS, {"days": "100000"}).status_code == 422
    assert not AuthToken.objects.exists()


def test_a_revoked_token_is_refused_and_the_others_go_on(page: Client) -> None:
    first, second = made(page), made(page)
    digest = next(row.digest for row in AuthToken.objects.all() if first.startswith(row.token_key))
    response = page.post(f"{TOKENS}{digest}/revoke/")
    assert (response.status_code, response["Location"]) == (302, TOKENS)
    assert (may_call(first), may_call(second)) == (False, True)


def test_one_cannot_revoke_or_see_a_colleague_s(page: Client, colleague: User) -> None:
    row, token = AuthToken.objects.create(user=colleague)
    assert page.post(f"{TOKENS}{row.digest}/revoke/").status_code == 404
    assert row.token_key[:8] not in page.get(TOKENS).content.decode()
    assert may_call(token)


def test_a_link_does_not_revoke(page: Client, member: User) -> None:
    row, _token = AuthToken.objects.create(user=member)
    assert page.get(f"{TOKENS}{row.digest}/revoke/").status_code == 405
    assert AuthToken.objects.exists()


def test_it_keeps_no_more_than_its_limit(page: Client, settings: Any) -> None:
    settings.REST_KNOX = settings.REST_KNOX | {"TOKEN_LIMIT_PER_USER": 2}
    made(page)
    made(page)
    response = page.post(TOKENS, {"days": "1"})
    assert response.status_code == 409
    assert "too many tokens" in response.content.decode()
    assert AuthToken.objects.count() == 2


def test_making_tokens_is_limited_by_rate(page: Client, settings: Any) -> None:
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] | {"tokens": "1/day"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    made(page)
    assert page.post(TOKENS, {"days": "1"}).status_code == 429


def test_a_token_makes_no_tokens(page: Client) -> None:
    token = made(page)
    response = APIClient().post(TOKENS, {"days": ""}, HTTP_AUTHORIZATION=f"Token {token}")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
    assert AuthToken.objects.count() == 1


def test_what_its_owner_may_not_do_a_token_may_not(outsider: User) -> None:
    client = Client()
    client.force_login(outsider)
    token = made(client)
    problem(APIClient().get("/api/v1/cases/", HTTP_AUTHORIZATION=f"Token {token}"), 403)


def test_a_stranger_is_sent_to_the_log_in(db: None) -> None:
    assert Client().get(TOKENS)["Location"].startswith("/accounts/login/")
