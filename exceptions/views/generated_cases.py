"""Sets of generated cases: choose, look at a few, import them, or take them as a case pack."""

import json
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from exceptions import roles
from exceptions.environment import INVESTIGATIONS, ActionType, Case, Environment, GroundTruth, dump_case_pack
from exceptions.forms.generated import ALL, GeneratedSetForm
from exceptions.generator import FAMILIES, Family, family_of
from exceptions.services.generated_cases import GeneratedSet, generated_set_import
from exceptions.views.names import action_name
from exceptions.views.request import DeskRequest, asked, render_list

#: Cases that are shown of a set, as a clerk or a model reads them.
CASES_SHOWN: Final = 2
#: Cases of a set that can be looked at: a page must not make thousands.
MOST_SHOWN: Final = 200
#: The fields of the form, which are those of the address.
_FIELDS: Final = ("count", "seed", "kind", "use", "family")
may_import = permission_required([roles.IMPORT_CASES, roles.VIEW_ANSWERS], raise_exception=True)


@dataclass(slots=True)
class Said:
    """What an action says; `differs` from what it says in the other case of the pair."""

    action: str
    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case with all that its documents say, and with its answer."""

    case: Case
    family: Family
    half: str
    reading: list[Said]
    truth: GroundTruth | None


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def generate(request: DeskRequest) -> HttpResponse:
    """What would such a set look like? A POST imports it."""
    if request.method == "POST":
        form = GeneratedSetForm(request.POST)
        if not form.is_valid():
            return render(request, "exceptions/generate_cases.html", _context(form, request.POST), status=422)
        result = generated_set_import(generated=form.made, user=request.user)
        context = _context(form, request.POST) | {"result": result}
        return render(request, "exceptions/generate_cases.html", context)
    query = asked(request)
    form = GeneratedSetForm(_initial(query) if query else _initial(QueryDict()))
    return render_list(
        request,
        page="exceptions/generate_cases.html",
        fragment="exceptions/generate/preview.html",
        context=_context(form, query),
    )


@require_safe
@may_import
def generated_pack(request: DeskRequest) -> HttpResponse:
    """The set as a case pack, answers included."""
    form = GeneratedSetForm(_initial(asked(request)))
    if not form.is_valid():
        return render(request, "exceptions/generate_cases.html", _context(form, asked(request)), status=422)
    pack = dump_case_pack(form.made.cases, form.made.title)
    return HttpResponse(
        json.dumps(pack, ensure_ascii=False, separators=(",", ":")),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{form.made.name}.json"'},
    )


def _initial(query: QueryDict) -> QueryDict:
    """What the address leaves out is as the form offers it first."""
    filled = query.copy()
    for name, field in GeneratedSetForm.base_fields.items():
        if name not in filled and field.initial is not None:
            filled[name] = str(field.initial)
    return filled


def _context(form: GeneratedSetForm, query: QueryDict) -> dict[str, Any]:
    given = form.data
    assert isinstance(given, QueryDict)  # noqa: S101 - narrows the type only
    ticked = set(given.getlist("family"))
    chosen = QueryDict(mutable=True)
    for name in _FIELDS:
        chosen.setlist(name, given.getlist(name))
    context: dict[str, Any] = {
        "form": form,
        "families": [(family, family.name in ticked) for family in FAMILIES.values()],
        "ticked": len(ticked),
        "use_all": (given.get("use") or ALL) == ALL,
        "made": None,
    }
    if form.is_valid():
        context |= _preview(form.made, query) | {"chosen": chosen}
    return context


def _preview(made: GeneratedSet, query: QueryDict) -> dict[str, Any]:
    offered = min(made.size, MOST_SHOWN)
    first = _place(query.get("show", ""), offered)
    shown = [_shown(case) for case in made.first(first + CASES_SHOWN)[first:]]
    if made.twins:
        _mark_differences(shown)
    return {
        "made": made,
        "families_made": [FAMILIES[name] for name in made.families],
        "shown": shown,
        "first": first + 1,
        "last": first + len(shown),
        "before": first + 1 - CASES_SHOWN if first else None,
        "after": first + 1 + CASES_SHOWN if first + CASES_SHOWN < offered else None,
    }


def _mark_differences(pair: list[ShownCase]) -> None:
    """What the two of a pair say differently."""
    for told in zip(*(one.reading for one in pair), strict=True):
        for said in told:
            said.differs = len({each.text for each in told}) > 1


def _place(given: str, count: int) -> int:
    """The first case to show, from 0: `show` counts from 1, and twins stay together."""
    wanted = int(given) - 1 if given.isdecimal() and len(given) < 7 else 0
    place = min(max(wanted, 0), count - 1)
    return place - place % CASES_SHOWN


def _shown(case: Case) -> ShownCase:
    number = case.id.split("-")[1]
    half = {"a": "first of the pair", "b": "second of the pair"}.get(number[-1], "") if case.id[0] == "t" else ""
    return ShownCase(case, FAMILIES[family_of(case)], half, case_reading(case), case.ground_truth)


def case_reading(case: Case) -> list[Said]:
    """All that can be looked at, as the environment tells it to a clerk and to a model; a summary adds nothing."""
    env = Environment(case.model_copy(update={"max_steps": len(INVESTIGATIONS) + 1}))
    told = [Said("At first", env.reset().invoice_summary_text)]
    for action in INVESTIGATIONS:
        if action is not ActionType.SUMMARIZE_FINDINGS:
            told.append(Said(action_name(action), env.step({"action_type": action.value}).last_result))
    return told
