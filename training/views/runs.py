"""Training runs: the list, one as it goes, and what can be done with it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import push_url

from evaluation.models import EvaluationEntry
from exceptions import roles
from exceptions.services.errors import DeskError
from exceptions.services.leases import queues_served
from exceptions.views.request import DeskRequest, asked, render_list
from training.charts.of_run import BY_NAME, curve_table
from training.models import RecipeKind, TrainingCheckpoint, TrainingRun
from training.selectors.curves import curves_state
from training.selectors.evaluated import best_epochs, evaluated_epochs
from training.selectors.progress import training_progress
from training.selectors.runs import log_after, runs_matching, trained_players
from training.services.preflight import QUEUE
from training.services.registering import checkpoint_register
from training.services.runs import training_run_resume, training_run_stop
from training.views import run_words
from training.views.curve_view import asked_view, drawn_runs
from training.views.run_page import page_context, results_context, silence, state_context

ROWS_PER_PAGE: Final = 30
#: Lines of the log that a page begins with.
LOG_TAIL: Final = 300
may_read = permission_required(roles.READ_EPISODES, raise_exception=True)
may_train = permission_required(roles.TRAIN, raise_exception=True)


@never_cache
@require_safe
@may_read
def run_list(request: DeskRequest) -> HttpResponse:
    """What is being trained, and what came of it?"""
    query = asked(request)
    search = query.get("q", "").replace("\x00", "").strip()[:200]
    page = Paginator(runs_matching(search), ROWS_PER_PAGE).get_page(query.get("page"))
    runs = list(page.object_list)
    keys = [run.pk for run in runs]
    best = best_epochs(runs)
    evaluated = evaluated_epochs(keys, epochs=best.items())
    models = trained_players(keys)
    rows = [
        {
            "run": run,
            "progress": training_progress(run),
            "recipe": run_words.recipe_title(run),
            "best": run_words.best_figure(run, evaluated.get(run.pk, []), best.get(run.pk)),
            "models": models.get(run.pk, []),
        }
        for run in runs
    ]
    context = {
        "page": page,
        "rows": rows,
        "search": search,
        "narrowed": bool(search),
        "going": any(not run.ended for run in runs),
    }
    response = render_list(request, page="training/runs.html", fragment="training/runs/list.html", context=context)
    if request.htmx.trigger == "results":
        # The list asks for itself while something goes: that is no step in the reader's history.
        del response["HX-Push-Url"]
    return response


@never_cache
@require_safe
@may_read
def run_page(request: DeskRequest, training_id: UUID) -> HttpResponse:
    """Is it learning? A live fragment says by `seen`, `results` and `line` what it has, and is told what is new."""
    run = get_object_or_404(
        TrainingRun.objects.select_related("base", "start_from", "created_by", "dataset"), pk=training_id
    )
    view = asked_view(asked(request))
    seen, results, line = _cursor(run)
    alone = bool(request.htmx) and not request.htmx.history_restore_request
    given = request.GET
    has_results = given.get("results") == results
    if alone and given.get("seen") == seen and has_results and given.get("line") == str(line):
        return HttpResponse(status=204)
    drawn, evaluated = drawn_runs(run, view)
    follows = alone and "seen" in given
    told = given.get("line", "")
    lines = log_after(run, int(told) if follows and told.isdecimal() else max(line - LOG_TAIL, 0))
    context = {
        "run": run,
        "view": view,
        "alone": alone,
        "seen": seen,
        "results_seen": results,
        "line_seen": lines[-1].sequence if lines else line,
        "log_lines": lines,
        "view_changed": alone and not follows,
        "send_results": not (alone and has_results),
    }
    context |= state_context(run, drawn, evaluated, view)
    if context["send_results"]:
        context |= results_context(run, evaluated)
    if not alone:
        context |= page_context(run, view)
    response = render(request, "training/run/live.html" if alone else "training/run.html", context)
    if context["view_changed"]:
        push_url(response, f"{request.path}?{view.address}" if view.address else request.path)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _cursor(run: TrainingRun) -> tuple[str, str, int]:
    """What tells whether progress and curves, tables, and the log have anything new. Six queries."""
    kept = run.checkpoints.aggregate(count=Count("pk"), newest=Max("created_at"))
    played = run.evaluations.aggregate(count=Count("pk"), newest=Max("evaluation__ended_at"))
    registered = run.lineage.count()
    line = run.log_lines.aggregate(last=Max("sequence"))["last"] or 0
    unserved = not run.ended and QUEUE not in queues_served()
    episodes = EvaluationEntry.objects.filter(run__of_training__run=run, episode__isnull=False).count()
    tables = (kept["count"], _stamp(kept["newest"]), played["count"], _stamp(played["newest"]), episodes, registered)
    results = (run.status, *tables)
    curves, moved = curves_state(run).tag, _stamp(run.progress_at)
    silent = silence(run)
    # Told again every ten seconds.
    unheard = 0 if silent is None else 1 + int(silent.total_seconds()) // 10
    seen = (*results, int(run.stop_requested), int(unserved), unheard, run.done, run.total, moved, curves)
    return "-".join(map(str, seen)), "-".join(map(str, results)), line


def _stamp(moment: datetime | None) -> str:
    return f"{moment.timestamp():.3f}" if moment else "0"


@require_safe
@may_read
def run_chart(request: DeskRequest, training_id: UUID, chart: str) -> HttpResponse:
    """The data of one chart as CSV, whole and unsmoothed, for the same address."""
    run = get_object_or_404(TrainingRun, pk=training_id)
    measure = BY_NAME.get(chart)
    if measure is None or RecipeKind(run.kind) not in measure.kinds:
        raise Http404(f"There is no chart {chart!r}; choose one of {', '.join(BY_NAME)}.")
    drawn, _evaluated = drawn_runs(run, asked_view(asked(request)))
    return HttpResponse(
        curve_table(measure, drawn).csv(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{run.recipe}-{chart}.csv"'},
    )


@require_POST
@may_train
def run_stopped(request: DeskRequest, training_id: UUID) -> HttpResponse:
    """End it; its checkpoints stay."""
    get_object_or_404(TrainingRun, pk=training_id)
    run = training_run_stop(run_id=training_id)
    if run.stopping:
        messages.success(request, "It stops within one optimizer step and keeps a checkpoint to go on from.")
    else:
        messages.success(request, "Stopped. Its checkpoints stay; resume goes on from the last one.")
    return redirect("training-run", training_id=training_id)


@require_POST
@may_train
def run_resumed(request: DeskRequest, training_id: UUID) -> HttpResponse:
    """Go on from the last checkpoint."""
    get_object_or_404(TrainingRun, pk=training_id)
    try:
        training_run_resume(run_id=training_id)
    except DeskError as refused:
        messages.error(request, str(refused))
    return redirect("training-run", training_id=training_id)


@require_POST
@may_train
def checkpoint_used(request: DeskRequest, checkpoint_id: UUID) -> HttpResponse:
    """Register a checkpoint as a model."""
    checkpoint = get_object_or_404(TrainingCheckpoint, pk=checkpoint_id)
    try:
        player = checkpoint_register(checkpoint=checkpoint, user=request.user)
    except DeskError as refused:
        messages.error(request, str(refused))
        return redirect("training-run", training_id=checkpoint.run_id)
    messages.success(request, f"{player.name} is a model now: evaluate it, and see it in the comparison.")
    return redirect("player", slug=player.slug)
