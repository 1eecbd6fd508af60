"""Training runs: launch, stop, resume, clone."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError

from evaluation.models import RunStatus
from evaluation.players.configs import LocalModelConfig
from evaluation.services.players import config_of
from exceptions.models import Player, PlayerKind
from exceptions.services.errors import DeskError
from training.grpo.recipes import GrpoRecipe
from training.machine import Machine
from training.models import TrainingDataset, TrainingRun
from training.recipes import RECIPES, SftRecipe, read_recipe
from training.services.messages import run_enqueue
from training.services.preflight import Preflight, preflight

Recipe = SftRecipe | GrpoRecipe
#: What makes a recipe that recipe.
_FIXED = ("name", "kind", "title", "words", "published")


class TrainingRefused(DeskError):
    """A run that cannot be trained as it was asked for. `fields` says what is wrong with which, where that is known."""

    status = 422
    title = "The training was not started"

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        self.fields = dict(fields or {})
        super().__init__(message)


def recipe_with(name: str, changes: Mapping[str, Any] | None = None) -> Recipe:
    """A recipe of that name with some of its fields changed.

    Raises:
        TrainingRefused: no such recipe or field, or a value that the field cannot have.
    """
    if name not in RECIPES:
        raise TrainingRefused(
            f"There is no recipe {name[:60]!r}; choose one of {', '.join(RECIPES)}.", {"recipe": "there is none"}
        )
    changes = dict(changes or {})
    if fixed := sorted(set(changes) & set(_FIXED)):
        raise TrainingRefused(
            f"{', '.join(fixed)} cannot be changed; choose another recipe.", dict.fromkeys(fixed, "cannot be changed")
        )
    try:
        return read_recipe(RECIPES[name].model_dump(mode="json") | changes)
    except ValidationError as error:
        wrong = {
            # The first part is the kind, by which pydantic chose the model.
            ".".join(str(part) for part in detail["loc"][1:]) or str(detail["loc"][0]): detail["msg"]
            for detail in error.errors(include_url=False, include_input=False)
        }
        raise TrainingRefused("; ".join(f"{field}: {words}" for field, words in wrong.items()), wrong) from None


def run_preflight(
    *, recipe: Recipe, base: Player, start_from: Player | None = None, machine: Machine | None = None
) -> Preflight:
    """What would stand against this run, and what it would take.

    Raises:
        TrainingRefused: a player that is no local model, or one to start from that has no adapter, another base, or a
            worksheet that the recipe does not have.
    """
    model = _local_model(base, "base")
    adapter = None
    if start_from is not None:
        start = _local_model(start_from, "start_from")
        if start.adapter is None:
            raise TrainingRefused(
                f"{start_from.name} has no adapter to start from.", {"start_from": "has no adapter to start from"}
            )
        if start.base_model != model.base_model:
            raise TrainingRefused(
                f"The adapter of {start_from.name} is for {start.base_model}, and {base.name} is {model.base_model}.",
                {"start_from": f"is for {start.base_model}"},
            )
        if start.worksheet and not recipe.worksheet:
            raise TrainingRefused(
                f"{start_from.name} answers on a worksheet, and without one its answers fall apart: switch it on.",
                {"worksheet": f"{start_from.name} was taught to answer on one: switch it on"},
            )
        adapter = start.adapter
    return preflight(recipe, model, adapter, machine)


@transaction.atomic
def training_run_launch(
    *,
    recipe: Recipe,
    base: Player,
    user: User | None,
    start_from: Player | None = None,
    dataset: TrainingDataset | None = None,
    name: str = "",
    cloned_from: TrainingRun | None = None,
    enqueue: bool = True,
    machine: Machine | None = None,
) -> TrainingRun:
    """Accept a run, and call a worker for it unless the caller trains it itself.

    `dataset`: traces to train on in place of those that the recipe makes.

    Raises:
        TrainingRefused: something stands against it (`run_preflight`); says what, and what to do.
    """
    found = run_preflight(recipe=recipe, base=base, start_from=start_from, machine=machine)
    if found.refusal:
        raise TrainingRefused(found.refusal)
    if dataset is not None and isinstance(recipe, GrpoRecipe):
        raise TrainingRefused(
            f"{recipe.title} learns from what it plays itself: choose no data set.", {"dataset": "is not used"}
        )
    run = TrainingRun.objects.create(
        name=name.strip()[:150] or _name(recipe, base),
        kind=recipe.kind,
        recipe=recipe.name,
        config=recipe.model_dump(mode="json"),
        seed=recipe.seed,
        base=base,
        base_version=base.version,
        start_from=start_from,
        start_from_version=start_from.version if start_from else None,
        dataset=dataset,
        dataset_chosen=dataset is not None,
        cloned_from=cloned_from,
        created_by=user,
        # Whoever trains it itself has a minute to take the lease, until a worker is called.
        enqueued_at=None if enqueue else timezone.now(),
    )
    if enqueue:
        run_enqueue(run)
    return run


@transaction.atomic
def training_run_stop(*, run_id: UUID) -> TrainingRun:
    """End a run. One that waits ends at once; one that is trained within one optimizer step, and keeps a checkpoint.

    One that has ended stays as it is.
    """
    run = TrainingRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.status == RunStatus.RUNNING:
        run.stop_requested = True
        run.save(update_fields=["stop_requested"])
    elif run.status == RunStatus.QUEUED:
        run.status, run.ended_at, run.stop_requested = RunStatus.CANCELLED, timezone.now(), False
        run.save(update_fields=["status", "ended_at", "stop_requested"])
    return run


@transaction.atomic
def training_run_resume(*, run_id: UUID, enqueue: bool = True) -> TrainingRun:
    """Go on from the last checkpoint with a run that was stopped; try again with one that failed.

    Raises:
        TrainingRefused: it is going, has succeeded, or was trained elsewhere; or something stands against it now.
    """
    run = TrainingRun.objects.select_for_update(of=("self",)).select_related("base", "start_from").get(pk=run_id)
    if not run.ended:
        raise TrainingRefused("The run is still stopping." if run.stop_requested else "The run is still going.")
    if run.status == RunStatus.SUCCEEDED:
        raise TrainingRefused("The run has been trained to its end; clone it to train again.")
    if run.recorded:
        raise TrainingRefused("The run was trained elsewhere, where its checkpoints are; clone it to train it here.")
    found = run_preflight(recipe=read_recipe(run.config), base=run.base, start_from=run.start_from)
    if found.refusal:
        raise TrainingRefused(found.refusal)
    run.status, run.ended_at, run.error, run.enqueued_at = RunStatus.QUEUED, None, "", None
    run.stop_requested, run.attempts = False, 0
    run.save()
    if enqueue:
        run_enqueue(run)
    return run


def training_run_clone(
    *, run: TrainingRun, user: User | None, changes: Mapping[str, Any] | None = None, name: str = ""
) -> TrainingRun:
    """Launch a run with the same settings and some changes, from the beginning.

    Raises:
        TrainingRefused: as `training_run_launch`.
    """
    recipe = recipe_with(run.recipe, _changed(run) | dict(changes or {}))
    return training_run_launch(
        recipe=recipe,
        base=run.base,
        user=user,
        start_from=run.start_from,
        # A data set of the recipe's own is made anew: the changes may be for it.
        dataset=run.dataset if run.dataset_chosen else None,
        name=name,
        cloned_from=run,
    )


def changed_fields(run: TrainingRun) -> dict[str, Any]:
    """What of the recipe was changed for this run, the seed included."""
    if run.recipe not in RECIPES:
        return dict(run.config)
    original = RECIPES[run.recipe].model_dump(mode="json")
    return {
        name: value for name, value in run.config.items() if name not in _FIXED and original.get(name, None) != value
    }


def _changed(run: TrainingRun) -> dict[str, Any]:
    if run.recipe not in RECIPES:
        raise TrainingRefused(f"There is no recipe {run.recipe!r} any more; launch a run by another.")
    return changed_fields(run)


def _local_model(player: Player, field: str) -> LocalModelConfig:
    config = config_of(player)
    if player.kind != PlayerKind.LOCAL_MODEL or not isinstance(config, LocalModelConfig):
        raise TrainingRefused(
            f"{player.name} is no local model: only those can be trained.", {field: "is no local model"}
        )
    return config


def _name(recipe: Recipe, base: Player) -> str:
    return f"{recipe.title}, {base.name}, seed {recipe.seed}"[:150]
