"""Leases: one worker plays, a lost one is replaced, nothing is stored by who no longer holds it."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from evaluation.lane import episode_play
from evaluation.leases import leaving
from exceptions.environment import Environment, StopReason
from exceptions.models import Case, Episode, EpisodeStatus, Player, Worker
from exceptions.services.episode_rows import StepCost
from exceptions.services.errors import LeaseLost
from exceptions.services.lane import lane_play, lane_request, recorded_episode
from exceptions.services.leases import (
    episodes_reap,
    lease_renew,
    lease_take,
    leased_episode_finish,
    leased_step_store,
    queues_served,
    worker_seen,
)


@pytest.fixture
def queued(episode: Episode) -> Episode:
    return lane_play(episode, Player.objects.get(slug="three-way-match"))


def test_the_lane_asks_every_player_once(episode: Episode) -> None:
    lane_request(episode)
    lane_request(episode)
    assert sorted(Episode.objects.filter(beside=episode).values_list("player__slug", flat=True)) == sorted(
        settings.LANE_PLAYERS
    )


def test_only_one_worker_gets_the_lease(queued: Episode) -> None:
    assert lease_take(episode_id=queued.pk, worker="a") is not None
    assert lease_take(episode_id=queued.pk, worker="b") is None


def test_a_lease_that_is_renewed_is_not_reaped(queued: Episode) -> None:
    token = lease_take(episode_id=queued.pk, worker="a")
    assert token is not None
    _expire(queued)
    assert lease_renew(episode_id=queued.pk, token=token)
    episodes_reap()
    queued.refresh_from_db()
    assert queued.status == EpisodeStatus.RUNNING


def test_a_worker_that_ends_leaves_its_episode_to_another_at_no_cost(queued: Episode) -> None:
    leaving.set()
    try:
        assert episode_play(episode_id=queued.pk, worker="a")
    finally:
        leaving.clear()
    queued.refresh_from_db()
    assert (queued.status, queued.attempts, queued.lease_token) == (EpisodeStatus.QUEUED, 0, None)
    assert queued.enqueued_at is None, "its message is sent again"
    assert episode_play(episode_id=queued.pk, worker="b")
    queued.refresh_from_db()
    assert (queued.status, queued.stop_reason, queued.attempts) == (EpisodeStatus.ENDED, "submitted", 1)


def test_a_lost_worker_is_replaced_and_can_store_nothing_more(queued: Episode) -> None:
    lost = lease_take(episode_id=queued.pk, worker="a")
    assert lost is not None
    _expire(queued)
    episodes_reap()
    fresh = lease_take(episode_id=queued.pk, worker="b")
    assert fresh is not None
    env = _played(queued)
    with pytest.raises(LeaseLost):
        leased_step_store(episode_id=queued.pk, token=lost, record=env.state.steps[0], cost=StepCost())
    assert not lease_renew(episode_id=queued.pk, token=lost)
    leased_step_store(episode_id=queued.pk, token=fresh, record=env.state.steps[0], cost=StepCost(10, 10, 5, 0.1))
    step = queued.steps.get()
    assert (step.prompt_tokens, step.completion_tokens, step.latency) == (10, 5, 0.1)


def test_after_three_lost_workers_the_episode_says_so(queued: Episode) -> None:
    for attempt in range(settings.EPISODE_MAX_ATTEMPTS):
        assert lease_take(episode_id=queued.pk, worker=f"w{attempt}") is not None
        _expire(queued)
        episodes_reap()
    queued.refresh_from_db()
    assert (queued.status, queued.stop_reason) == ("ended", "player_error")
    assert "lost 3 times" in queued.error
    assert not queued.grades.exists()


def test_a_finished_episode_is_graded_and_then_replayed_in_the_lane(queued: Episode, reviewer: User) -> None:
    token = lease_take(episode_id=queued.pk, worker="a")
    assert token is not None
    env = _played(queued)
    env.step(
        {
            "action_type": "submit_final_resolution",
            "final_decision": "place_on_hold",
            "exception_type": "partial_receipt",
        }
    )
    for record in env.state.steps:
        leased_step_store(episode_id=queued.pk, token=token, record=record, cost=StepCost())
    leased_episode_finish(episode_id=queued.pk, token=token, state=env.state)
    queued.refresh_from_db()
    assert queued.grades.count() == 2
    assert queued.lease_token is None
    assert queued.beside is not None
    assert recorded_episode(queued.beside, queued.player) == queued


def test_a_failed_episode_is_not_replayed(queued: Episode) -> None:
    token = lease_take(episode_id=queued.pk, worker="a")
    assert token is not None
    env = _played(queued)
    env.end(StopReason.PLAYER_ERROR)
    leased_step_store(episode_id=queued.pk, token=token, record=env.state.steps[0], cost=StepCost())
    leased_episode_finish(episode_id=queued.pk, token=token, state=env.state, error="out of memory")
    assert queued.beside is not None
    assert recorded_episode(queued.beside, queued.player) is None


@pytest.mark.usefixtures("no_worker")
def test_a_worker_counts_as_there_while_it_says_so(db: None) -> None:
    worker_seen(name="gpu@host", queues=["gpu"])
    assert queues_served() == {"gpu"}
    Worker.objects.update(last_seen=timezone.now() - timedelta(seconds=settings.WORKER_LOST_SECONDS + 1))
    assert queues_served() == set()


def _expire(episode: Episode) -> None:
    Episode.objects.filter(pk=episode.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def _played(episode: Episode) -> Environment:
    """One step of what a player would do."""
    case: Case = episode.case_version.case
    assert case.latest is not None
    env = Environment(case.latest.answered, rewards=episode.rewards)
    env.step('{"action_type": "inspect_purchase_order"}')
    return env
