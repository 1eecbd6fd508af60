"""REST for adapters: what a model's adapter is, the files, transfers to and from the Hub, the Hub's token."""

from typing import Any, Final
from uuid import UUID

import django_filters
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from evaluation.players.protocol import PlayerError
from evaluation.services.hub_token import hub_token_clear, hub_token_set, hub_token_state
from exceptions import roles
from exceptions.api.endpoint import Endpoint, PagedEndpoint, read_body
from exceptions.api.permissions import holds
from exceptions.api.problems import FieldProblem, InvalidBody
from exceptions.models import Player
from exceptions.services.errors import DeskError
from training.adapters.api_records import (
    AdapterRecord,
    HubTokenRequest,
    HubTokenState,
    HubTransferRequest,
    PullRequest,
    PushRequest,
    TransferRecord,
    adapter_record,
    transfer_record,
)
from training.adapters.download import adapter_archive
from training.adapters.lineage import adapter_lineage, kept_facts
from training.adapters.transfers import pull_request, push_request
from training.models import Direction, HubTransfer

_REQUESTS: Final[dict[object, type[PushRequest] | type[PullRequest]]] = {"push": PushRequest, "pull": PullRequest}

_BINARY: Final = {"type": "string", "format": "binary", "examples": ["PK…"]}


class ZipRenderer(BaseRenderer):
    """Lets clients ask for the media type; the stream writes itself."""

    media_type = "application/zip"
    format = "zip"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        raise NotImplementedError("the archive streams")


class AdapterDetail(Endpoint):
    """A model's adapter."""

    permission_classes = [holds(roles.READ_EPISODES)]

    @extend_schema(
        operation_id="players_adapter", summary="A model's adapter", tags=["players"], responses=AdapterRecord
    )
    def get(self, request: Request, slug: str) -> Response:
        """Where the adapter of the present version is from, and what it is."""
        player = _find(slug)
        lineage = adapter_lineage(player)
        if lineage is None:
            raise Http404(f"{player.name} has no adapter.")
        facts, size = None, None
        if lineage.adapter.path is None:
            try:
                facts, size = kept_facts(lineage.adapter.sha256)
            except (PlayerError, DeskError):
                # The record says what was registered; loading it says what is wrong.
                facts, size = None, None
        return Response(adapter_record(player, lineage, facts, size).model_dump(mode="json"))


class AdapterArchive(Endpoint):
    """A model's adapter, to take away."""

    permission_classes = [holds(roles.VIEW_ANSWERS)]
    renderer_classes = [ZipRenderer]
    rates = {"GET": "exports"}
    #: No HEAD: nobody needs all weights read for a header.
    http_method_names = ["get"]

    @extend_schema(
        operation_id="players_adapter_archive",
        summary="Download a model's adapter",
        tags=["players"],
        responses={(200, ZipRenderer.media_type): OpenApiResponse(_BINARY, description="A zip file.")},
    )
    def get(self, request: Request, slug: str) -> StreamingHttpResponse:
        """Configuration, weights and model card as a zip file, sent while it is made."""
        return adapter_archive(_find(slug))


class TransferFilter(django_filters.FilterSet):
    """Narrows the list of transfers."""

    direction = django_filters.ChoiceFilter(choices=Direction.choices)
    player = django_filters.CharFilter(field_name="player__slug")

    class Meta:
        model = HubTransfer
        fields: list[str] = []


class TransferList(PagedEndpoint[HubTransfer]):
    """Transfers to and from the Hub."""

    permission_classes = [holds(roles.MANAGE_PLAYERS)]
    filterset_class = TransferFilter
    queryset = HubTransfer.objects.select_related("player")

    @extend_schema(
        operation_id="hub_transfers_list", summary="List transfers", tags=["players"], responses=TransferRecord
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        return self.list(request)

    @extend_schema(
        operation_id="hub_transfers_create",
        summary="Push an adapter to the Hub, or load one from there",
        tags=["players"],
        request=HubTransferRequest,
        responses={202: TransferRecord},
        examples=[
            OpenApiExample(
                "Push",
                value={"direction": "push", "player": "submit-deep", "repo": "my-company/submit-deep", "private": True},
                request_only=True,
            ),
            OpenApiExample(
                "Load",
                value={"direction": "pull", "repo": "my-company/submit-deep", "name": "Submit deep"},
                request_only=True,
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """A worker does it; the answer's address says how it goes."""
        body = _read_request(request)
        if isinstance(body, PushRequest):
            player = _find(body.player)
            transfer = push_request(
                player=player, repo=body.repo, private=body.private, base_model=body.base_model, user=self.user
            )
        else:
            transfer = pull_request(
                repo=body.repo, revision=body.revision, name=body.name, base_model=body.base_model, user=self.user
            )
        location = reverse("api-hub-transfer", args=[transfer.pk])
        record = transfer_record(transfer).model_dump(mode="json")
        return Response(record, status=202, headers={"Location": location})

    def record(self, row: HubTransfer) -> TransferRecord:
        return transfer_record(row)


class TransferDetail(Endpoint):
    """One transfer."""

    permission_classes = [holds(roles.MANAGE_PLAYERS)]

    @extend_schema(
        operation_id="hub_transfers_retrieve", summary="One transfer", tags=["players"], responses=TransferRecord
    )
    def get(self, request: Request, transfer_id: UUID) -> Response:
        """How it goes, and what came of it."""
        transfer = HubTransfer.objects.select_related("player").filter(pk=transfer_id).first()
        if transfer is None:
            raise Http404(f"There is no transfer {transfer_id}.")
        return Response(transfer_record(transfer).model_dump(mode="json"))


class HubTokenDetail(Endpoint):
    """The token that the Hub is asked with."""

    def get_permissions(self) -> list[BasePermission]:
        """Admins only, whatever the method."""
        return [holds(roles.MANAGE_PLAYERS)()]

    @extend_schema(
        operation_id="hub_token_retrieve", summary="Where the Hub's token is", tags=["players"], responses=HubTokenState
    )
    def get(self, request: Request) -> Response:
        """Where the web process has it from; the token itself is never sent."""
        return Response(HubTokenState(token=hub_token_state()).model_dump(mode="json"))

    @extend_schema(
        operation_id="hub_token_set",
        summary="Keep a token for the Hub",
        tags=["players"],
        request=HubTokenRequest,
        responses={200: HubTokenState},
        examples=[OpenApiExample("A token that may write", value={"token": "hf_…"}, request_only=True)],
    )
    @sensitive_variables()
    def put(self, request: Request) -> Response:
        """Kept encrypted, sent to that Hub only, and never sent back."""
        hub_token_set(token=read_body(request, HubTokenRequest).token, user=self.user)
        return self.get(request)

    @extend_schema(
        operation_id="hub_token_clear", summary="Forget the Hub's token", tags=["players"], responses={204: None}
    )
    def delete(self, request: Request) -> Response:
        """What is in the environment stays."""
        hub_token_clear()
        return Response(status=204)


def _read_request(request: Request) -> PushRequest | PullRequest:
    data: Any = request.data
    direction = data.get("direction") if isinstance(data, dict) else None
    model = _REQUESTS.get(direction) if isinstance(direction, str) else None
    if model is None:
        raise InvalidBody([FieldProblem(path="direction", message=f"must be one of {', '.join(map(str, _REQUESTS))}")])
    return read_body(request, model)


def _find(slug: str) -> Player:
    try:
        return get_object_or_404(Player, slug=slug)
    except Http404:
        raise Http404(f"There is no player {slug[:120]}.") from None
