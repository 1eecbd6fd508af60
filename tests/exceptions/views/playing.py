"""What people and models do on the desk before a page is looked at."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User

from exceptions.models import Case, CaseVersion, Episode, Player
from exceptions.services.episode_rows import StepCost
from exceptions.services.episodes import desk_episode_open, episode_restore, episode_step
from exceptions.services.lane import lane_play
from exceptions.services.leases import lease_take, leased_episode_finish, leased_step_store

LOOK: dict[str, Any] = {"action_type": "inspect_purchase_order"}
COMPARE: dict[str, Any] = {"action_type": "compare_quantity"}
#: The right answer to `partial-receipt`.
RIGHT: dict[str, Any] = {
    "action_type": "submit_final_resolution",
    "final_decision": "place_on_hold",
    "exception_type": "partial_receipt",
    "evidence_references": ["inspect_purchase_order"],
    "explanation": "Less was accepted than was billed.",
    "confidence": 0.7,
}
WRONG = RIGHT | {"final_decision": "approve_for_payment", "exception_type": "clean_match"}


def latest(case: Case) -> CaseVersion:
    assert case.latest is not None
    return case.latest


def take(episode: Episode, *actions: dict[str, Any] | str) -> Episode:
    """Take these steps after those that were taken."""
    episode.refresh_from_db()
    for number, action in enumerate(actions, start=episode.steps_used + 1):
        episode_step(episode_id=episode.pk, given=action, number=number)
    episode.refresh_from_db()
    return episode


def resolve(case: Case, user: User, *actions: dict[str, Any]) -> Episode:
    """The user opens the case and takes these steps: one look and the right answer when none are given."""
    return take(desk_episode_open(case=case, user=user), *(actions or (LOOK, RIGHT)))


def play_beside(
    episode: Episode,
    outputs: Sequence[dict[str, Any] | str],
    *,
    player: str = "three-way-match",
    cost: StepCost | None = None,
) -> Episode:
    """A worker plays the lane beside the episode with these outputs."""
    theirs = lane_play(episode, Player.objects.get(slug=player))
    token = lease_take(episode_id=theirs.pk, worker="test")
    assert token is not None
    env = episode_restore(theirs).env
    for output in outputs:
        env.step(output)
        leased_step_store(
            episode_id=theirs.pk, token=token, record=env.state.steps[-1], cost=cost or StepCost(latency=0.5)
        )
    if env.state.done:
        leased_episode_finish(episode_id=theirs.pk, token=token, state=env.state)
    theirs.refresh_from_db()
    return theirs
