"""Sessions as the desk keeps them: bounded in number and in time, and fair to whoever owns them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from exceptions.catalogue import CATALOGUE_PATH
from exceptions.models import Case, Episode, EpisodeOrigin
from exceptions.selectors.openenv import playable_cases
from exceptions.selectors.visibility import may_see_answer
from exceptions.services.cases import case_pack_import
from exceptions.services.episodes import desk_episode_open, episode_step, session_open
from exceptions.services.idle_sessions import idle_sessions_cancel
from exceptions.services.openenv import (
    NotPlaying,
    TooManySessions,
    openenv_close,
    openenv_reset,
    openenv_step,
)

pytestmark = pytest.mark.django_db
LOOK = {"action_type": "inspect_purchase_order"}
SUBMIT = {"action_type": "submit_final_resolution", "final_decision": "place_on_hold"}


@pytest.fixture
def case(db: None) -> Case:
    case_pack_import(source=CATALOGUE_PATH, user=None)
    return Case.objects.select_related("latest__case").get(slug="partial-receipt")


@pytest.fixture
def make_user(db: None) -> Callable[[str], User]:
    def make(name: str) -> User:
        user = User.objects.create_user(name)
        user.groups.set(Group.objects.filter(name="reviewer"))
        return user

    return make


@pytest.fixture
def researcher(make_user: Callable[[str], User]) -> User:
    return make_user("researcher")


def begin(user: User, case: Case, **more: Any) -> Episode:
    return openenv_reset(user=user, session=uuid4(), rewards="grounded-1", task_id=case.reference, **more).episode


def session_of(episode: Episode) -> Any:
    return episode.settings["session"]


def test_real_trades_are_no_tasks(case: Case) -> None:
    assert playable_cases().count() == 22
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE exceptions_caseversion SET slice = 'imported' WHERE case_id = %s", [case.pk])
    assert case not in playable_cases()


def test_an_owner_has_so_many_in_play_and_no_more(
    case: Case, researcher: User, make_user: Callable[[str], User], settings: Settings
) -> None:
    settings.OPENENV_SESSIONS_PER_USER = 2
    first, _second = begin(researcher, case), begin(researcher, case)
    with pytest.raises(TooManySessions, match="2 sessions of yours"):
        begin(researcher, case)
    begin(make_user("colleague"), case)
    openenv_close(user=researcher, session=session_of(first))
    begin(researcher, case)


def test_a_session_that_begins_again_takes_no_second_place(case: Case, researcher: User, settings: Settings) -> None:
    settings.OPENENV_SESSIONS_PER_USER = 1
    session = uuid4()
    for _ in range(3):
        openenv_reset(user=researcher, session=session, rewards="grounded-1")
    assert Episode.objects.filter(stop_reason="cancelled").count() == 2


def test_the_desk_has_so_many_in_play_and_no_more(
    case: Case, researcher: User, make_user: Callable[[str], User], settings: Settings
) -> None:
    settings.OPENENV_SESSIONS = 1
    begin(researcher, case)
    with pytest.raises(TooManySessions, match="on this desk"):
        begin(make_user("colleague"), case)


def test_a_refused_reset_leaves_the_episode_before_it_open(case: Case, researcher: User, settings: Settings) -> None:
    mine = begin(researcher, case)
    settings.OPENENV_SESSIONS = 0
    with pytest.raises(TooManySessions):
        openenv_reset(user=researcher, session=session_of(mine), rewards="grounded-1")
    mine.refresh_from_db()
    assert not mine.ended


def test_many_at_once_on_one_case_each_get_their_reward(case: Case, researcher: User) -> None:
    group = [begin(researcher, case) for _ in range(4)]
    played = [openenv_step(user=researcher, session=session_of(episode), given=SUBMIT) for episode in group]
    assert all(one.observation.reward is not None for one in played)


def test_whoever_is_told_a_reward_is_informed_where_else_the_case_is_open(
    case: Case, researcher: User, make_user: Callable[[str], User]
) -> None:
    assert case.latest is not None
    at_the_desk = desk_episode_open(case=case, user=researcher)
    over_rest = session_open(version=case.latest, user=researcher, rewards="grounded-1", client="")
    colleagues = desk_episode_open(case=case, user=make_user("colleague"))
    mine = begin(researcher, case)
    openenv_step(user=researcher, session=session_of(mine), given=SUBMIT)
    for episode in (at_the_desk, over_rest, colleagues):
        episode.refresh_from_db()
    assert (at_the_desk.informed, over_rest.informed, colleagues.informed) == (True, True, False)


def test_a_look_informs_nobody(case: Case, researcher: User) -> None:
    at_the_desk = desk_episode_open(case=case, user=researcher)
    mine = begin(researcher, case)
    openenv_step(user=researcher, session=session_of(mine), given=LOOK)
    at_the_desk.refresh_from_db()
    assert not at_the_desk.informed


def test_a_later_episode_at_the_desk_is_informed(case: Case, researcher: User) -> None:
    openenv_step(user=researcher, session=session_of(begin(researcher, case)), given=SUBMIT)
    assert desk_episode_open(case=case, user=researcher).informed


def forget(episode: Episode, seconds: float) -> None:
    """Let it have begun, and its steps have been taken, so many seconds earlier."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, column in (("exceptions_episode", "id"), ("exceptions_step", "episode_id")):
            statement = f"UPDATE {table} SET created_at = created_at - %s WHERE {column} = %s"  # noqa: S608 - our names
            cursor.execute(statement, [timedelta(seconds=seconds), episode.pk])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_a_forgotten_session_is_cancelled_and_its_owner_sees_answers_again(
    case: Case, researcher: User, settings: Settings
) -> None:
    openenv_step(user=researcher, session=session_of(begin(researcher, case)), given=SUBMIT)
    forgotten = begin(researcher, case)
    assert not may_see_answer(researcher, case.pk)
    forget(forgotten, settings.OPENENV_IDLE_SECONDS + 1)
    assert idle_sessions_cancel() == 1
    assert may_see_answer(researcher, case.pk)
    with pytest.raises(NotPlaying, match="cancelled"):
        openenv_step(user=researcher, session=session_of(forgotten), given=LOOK)


