"""Training runs: launch, watch, stop, go on, again with changes; and what becomes of their checkpoints."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from evaluation.models import RunStatus
from exceptions import roles
from exceptions.api.endpoint import Endpoint, PagedEndpoint, read_body
from exceptions.api.permissions import holds
from exceptions.api.problems import FieldProblem, InvalidBody
from exceptions.models import Player
from training.api.records import (
    Checkpoints,
    CloneRequest,
    LogPage,
    RecipeRow,
    Recipes,
    RegisterRequest,
    TrainedModel,
    TrainingRecord,
    TrainingRequest,
    TrainingRow,
    checkpoint_record,
    log_record,
    record_of,
    row_of,
)
from training.models import RecipeKind, TrainingCheckpoint, TrainingDataset, TrainingRun
from training.recipes import RECIPES
from training.selectors.runs import LOG_LINES, checkpoints_of, log_after, training_runs
from training.services.registering import checkpoint_register
from training.services.runs import (
    recipe_with,
    training_run_clone,
    training_run_launch,
    training_run_resume,
    training_run_stop,
)

_NAMES = ("name", "kind", "title", "words", "published")


class RecipeList(Endpoint):
    """All recipes."""

    permission_classes = [holds(roles.READ_EPISODES)]

    @extend_schema(
        operation_id="training_recipes_list",
        summary="List recipes",
        tags=["training"],
        responses=Recipes,
    )
    def get(self, request: Request) -> Response:
        """The published attempts by name, and ours. What a run of each takes here is on the page `/training/new/`."""
        rows = [
            RecipeRow(
                name=recipe.name,
                kind=RecipeKind(recipe.kind),
                title=recipe.title,
                words=recipe.words,
                published=recipe.published,
                fields=recipe.model_dump(mode="json", exclude=set(_NAMES)),
            )
            for recipe in RECIPES.values()
        ]
        return Response(Recipes(recipes=rows).model_dump(mode="json"))


class TrainingFilter(django_filters.FilterSet):
    """Narrows the list of runs."""

    status = django_filters.ChoiceFilter(choices=RunStatus.choices)
    recipe = django_filters.CharFilter(max_length=60, help_text="Name of the recipe.")
    base = django_filters.CharFilter(field_name="base__slug", max_length=120, help_text="Slug of the base model.")

    class Meta:
        model = TrainingRun
        fields: list[str] = []


class TrainingList(PagedEndpoint[TrainingRun]):
    """All runs, and a new one."""

    rates = {"POST": "trainings"}
    filterset_class = TrainingFilter
    queryset = TrainingRun.objects.all()

    def get_permissions(self) -> list[BasePermission]:
        """Reading is for everybody who reads episodes, launching is not."""
        return [holds(roles.TRAIN if self.request.method == "POST" else roles.READ_EPISODES)()]

    def get_queryset(self) -> QuerySet[TrainingRun]:
        return training_runs()

    def record(self, row: TrainingRun) -> TrainingRow:
        return TrainingRow(**row_of(row))

    @extend_schema(
        operation_id="training_runs_list", summary="List training runs", tags=["training"], responses=TrainingRow
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        return self.list(request)

    @extend_schema(
        operation_id="training_runs_launch",
        summary="Launch a training run",
        tags=["training"],
        request=TrainingRequest,
        responses={201: TrainingRecord},
        examples=[
            OpenApiExample(
                "A published recipe, another seed",
                value={"recipe": "submit-deep-best", "changes": {"seed": 43}},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Refused with the reason when the recipe, the cases, the model, memory or disk stand against it."""
        body = read_body(request, TrainingRequest)
        if body.recipe not in RECIPES:
            raise InvalidBody([FieldProblem(path="recipe", message=f"must be one of {', '.join(RECIPES)}")])
        run = training_run_launch(
            recipe=recipe_with(body.recipe, body.changes),
            base=_player(body.base),
            start_from=_player(body.start_from) if body.start_from else None,
            dataset=_dataset(body.dataset) if body.dataset else None,
            user=self.user,
            name=body.name,
        )
        return _created(run)


class TrainingDetail(Endpoint):
    """One run."""

    permission_classes = [holds(roles.READ_EPISODES)]

    @extend_schema(
        operation_id="training_runs_retrieve", summary="A training run", tags=["training"], responses=TrainingRecord
    )
    def get(self, request: Request, training_id: UUID) -> Response:
        """Settings, progress, checkpoints, the episodes behind its figures, and the models that came of it."""
        return Response(record_of(find_run(training_id)).model_dump(mode="json"))


class TrainingStop(Endpoint):
    """Stop a run."""

    permission_classes = [holds(roles.TRAIN)]

    @extend_schema(
        operation_id="training_runs_stop",
        summary="Stop a training run",
        tags=["training"],
        request=None,
        responses=TrainingRecord,
    )
    def post(self, request: Request, training_id: UUID) -> Response:
        """The worker ends it within one optimizer step and keeps a checkpoint. One that has ended stays as it is."""
        training_run_stop(run_id=find_run(training_id).pk)
        return Response(record_of(find_run(training_id)).model_dump(mode="json"))


