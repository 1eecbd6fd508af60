"""Who sees an answer: the law that every page and endpoint obeys."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from exceptions.models import Case, Episode
from exceptions.selectors.visibility import episodes_visible_to, may_see_answer
from exceptions.services.episodes import desk_episode_open, episode_cancel, episode_step, session_open
from exceptions.services.lane import lane_request
from exceptions.services.leases import lease_take

SUBMIT = {
    "action_type": "submit_final_resolution",
    "final_decision": "place_on_hold",
    "exception_type": "partial_receipt",
}
MakeUser = Callable[[str, str], User]


@pytest.fixture
def colleague(make_user: MakeUser) -> User:
    return make_user("colleague", "reviewer")


def _finish(case: Case, user: User) -> Episode:
    episode = desk_episode_open(case=case, user=user)
    episode_step(episode_id=episode.pk, given=SUBMIT, number=1)
    return episode


def test_nobody_sees_it_before_having_played(case: Case, reviewer: User, colleague: User) -> None:
    theirs = _finish(case, colleague)
    assert not may_see_answer(reviewer, case.pk)
    assert theirs not in episodes_visible_to(reviewer)


def test_who_has_ended_an_episode_sees_it_and_the_others(case: Case, reviewer: User, colleague: User) -> None:
    theirs, mine = _finish(case, colleague), _finish(case, reviewer)
    assert may_see_answer(reviewer, case.pk)
    assert {theirs, mine} <= set(episodes_visible_to(reviewer))


def test_cancelling_does_not_open_it(case: Case, reviewer: User) -> None:
    episode = desk_episode_open(case=case, user=reviewer)
    episode_cancel(episode_id=episode.pk)
    assert not may_see_answer(reviewer, case.pk)


def test_playing_again_closes_it_again(case: Case, reviewer: User, colleague: User) -> None:
    theirs = _finish(case, colleague)
    _finish(case, reviewer)
    again = desk_episode_open(case=case, user=reviewer)
    assert again.informed
    assert not may_see_answer(reviewer, case.pk)
    assert theirs not in episodes_visible_to(reviewer)


def test_an_open_session_elsewhere_closes_it(case: Case, reviewer: User) -> None:
    _finish(case, reviewer)
    assert case.latest is not None
    session_open(version=case.latest, user=reviewer, rewards="seed-1", client="")
    assert not may_see_answer(reviewer, case.pk)


@pytest.mark.parametrize("role", ["supervisor", "admin", "api_reader"])
def test_some_roles_see_it_unless_they_play(case: Case, make_user: MakeUser, role: str) -> None:
    user = make_user("senior", role)
    assert may_see_answer(user, case.pk)
    desk_episode_open(case=case, user=user)
    assert not may_see_answer(user, case.pk)


def test_the_models_episode_beside_mine_is_hidden_until_mine_has_ended(case: Case, reviewer: User) -> None:
    mine = desk_episode_open(case=case, user=reviewer)
    lane_request(mine)
    theirs = Episode.objects.filter(beside=mine)
    assert lease_take(episode_id=theirs[0].pk, worker="w") is not None
    assert set(episodes_visible_to(reviewer)) == {mine}
    episode_step(episode_id=mine.pk, given=SUBMIT, number=1)
    assert set(episodes_visible_to(reviewer)) == {mine, *theirs}


def test_an_outsider_reads_no_episode(case: Case, reviewer: User) -> None:
    _finish(case, reviewer)
    assert not episodes_visible_to(User.objects.create_user("outsider")).exists()
