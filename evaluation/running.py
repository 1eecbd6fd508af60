"""The worker's side of an evaluation run: lease some of its entries, play them together, store each as it ends."""

from collections.abc import Callable, Sequence
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error as DatabaseError

from evaluation.lane import reviewer_waits
from evaluation.leases import leaving, renewed
from evaluation.models import EvaluationEntry
from evaluation.play import OnEnd, Play, play_batch
from evaluation.players.protocol import PlayerError
from evaluation.players.registry import player_for
from evaluation.prompting import PromptSettings
from evaluation.services.entries import entries_lease, entries_release, entries_renew, entry_store
from exceptions.environment import StopReason
from exceptions.services.errors import LeaseLost

log = structlog.get_logger(__name__)


def run_play(*, run_id: UUID, queue: str, worker: str) -> bool:
    """Play what the run has for this queue. False: the rest is for a later call, because a reviewer waits for a lane or
    this process is to end.
    """
    while True:
        token, entries = entries_lease(run_id=run_id, queue=queue, worker=worker)
        if not entries:
            return True
        play_leased(token, entries)
        if leaving.is_set() or reviewer_waits(queue):
            return False


def play_leased(token: UUID, entries: Sequence[EvaluationEntry]) -> None:
    """Play leased entries of one player together; those that a stop, a lost lease or the end of this process leaves
    open are given back.
    """
    plays = [_begin(entry) for entry in entries]
    by_play = {play.conversation.id: entry for play, entry in zip(plays, entries, strict=True)}

    def store(play: Play) -> None:
        entry = by_play[play.conversation.id]
        costs = [step.cost for step in play.steps]
        entry_store(entry=entry, token=token, state=play.env.state, costs=costs, error=play.error)

    def renew() -> bool:
        played = {entry.pk: len(play.steps) for play, entry in zip(plays, entries, strict=True)}
        return entries_renew(token=token, steps_played=played)

    every = min(settings.EPISODE_LEASE_SECONDS / 4, settings.EVALUATION_HEARTBEAT_SECONDS)
    try:
        with renewed(renew, every=every, name=str(token)) as stopped:
            _play(entries[0], plays, store, lambda: stopped.is_set() or leaving.is_set())
    except LeaseLost as error:
        log.info(str(error), run=str(entries[0].run_id))
    finally:
        # When renewing has ended: two updates of the same rows at once could lock each other out.
        entries_release(token=token)


def _play(entry: EvaluationEntry, plays: list[Play], store: OnEnd, should_stop: Callable[[], bool]) -> None:
    """Play all of them with the entry's player. Whatever a player throws ends its episodes and says why."""
    try:
        if entry.player.version != entry.player_version:
            raise PlayerError(
                f"{entry.player.name} was version {entry.player_version} when the run was launched and is version "
                f"{entry.player.version} now; launch a new run."
            )
        play_batch(plays, player_for(entry.player), on_end=store, should_stop=should_stop)
    except (LeaseLost, DatabaseError):
        raise
    except PlayerError as error:
        _fail(plays, str(error), store)
    except Exception as error:
        log.exception("the player crashed", run=str(entry.run_id), player=entry.player.slug)
        _fail(plays, f"The player crashed: {type(error).__name__}: {error}", store)


def _fail(plays: Sequence[Play], reason: str, store: OnEnd) -> None:
    for play in plays:
        if not play.env.state.done:
            play.env.end(StopReason.PLAYER_ERROR)
            play.error = reason
            store(play)


def _begin(entry: EvaluationEntry) -> Play:
    chosen = entry.run.settings_of_sample(entry.sample)
    return Play.begin(
        entry.case_version.answered,
        play_id=f"entry-{entry.pk}-{entry.attempts}",
        rewards=entry.run.rewards,
        prompt=PromptSettings.from_settings(chosen),
        seed=int(chosen["seed"]),
    )
