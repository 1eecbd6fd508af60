"""Players: people, scripts and models. Models are registered, changed and retired here."""

from typing import Any, Final

import django_filters
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from evaluation.api.player_records import (
    ApiPlayerRequest,
    KeyState,
    LocalPlayerRequest,
    PlayerPatch,
    PlayerRecord,
    PlayerRequest,
    PlayerRow,
    PlayerScores,
    PlayerVersionRecord,
)
from evaluation.api.runs import Mean
from evaluation.models import PlayerSecret
from evaluation.players.configs import ApiModelConfig
from evaluation.selectors.players import latest_scores
from evaluation.services.player_keys import player_key_clear, player_key_set
from evaluation.services.players import (
    CONFIGS,
    ConfigRefused,
    ModelConfig,
    config_of,
    config_read,
    model_player_change,
    model_player_register,
)
from exceptions import roles
from exceptions.api.endpoint import Endpoint, PagedEndpoint, read_body
from exceptions.api.permissions import holds
from exceptions.api.problems import FieldProblem, InvalidBody
from exceptions.models import Player, PlayerKind
from exceptions.services.players import PlayerFixed, player_retire, player_return

_REQUESTS: Final[dict[object, type[ApiPlayerRequest] | type[LocalPlayerRequest]]] = {
    "api_model": ApiPlayerRequest,
    "local_model": LocalPlayerRequest,
}


class PlayerFilter(django_filters.FilterSet):
    """Narrows the list of players."""

    kind = django_filters.ChoiceFilter(choices=PlayerKind.choices)

    class Meta:
        model = Player
        fields: list[str] = []


class PlayerList(PagedEndpoint[Player]):
    """All players."""

    filterset_class = PlayerFilter
    queryset = Player.objects.filter(checkpoints_of=None)

    def get_permissions(self) -> list[BasePermission]:
        """Reading takes less than registering."""
        return [holds(roles.MANAGE_PLAYERS if self.request.method == "POST" else roles.READ_EPISODES)()]

    @extend_schema(operation_id="players_list", summary="List players", tags=["players"], responses=PlayerRow)
    def get(self, request: Request) -> Response:
        """Newest first."""
        return self.list(request)

    @extend_schema(
        operation_id="players_create",
        summary="Register a model",
        tags=["players"],
        request=PlayerRequest,
        responses={201: PlayerRecord},
        examples=[
            OpenApiExample(
                "By API",
                value={
                    "kind": "api_model",
                    "name": "GPT-4.1 mini",
                    "config": {
                        "base_url": "https://api.openai.com/v1",
                        "model": "gpt-4.1-mini",
                        "json_mode": True,
                        "price_per_million_input": "0.40",
                        "price_per_million_output": "1.60",
                    },
                    "key": "sk-…",
                },
                request_only=True,
            ),
            OpenApiExample(
                "Local",
                value={
                    "kind": "local_model",
                    "name": "Qwen3-4B",
                    "config": {"base_model": "Qwen/Qwen3-4B-Instruct-2507", "sampling": {"max_new_tokens": 128}},
                },
                request_only=True,
            ),
        ],
    )
    @sensitive_variables()
    def post(self, request: Request) -> Response:
        """It can be evaluated at once. A key is kept encrypted and never sent back."""
        body = _read_request(request)
        player = model_player_register(
            name=body.name,
            slug=body.slug or "",
            config=body.config,
            key=body.key if isinstance(body, ApiPlayerRequest) else None,
            user=self.user,
        )
        return Response(
            _record(player).model_dump(mode="json"),
            status=201,
            headers={"Location": reverse("api-player", args=[player.slug])},
        )

    def record(self, row: Player) -> PlayerRow:
        return PlayerRow(**_row(row))


