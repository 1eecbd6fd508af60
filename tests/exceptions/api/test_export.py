"""The export: everything the list shows, in constant memory, and never silently short."""

import gc
import http.client
import json
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import AsyncClient
from knox.models import AuthToken

from exceptions.api.export import CHUNK
from exceptions.models import Case, Episode, EpisodeOrigin, Grade, Step
from exceptions.services.episodes import human_player
from tests.exceptions.api.acting import LOOK, SUBMIT, Call, problem
from tests.exceptions.api.test_episodes import play

EXPORT = "/api/v1/episodes/export/"
#: Characters that each of the many episodes says in its steps.
WORDS = 4000


def token_of(user: User) -> str:
    _row, token = AuthToken.objects.create(user=user)
    return f"Token {token}"


def export(user: User, **query: str) -> list[dict[str, Any]]:
    """The lines of an export over ASGI."""

    async def read() -> bytes:
        client = AsyncClient()
        response = await client.get(EXPORT, query, headers={"Authorization": token_of_user})
        assert response.status_code == 200, response.content
        assert response["Content-Type"] == "application/x-ndjson"
        assert isinstance(response, StreamingHttpResponse)
        return b"".join([part async for part in cast(AsyncIterator[bytes], response.streaming_content)])

    token_of_user = token_of(user)
    return [json.loads(line) for line in async_to_sync(read)().splitlines()]


def many_episodes(case: Case, user: User, count: int) -> None:
    """Running episodes with two steps each, in bulk."""
    player = human_player(user)
    episodes = Episode.objects.bulk_create(
        [
            Episode(case_version=case.latest, player=player, user=user, origin=EpisodeOrigin.API, steps_used=2)
            for _ in range(count)
        ],
        batch_size=1000,
    )
    Step.objects.bulk_create(
        [
            Step(
                episode=episode, number=number, action_type="compare_price", action=LOOK, valid=True, result="x" * WORDS
            )
            for episode in episodes
            for number in (1, 2)
        ],
        batch_size=500,
    )


def test_it_has_each_episode_as_one_line_like_the_page_of_one(case: Case, member: User, calling: Call) -> None:
    first, second = play(case, member, LOOK, SUBMIT), play(case, member, SUBMIT)
    lines = export(member)
    assert [line["id"] for line in lines] == [str(first.pk), str(second.pk)]
    assert lines[0] == calling(member).get(f"/api/v1/episodes/{first.pk}/").json()
    assert lines[0]["grades"]


def test_it_narrows_like_the_list(cases: list[Case], member: User) -> None:
    play(cases[0], member, SUBMIT)
    other = play(cases[1], member, LOOK)
    assert [line["id"] for line in export(member, case=cases[1].reference)] == [str(other.pk)]


def test_it_seals_what_the_list_seals(case: Case, member: User, colleague: User) -> None:
    play(case, colleague, SUBMIT)
    ended, _again = play(case, member, SUBMIT), play(case, member)
    lines = export(member)
    assert len(lines) == 2
    sealed = next(line for line in lines if line["id"] == str(ended.pk))
    assert sealed["grades"] is sealed["scores"] is sealed["resolved"] is sealed["steps"][0]["reward"] is None
    assert export(member, resolved="true") == export(member, score_min="0") == []


def test_nothing_to_export_is_an_empty_body(member: User) -> None:
    assert export(member) == []


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_no_episode_is_lost_or_doubled_where_one_chunk_ends(case: Case, member: User, extra: int) -> None:
    many_episodes(case, member, 2 * CHUNK + extra)
    ids = [line["id"] for line in export(member)]
    assert len(ids) == len(set(ids)) == 2 * CHUNK + extra
    assert ids == sorted(ids)


def test_it_refuses_a_filter_that_it_does_not_understand_before_it_begins(member: User, calling: Call) -> None:
    client = calling(member)
    problem(client.get(EXPORT, {"origin": "moon"}), 400)
    problem(client.get(EXPORT, {"cursor": "x"}), 400)
    assert client.head(EXPORT).status_code == 405


def exported(token: str) -> tuple[int, int, int]:
    """Lines and bytes of an export, and the most memory that Python held meanwhile."""

    async def read() -> tuple[int, int]:
        response = await AsyncClient().get(EXPORT, headers={"Authorization": token})
        lines = size = 0
        async for part in cast(AsyncIterator[bytes], response.streaming_content):  # type: ignore[attr-defined]
            lines, size = lines + part.count(b"\n"), size + len(part)
        return lines, size

    gc.collect()
    tracemalloc.start()
    try:
        lines, size = async_to_sync(read)()
        return lines, size, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_its_memory_does_not_grow_with_the_episodes(case: Case, member: User) -> None:
    token = token_of(member)
    many_episodes(case, member, 400)
    exported(token)
    few, _size, few_peak = exported(token)
    many_episodes(case, member, 1600)
    many, size, many_peak = exported(token)
    assert (few, many) == (400, 2000)
    assert size > 2000 * 2 * WORDS
    assert many_peak < 1.5 * few_peak
    assert many_peak < size / 2


@pytest.fixture
def hidden_table(transactional_db: None) -> Iterator[Any]:
    """Breaks the database under a running export, and mends it afterwards."""
    broken: list[str] = []

    def hide() -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE exceptions_step RENAME TO exceptions_step_hidden")
        broken.append("yes")

    yield hide
    if broken:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE exceptions_step_hidden RENAME TO exceptions_step")


def test_what_breaks_on_the_way_breaks_the_connection(
    transactional_db: None, live_site: Any, case: Case, member: User, hidden_table: Any
) -> None:
    many_episodes(case, member, 1500)
    site = http.client.HTTPConnection(urlsplit(live_site.url).netloc, timeout=60)
    site.request("GET", EXPORT, headers={"Authorization": token_of(member)})
    response = site.getresponse()
    assert (response.status, response.headers["Transfer-Encoding"]) == (200, "chunked")
    assert json.loads(response.readline())["case"] == case.reference
    hidden_table()
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        response.read()
    site.close()


def test_a_client_that_goes_away_costs_the_site_nothing(
    transactional_db: None, live_site: Any, case: Case, member: User
) -> None:
    many_episodes(case, member, 1500)
    token = token_of(member)
    for _ in range(3):
        gone = http.client.HTTPConnection(urlsplit(live_site.url).netloc, timeout=60)
        gone.request("GET", EXPORT, headers={"Authorization": token})
        gone.getresponse().readline()
        gone.close()
    site = http.client.HTTPConnection(urlsplit(live_site.url).netloc, timeout=60)
    site.request("GET", EXPORT, headers={"Authorization": token})
    assert site.getresponse().read().count(b"\n") == 1500
    site.close()


def test_grades_of_revisions_stay_apart_from_those_of_the_episode(case: Case, member: User) -> None:
    play(case, member, SUBMIT)
    line = export(member)[0]
    assert len(line["grades"]) == Grade.objects.filter(revision=None).count() == len(line["scores"])