def test_a_session_that_is_played_is_left_alone(case: Case, researcher: User, settings: Settings) -> None:
    played = begin(researcher, case)
    forget(played, settings.OPENENV_IDLE_SECONDS + 1)
    openenv_step(user=researcher, session=session_of(played), given=LOOK)
    assert idle_sessions_cancel() == 0


def test_a_session_over_rest_is_forgotten_later_and_one_at_the_desk_never(
    case: Case, researcher: User, settings: Settings
) -> None:
    assert case.latest is not None
    over_rest = session_open(version=case.latest, user=researcher, rewards="grounded-1", client="")
    episode_step(episode_id=over_rest.pk, given=LOOK, number=1)
    at_the_desk = desk_episode_open(case=case, user=researcher)
    for episode in (over_rest, at_the_desk):
        forget(episode, settings.OPENENV_IDLE_SECONDS + 1)
    assert idle_sessions_cancel() == 0
    for episode in (over_rest, at_the_desk):
        forget(episode, settings.SESSION_IDLE_SECONDS)
    assert idle_sessions_cancel() == 1
    assert Episode.objects.get(stop_reason="cancelled").origin == EpisodeOrigin.API
    assert timezone.now() - Episode.objects.get(pk=at_the_desk.pk).created_at > timedelta(days=1)


def test_a_session_is_found_by_an_index(case: Case, researcher: User) -> None:
    begin(researcher, case)
    from exceptions.selectors.openenv import session_episode

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    found = Episode.objects.filter(origin=EpisodeOrigin.OPENENV, settings__session="x").order_by("-created_at")
    assert "episode_of_session" in found.explain()
    assert session_episode(researcher, uuid4()) is None
