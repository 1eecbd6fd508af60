"""Evaluation runs: launch, watch, stop, go on."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import django_filters
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, extend_schema
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response

from evaluation.models import EvaluationRun, RunStatus
from evaluation.selectors.case_sets import CASE_SETS, CASE_SETS_OF_A_SEED, DEFAULT_CASE_SET
from evaluation.selectors.run_progress import RunProgress, run_progress, runs_progress
from evaluation.selectors.run_results import PlayerResult, means_tellable, run_results
from evaluation.services.runs import MAX_SAMPLES, run_launch, run_resume, run_stop
from exceptions import roles
from exceptions.api.endpoint import Endpoint, PagedEndpoint, read_body
from exceptions.api.permissions import holds
from exceptions.models import Player

Reference = Annotated[str, Field(max_length=40)]


class RunRequest(BaseModel):
    """Who is to play what, and how."""

    model_config = ConfigDict(extra="forbid")

    players: list[Annotated[str, Field(max_length=120)]] = Field(
        min_length=1, max_length=200, description="Slugs.", examples=[["expert", "smollm2-135m-instruct"]]
    )
    cases: str = Field(
        default=DEFAULT_CASE_SET,
        max_length=40,
        description=f"A case set: {', '.join(CASE_SETS)}, {CASE_SETS_OF_A_SEED}.",
        examples=[DEFAULT_CASE_SET],
    )
    references: list[Reference] | None = Field(
        default=None, min_length=1, max_length=5000, description="These cases instead of a set.", examples=[None]
    )
    samples: int = Field(default=1, ge=1, le=MAX_SAMPLES, description="Of each case.", examples=[1])
    rewards: str = Field(default="grounded-1", max_length=40, description="Reward scheme.", examples=["grounded-1"])
    settings: dict[str, Any] = Field(
        default_factory=dict,
        description="`rendering`, `prompt_budget`, `prompt_policy`, `demonstration`, `constrained`, `seed`; what is "
        "left out is the default.",
        examples=[{"prompt_budget": 2048, "seed": 0}],
    )
    name: str = Field(default="", max_length=150, examples=["Nightly"])


class Progress(BaseModel):
    """How far a run is."""

    planned: int = Field(description="Episodes.", examples=[44])
    played: int = Field(description="Played for this run, the failed ones included.", examples=[20])
    failed: int = Field(description="Of those, ended by a player's fault: ungraded.", examples=[0])
    reused: int = Field(description="Played before, under the same conditions.", examples=[22])
    playing: int = Field(description="With a worker now.", examples=[2])
    workers: int = Field(examples=[1])
    per_minute: float | None = Field(description="Episodes, over the newest ones.", examples=[14.2])
    remaining_seconds: float | None = Field(examples=[8.5])


class Mean(BaseModel):
    """A mean over cases with its 95 % interval."""

    value: float = Field(examples=[0.41])
    low: float = Field(examples=[0.23])
    high: float = Field(examples=[0.61])
    n: int = Field(description="Cases.", examples=[22])


class RunPlayer(BaseModel):
    """A player in a run."""

    player: str = Field(examples=["three-way-match"])
    version: int = Field(examples=[1])
    planned: int = Field(examples=[22])
    played: int = Field(description="Episodes that are graded.", examples=[22])
    failed: int = Field(examples=[0])
    reason: str = Field(description="Why episodes failed; of one of them.", examples=[""])
    resolved: Mean | None = Field(description="Decision and type right; Wilson's interval.")
    success: Mean | None = Field(description="Submitted, and seed-1 score at least 0.5; Wilson's interval.")
    scores: dict[str, Mean | None] = Field(description="By rubric; BCa bootstrap intervals.")
    steps_mean: float | None = Field(examples=[9.0])
    invalid_share: float | None = Field(description="Invalid steps of all steps.", examples=[0.0])
    cost: str | None = Field(description="US dollars.", examples=[None])


class RunRow(BaseModel):
    """A run in the list."""

    id: UUID = Field(examples=["0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a10"])
    name: str = Field(examples=["2 players on Catalogue"])
    status: RunStatus = Field(examples=["running"])
    error: str = Field(description="Why it failed.", examples=[""])
    case_set: dict[str, Any] = Field(examples=[{"set": "catalogue"}])
    rewards: str = Field(examples=["grounded-1"])
    settings: dict[str, Any] = Field(examples=[{"prompt_budget": 2048, "seed": 0}])
    samples: int = Field(examples=[1])
    recorded: bool = Field(description="Came with InvoiceGuard.", examples=[False])
    progress: Progress
    created_at: datetime = Field(examples=["2026-03-02T08:15:00Z"])
    started_at: datetime | None = Field(examples=["2026-03-02T08:15:01Z"])
    ended_at: datetime | None = Field(examples=[None])


class Run(RunRow):
    """A run with what it has found so far."""

    means_withheld: bool = Field(
        description="The means would tell you answers that you may not see: the run is going, or covers few cases.",
        examples=[False],
    )
    players: list[RunPlayer]


class RunFilter(django_filters.FilterSet):
    """Narrows the list of runs."""

    training_run = django_filters.UUIDFilter(
        label="Training run", help_text="The evaluations within this training run, which the list is without otherwise."
    )

    class Meta:
        model = EvaluationRun
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[EvaluationRun]) -> QuerySet[EvaluationRun]:
        """Without a training run: what was launched by itself."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("training_run") else found.filter(training_run=None)


