"""Players: the list, one of them, a new one, and a changed one."""

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from evaluation.forms.api_player import ApiPlayerForm, KeyForm
from evaluation.forms.local_player import LocalPlayerForm
from evaluation.models import PlayerSecret
from evaluation.players.configs import ApiModelConfig, LocalModelConfig
from evaluation.selectors.players import latest_scores, players_that_workers_play, runs_of
from evaluation.services.players import ModelConfig, config_of, model_player_change, model_player_register
from evaluation.views import player_words
from exceptions import roles
from exceptions.models import Player, PlayerKind
from exceptions.selectors.episode_list import episode_rows
from exceptions.selectors.visibility import episodes_visible_to
from exceptions.services.errors import DeskError
from exceptions.services.players import comes_with_the_project
from exceptions.views.episodes import listed
from exceptions.views.request import DeskRequest, asked, render_list

ROWS_PER_PAGE: Final = 50
_EPISODES: Final = 10
_RUNS: Final = 5
_KINDS: Final = [(kind.value, kind.label) for kind in (PlayerKind.API_MODEL, PlayerKind.LOCAL_MODEL, PlayerKind.SCRIPT)]
_FORMS: Final[dict[str, type[ApiPlayerForm] | type[LocalPlayerForm]]] = {
    "api": ApiPlayerForm,
    "local": LocalPlayerForm,
}


@require_safe
@permission_required(roles.READ_EPISODES, raise_exception=True)
def player_list(request: DeskRequest) -> HttpResponse:
    """What players are there, and how do they do?"""
    query = asked(request)
    search = query.get("q", "").replace("\x00", "")[:200]
    kind = query.get("kind", "") if query.get("kind", "") in dict(_KINDS) else ""
    page = Paginator(players_that_workers_play(search, kind), ROWS_PER_PAGE).get_page(query.get("page"))
    scores = latest_scores(page.object_list)
    context = {
        "page": page,
        "rows": [
            (
                player,
                player_words.script_words(player) or player_words.short_base(player),
                player_words.short_from(player),
                scores.get(player.pk),
            )
            for player in page.object_list
        ],
        "search": search,
        "kind": kind,
        "kinds": _KINDS,
        "narrowed": bool(search or kind),
    }
    return render_list(
        request, page="evaluation/players.html", fragment="evaluation/players/results.html", context=context
    )


@never_cache
@require_safe
@permission_required(roles.READ_EPISODES, raise_exception=True)
def player_page(request: DeskRequest, slug: str) -> HttpResponse:
    """Who is this player, where from, and how good?"""
    return render_player(request, find_player(slug))


@never_cache
@sensitive_post_parameters("key")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(roles.MANAGE_PLAYERS, raise_exception=True)
def player_new(request: DeskRequest) -> HttpResponse:
    """Register a model: `?kind=api` (the default) or `?kind=local`."""
    kind = "local" if request.GET.get("kind") == "local" else "api"
    if request.method != "POST":
        form: ApiPlayerForm | LocalPlayerForm = (
            ApiPlayerForm(initial=ApiPlayerForm.initial_from(None))
            if kind == "api"
            else LocalPlayerForm(initial=LocalPlayerForm.initial_from(None))
        )
        return _form_page(request, form, kind)
    form = _FORMS[kind](request.POST)
    if form.is_valid() and form.config is not None:
        try:
            player = _registered(request, form, form.config)
        except DeskError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"Registered. {player.name} can be evaluated now.")
            return redirect("player", slug=player.slug)
    return _form_page(request, form, kind, status=422)


@sensitive_variables()
def _registered(request: DeskRequest, form: ApiPlayerForm | LocalPlayerForm, config: ModelConfig) -> Player:
    data = form.cleaned_data
    return model_player_register(
        name=data["name"], slug=data["slug"], config=config, key=data.get("key"), user=request.user
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(roles.MANAGE_PLAYERS, raise_exception=True)
def player_changed(request: DeskRequest, slug: str) -> HttpResponse:
    """Another configuration is the player's next version."""
    player = find_player(slug)
    config = config_of(player)
    if comes_with_the_project(player) or player.kind == PlayerKind.SCRIPT:
        messages.error(request, f"{player.name} comes with the project and stays as it is; register one of your own.")
        return redirect("player", slug=player.slug)
    kind = "api" if player.kind == PlayerKind.API_MODEL else "local"
    if request.method != "POST":
        return _form_page(request, _change_form(player, config), kind, player=player)
    form = _FORMS[kind](request.POST, registered=True)
    if form.is_valid() and form.config is not None:
        try:
            changed = model_player_change(
                player=player, name=form.cleaned_data["name"], config=form.config, user=request.user
            )
        except DeskError as refused:
            form.add_error(None, str(refused))
        else:
            new = changed.version > player.version
            messages.success(request, f"This is version {changed.version} now." if new else "Saved; the same version.")
            return redirect("player", slug=player.slug)
    return _form_page(request, form, kind, player=player, status=422)


def find_player(slug: str) -> Player:
    """A player that workers play.

    Raises:
        Http404: there is none of that slug; people are none.
    """
    return get_object_or_404(Player.objects.exclude(kind=PlayerKind.HUMAN), slug=slug)


def render_player(
    request: DeskRequest, player: Player, *, key_form: KeyForm | None = None, status: int = 200
) -> HttpResponse:
    """The player's page, perhaps with a key form that was refused."""
    config = config_of(player)
    is_api = isinstance(config, ApiModelConfig)
    versions = list(player.versions.select_related("created_by"))
    # Their own first, so that each can be held against the one before it.
    before = [*versions[1:], None]
    visible = episodes_visible_to(request.user).filter(player=player)
    context = {
        "player": player,
        "config": config,
        "is_api": is_api,
        "fixed": comes_with_the_project(player) or player.kind == PlayerKind.SCRIPT,
        "script": player_words.script_words(player),
        "lineage": player_words.lineage(player, config),
        "facts": player_words.config_facts(config) if config else [],
        "versions": [
            (version, player_words.changes(earlier.config, version.config) if earlier else None)
            for version, earlier in zip(versions, before, strict=True)
        ],
        "scores": latest_scores([player]).get(player.pk),
        "runs": runs_of(player, _RUNS),
        "episodes": [listed(row) for row in episode_rows(visible, request.user, _EPISODES).rows],
        "secret": PlayerSecret.objects.filter(player=player).select_related("set_by").first() if is_api else None,
        "key_form": key_form or KeyForm(),
    }
    return render(request, "evaluation/player.html", context, status=status)


def _change_form(player: Player, config: ModelConfig | None) -> ApiPlayerForm | LocalPlayerForm:
    shown: dict[str, Any] = {"name": player.name}
    if player.kind == PlayerKind.API_MODEL:
        kept = config if isinstance(config, ApiModelConfig) else None
        return ApiPlayerForm(initial=shown | ApiPlayerForm.initial_from(kept), registered=True)
    local = config if isinstance(config, LocalModelConfig) else None
    return LocalPlayerForm(initial=shown | LocalPlayerForm.initial_from(local), registered=True)


def _form_page(
    request: DeskRequest,
    form: ApiPlayerForm | LocalPlayerForm,
    kind: str,
    *,
    player: Player | None = None,
    status: int = 200,
) -> HttpResponse:
    return render(request, "evaluation/player_form.html", {"form": form, "kind": kind, "player": player}, status=status)
