"""Evaluation runs: the list, a new one, and one as it goes."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluation.forms.run import RunForm
from evaluation.models import EvaluationRun
from evaluation.selectors.case_sets import DEFAULT_CASE_SET, case_set_words
from evaluation.selectors.run_progress import run_progress, runs_progress
from evaluation.selectors.run_results import means_tellable, run_episodes, run_results
from evaluation.services.messages import queues_of
from evaluation.services.runs import RunRefused, run_launch, run_resume, run_stop
from exceptions import roles
from exceptions.services.errors import DeskError
from exceptions.services.leases import queues_served
from exceptions.views.episodes import listed
from exceptions.views.request import DeskRequest, asked

ROWS_PER_PAGE: Final = 30


@require_safe
@permission_required(roles.READ_EPISODES, raise_exception=True)
def run_list(request: DeskRequest) -> HttpResponse:
    """What is being measured, and what was?"""
    runs = EvaluationRun.objects.filter(training_run=None).select_related("created_by").order_by("-created_at", "-pk")
    page = Paginator(runs, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    progress = runs_progress(page.object_list)
    rows = [(run, progress[run.pk], case_set_words(run.case_set)) for run in page.object_list]
    context = {"page": page, "rows": rows, "asked": asked(request), "going": any(not run.ended for run, *_ in rows)}
    alone = bool(request.htmx) and not request.htmx.history_restore_request
    template = "evaluation/evaluations/list.html" if alone else "evaluation/evaluations.html"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(roles.EVALUATE, raise_exception=True)
def run_new(request: DeskRequest) -> HttpResponse:
    """Who is to play what? `?players=a&players=b` chooses players ahead, `?cases=twins-7` cases."""
    if request.method != "POST":
        chosen = {"players": request.GET.getlist("players"), "cases": request.GET.get("cases") or DEFAULT_CASE_SET}
        return render(request, "evaluation/evaluation_new.html", {"form": RunForm(initial=chosen)})
    form = RunForm(request.POST)
    if form.is_valid():
        try:
            run = run_launch(user=request.user, **form.launch)
        except DeskError as error:
            form.add_error(None, str(error))
        else:
            return redirect("evaluation", run_id=run.pk)
    return render(request, "evaluation/evaluation_new.html", {"form": form}, status=422)


@require_safe
@permission_required(roles.READ_EPISODES, raise_exception=True)
def run_page(request: DeskRequest, run_id: UUID) -> HttpResponse:
    """How far, and how well? A live fragment asks with `?after=<episodes done>` and is told only what is new."""
    run = get_object_or_404(EvaluationRun.objects.select_related("created_by"), pk=run_id)
    progress = run_progress(run)
    seen = f"{run.status}-{progress.done}-{progress.playing}-{progress.half_done:.0f}"
    alone = bool(request.htmx) and not request.htmx.history_restore_request
    if alone and request.GET.get("after") == seen:
        return HttpResponse(status=204)
    tellable = means_tellable(run, request.user)
    context = {
        "run": run,
        "tellable": tellable,
        "progress": progress,
        "seen": seen,
        "cases": case_set_words(run.case_set),
        "results": run_results(run, with_means=tellable),
        "episodes": [listed(row) for row in run_episodes(run, request.user)],
        "unserved": [] if run.ended else sorted(set(queues_of(run.pk)) - queues_served()),
    }
    template = "evaluation/evaluations/state.html" if alone else "evaluation/evaluation.html"
    return render(request, template, context)


@require_POST
@permission_required(roles.EVALUATE, raise_exception=True)
def run_stopped(request: DeskRequest, run_id: UUID) -> HttpResponse:
    """Stop it; what is finished stays."""
    get_object_or_404(EvaluationRun, pk=run_id)
    run_stop(run_id=run_id)
    messages.success(request, "Stopped. What has been played stays; resume plays the rest.")
    return redirect("evaluation", run_id=run_id)


@require_POST
@permission_required(roles.EVALUATE, raise_exception=True)
def run_resumed(request: DeskRequest, run_id: UUID) -> HttpResponse:
    """Go on, and play again what failed."""
    get_object_or_404(EvaluationRun, pk=run_id)
    try:
        run_resume(run_id=run_id)
    except RunRefused as refused:
        messages.error(request, str(refused))
    return redirect("evaluation", run_id=run_id)
