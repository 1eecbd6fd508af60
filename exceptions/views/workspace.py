"""The workspace: open a case, take steps, submit, see both lanes, go on. A view authorises, calls a service,
renders.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from exceptions import environment, roles
from exceptions.environment import ActionType, Decision, ExceptionType, Resolution
from exceptions.models import Case, Episode, EpisodeMode, EpisodeOrigin
from exceptions.selectors.queue import next_case
from exceptions.services.episodes import (
    desk_episode_open,
    desk_episodes,
    episode_cancel,
    episode_mode_open,
    episode_revise,
    episode_step,
)
from exceptions.services.errors import DeskError
from exceptions.services.lane import lane_play, lane_players, lane_plays, lane_request
from exceptions.views.request import DeskRequest
from exceptions.views.workspace_page import workspace_context

may_play = permission_required(roles.PLAY, raise_exception=True)


def _get_my_episode(user: User, episode_id: UUID) -> Episode:
    """The user's own workspace episode; anybody else's is not found."""
    return get_object_or_404(
        Episode.objects.select_related("case_version__case", "case_version__truth", "player").prefetch_related(
            "steps", "grades"
        ),
        pk=episode_id,
        user=user,
        origin=EpisodeOrigin.DESK,
    )


@require_safe
@never_cache
@may_play
def workspace(request: DeskRequest, reference: str) -> HttpResponse:
    """Open the case: my open episode on it, else my last one, else a new one."""
    user = request.user
    case = get_object_or_404(Case.objects.select_related("latest__truth", "latest__case"), reference=reference)
    episode = _episode_to_show(case, user)
    lane_request(episode)
    return _page(request, _get_my_episode(user, episode.pk), user)


def _episode_to_show(case: Case, user: User) -> Episode:
    shown = desk_episodes(case, user).exclude(stop_reason=environment.StopReason.CANCELLED).first()
    if shown is not None and (shown.case_version_id == case.latest_id or (not shown.ended and shown.steps_used)):
        return shown
    return desk_episode_open(case=case, user=user)


@require_POST
@may_play
def again(request: DeskRequest, reference: str) -> HttpResponse:
    """Begin anew on the latest version of the case; an open episode is cancelled and kept."""
    user = request.user
    case = get_object_or_404(Case.objects.select_related("latest__truth", "latest__case"), reference=reference)
    with transaction.atomic():
        for episode in desk_episodes(case, user).filter(ended_at__isnull=True):
            episode_cancel(episode_id=episode.pk)
        desk_episode_open(case=case, user=user)
    return redirect("workspace", reference=reference)


@require_GET
@may_play
def next_one(request: DeskRequest, reference: str) -> HttpResponse:
    """To the next case in my queue after this one."""
    case = get_object_or_404(Case.objects.select_related("latest"), reference=reference)
    after = next_case(request.user, case)
    return redirect("workspace", reference=after.reference) if after else redirect("queue")


@require_POST
@may_play
def step(request: DeskRequest, episode_id: UUID) -> HttpResponse:
    """Take one action that looks, compares, summarises or proposes."""
    user = request.user
    episode = _get_my_episode(user, episode_id)
    action: dict[str, Any] = {"action_type": request.POST.get("action_type", "")}
    if action["action_type"] == ActionType.PROPOSE_EXCEPTION_TYPE:
        action["exception_type"] = request.POST.get("exception_type", "")
    error = ""
    try:
        environment.read_action(action)
        episode_step(episode_id=episode.pk, given=action, number=_expected_step(request))
    except environment.InvalidAction as refused:
        return HttpResponseBadRequest(f"This is no action of the workspace: {refused.reason}.")
    except DeskError as refused:
        error = f"{refused.title}. {refused}"
    return _fragment(request, _get_my_episode(user, episode_id), user, "step_response", error=error, fresh=not error)


@require_POST
@may_play
def submit(request: DeskRequest, episode_id: UUID) -> HttpResponse:
    """Submit my resolution; refused input comes back filled in, with what is wrong."""
    user = request.user
    episode = _get_my_episode(user, episode_id)
    resolution, errors = _read_resolution(request)
    offered = _offered_resolutions(episode)
    reason = request.POST.get("reason", "").strip()
    differs = resolution is not None and (resolution.final_decision, resolution.exception_type) not in offered
    if offered and differs and not reason:
        errors["reason"] = "Say why you do not follow the proposal; the reason is kept."
    if resolution is None or errors:
        return _refused(request, episode, user, errors)
    return _submit(request, episode, user, resolution, override_reason=reason if offered and differs else "")


@require_POST
@may_play
def accept(request: DeskRequest, episode_id: UUID) -> HttpResponse:
    """Assist mode: submit what a model proposes as mine. I cite only what I have looked at myself."""
    user = request.user
    episode = _get_my_episode(user, episode_id)
    wanted = request.GET.get("player", "")
    theirs = next((play.episode for play in lane_plays(episode) if play.player.slug == wanted), None)
    if theirs is None or theirs.resolution is None or episode.mode != EpisodeMode.ASSIST:
        return _refused(request, episode, user, {"form": "There is no proposal to accept yet."})
    looked_at = set(episode.steps.filter(valid=True).values_list("action_type", flat=True))
    proposed = theirs.resolution
    resolution = Resolution(
        final_decision=proposed.final_decision,
        exception_type=proposed.exception_type,
        evidence_references=tuple(name for name in proposed.evidence_references if name in looked_at),
        explanation=proposed.explanation,
        confidence=proposed.confidence,
    )
    return _submit(request, episode, user, resolution, accepted_from=theirs)


@require_POST
@may_play
def revise(request: DeskRequest, episode_id: UUID) -> HttpResponse:
    """Blind mode, after the submit: a second resolution with a reason; both are kept."""
    user = request.user
    episode = _get_my_episode(user, episode_id)
    resolution, errors = _read_resolution(request)
    if not errors and resolution is not None:
        try:
            episode_revise(episode_id=episode.pk, resolution=resolution, reason=request.POST.get("reason", ""))
        except DeskError as refused:
            errors["reason"] = str(refused)
    if errors:
        return _refused(request, episode, user, errors)
    return _done(request, episode_id, user)


@require_POST
@may_play
def mode(request: DeskRequest, episode_id: UUID) -> HttpResponse:
    """Open the model's lane further."""
    user = request.user
    episode = _get_my_episode(user, episode_id)
    wanted = request.POST.get("mode", "")
    if wanted not in EpisodeMode.values:
        return HttpResponseBadRequest(f"There is no mode {wanted!r}; choose one of {', '.join(EpisodeMode.values)}.")
    error = ""
    try:
        episode_mode_open(episode_id=episode.pk, mode=EpisodeMode(wanted))
    except DeskError as refused:
        error = f"{refused.title}. {refused}"
    if request.htmx:
        return _fragment(request, _get_my_episode(user, episode_id), user, "board", error=error)
    return redirect("workspace", reference=episode.case_version.case.reference)


