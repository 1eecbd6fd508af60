"""All episodes in one stream, one JSON object per line, in memory that does not grow with their number."""

from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from exceptions import roles
from exceptions.api.endpoint import Endpoint
from exceptions.api.episode_records import EpisodeFull, episodes_full, readable_episodes
from exceptions.api.permissions import holds
from exceptions.filters import EpisodeFilter
from exceptions.models import Episode

#: Episodes that are in memory at once, with their steps.
CHUNK: Final = 50


class NdjsonRenderer(BaseRenderer):
    """Lets clients ask for the media type; the lines are written by the stream itself."""

    media_type = "application/x-ndjson"
    format = "ndjson"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        raise NotImplementedError("the export streams")


class EpisodeExport(Endpoint, GenericAPIView[Episode]):
    """The export."""

    permission_classes = [holds(roles.READ_EPISODES)]
    renderer_classes = [NdjsonRenderer]
    filterset_class = EpisodeFilter
    pagination_class = None
    queryset = Episode.objects.none()
    rates = {"GET": "exports"}
    #: No HEAD: nobody needs all episodes read for a header.
    http_method_names = ["get"]

    def parameters(self) -> set[str]:
        """The filters of the list."""
        return set(self.filterset_class.base_filters)

    def get_queryset(self) -> QuerySet[Episode]:
        return readable_episodes(self.user)

    @extend_schema(
        operation_id="episodes_export",
        summary="Export episodes",
        tags=["episodes"],
        responses={
            (200, NdjsonRenderer.media_type): OpenApiResponse(
                EpisodeFull,
                description="One episode per line, oldest first. When something breaks on the way, the "
                "connection is broken off before the end of the body: a body that ends regularly is complete.",
            )
        },
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Every episode that the list shows, with its steps, grades and revisions, as a stream of lines."""
        episodes = self.filter_queryset(self.get_queryset())
        return StreamingHttpResponse(
            episode_lines(episodes),
            content_type=NdjsonRenderer.media_type,
            headers={"Content-Disposition": 'attachment; filename="episodes.ndjson"', "X-Accel-Buffering": "no"},
        )


async def episode_lines(episodes: QuerySet[Episode]) -> AsyncIterator[bytes]:
    """The episodes as lines of JSON, oldest first, a chunk at a time.

    Asynchronous, because under ASGI Django reads a synchronous iterator to its end before it sends anything. Every
    chunk is a query of its own behind the key of the last one, so that no transaction stays open for as long as a
    client reads, and what the reader may see is decided anew each time.
    """
    after: UUID | None = None
    while True:
        lines, after = await sync_to_async(_chunk)(episodes, after)
        if lines:
            yield lines
        if after is None:
            return


def _chunk(episodes: QuerySet[Episode], after: UUID | None) -> tuple[bytes, UUID | None]:
    """The next lines, and the key to go on behind: None after the last."""
    following = episodes if after is None else episodes.filter(pk__gt=after)
    chunk = list(following.order_by("pk")[:CHUNK])
    lines = b"".join(record.model_dump_json().encode() + b"\n" for record in episodes_full(chunk))
    return lines, chunk[-1].pk if len(chunk) == CHUNK else None