class PlayerDetail(Endpoint):
    """One player."""

    def get_permissions(self) -> list[BasePermission]:
        """Reading takes less than changing."""
        return [holds(roles.MANAGE_PLAYERS if self.request.method == "PATCH" else roles.READ_EPISODES)()]

    @extend_schema(operation_id="players_retrieve", summary="One player", tags=["players"], responses=PlayerRecord)
    def get(self, request: Request, slug: str) -> Response:
        """With its configuration, its versions, and how its present version did last."""
        return Response(_record(_find(slug)).model_dump(mode="json"))

    @extend_schema(
        operation_id="players_change",
        summary="Change, retire or return a model",
        tags=["players"],
        request=PlayerPatch,
        responses={200: PlayerRecord},
        examples=[
            OpenApiExample("Another temperature", value={"config": {"temperature": 0.7}}, request_only=True),
            OpenApiExample("Retire", value={"retired": True}, request_only=True),
            OpenApiExample("Another key", value={"key": "sk-…"}, request_only=True),
        ],
    )
    @sensitive_variables()
    def patch(self, request: Request, slug: str) -> Response:
        """A changed configuration is the next version; a key, a name or its retirement is none."""
        body = read_body(request, PlayerPatch)
        player = _find(slug)
        with transaction.atomic():
            if body.name is not None or body.config is not None:
                player = self._changed(player, body)
            if body.key is not None:
                player_key_set(player=player, key=body.key, user=self.user)
            elif "key" in body.model_fields_set:
                player_key_clear(player=player)
            if body.retired:
                player_retire(player_id=player.pk)
            elif body.retired is False:
                player_return(player_id=player.pk)
        return Response(_record(_find(slug)).model_dump(mode="json"))

    def _changed(self, player: Player, body: PlayerPatch) -> Player:
        kind = PlayerKind(player.kind)
        if kind not in CONFIGS:
            raise PlayerFixed(f"{player.name} is no model: it has no configuration to change.")
        try:
            config = config_read(kind, {**player.config, **(body.config or {})})
        except ConfigRefused as refused:
            raise InvalidBody(
                FieldProblem(path=f"config.{path}", message=said) for path, said in refused.errors
            ) from None
        return model_player_change(player=player, name=body.name or player.name, config=config, user=self.user)


def _read_request(request: Request) -> ApiPlayerRequest | LocalPlayerRequest:
    data: Any = request.data
    kind = data.get("kind") if isinstance(data, dict) else None
    model = _REQUESTS.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise InvalidBody([FieldProblem(path="kind", message=f"must be one of {', '.join(map(str, _REQUESTS))}")])
    return read_body(request, model)


def _find(slug: str) -> Player:
    try:
        return get_object_or_404(Player, slug=slug)
    except Http404:
        raise Http404(f"There is no player {slug}.") from None


def _row(player: Player) -> dict[str, Any]:
    return {
        "id": player.pk,
        "slug": player.slug,
        "name": player.name,
        "kind": PlayerKind(player.kind),
        "version": player.version,
        "retired_at": player.retired_at,
        "created_at": player.created_at,
    }


def _record(player: Player) -> PlayerRecord:
    config = config_of(player)
    # Only what reads as a model's configuration is shown: nothing else was checked for what may be seen.
    versions = list(player.versions.all()) if config else []
    return PlayerRecord(
        **_row(player),
        config=config,
        key=_key_state(player, config),
        versions=[
            PlayerVersionRecord(version=each.number, config=each.config, created_at=each.created_at)
            for each in versions
        ],
        scores=_scores(player),
    )


def _key_state(player: Player, config: ModelConfig | None) -> KeyState:
    if not isinstance(config, ApiModelConfig):
        return "none"
    if config.api_key_env:
        return "environment"
    origin = PlayerSecret.objects.filter(player=player).values_list("origin", flat=True).first()
    if origin is None:
        return "none"
    return "stored" if origin == config.origin else "stored_for_another_address"


def _scores(player: Player) -> PlayerScores | None:
    scores = latest_scores([player]).get(player.pk)
    if scores is None:
        return None
    return PlayerScores(
        run=scores.run_id,
        cases=scores.cases,
        failed=scores.failed,
        resolved=Mean(**_mean(scores.resolved)) if scores.resolved else None,
        score=Mean(**_mean(scores.score)) if scores.score else None,
    )


def _mean(estimate: Any) -> dict[str, Any]:
    return {name: getattr(estimate, name) for name in ("value", "low", "high", "n")}