@require_GET
@never_cache
@may_play
def lane(request: DeskRequest, episode_id: UUID) -> HttpResponse:
    """What is new in the model's lanes since `?after=`; nothing new answers 204, and polling goes on."""
    user = request.user
    episode = _get_my_episode(user, episode_id)
    context = workspace_context(episode, user)
    after = request.GET.get("after", "")
    if context.poll_after is not None and after == str(context.poll_after):
        return HttpResponse(status=204)
    return render(request, "exceptions/workspace/models_response.html", {"workspace": context})


@require_POST
@may_play
def ask(request: DeskRequest, episode_id: UUID) -> HttpResponse:
    """Ask a lane player to play this case live."""
    user = request.user
    episode = _get_my_episode(user, episode_id)
    player = next((p for p in lane_players() if p.slug == request.POST.get("player")), None)
    if player is None:
        raise Http404("There is no such player in the lane.")
    lane_play(episode, player)
    return _fragment(request, _get_my_episode(user, episode_id), user, "models_response")


def _submit(
    request: DeskRequest,
    episode: Episode,
    user: User,
    resolution: Resolution,
    *,
    override_reason: str = "",
    accepted_from: Episode | None = None,
) -> HttpResponse:
    action = {name: value for name, value in resolution.to_dict().items() if value is not None} | {
        "action_type": ActionType.SUBMIT_FINAL_RESOLUTION.value
    }
    try:
        environment.read_action(action)
        episode_step(
            episode_id=episode.pk,
            given=action,
            number=_expected_step(request),
            override_reason=override_reason,
            accepted_from=accepted_from,
        )
    except environment.InvalidAction as refused:
        return _refused(request, episode, user, {"form": refused.reason})
    except DeskError as refused:
        return _refused(request, episode, user, {"form": f"{refused.title}. {refused}"})
    return _done(request, episode.pk, user)


