"""Who may see an answer, on every path: pages, REST, exports.

An answer is whatever gives the ground truth away: the truth itself, a grade, a terminal reward, another player's
resolution. A user sees it when none of their own episodes on that case is still open, and when they either ended one
themselves (a cancelled one does not count) or hold a role that sees answers.
"""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q, QuerySet

from exceptions import environment, roles
from exceptions.models import CaseVersion, Episode, EpisodeOrigin, EpisodeStatus


def _own_plays(user: User) -> QuerySet[Episode]:
    return Episode.objects.filter(user=user).exclude(origin=EpisodeOrigin.LANE)


def _open(plays: QuerySet[Episode]) -> QuerySet[Episode]:
    return plays.exclude(status=EpisodeStatus.ENDED)


def _ended(plays: QuerySet[Episode]) -> QuerySet[Episode]:
    return plays.filter(status=EpisodeStatus.ENDED).exclude(stop_reason=environment.StopReason.CANCELLED)


def may_see_answer(user: User, case_id: UUID) -> bool:
    """Whether the user may see the answer to this case now."""
    own = _own_plays(user).filter(case_version__case_id=case_id)
    if _open(own).exists():
        return False
    return user.has_perm(roles.VIEW_ANSWERS) or _ended(own).exists()


def answers_visible_to(user: User) -> Q:
    """`may_see_answer` as a filter on episodes, for lists.

    By the sets of versions of the user's own open and ended cases, which Postgres reads once: neither a look-up per
    episode nor a join stands between a list and its index.
    """
    own = _own_plays(user)
    closed = ~Q(case_version__in=_versions_of_cases(_open(own)))
    if user.has_perm(roles.VIEW_ANSWERS):
        return closed
    return closed & Q(case_version__in=_versions_of_cases(_ended(own)))


def cases_with_visible_answer(user: User, case_ids: Iterable[UUID]) -> set[UUID]:
    """`may_see_answer` for the few cases of a page, in two queries."""
    wanted = set(case_ids)
    own = _own_plays(user).filter(case_version__case__in=wanted)
    opened = set(_open(own).values_list("case_version__case", flat=True))
    if user.has_perm(roles.VIEW_ANSWERS):
        return wanted - opened
    return set(_ended(own).values_list("case_version__case", flat=True)) - opened


def _versions_of_cases(plays: QuerySet[Episode]) -> QuerySet[CaseVersion, UUID]:
    return CaseVersion.objects.filter(case__in=plays.values("case_version__case")).values_list("pk", flat=True)


def episodes_visible_to(user: User | AnonymousUser) -> QuerySet[Episode]:
    """The episodes a user may read: their own plays always, all others once the case's answer is theirs to see."""
    if not isinstance(user, User) or not user.has_perm(roles.READ_EPISODES):
        return Episode.objects.none()
    own_play = Q(user=user) & ~Q(origin=EpisodeOrigin.LANE)
    return Episode.objects.filter(own_play | answers_visible_to(user))


def is_informed(user: User, version: CaseVersion) -> bool:
    """Whether somebody who begins an episode now could already know the answer."""
    return (
        user.has_perm(roles.VIEW_ANSWERS)
        or _ended(_own_plays(user)).filter(case_version__case=version.case_id).exists()
    )
