"""A new run: which recipe, what it does and takes here, and what of it is to be changed."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from evaluation.players.configs import LocalModelConfig
from evaluation.players.protocol import PlayerError
from evaluation.services.players import config_of
from exceptions import roles
from exceptions.models import Player
from exceptions.services.errors import DeskError
from exceptions.views.request import DeskRequest
from training.forms.run import Recipe, TrainingForm, base_players, written
from training.memory import ModelSize, model_size
from training.models import TrainingRun
from training.recipes import RECIPES
from training.selectors.costs import Cost, assumed_speed, known_speed, training_cost
from training.services.preflight import Preflight
from training.services.runs import (
    TrainingRefused,
    changed_fields,
    recipe_with,
    run_preflight,
    training_run_launch,
)

#: The base model that is chosen when nobody has: it runs on two CPU cores.
_DEFAULT_BASE: Final = "smollm2-135m-instruct"


@dataclass(frozen=True, slots=True)
class RecipeCard:
    """A recipe with what it takes here. `refusal` says why it cannot be run here, empty when it can."""

    recipe: Recipe
    chosen: bool
    cost: Cost | None
    memory: int | None
    refusal: str


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(roles.TRAIN, raise_exception=True)
def run_new(request: DeskRequest) -> HttpResponse:
    """What can I run? `?recipe=` opens its form, `?base=` and `?start_from=` choose models, `?clone=` copies a run."""
    if request.method == "POST":
        return _launched(request)
    query = request.GET
    cloned = _run(query.get("clone", ""))
    base = _base(query.get("base") or (cloned.base.slug if cloned else ""))
    name = query.get("recipe") or (cloned.recipe if cloned else "")
    form = None
    if name in RECIPES:
        start = query.get("start_from") or (cloned.start_from.slug if cloned and cloned.start_from else "")
        dataset = cloned.dataset.sha256 if cloned and cloned.dataset_chosen and cloned.dataset else None
        chosen = {"base": base.slug if base else None, "start_from": start or None, "dataset": dataset}
        changes = {key: _shown(value) for key, value in changed_fields(cloned).items()} if cloned else {}
        form = TrainingForm(RECIPES[name], initial=chosen | changes)
    elif name:
        messages.error(request, f"There is no recipe {name[:60]!r}; choose one of these.")
    return _page(request, form, base, cloned)


def _launched(request: DeskRequest) -> HttpResponse:
    name = request.POST.get("recipe", "")
    cloned = _run(request.POST.get("clone", ""))
    if name not in RECIPES:
        messages.error(request, "Choose a recipe first.")
        return _page(request, None, _base(""), cloned, status=422)
    form = TrainingForm(RECIPES[name], request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            run = training_run_launch(
                recipe=recipe_with(name, form.changes),
                base=data["base"],
                start_from=data["start_from"],
                user=request.user,
                dataset=data.get("dataset"),
                name=data["run_name"],
                cloned_from=cloned,
            )
        except TrainingRefused as refused:
            form.add_problems(refused.fields, str(refused))
        except DeskError as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("training-run", training_id=run.pk)
    return _page(request, form, _base(request.POST.get("base", "")), cloned, status=422)


@never_cache
@require_POST
@permission_required(roles.TRAIN, raise_exception=True)
def run_checked(request: DeskRequest) -> HttpResponse:
    """What stands against the run as the form has it now, and what it would take; nothing is started."""
    name = request.POST.get("recipe", "")
    if name not in RECIPES:
        raise Http404(f"There is no recipe {name[:60]!r}.")
    return render(request, "training/new/checks.html", _checks(TrainingForm(RECIPES[name], request.POST)))


def _checks(form: TrainingForm) -> dict[str, Any]:
    """`problems` in words, or `preflight` and `cost`, of what the form says."""
    if not form.is_valid():
        # What is wrong with the form as a whole has no field.
        leads = {name: f"{form.fields[name].label}: " if name in form.fields else "" for name in form.errors}
        return {"problems": [f"{leads[name]}{word}" for name, words in form.errors.items() for word in words]}
    data = form.cleaned_data
    try:
        recipe = recipe_with(form.recipe.name, form.changes)
        found = run_preflight(recipe=recipe, base=data["base"], start_from=data["start_from"])
    except DeskError as refused:
        return {"problems": [str(refused)]}
    speed = known_speed(data["base"]) or assumed_speed(found.machine, _size(data["base"]))
    return {"preflight": found, "cost": training_cost(recipe, speed, found.machine)}


def _page(
    request: DeskRequest, form: TrainingForm | None, base: Player | None, cloned: TrainingRun | None, status: int = 200
) -> HttpResponse:
    chosen = form.recipe.name if form else ""
    speed, size = known_speed(base) if base else None, _size(base)
    cards, machine = [], None
    for recipe in RECIPES.values():
        found, refusal = _checked(recipe, base)
        if found is None:
            cards.append(RecipeCard(recipe, recipe.name == chosen, None, None, refusal))
            continue
        machine = found.machine
        cost = training_cost(recipe, speed or assumed_speed(machine, size), machine)
        cards.append(RecipeCard(recipe, recipe.name == chosen, cost, found.memory, refusal))
    context: dict[str, Any] = {
        "form": form,
        "cards": cards,
        "base": base,
        "bases": base_players(),
        "cloned": cloned,
        "machine": machine,
        "measured_by": speed.measured_by if speed else None,
    }
    if form is not None:
        context |= _checks(form if form.is_bound else TrainingForm(form.recipe, form.as_opened))
    return render(request, "training/new.html", context, status=status)


def _checked(recipe: Recipe, base: Player | None) -> tuple[Preflight | None, str]:
    """What stands against it; an adapter to start from is chosen in the form, so that one is missing does not count."""
    if base is None:
        return None, "There is no local model to train."
    try:
        found = run_preflight(recipe=recipe, base=base)
    except DeskError as refused:
        return None, str(refused)
    return found, " ".join(check.words for check in found.checks if check.ok is False and check.name != "start")


def _size(base: Player | None) -> ModelSize | None:
    config = config_of(base) if base else None
    if not isinstance(config, LocalModelConfig):
        return None
    try:
        return model_size(config.base_model)
    except PlayerError:
        return None


def _base(slug: str) -> Player | None:
    players = base_players()
    by_slug = {player.slug: player for player in players}
    return by_slug.get(slug) or by_slug.get(_DEFAULT_BASE) or next(iter(players), None)


def _run(key: str) -> TrainingRun | None:
    try:
        return TrainingRun.objects.select_related("base", "start_from", "dataset").filter(pk=UUID(key)).first()
    except ValueError:
        return None


def _shown(value: Any) -> Any:
    return value if isinstance(value, bool) else written(value)