class RunList(PagedEndpoint[EvaluationRun]):
    """All runs, and a new one."""

    permission_classes = [holds(roles.READ_EPISODES)]
    rates = {"POST": "evaluations"}
    filterset_class = RunFilter
    queryset = EvaluationRun.objects.all()

    def get_permissions(self) -> list[Any]:
        """Reading is for everybody who reads episodes, launching is not."""
        return [holds(roles.EVALUATE if self.request.method == "POST" else roles.READ_EPISODES)()]

    @extend_schema(
        operation_id="evaluation_runs_list", summary="List evaluation runs", tags=["evaluations"], responses=RunRow
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        progress = runs_progress(page)
        rows = [RunRow(**_row(run, progress[run.pk])).model_dump(mode="json") for run in page]
        return self.get_paginated_response(rows)

    @extend_schema(
        operation_id="evaluation_runs_launch",
        summary="Launch an evaluation run",
        tags=["evaluations"],
        request=RunRequest,
        responses={201: Run},
        examples=[OpenApiExample("Two players", value={"players": ["keyword", "three-way-match"]}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """Workers play every player × case × sample that was not played before under the same conditions."""
        body = read_body(request, RunRequest)
        by_slug = Player.objects.in_bulk(body.players, field_name="slug")
        if missing := [slug for slug in body.players if slug not in by_slug]:
            raise Http404(f"There is no player {', '.join(missing)}.")
        run = run_launch(
            players=[by_slug[slug] for slug in body.players],
            case_set={"references": body.references} if body.references else {"set": body.cases},
            user=self.user,
            name=body.name,
            rewards=body.rewards,
            settings=body.settings,
            samples=body.samples,
        )
        headers = {"Location": reverse("api-evaluation-run", args=[run.pk])}
        return Response(_run(run, self.user).model_dump(mode="json"), status=201, headers=headers)

    def get_queryset(self) -> QuerySet[EvaluationRun]:
        return EvaluationRun.objects.order_by("-created_at", "-pk")


class RunDetail(Endpoint):
    """One run."""

    permission_classes = [holds(roles.READ_EPISODES)]

    @extend_schema(
        operation_id="evaluation_runs_retrieve", summary="An evaluation run", tags=["evaluations"], responses=Run
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        """How far it is and what it has found. Its episodes are under `/episodes/`, where you may see them."""
        return Response(_run(get_object_or_404(EvaluationRun, pk=run_id), self.user).model_dump(mode="json"))


class RunStop(Endpoint):
    """Stop a run."""

    permission_classes = [holds(roles.EVALUATE)]

    @extend_schema(
        operation_id="evaluation_runs_stop",
        summary="Stop an evaluation run",
        tags=["evaluations"],
        request=None,
        responses=Run,
    )
    def post(self, request: Request, run_id: UUID) -> Response:
        """Workers leave it within one turn; what is finished stays. A run that has ended stays as it is."""
        get_object_or_404(EvaluationRun, pk=run_id)
        return Response(_run(run_stop(run_id=run_id), self.user).model_dump(mode="json"))


class RunResume(Endpoint):
    """Go on with a run."""

    permission_classes = [holds(roles.EVALUATE)]

    @extend_schema(
        operation_id="evaluation_runs_resume",
        summary="Resume an evaluation run",
        tags=["evaluations"],
        request=None,
        responses=Run,
    )
    def post(self, request: Request, run_id: UUID) -> Response:
        """Play what is left, and again what failed."""
        get_object_or_404(EvaluationRun, pk=run_id)
        return Response(_run(run_resume(run_id=run_id), self.user).model_dump(mode="json"))


def _run(run: EvaluationRun, user: User) -> Run:
    tellable = means_tellable(run, user)
    return Run(
        **_row(run, run_progress(run)),
        means_withheld=not tellable,
        players=[_player(result) for result in run_results(run, with_means=tellable)],
    )


def _row(run: EvaluationRun, progress: RunProgress) -> dict[str, Any]:
    return {
        "id": run.pk,
        "name": run.name,
        "status": RunStatus(run.status),
        "error": run.error,
        "case_set": run.case_set,
        "rewards": run.rewards,
        "settings": run.settings,
        "samples": run.samples,
        "recorded": run.recorded,
        "progress": Progress(
            planned=progress.planned,
            played=progress.played,
            failed=progress.failed,
            reused=progress.reused,
            playing=progress.playing,
            workers=progress.workers,
            per_minute=progress.per_minute,
            remaining_seconds=progress.remaining.total_seconds() if progress.remaining else None,
        ),
        "created_at": run.created_at,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
    }


def _player(result: PlayerResult) -> RunPlayer:
    def mean(estimate: Any) -> Mean | None:
        return Mean(value=estimate.value, low=estimate.low, high=estimate.high, n=estimate.n) if estimate else None

    return RunPlayer(
        player=result.player.slug,
        version=result.version,
        planned=result.planned,
        played=result.played,
        failed=result.failed,
        reason=result.reason,
        resolved=mean(result.resolved),
        success=mean(result.success),
        scores={"grounded-1": mean(result.score_grounded), "seed-1": mean(result.score_seed)},
        steps_mean=result.steps,
        invalid_share=result.invalid_share,
        cost=None if result.cost is None else f"{result.cost:f}",
    )
