"""/episodes/: who played what, as far as the reader may know."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from exceptions.models import Case, Episode
from exceptions.services.episodes import session_open
from exceptions.views import episodes as episode_views
from tests.exceptions.views.playing import LOOK, RIGHT, WRONG, latest, play_beside, resolve, take

pytestmark = pytest.mark.django_db


def listed(response: Any) -> list[str]:
    """The ids of the episodes shown, in their order."""
    return re.findall(r'data-row-link\s+href="/episodes/([0-9a-f-]{36})/"', response.content.decode())


def test_my_own_open_episode_is_there_and_nobody_elses(
    case: Case, reviewer: User, member: Client, colleague: Client
) -> None:
    episode = resolve(case, reviewer, LOOK)
    assert listed(member.get("/episodes/")) == [str(episode.pk)]
    assert listed(colleague.get("/episodes/")) == []


def test_others_episodes_open_once_i_have_finished_the_case(
    case: Case, reviewer: User, other_reviewer: User, member: Client
) -> None:
    theirs = resolve(case, other_reviewer)
    model = play_beside(theirs, [LOOK, WRONG])
    assert listed(member.get("/episodes/")) == []
    mine = resolve(case, reviewer)
    assert listed(member.get("/episodes/")) == [str(mine.pk), str(model.pk), str(theirs.pk)]


def test_they_close_again_while_i_play_the_case_again(
    case: Case, reviewer: User, other_reviewer: User, member: Client
) -> None:
    resolve(case, other_reviewer)
    mine = resolve(case, reviewer)
    score = mine.grades.get(rubric="grounded-1").score
    again = resolve(case, reviewer, LOOK)
    response = member.get("/episodes/")
    assert listed(response) == [str(again.pk), str(mine.pk)]
    assert f"{score:.3f}" not in response.content.decode()


def test_the_model_beside_my_open_episode_is_not_listed(case: Case, reviewer: User, member: Client) -> None:
    mine = resolve(case, reviewer, LOOK)
    play_beside(mine, [LOOK, RIGHT])
    assert listed(member.get("/episodes/")) == [str(mine.pk)]


def test_a_supervisor_sees_everybodys_episodes(case: Case, reviewer: User, supervisor: Client) -> None:
    mine = resolve(case, reviewer)
    assert listed(supervisor.get("/episodes/")) == [str(mine.pk)]


def test_a_rest_session_is_listed_with_the_others(case: Case, reviewer: User, member: Client) -> None:
    session = session_open(version=latest(case), user=reviewer, rewards="grounded-1", client="script")
    take(session, LOOK, RIGHT)
    assert listed(member.get("/episodes/?origin=api")) == [str(session.pk)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("mine=true", {"right"}),
        ("mine=false", {"model"}),
        ("player=three-way-match", {"model"}),
        ("resolved=true", {"right"}),
        ("resolved=false", {"model"}),
        ("decision=approve_for_payment", {"model"}),
        ("stop_reason=submitted", {"right", "model"}),
        ("stop_reason=out_of_steps", set()),
        ("case=C-0000", set()),
    ],
)
def test_it_filters(case: Case, reviewer: User, member: Client, query: str, expected: set[str]) -> None:
    right = resolve(case, reviewer)
    model = play_beside(right, [LOOK, WRONG])
    names = {str(right.pk): "right", str(model.pk): "model"}
    assert {names[episode] for episode in listed(member.get(f"/episodes/?{query}"))} == expected


def test_filtering_by_outcome_does_not_tell_about_a_case_i_play(case: Case, reviewer: User, member: Client) -> None:
    resolve(case, reviewer)
    resolve(case, reviewer, LOOK)
    assert listed(member.get("/episodes/?resolved=true")) == []
    assert listed(member.get("/episodes/?resolved=false")) == []


def test_a_filter_that_makes_no_sense_is_said_and_left_out(case: Case, reviewer: User, member: Client) -> None:
    resolve(case, reviewer)
    response = member.get("/episodes/?origin=mars&before=yesterday")
    assert len(listed(response)) == 1
    assert "This filter was left out." in response.content.decode()


def test_older_episodes_follow_without_a_gap(
    case: Case, reviewer: User, member: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(7):
        session_open(version=latest(case), user=reviewer, rewards="grounded-1", client="")
    monkeypatch.setattr(episode_views, "ROWS_PER_PAGE", 3)
    seen, response = [], member.get("/episodes/")
    for _page in range(3):
        seen += listed(response)
        older = re.search(r'rel="next"[^>]*\shref="(\?[^"]*before=[0-9a-f-]{36})"', response.content.decode())
        if older is None:
            break
        response = member.get(f"/episodes/{older[1]}")
    newest_first = Episode.objects.order_by("-id").values_list("pk", flat=True)
    assert seen == [str(pk) for pk in newest_first]


def test_its_number_of_queries_does_not_grow(
    case: Case, reviewer: User, member: Client, queries: Callable[[Client, str], int]
) -> None:
    play_beside(resolve(case, reviewer), [LOOK, WRONG])
    few = queries(member, "/episodes/")
    for other in Case.objects.select_related("latest__truth", "latest__case").exclude(pk=case.pk):
        play_beside(resolve(other, reviewer), [LOOK, WRONG])
    assert queries(member, "/episodes/") == few <= 9


def test_with_nothing_to_read_it_says_what_to_do(member: Client) -> None:
    assert "No episode to read yet" in member.get("/episodes/").content.decode()
    assert "No episode fits" in member.get("/episodes/?case=C-1").content.decode()


def test_an_outsider_reads_no_episodes(outsider: Client) -> None:
    assert outsider.get("/episodes/").status_code == 403
