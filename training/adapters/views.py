"""Pages for adapters: the Hub, a transfer as it goes, a model's adapter pushed, and as a zip file."""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluation.models import HubToken
from evaluation.services.hub_token import hub_token_clear, hub_token_set, hub_token_state
from evaluation.views.players import find_player
from exceptions import roles
from exceptions.api.throttles import WindowThrottle
from exceptions.services.errors import DeskError
from exceptions.views.request import DeskRequest
from training.adapters.download import adapter_archive
from training.adapters.forms import PullForm, TokenForm, push_form
from training.adapters.lineage import adapter_lineage
from training.adapters.transfers import pull_request, push_request
from training.models import HubTransfer

_TRANSFERS: Final = 20


@never_cache
@sensitive_post_parameters("token")
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(roles.MANAGE_PLAYERS, raise_exception=True)
def hub(request: DeskRequest) -> HttpResponse:
    """Load an adapter from the Hub; what has gone there and come from there."""
    if request.method != "POST":
        return _hub_page(request, PullForm(), TokenForm())
    form = PullForm(request.POST)
    if form.is_valid():
        try:
            transfer = pull_request(user=request.user, **form.cleaned_data)
        except DeskError as refused:
            form.add_error("repo", str(refused))
        else:
            return redirect("hub-transfer", transfer_id=transfer.pk)
    return _hub_page(request, form, TokenForm(), status=422)


@never_cache
@sensitive_post_parameters("token")
@sensitive_variables()
@require_POST
@permission_required(roles.MANAGE_PLAYERS, raise_exception=True)
def hub_token_saved(request: DeskRequest) -> HttpResponse:
    """Keep a token, encrypted."""
    form = TokenForm(request.POST)
    if form.is_valid():
        hub_token_set(token=form.cleaned_data["token"], user=request.user)
        messages.success(request, "The token is kept, encrypted. Nobody is shown it again.")
        return redirect("hub")
    return _hub_page(request, PullForm(), form, status=422)


@require_POST
@permission_required(roles.MANAGE_PLAYERS, raise_exception=True)
def hub_token_cleared(request: DeskRequest) -> HttpResponse:
    """Forget the token."""
    if hub_token_clear():
        messages.success(request, "The token is gone.")
    return redirect("hub")


@never_cache
@require_safe
@permission_required(roles.MANAGE_PLAYERS, raise_exception=True)
def hub_transfer(request: DeskRequest, transfer_id: UUID) -> HttpResponse:
    """How a transfer goes; its fragment asks for itself until it has ended."""
    rows = HubTransfer.objects.select_related("player", "created_by")
    transfer = get_object_or_404(rows, pk=transfer_id)
    template = "training/adapters/transfer_state.html" if request.htmx else "training/adapters/transfer.html"
    return render(request, template, {"transfer": transfer})


@never_cache
@require_POST
@permission_required(roles.MANAGE_PLAYERS, raise_exception=True)
def adapter_pushed(request: DeskRequest, slug: str) -> HttpResponse:
    """Let a worker push the adapter of the model's present version."""
    player = find_player(slug)
    lineage = adapter_lineage(player)
    if lineage is None:
        raise Http404(f"{player.name} has no adapter.")
    form = push_form(player, lineage, request.POST)
    if not form.is_valid():
        wrong = " ".join(f"{form[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items())
        messages.error(request, f"Nothing was pushed. {wrong}")
        return redirect("player", slug=slug)
    try:
        transfer = push_request(player=player, user=request.user, **form.cleaned_data)
    except DeskError as refused:
        messages.error(request, str(refused))
        return redirect("player", slug=slug)
    return redirect("hub-transfer", transfer_id=transfer.pk)


@never_cache
@require_safe
@permission_required(roles.VIEW_ANSWERS, raise_exception=True)
def adapter_downloaded(request: DeskRequest, slug: str) -> HttpResponse | StreamingHttpResponse:
    """The adapter and its card as a zip file. Who trained on cases can tell their answers: it takes that role."""
    player = find_player(slug)
    if request.method == "GET" and not WindowThrottle("exports").counted(request):
        return render(request, "429.html", status=429)
    try:
        return adapter_archive(player)
    except DeskError as refused:
        messages.error(request, str(refused))
        return redirect("player", slug=slug)


def _hub_page(request: DeskRequest, pull: PullForm, token: TokenForm, *, status: int = 200) -> HttpResponse:
    kept = HubToken.objects.filter(endpoint=settings.HF_ENDPOINT).select_related("set_by").first()
    context = {
        "endpoint": settings.HF_ENDPOINT,
        "pull": pull,
        "token": token,
        "kept": kept,
        "token_state": hub_token_state(),
        "transfers": HubTransfer.objects.select_related("player", "created_by").order_by("-created_at")[:_TRANSFERS],
    }
    return render(request, "training/adapters/hub.html", context, status=status)
