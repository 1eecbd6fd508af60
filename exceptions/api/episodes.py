"""Episodes: what happened."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions import roles
from exceptions.api.endpoint import Endpoint, PagedEndpoint
from exceptions.api.episode_records import (
    EpisodeFull,
    EpisodeRow,
    episode_row,
    episodes_full,
    readable_episodes,
    with_grades,
)
from exceptions.api.permissions import holds
from exceptions.filters import EpisodeFilter
from exceptions.models import Episode


class EpisodeList(PagedEndpoint[Episode]):
    """The episodes that you may read."""

    permission_classes = [holds(roles.READ_EPISODES)]
    filterset_class = EpisodeFilter
    queryset = Episode.objects.none()

    @extend_schema(operation_id="episodes_list", summary="List episodes", tags=["episodes"], responses=EpisodeRow)
    def get(self, request: Request) -> Response:
        """Newest first: your own, and all others on cases whose answer you may see."""
        return self.list(request)

    def get_queryset(self) -> QuerySet[Episode]:
        return with_grades(readable_episodes(self.user))

    def record(self, row: Episode) -> EpisodeRow:
        return episode_row(row)


class EpisodeDetail(Endpoint):
    """One episode."""

    permission_classes = [holds(roles.READ_EPISODES)]

    @extend_schema(operation_id="episodes_retrieve", summary="One episode", tags=["episodes"], responses=EpisodeFull)
    def get(self, request: Request, episode_id: UUID) -> Response:
        """With its steps, grades and revisions."""
        episode = readable_episodes(self.user).filter(pk=episode_id).first()
        if episode is None:
            raise Http404(
                f"There is no episode {episode_id} that you may read; one of another player is open to you once you "
                "have ended your own on its case."
            )
        return Response(episodes_full([episode])[0].model_dump(mode="json"))
