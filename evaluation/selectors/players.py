"""Players as pages and REST show them: the ones that can be evaluated, and how they did last."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Avg, Case, Count, Exists, F, FloatField, OuterRef, Q, QuerySet, Subquery, When

from evaluation.models import EvaluationEntry, EvaluationRun
from evaluation.selectors.case_sets import case_set_words
from exceptions.environment import StopReason
from exceptions.models import Grade, Player, PlayerKind

if TYPE_CHECKING:
    from evaluation.statistics.intervals import Estimate

_KINDS_FIRST: Final = (PlayerKind.API_MODEL, PlayerKind.LOCAL_MODEL, PlayerKind.SCRIPT)


@dataclass(frozen=True, slots=True)
class LatestScores:
    """How a player's present version did in the newest run in which it has played.

    `n` is the number of cases; `failed` counts episodes without a result because the player could not answer.
    """

    run_id: UUID
    run_name: str
    cases: str
    n: int
    failed: int
    resolved: "Estimate | None"
    score: "Estimate | None"


def players_that_workers_play(search: str = "", kind: str = "") -> QuerySet[Player]:
    """Models, scripts, and of those the constants last; whoever is retired comes after all of them."""
    players = Player.objects.exclude(kind=PlayerKind.HUMAN)
    if kind:
        players = players.filter(kind=kind)
    if search:
        players = players.filter(
            Q(name__icontains=search)
            | Q(slug__icontains=search)
            | Q(config__model__icontains=search)
            | Q(config__base_model__icontains=search)
        )
    rank = Case(*(When(kind=each, then=position) for position, each in enumerate(_KINDS_FIRST)))
    floor = Case(When(slug__startswith="constant-", then=1), default=0)
    return players.annotate(rank=rank, floor=floor).order_by(
        F("retired_at").asc(nulls_first=True), "rank", "floor", "name", "slug"
    )


def latest_scores(players: Iterable[Player]) -> dict[UUID, LatestScores]:
    """By player; one that has not played its present version is left out. Four queries, whatever their number."""
    wanted = [player.pk for player in players]
    played = EvaluationEntry.objects.filter(
        run=OuterRef("pk"),
        player=OuterRef(OuterRef("pk")),
        player_version=OuterRef(OuterRef("version")),
        episode__isnull=False,
    )
    newest = EvaluationRun.objects.filter(Exists(played)).order_by("-created_at", "-pk").values("pk")[:1]
    runs = dict(
        Player.objects.filter(pk__in=wanted)
        .annotate(latest_run=Subquery(newest))
        .filter(latest_run__isnull=False)
        .values_list("pk", "latest_run")
    )
    if not runs:
        return {}
    per_case = _per_case(runs)
    failed = dict(
        EvaluationEntry.objects.filter(_pairs(runs, ""), episode__stop_reason=StopReason.PLAYER_ERROR)
        .values("player")
        .annotate(count=Count("pk"))
        .values_list("player", "count")
    )
    by_id = EvaluationRun.objects.in_bulk(set(runs.values()))
    return {
        player: _scores(by_id[run], per_case.get(player, []), failed.get(player, 0)) for player, run in runs.items()
    }


def _scores(run: EvaluationRun, cases: list[tuple[float, float]], failed: int) -> LatestScores:
    import numpy as np

    from evaluation.statistics.bootstrap import bootstrap_mean
    from evaluation.statistics.intervals import rate

    columns = np.array(cases, dtype=np.float64).reshape(len(cases), 2)
    return LatestScores(
        run_id=run.pk,
        run_name=run.name,
        cases=case_set_words(run.case_set),
        n=len(cases),
        failed=failed,
        resolved=rate(columns[:, 0]),
        score=bootstrap_mean(columns[:, 1]),
    )


def _per_case(runs: dict[UUID, UUID]) -> dict[UUID, list[tuple[float, float]]]:
    """Share resolved and mean `grounded-1` score of each case, by player: samples of a case are averaged first."""
    rows: Any = (
        Grade.objects.filter(_pairs(runs, "episode__entries__"), rubric="grounded-1", revision=None)
        .exclude(episode__stop_reason__in=[StopReason.PLAYER_ERROR, StopReason.CANCELLED])
        .values("episode__entries__player", "episode__entries__case_version")
        .annotate(
            resolved_share=Avg(Case(When(resolved=True, then=1.0), default=0.0, output_field=FloatField())),
            mean_score=Avg("score"),
        )
        .order_by("episode__entries__player", "episode__entries__case_version")
        .values_list("episode__entries__player", "resolved_share", "mean_score")
    )
    found: dict[UUID, list[tuple[float, float]]] = {}
    for player, resolved, score in rows:
        found.setdefault(player, []).append((resolved, score))
    return found


def _pairs(runs: dict[UUID, UUID], prefix: str) -> Q:
    """Entries of these players in these runs, players of one run together."""
    players_of: dict[UUID, list[UUID]] = {}
    for player, run in runs.items():
        players_of.setdefault(run, []).append(player)
    wanted = Q(pk__in=[])
    for run, players in players_of.items():
        wanted |= Q(**{f"{prefix}run": run, f"{prefix}player__in": players})
    return wanted


def runs_of(player: Player, limit: int) -> list[EvaluationRun]:
    """The newest runs that the player is part of."""
    part = EvaluationEntry.objects.filter(run=OuterRef("pk"), player=player)
    return list(EvaluationRun.objects.filter(Exists(part)).order_by("-created_at", "-pk")[:limit])
