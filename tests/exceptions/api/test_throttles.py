"""Rate limits: counted exactly, and never in the way when they cannot be counted."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import RequestFactory

from exceptions.api.throttles import WindowThrottle
from exceptions.models import Case
from tests.exceptions.api.acting import LOOK, Call, problem

SESSIONS = "/api/v1/sessions/"


@pytest.fixture
def rate(settings: Any) -> Any:
    def set_rate(**rates: str) -> None:
        merged = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] | rates
        settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": merged}

    return set_rate


def test_the_request_after_the_last_one_is_too_many(member: User, rate: Any) -> None:
    rate(steps="3/day")
    request = RequestFactory().get("/")
    request.user = member
    assert [WindowThrottle("steps").counted(request) for _ in range(5)] == [True, True, True, False, False]
    assert 0 < WindowThrottle("steps").wait() <= 86_400


def test_each_rate_is_counted_by_itself(case: Case, member: User, calling: Call, rate: Any) -> None:
    rate(sessions="1/day", steps="1/day", exports="1/day")
    client = calling(member)
    session = client.post(SESSIONS, {"case": case.reference}, format="json").json()
    address = f"{SESSIONS}{session['id']}/step/"
    assert client.post(address, {"action": LOOK}, format="json").status_code == 200
    problem(client.post(address, {"action": LOOK}, format="json"), 429)
    problem(client.post(SESSIONS, {}, format="json"), 429)


def test_a_cache_that_is_down_lets_requests_through_and_says_so(
    case: Case, member: User, calling: Call, rate: Any, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    rate(sessions="1/day")
    nobody_listens = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:9/0"}
    settings.CACHES = {"default": nobody_listens}
    client = calling(member)
    for _ in range(3):
        assert client.post(SESSIONS, {"case": case.reference}, format="json").status_code == 201
    assert sum("not counted against its rate limit" in record.getMessage() for record in caplog.records) == 3
