"""/compare/ and its downloads."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evaluation.charts.tables import TABLES
from exceptions.models import CaseVersion
from tests.evaluation.comparison.played import SETTINGS, model, person, play, play_all, resolve, script

pytestmark = pytest.mark.django_db
Read = Callable[..., str]


def test_it_says_who_wins_and_shows_every_part(cases: list[CaseVersion], admin: User, read: Read) -> None:
    play_all(script("expert", "expert"), cases, "resolved")
    play_all(model("good"), cases, "resolved")
    play_all(model("bad"), cases, "wrong")
    written = read(admin, "/compare/")
    assert "Good beats Bad by 1.00 ± 0.00 on 8 cases" in written
    assert "all played by all" in written
    titles = ("Leaderboard", "Score", "Success", "Steps", "Resolved", "Case by case", "Criteria", "Decisions of Good")
    for title in titles:
        assert title in written
    assert "8 / 8" in written
    assert "Their cases are not ours." in written
    assert re.search(r'<a href="/episodes/[0-9a-f-]{36}/" aria-label="resolved">●</a>', written)


def test_the_view_is_its_address(cases: list[CaseVersion], admin: User, read: Read) -> None:
    play_all(model("good"), cases, "resolved")
    play_all(model("bad"), cases, "wrong")
    written = read(admin, "/compare/?rubric=seed-1&players=bad,good&of=bad")
    assert "Bad against each of the others" in written
    assert '<option value="seed-1" selected>' in written
    assert "/compare/pairs.csv?rubric=seed-1&amp;players=bad,good&amp;of=bad" in written
    once = read(admin, "/compare/?rubric=seed-1&players=bad&players=good&of=bad")
    assert "Bad against each of the others" in once


def test_what_is_wrong_in_the_address_is_said_and_left_out(cases: list[CaseVersion], admin: User, read: Read) -> None:
    play_all(model("good"), cases, "resolved")
    written = read(admin, "/compare/?cases=moon&rubric=x&condition=y&players=a/b,nobody,good&of=%00&page=-1")
    for words in ("there is no &#x27;moon&#x27;", "16 hexadecimal digits", "is no player", "counts from 1"):
        assert words in written
    assert "There is no player &#x27;nobody&#x27;." in written
    assert "Good" in written


def test_nothing_played_says_what_to_do(cases: list[CaseVersion], admin: User, reviewer: User, read: Read) -> None:
    assert "Nobody has played these 8 cases yet" in read(admin, "/compare/")
    assert "Evaluate players" in read(admin, "/compare/")
    assert "An admin has to start an evaluation." in read(reviewer, "/compare/")
    assert "there is no case with an answer in this set" in read(admin, "/compare/?cases=imported")


def test_n_of_m_played_and_what_failed(cases: list[CaseVersion], admin: User, read: Read) -> None:
    player = model("good")
    play_all(player, cases[:6], "resolved")
    play_all(player, cases[6:], "failed")
    written = read(admin, "/compare/")
    assert "6 of 8" in written
    assert "2 failed" in written
    assert "not all played by all" in written


def test_htmx_gets_the_comparison_alone(cases: list[CaseVersion], admin: User) -> None:
    play_all(model("good"), cases, "resolved")
    client = Client(headers={"HX-Request": "true"})
    client.force_login(admin)
    response = client.get("/compare/?rubric=seed-1&condition=")
    assert response.content.decode().lstrip().startswith('<div id="comparison"')
    assert response["HX-Push-Url"] == "/compare/?rubric=seed-1"


@pytest.mark.parametrize("table", TABLES)
def test_every_table_can_be_downloaded(table: str, cases: list[CaseVersion], admin: User, read: Read) -> None:
    play_all(model("good"), cases, "resolved", "decision")
    play_all(model("bad"), cases, "wrong")
    rows = list(csv.reader(io.StringIO(read(admin, f"/compare/{table}.csv?rubric=seed-1"))))
    assert len({len(row) for row in rows}) == 1
    assert len(rows) > 1 or table in ("agreement", "calibration", "twins")


def test_a_table_that_is_not_there(admin: User, read: Read) -> None:
    read(admin, "/compare/nothing.csv", status=404)


def test_its_number_of_queries_does_not_grow(cases: list[CaseVersion], admin: User) -> None:
    client = Client()
    client.force_login(admin)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/compare/").status_code == 200
        return len(captured)

    play_all(model("first"), cases[:5], "resolved")
    assert queries() <= 12  # what was played is read
    few = queries()
    for number in range(6):
        player = model(f"other-{number}")
        play_all(player, cases, "wrong", "resolved")
        play(player, cases[0], "wrong", settings=SETTINGS | {"prompt_budget": 512 + number})
        rosa = person(f"rosa-{number}")
        for version in cases[:6]:
            resolve(rosa, version)
    assert queries() <= few + 1  # and the words of new conditions
    assert queries() == few
