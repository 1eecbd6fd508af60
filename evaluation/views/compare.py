"""Which one is better? Everything on the page is in its address, and every table of it can be downloaded.

NumPy and SciPy are loaded when the first comparison is asked for: a process that shows none stays light.
"""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evaluation.selectors.case_sets import CASE_SETS, CaseSet, case_set_named, case_sets_with_counts
from evaluation.selectors.comparison.choice import Choice, choice_from
from exceptions import roles
from exceptions.environment import RUBRICS
from exceptions.models import Player, PlayerKind
from exceptions.views.request import DeskRequest, asked, render_list

#: Players that the form offers; any other can be named in the address.
_PLAYERS_OFFERED = 100


@require_safe
@permission_required(roles.READ_EPISODES, raise_exception=True)
def compare(request: DeskRequest) -> HttpResponse:
    """Leaderboard, verdicts, charts, and every case whose answer the reader may see."""
    from evaluation.selectors.comparison.figures import Comparison
    from evaluation.views.compare_layout import laid_out

    choice, problems = choice_from(asked(request))
    comparison = Comparison(choice, request.user)
    offered = Player.objects.exclude(kind=PlayerKind.SCRIPT).filter(checkpoints_of=None).order_by("kind", "name")
    context = laid_out(comparison) | {
        "problems": problems,
        "case_sets": _offered_sets(choice.cases),
        "rubrics": list(RUBRICS),
        "offered": offered.only("slug", "name", "kind")[:_PLAYERS_OFFERED],
        "chosen": {player.slug for player in choice.players},
    }
    return render_list(
        request, page="evaluation/compare.html", fragment="evaluation/compare/comparison.html", context=context
    )


def _offered_sets(chosen: str) -> list[CaseSet]:
    """The fixed sets, those of each seed that is there, and the one in the address."""
    offered = {one.name: one for one, count in case_sets_with_counts() if count or one.name in CASE_SETS}
    return list((offered | {chosen: case_set_named(chosen)}).values())


@require_safe
@permission_required(roles.READ_EPISODES, raise_exception=True)
def compare_best(request: DeskRequest) -> HttpResponse:
    """The best models on the catalogue, as a part of the desk, which fetches it after itself."""
    from evaluation.selectors.comparison.figures import Comparison
    from evaluation.views.compare_best import best_models

    return render(request, "evaluation/compare/best.html", best_models(Comparison(Choice(), request.user)))


@require_safe
@permission_required(roles.READ_EPISODES, raise_exception=True)
def compare_table(request: DeskRequest, table: str) -> HttpResponse:
    """One table of the comparison as CSV, for the same address."""
    from evaluation.charts.tables import TABLES
    from evaluation.selectors.comparison.figures import Comparison

    if table not in TABLES:
        raise Http404(f"There is no table {table!r}; choose one of {', '.join(TABLES)}.")
    choice, _problems = choice_from(asked(request))
    written = TABLES[table](Comparison(choice, request.user)).csv()
    name = f"{choice.cases}-{choice.rubric}-{table}.csv"
    return HttpResponse(
        written,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
