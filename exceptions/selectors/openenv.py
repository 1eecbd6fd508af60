"""What an OpenEnv client may play, and where its sessions stand."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet

from exceptions import environment
from exceptions.models import Case, Episode, EpisodeOrigin, EpisodeStatus

#: The only task split: the desk's graded cases.
SPLIT = "test"


def playable_cases() -> QuerySet[Case]:
    """The tasks, in the order of their indexes: cases with an answer, because every reward has to be a number.

    Cases of real trades stay at the desk: a task list is public, and a public demo is played by strangers.
    """
    return (
        Case.objects.filter(latest__truth__isnull=False, queued=True)
        .exclude(latest__slice=environment.Slice.IMPORTED)
        .order_by("reference")
    )


def session_episodes(user: User, session: UUID) -> QuerySet[Episode]:
    """The episodes of one of the user's OpenEnv sessions, open and ended, newest first."""
    mine = Episode.objects.filter(user=user, origin=EpisodeOrigin.OPENENV, settings__session=str(session))
    return mine.order_by("-created_at")


def session_episode(user: User, session: UUID) -> Episode | None:
    """The session's newest episode, with its case but not what that says."""
    return session_episodes(user, session).select_related("case_version__case").defer("case_version__content").first()


def open_sessions(user: User | None = None) -> QuerySet[Episode]:
    """OpenEnv sessions with an episode in play: the user's, or everybody's."""
    playing = Episode.objects.filter(origin=EpisodeOrigin.OPENENV).exclude(status=EpisodeStatus.ENDED)
    return playing if user is None else playing.filter(user=user)