def _read_resolution(request: DeskRequest) -> tuple[Resolution | None, dict[str, str]]:
    """The resolution of a posted form, or what is wrong by field."""
    sent, errors = request.POST, {}
    decision, kind = sent.get("final_decision", ""), sent.get("exception_type", "")
    if decision not in set(Decision):
        errors["final_decision"] = "Choose a decision."
    if kind not in set(ExceptionType):
        errors["exception_type"] = "Choose what kind of exception it is."
    explanation = sent.get("explanation", "").strip()
    if "\x00" in explanation:
        errors["explanation"] = "The explanation holds a NUL character; take it out."
    percent = sent.get("confidence_percent", "").strip()
    confidence = None
    if percent:
        try:
            confidence = float(percent) / 100
        except ValueError:
            confidence = -1.0
        if not 0 <= confidence <= 1:
            errors["confidence_percent"] = "How sure are you? A number from 0 to 100, or nothing."
    if errors:
        return None, errors
    return (
        Resolution(
            final_decision=Decision(decision),
            exception_type=ExceptionType(kind),
            evidence_references=tuple(sent.getlist("evidence_references")),
            explanation=explanation,
            confidence=confidence,
        ),
        errors,
    )


def _offered_resolutions(episode: Episode) -> set[tuple[Decision, ExceptionType | None]]:
    """What the lanes propose in assist mode, as far as the page shows it."""
    if episode.mode != EpisodeMode.ASSIST:
        return set()
    resolutions = (play.episode.resolution for play in lane_plays(episode) if play.episode is not None)
    return {(given.final_decision, given.exception_type) for given in resolutions if given is not None}


def _expected_step(request: DeskRequest) -> int:
    number = request.POST.get("expected_step", "")
    if not number.isdigit() or len(number) > 4:
        raise DeskError("The form did not say which step it takes. Reload the page and try again.")
    return int(number)


def _refused(request: DeskRequest, episode: Episode, user: User, errors: dict[str, str]) -> HttpResponse:
    values = {name: request.POST.getlist(name) for name in request.POST}
    context = workspace_context(_get_my_episode(user, episode.pk), user, values=values, errors=errors)
    return _render(request, context, "board", status=422)


def _done(request: DeskRequest, episode_id: UUID, user: User) -> HttpResponse:
    episode = _get_my_episode(user, episode_id)
    if request.htmx:
        return _fragment(request, episode, user, "board")
    return redirect("workspace", reference=episode.case_version.case.reference)


def _page(request: DeskRequest, episode: Episode, user: User) -> HttpResponse:
    return render(request, "exceptions/workspace.html", {"workspace": workspace_context(episode, user)})


def _fragment(
    request: DeskRequest, episode: Episode, user: User, name: str, *, error: str = "", fresh: bool = False
) -> HttpResponse:
    context = workspace_context(episode, user, error=error, fresh=fresh)
    return _render(request, context, name, status=409 if error else 200)


def _render(request: DeskRequest, context: Any, name: str, *, status: int) -> HttpResponse:
    """The fragment for htmx, the whole page for a browser without scripts."""
    template = f"exceptions/workspace/{name}.html" if request.htmx else "exceptions/workspace.html"
    return render(request, template, {"workspace": context}, status=status)
