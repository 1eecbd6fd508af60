"""What is done to a player on its page: retired and returned, its key set and cleared, its endpoint tried."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from evaluation.forms.api_player import KeyForm
from evaluation.players.configs import ApiModelConfig
from evaluation.services.endpoint_trials import endpoint_try
from evaluation.services.player_keys import player_key_clear, player_key_set
from evaluation.services.players import config_of
from evaluation.views.players import find_player, render_player
from exceptions import roles
from exceptions.api.throttles import WindowThrottle
from exceptions.services.errors import DeskError
from exceptions.services.players import player_retire, player_return
from exceptions.views.request import DeskRequest


@require_POST
@permission_required(roles.MANAGE_PLAYERS, raise_exception=True)
def player_retired(request: DeskRequest, slug: str) -> HttpResponse:
    """Let it start no episode any more."""
    player = find_player(slug)
    try:
        player_retire(player_id=player.pk)
    except DeskError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{player.name} starts no episode any more. What it has played stays.")
    return redirect("player", slug=slug)


@require_POST
@permission_required(roles.MANAGE_PLAYERS, raise_exception=True)
def player_returned(request: DeskRequest, slug: str) -> HttpResponse:
    """Let it play again."""
    player = find_player(slug)
    try:
        player_return(player_id=player.pk)
    except DeskError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{player.name} may play again.")
    return redirect("player", slug=slug)


@never_cache
@sensitive_post_parameters("key")
@sensitive_variables()
@require_POST
@permission_required(roles.MANAGE_PLAYERS, raise_exception=True)
def player_key_saved(request: DeskRequest, slug: str) -> HttpResponse:
    """Keep a key for its endpoint, encrypted."""
    player = find_player(slug)
    form = KeyForm(request.POST)
    if form.is_valid():
        try:
            player_key_set(player=player, key=form.cleaned_data["key"], user=request.user)
        except DeskError as refused:
            form.add_error("key", str(refused))
        else:
            messages.success(request, "The key is kept, encrypted. Nobody is shown it again.")
            return redirect("player", slug=slug)
    return render_player(request, player, key_form=form, status=422)


@require_POST
@permission_required(roles.MANAGE_PLAYERS, raise_exception=True)
def player_key_cleared(request: DeskRequest, slug: str) -> HttpResponse:
    """Forget its key."""
    player = find_player(slug)
    if player_key_clear(player=player):
        messages.success(request, "The key is gone.")
    return redirect("player", slug=slug)


@never_cache
@require_POST
@permission_required(roles.MANAGE_PLAYERS, raise_exception=True)
def endpoint_tried(request: DeskRequest, slug: str) -> HttpResponse:
    """Send one small request to its endpoint; what came back is a part of the page."""
    player = find_player(slug)
    config = config_of(player)
    if not isinstance(config, ApiModelConfig):
        raise Http404(f"{player.name} asks no endpoint.")
    if not WindowThrottle("endpoint_trials").counted(request):
        return render(request, "429.html", status=429)
    trial = endpoint_try(player=player, config=config)
    template = "evaluation/players/trial.html" if request.htmx else "evaluation/player_trial.html"
    return render(request, template, {"player": player, "trial": trial})
