"""Whatever is sent to the API, it never fails, and it answers as its OpenAPI document says."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.contrib.auth.models import User
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from knox.models import AuthToken
from schemathesis.specs.openapi import checks

from evaluation.players.configs import ApiModelConfig
from evaluation.services.players import model_player_register
from exceptions.models import Case, Episode, EpisodeOrigin
from exceptions.services.episodes import session_open
from tests.exceptions.api.acting import LOOK, SUBMIT
from tests.exceptions.api.test_episodes import play

CALLS_PER_OPERATION = 20
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]


@pytest.fixture
def unlimited(settings: Any) -> None:
    rates = dict.fromkeys(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "1000000/min")
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Django closes its connection around every request; here the test's transaction is on it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def headers(request: pytest.FixtureRequest) -> dict[str, str]:
    if request.param == "nobody":
        return {}
    user = request.getfixturevalue(request.param)
    _row, token = AuthToken.objects.create(user=user)
    return {"Authorization": f"Token {token}"}


@pytest.fixture
def things(case: Case, admin: User) -> dict[str, list[str]]:
    """What there is at addresses with a part to fill in."""
    assert case.latest is not None
    played = play(case, admin, LOOK, {"action_type": "guess"}, SUBMIT)
    begun = session_open(version=case.latest, user=admin, rewards="seed-1", client="fuzz")
    config = ApiModelConfig(base_url="https://api.example.com/v1", model="some-model")
    model = model_player_register(name="Some model", config=config, user=admin)
    return {
        "reference": [case.reference],
        "episode_id": [str(played.pk), str(begun.pk)],
        "session_id": [str(played.pk), str(begun.pk)],
        "slug": [model.slug, played.player.slug],
    }


@pytest.mark.timeout(300)
@pytest.mark.parametrize("headers", ["admin", "nobody"], indirect=True)
@pytest.mark.usefixtures("unlimited", "_one_connection")
# WSGI reads the export's stream as a whole, and Django says so; the export's own tests are on ASGI.
@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators")
def test_it_answers_as_it_promises_whatever_is_sent(headers: dict[str, str], things: dict[str, list[str]]) -> None:
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/schema/", get_wsgi_application(), headers={"Accept": "application/json"}
    )
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 20
    for operation in operations:
        sent = st.one_of([operation.as_strategy(generation_mode=mode) for mode in MODES])
        parts = {name: st.sampled_from(values) for name, values in things.items() if f"{{{name}}}" in operation.path}

        @settings(
            max_examples=CALLS_PER_OPERATION,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=sent, there=st.booleans(), parts=st.fixed_dictionaries(parts))
        def call(case: schemathesis.Case, there: bool, parts: dict[str, str]) -> None:
            if there:
                case.path_parameters.update(parts)
            case.call_and_validate(headers=headers, checks=CHECKS)

        call()
    assert Episode.objects.filter(origin=EpisodeOrigin.API).count() >= 2
