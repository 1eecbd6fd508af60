"""How did we get here? Every stage beside what was published, and the published collapse replayed.

NumPy and SciPy are loaded when the first figure is asked for.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from evaluation.charts.chart import Table
from evaluation.selectors.case_sets import FEWEST_SEALED
from exceptions import roles
from exceptions.environment import RUBRICS
from exceptions.selectors.visibility import cases_with_visible_answer
from exceptions.views.request import DeskRequest, asked, render_list
from training.charts import of_collapse, of_study, study_curves, study_progress, study_snapshots
from training.charts.of_run import CurveView, DrawnRun
from training.models import TrainingRun
from training.selectors.curves import curves_of
from training.selectors.evaluated import evaluated_epochs
from training.selectors.study.collapse import Replay, replays
from training.selectors.study.measured import MOST_RUNS, Study, default_runs, study_of
from training.selectors.study.pooling import Reading
from training.selectors.study.stages import UNTRAINED
from training.views.curve_view import SMOOTHINGS, planned_steps, rounds_of, set_intervals
from training.views.run_words import set_words
from training.views.study_choice import MOST_CHOSEN, StudyChoice, choice_of
from training.views.study_layout import COLLAPSE_COMMANDS, stage_blocks, stages_table

if TYPE_CHECKING:
    from training.views.study_words import Sentence

#: Measures of the time line; steps are in the snapshots.
_PROGRESS: Final = 3
_COLD: Final = "grpo-cold"
may_read = permission_required(roles.READ_EPISODES, raise_exception=True)


@require_safe
@may_read
def study_page(request: DeskRequest) -> HttpResponse:
    """All of it; or the part below the form, when a choice in it changed."""
    from training.views.study_words import sentences

    choice, problems = choice_of(asked(request))
    study = study_of(choice.base, [run.pk for run in choice.runs])
    measures = of_study.measures(choice.rubric)
    runs = list(choice.runs) or default_runs(study)[:MOST_CHOSEN]
    chosen = chosen_runs(runs, choice.rubric)
    view = CurveView(float(choice.smooth))
    replayed = replays()
    blocks = stage_blocks(study, measures)
    context = {
        "problems": problems,
        "choice": choice,
        "address": choice.address,
        "rubrics": list(RUBRICS),
        "smoothings": SMOOTHINGS,
        "offered": _offered(study, choice.runs, runs),
        "chosen": chosen,
        "most_chosen": MOST_CHOSEN,
        "most_runs": MOST_RUNS,
        "said": [*sentences(study), _cold(study, chosen)],
        "blocks": blocks,
        "trials": len({row.reading.source.pk for block in blocks for row in block.trials if row.reading}),
        "any_run": bool(study.runs),
        "any_reading": bool(study.readings),
        "progress": [(measure, study_progress.progress_chart(study, measure)) for measure in measures[:_PROGRESS]],
        "progress_key": study_progress.progress_key(study),
        "snapshots": [study_snapshots.snapshot_chart(_snapshots(study, runs), measure) for measure in measures],
        "evaluated": study_curves.evaluated_charts(chosen, choice.rubric),
        "losses": study_curves.curve_charts((*study_curves.LOSSES, *study_curves.COMPONENTS), chosen, view),
        "signals": study_curves.curve_charts(study_curves.SIGNALS, chosen, view),
        "commands": COLLAPSE_COMMANDS,
    } | _collapse(replayed, request.user)
    return render_list(request, page="training/study.html", fragment="training/study/study.html", context=context)


@require_safe
@may_read
def study_chart(request: DeskRequest, chart: str) -> HttpResponse:
    """The data of one chart or table as CSV, for the same address."""
    choice, _problems = choice_of(asked(request))
    table = _table(chart, choice, request.user)
    if table is None:
        known = [measure.name for measure in of_study.measures(choice.rubric)]
        names = [f"progress-{name}" for name in known[:_PROGRESS]] + [f"snapshot-{name}" for name in known]
        names += [measure.name for measure in study_curves.all_measures(choice.rubric)] + [*_OTHERS]
        raise Http404(f"There is no chart {chart!r}; choose one of {', '.join(names)}.")
    return HttpResponse(
        table.csv(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="study-{chart}.csv"'},
    )


_OTHERS: Final = ("findings", "stages", "collapse", "collapse-prompts")


def _table(chart: str, choice: StudyChoice, user: User) -> Table | None:
    if chart in ("collapse", "collapse-prompts"):
        replayed = replays()
        if chart == "collapse":
            return of_collapse.collapse_table(replayed, _visible(replayed, user))
        return of_collapse.prompts_table(replayed)
    study = study_of(choice.base, [run.pk for run in choice.runs])
    if chart == "findings":
        from training.views.study_words import sentences

        said = [*_collapse(replays(), user)["replays_said"], *sentences(study), _cold(study, ())]
        return Table(("claim", "verdict", "words"), [(one.claim, one.tag, one.words) for one in said])
    runs = list(choice.runs) or default_runs(study)[:MOST_CHOSEN]
    if chart == "stages":
        return stages_table(study, of_study.measures(choice.rubric))
    for measure in of_study.measures(choice.rubric):
        if chart == f"progress-{measure.name}":
            return study_progress.progress_chart(study, measure).table
        if chart == f"snapshot-{measure.name}":
            return study_snapshots.snapshot_chart(_snapshots(study, runs), measure).table
    for curve in study_curves.all_measures(choice.rubric):
        if chart == curve.name:
            return study_curves.study_curve_table(curve, chosen_runs(runs, choice.rubric))
    return None


def chosen_runs(runs: Sequence[TrainingRun], rubric: str) -> list[study_curves.ChosenRun]:
    """The runs with their curves, intervals where they were evaluated. Three queries."""
    keys = [run.pk for run in runs]
    curves = curves_of(keys, study_curves.metric_names(rubric))
    evaluated = evaluated_epochs(keys, tests=False)
    return [
        study_curves.ChosenRun(
            run,
            DrawnRun(
                id=run.pk,
                name=run.name,
                place=place,
                curves=curves.get(run.pk, {}),
                rounds=rounds_of(run),
                total=run.total or planned_steps(run),
                intervals=set_intervals(evaluated.get(run.pk, ())),
                ended=run.ended,
            ),
            set_words(run),
        )
        for place, run in enumerate(runs)
    ]


def _snapshots(study: Study, runs: Sequence[TrainingRun]) -> list[tuple[Reading, str]]:
    """What the runs chosen came to, in the order of stages, with their cases in words."""
    keys = {run.pk for run in runs}
    found = [one for one in study.readings if one.source.pk in keys and one.stage != UNTRAINED]
    places = {run.pk: at for at, run in enumerate(runs)}
    return [(one, study.sets[one.of_set]) for one in sorted(found, key=lambda one: (places[one.source.pk], one.of_set))]


def _offered(
    study: Study, named: Sequence[TrainingRun], shown: Sequence[TrainingRun]
) -> list[tuple[TrainingRun, bool, bool]]:
    """Every run that was read, and those named beside them; whether it is named, and whether it is shown."""
    by_name, on_page = ({run.pk for run in runs} for runs in (named, shown))
    known = {run.pk: run for run in (*study.runs, *named)}
    return [(run, run.pk in by_name, run.pk in on_page) for run in known.values()]


def _cold(study: Study, chosen: Sequence[study_curves.ChosenRun]) -> "Sentence":
    """Of the newest cold start; its curves are read already where it is among the runs chosen."""
    from training.views.study_words import cold_sentence

    runs = [run for run in study.runs if run.recipe == _COLD]
    if not runs:
        return cold_sentence([], {})
    known = {one.run.pk: one.drawn.curves for one in chosen}
    if runs[0].pk not in known:
        known |= curves_of([runs[0].pk], ("grpo/reward_std", "grpo/zero_variance_groups"))
    return cold_sentence(runs, known.get(runs[0].pk, {}))


def _collapse(replayed: Sequence[Replay], user: User) -> dict[str, Any]:
    from training.views.study_words import no_replay, replay_words

    visible = _visible(replayed, user)
    said, charts, rows = [], [], []
    for at, replay in enumerate(replayed):
        shown = [pair for pair in replay.pairs if pair.case in visible]
        hidden = len(replay.pairs) - len(shown)
        said.append(replay_words(replay, tellable=not hidden or len(replay.compared) >= FEWEST_SEALED, hidden=hidden))
        charts.append(of_collapse.prompts_chart(replay, f"collapse-prompts-{at + 1}" if at else "collapse-prompts"))
        rows += [(replay, pair) for pair in shown]
    sentences = [one.sentence for one in said] or [no_replay()]
    return {"replays": said, "replays_said": sentences, "prompt_charts": charts, "pairs": rows}


def _visible(replayed: Sequence[Replay], user: User) -> set[UUID]:
    cases = {pair.case for replay in replayed for pair in replay.pairs}
    return cases_with_visible_answer(user, cases) if cases else set()
