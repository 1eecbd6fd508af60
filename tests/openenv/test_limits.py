"""What a web process does when there is too much, nothing for too long, or no database."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from celery import current_app
from django.conf import settings
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from exceptions.models import Case, Episode
from exceptions.tasks import end_forgotten_sessions
from tests.conftest import LiveSite
from tests.openenv.conftest import Connect, Say

pytestmark = pytest.mark.django_db(transaction=True)


def last_words(socket: ClientConnection) -> str:
    """The code of the error with which a connection ends."""
    said = json.loads(socket.recv(timeout=60))
    with pytest.raises(ConnectionClosed):
        socket.recv(timeout=60)
    return str(said["data"]["code"])


def test_one_connection_too_many_is_told_so(
    desk: list[Case], connected: Connect, say: Say, another_site: Callable[..., LiveSite]
) -> None:
    site = another_site(OPENENV_SESSIONS="1")
    with connected(site=site) as first:
        assert say(first, "reset", seed=0)["type"] == "observation"
        with connected(site=site) as second:
            assert last_words(second) == "CAPACITY_REACHED"
        assert say(first, "state")["type"] == "state"


def test_a_silent_connection_ends_and_its_episode_with_it(
    desk: list[Case], connected: Connect, say: Say, another_site: Callable[..., LiveSite]
) -> None:
    site = another_site(OPENENV_IDLE_SECONDS="2")
    with connected(site=site) as socket:
        assert say(socket, "reset", seed=0)["type"] == "observation"
        assert last_words(socket) == "SESSION_ERROR"
    assert Episode.objects.get().stop_reason == "cancelled"


def test_more_messages_than_the_rate_allows_are_refused(
    desk: list[Case], connected: Connect, say: Say, another_site: Callable[..., LiveSite]
) -> None:
    site = another_site(RATE_OPENENV_STEPS="3/day")
    with connected(site=site) as socket:
        answers = [say(socket, "state") for _ in range(4)]
    assert [answer["type"] for answer in answers] == ["state", "state", "state", "error"]
    assert answers[-1]["data"]["code"] == "CAPACITY_REACHED"


def test_without_its_database_it_answers_with_an_error(
    connected: Connect, say: Say, another_site: Callable[..., LiveSite]
) -> None:
    site = another_site(DATABASE_URL="postgresql://nobody:nothing@127.0.0.1:1/nowhere")
    with connected(site=site) as socket:
        assert say(socket, "reset", seed=0)["data"]["code"] == "EXECUTION_ERROR"
        assert say(socket, "dance")["data"]["code"] == "UNKNOWN_TYPE"
    with pytest.raises(urllib.error.HTTPError) as unhealthy:
        urllib.request.urlopen(f"{site.url}/openenv/health", timeout=60)
    with unhealthy.value as answer:
        assert (answer.code, json.load(answer)) == (503, {"status": "unhealthy"})


def test_beat_ends_what_was_forgotten(desk: list[Case]) -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert end_forgotten_sessions.name in scheduled & set(current_app.tasks)
    assert end_forgotten_sessions() == 0
