"""Episodes as rows of a list: each with its grade where its answer may be seen, page by page without counting."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Prefetch, Q, QuerySet

from exceptions.models import Episode, Grade, PlayerKind
from exceptions.selectors.visibility import cases_with_visible_answer

#: The rubric whose score a list shows.
LIST_RUBRIC: Final = "grounded-1"


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """One episode in a list. `grade` is None when there is none, and while `answer_visible` is False."""

    episode: Episode
    answer_visible: bool
    grade: Grade | None

    @property
    def by_model(self) -> bool:
        """Whether a model or a script played it."""
        return self.episode.player.kind != PlayerKind.HUMAN


@dataclass(frozen=True, slots=True)
class EpisodeSlice:
    """Some rows of a longer list; `next_before` is where the next slice begins, None at the end."""

    rows: list[EpisodeRow]
    next_before: UUID | None


def episode_rows(episodes: QuerySet[Episode], user: User, limit: int, *, before: UUID | None = None) -> EpisodeSlice:
    """The newest `limit` of the episodes, or those that come after (are older than) episode `before`. Four queries.

    By position and not by page number: a list of a hundred thousand episodes is neither counted nor skipped through.
    Keys are UUIDv7, so their order is the order in which episodes began.
    """
    listed = (
        episodes.select_related("case_version__case", "player")
        .defer("case_version__content")
        .prefetch_related(
            Prefetch("grades", Grade.objects.filter(rubric=LIST_RUBRIC, revision=None), to_attr="list_grades")
        )
        .order_by("-id")
    )
    if before is not None:
        listed = listed.filter(Q(id__lt=before))
    found = list(listed[: limit + 1])
    visible = cases_with_visible_answer(user, (episode.case_version.case_id for episode in found))
    rows = []
    for episode in found[:limit]:
        answer_visible = episode.case_version.case_id in visible
        grades = episode.list_grades if answer_visible else []
        rows.append(EpisodeRow(episode, answer_visible, grades[0] if grades else None))
    return EpisodeSlice(rows, found[limit - 1].pk if len(found) > limit else None)
