"""OpenEnv sessions: a session plays one episode after the other; the episode's row is all that there is of it."""

import secrets
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Q

from exceptions.models import Case, Episode, EpisodeOrigin, EpisodeStatus
from exceptions.selectors.openenv import open_sessions, playable_cases, session_episodes
from exceptions.selectors.visibility import is_informed
from exceptions.services.episodes import Played, episode_cancel, episode_restore, episode_step, human_player
from exceptions.services.errors import DeskError

#: Held while an episode begins, so that episodes that begin at once count each other.
_BEGIN_LOCK: Final = 4_217_003


class TooManySessions(DeskError):
    """As many sessions are in play as the desk serves at once."""

    status = 429
    title = "Too many sessions"

    def __init__(self, active: int, limit: int, whose: str) -> None:
        self.active = active
        self.limit = limit
        super().__init__(f"{active} sessions {whose} are in play, and {limit} is the most. End one and try again.")


class NoSuchTask(DeskError):
    status = 404
    title = "There is no such task"


class NoSuchSession(DeskError):
    """The user has no such session; that of somebody else is not there at all."""

    status = 404
    title = "There is no such session"


class NotPlaying(DeskError):
    """The session's episode has ended, perhaps because it was forgotten for too long."""

    status = 409
    title = "No episode is in play"


def openenv_reset(
    *,
    user: User,
    session: UUID,
    rewards: str,
    seed: int | None = None,
    task_id: str | None = None,
    index: int | None = None,
    kept: dict[str, Any] | None = None,
) -> Played:
    """Begin the session's next episode; one that is still open is cancelled. `kept` is kept in its settings.

    The case is the task of that id, else of that index, else number `seed` modulo the number of tasks, else a
    random one.

    Raises:
        NoSuchTask: there is no such task, or none at all.
        TooManySessions: the user, or the desk, has as many episodes in play as it may.
    """
    case = _case(seed, task_id, index)
    version = case.latest
    assert version is not None  # noqa: S101 - narrows the type only: a playable case has a version
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_BEGIN_LOCK])
        openenv_close(user=user, session=session)
        _refuse_when_full(user)
        episode = Episode.objects.create(
            case_version=version,
            player=human_player(user),
            user=user,
            origin=EpisodeOrigin.OPENENV,
            rewards=rewards,
            settings={"session": str(session)} | ({} if seed is None else {"seed": seed}) | (kept or {}),
            informed=is_informed(user, version),
        )
    return episode_restore(episode, steps=[])


def openenv_step(*, user: User, session: UUID, given: dict[str, Any]) -> Played:
    """Take the session's next step.

    Its player is told what the last step earned, always: a trainer plays one case many times at once. So whatever
    else its owner has open on the case is marked as informed, before the answer goes out.

    Raises:
        NoSuchSession: nothing was ever played in it by this user.
        NotPlaying: its episode has ended.
        StepConflict: another connection to the session was faster.
    """
    episode = session_episodes(user, session).only("status", "stop_reason", "steps_used").first()
    if episode is None:
        raise NoSuchSession("Nothing is in play here yet. Send reset first.")
    if episode.ended:
        ended = f"The episode ended after step {episode.steps_used} ({episode.stop_reason})."
        raise NotPlaying(f"{ended} Send reset to play another.")
    played = episode_step(episode_id=episode.pk, given=given, number=episode.steps_used + 1)
    if played.episode.ended:
        _mark_informed(user, played.episode.case_version.case_id)
    return played


def openenv_close(*, user: User, session: UUID) -> bool:
    """Cancel the session's episode. False: none was in play."""
    episode = session_episodes(user, session).only("status").first()
    if episode is None or episode.ended:
        return False
    episode_cancel(episode_id=episode.pk)
    return True


def _case(seed: int | None, task_id: str | None, index: int | None) -> Case:
    cases = playable_cases().select_related("latest__case", "latest__truth")
    if task_id is not None:
        case = cases.filter(reference=task_id).first()
        if case is None:
            raise NoSuchTask(f"There is no task {task_id!r}; POST tasks lists them.")
        return case
    count = cases.count()
    if count == 0:
        raise NoSuchTask("The desk has no graded case to play.")
    if index is None:
        index = secrets.randbelow(count) if seed is None else seed % count
    found = list(cases[index : index + 1])
    if not found:
        raise NoSuchTask(f"There is no task {index}: there are {count}, counted from 0.")
    return found[0]


def _refuse_when_full(user: User) -> None:
    own, everybodys = settings.OPENENV_SESSIONS_PER_USER, settings.OPENENV_SESSIONS
    if (active := open_sessions(user).count()) >= own:
        raise TooManySessions(active, own, "of yours")
    if (active := open_sessions().count()) >= everybodys:
        raise TooManySessions(active, everybodys, "on this desk")


def _mark_informed(user: User, case_id: UUID) -> None:
    elsewhere = Q(origin__in=[EpisodeOrigin.DESK, EpisodeOrigin.API]) & ~Q(status=EpisodeStatus.ENDED)
    Episode.objects.filter(elsewhere, user=user, case_version__case=case_id, informed=False).update(informed=True)