class TrainingResume(Endpoint):
    """Go on with a run."""

    permission_classes = [holds(roles.TRAIN)]
    rates = {"POST": "trainings"}

    @extend_schema(
        operation_id="training_runs_resume",
        summary="Resume a training run",
        tags=["training"],
        request=None,
        responses=TrainingRecord,
    )
    def post(self, request: Request, training_id: UUID) -> Response:
        """From its last checkpoint: one that was stopped, or one that failed and is to be tried again."""
        training_run_resume(run_id=find_run(training_id).pk)
        return Response(record_of(find_run(training_id)).model_dump(mode="json"))


class TrainingClone(Endpoint):
    """A run like another one."""

    permission_classes = [holds(roles.TRAIN)]
    rates = {"POST": "trainings"}

    @extend_schema(
        operation_id="training_runs_clone",
        summary="Clone a training run",
        tags=["training"],
        request=CloneRequest,
        responses={201: TrainingRecord},
        examples=[OpenApiExample("Slower", value={"changes": {"learning_rate": 0.00002}}, request_only=True)],
    )
    def post(self, request: Request, training_id: UUID) -> Response:
        """The same settings with some changes, from the beginning."""
        body = read_body(request, CloneRequest)
        run = training_run_clone(run=find_run(training_id), user=self.user, changes=body.changes, name=body.name)
        return _created(run)


class TrainingLog(Endpoint):
    """A run's log."""

    permission_classes = [holds(roles.READ_EPISODES)]

    def parameters(self) -> set[str]:
        """Where to begin."""
        return {"after"}

    @extend_schema(
        operation_id="training_runs_log",
        summary="A training run's log",
        tags=["training"],
        parameters=[OpenApiParameter("after", OpenApiTypes.INT, description="Lines behind this one.")],
        responses=LogPage,
    )
    def get(self, request: Request, training_id: UUID) -> Response:
        """Oldest first, at most 500 lines at once."""
        after = whole_number(request, "after")
        lines = log_after(find_run(training_id), after or 0, LOG_LINES + 1)
        page = LogPage(lines=[log_record(line) for line in lines[:LOG_LINES]], more=len(lines) > LOG_LINES)
        return Response(page.model_dump(mode="json"))


class CheckpointList(Endpoint):
    """A run's checkpoints."""

    permission_classes = [holds(roles.READ_EPISODES)]

    @extend_schema(
        operation_id="training_runs_checkpoints",
        summary="A training run's checkpoints",
        tags=["training"],
        responses=Checkpoints,
    )
    def get(self, request: Request, training_id: UUID) -> Response:
        """Oldest first."""
        rows = checkpoints_of(find_run(training_id))
        return Response(Checkpoints(checkpoints=[checkpoint_record(row) for row in rows]).model_dump(mode="json"))


class CheckpointRegister(Endpoint):
    """A checkpoint becomes a model."""

    permission_classes = [holds(roles.TRAIN)]

    @extend_schema(
        operation_id="training_checkpoints_register",
        summary="Register a checkpoint as a model",
        tags=["training"],
        request=RegisterRequest,
        responses=TrainedModel,
        examples=[OpenApiExample("The second epoch", value={"name": "After two epochs"}, request_only=True)],
    )
    def post(self, request: Request, checkpoint_id: UUID) -> Response:
        """Once: a checkpoint that has been registered answers with its model."""
        body = read_body(request, RegisterRequest)
        checkpoint = get_object_or_404(TrainingCheckpoint, pk=checkpoint_id)
        player = checkpoint_register(checkpoint=checkpoint, user=self.user, name=body.name)
        model = TrainedModel(
            player=player.slug, version=player.version, checkpoint=checkpoint.pk, epoch=checkpoint.epoch
        )
        return Response(model.model_dump(mode="json"))


def find_run(training_id: UUID) -> TrainingRun:
    """The run, with whom a record names.

    Raises:
        Http404: there is none.
    """
    return get_object_or_404(TrainingRun.objects.select_related("base", "start_from"), pk=training_id)


def _created(run: TrainingRun) -> Response:
    headers = {"Location": reverse("api-training-run", args=[run.pk])}
    return Response(record_of(find_run(run.pk)).model_dump(mode="json"), status=201, headers=headers)


def _player(slug: str) -> Player:
    player = Player.objects.filter(slug=slug, checkpoints_of=None).first()
    if player is None:
        raise Http404(f"There is no player {slug}.")
    return player


def _dataset(pk: UUID) -> TrainingDataset:
    dataset = TrainingDataset.objects.filter(pk=pk).first()
    if dataset is None:
        raise Http404(f"There is no data set {pk}.")
    return dataset


def whole_number(request: Request, name: str) -> int | None:
    """A parameter that is a whole number from 0; None when it is not given.

    Raises:
        InvalidBody: it is something else.
    """
    text: Any = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise InvalidBody([FieldProblem(path=name, message="must be a whole number from 0")])
    return int(text)
