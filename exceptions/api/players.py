"""Players: people, scripts and models."""

from datetime import datetime
from uuid import UUID

import django_filters
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions import roles
from exceptions.api.endpoint import PagedEndpoint
from exceptions.api.permissions import holds
from exceptions.models import Player, PlayerKind


class PlayerRow(BaseModel):
    """A player."""

    id: UUID = Field(examples=["0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a08"])
    slug: str = Field(description="What filters and settings name it by.", examples=["three-way-match"])
    name: str = Field(examples=["Three-way match"])
    kind: PlayerKind = Field(examples=["script"])
    version: int = Field(description="Counts up when its configuration changes.", examples=[1])
    created_at: datetime = Field(examples=["2026-03-02T08:15:00Z"])


class PlayerFilter(django_filters.FilterSet):
    """Narrows the list of players."""

    kind = django_filters.ChoiceFilter(choices=PlayerKind.choices)

    class Meta:
        model = Player
        fields: list[str] = []


class PlayerList(PagedEndpoint[Player]):
    """All players."""

    permission_classes = [holds(roles.READ_EPISODES)]
    filterset_class = PlayerFilter
    queryset = Player.objects.all()

    @extend_schema(operation_id="players_list", summary="List players", tags=["players"], responses=PlayerRow)
    def get(self, request: Request) -> Response:
        """Newest first."""
        return self.list(request)

    def record(self, row: Player) -> PlayerRow:
        return PlayerRow(
            id=row.pk,
            slug=row.slug,
            name=row.name,
            kind=PlayerKind(row.kind),
            version=row.version,
            created_at=row.created_at,
        )
