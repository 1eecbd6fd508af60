"""Players as pages and REST show them: the ones that can be evaluated, and how they did last."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog
from django.core.cache import cache
from django.db.models import Avg, Case, Count, Exists, F, FloatField, OuterRef, Q, QuerySet, Subquery, When
from redis.exceptions import RedisError

from evaluation.models import EvaluationEntry, EvaluationRun
from evaluation.selectors.case_sets import case_set_words
from exceptions.environment import StopReason
from exceptions.models import Grade, Player, PlayerKind

log = structlog.get_logger(__name__)
_KINDS_FIRST: Final = (PlayerKind.API_MODEL, PlayerKind.LOCAL_MODEL, PlayerKind.SCRIPT)
#: Seconds that computed scores are kept: a week.
_KEPT: Final = 7 * 24 * 3600
_Interval = tuple[float, float, float, int]
#: Cases, failed episodes, resolved and score: what the cache holds.
_Figures = tuple[int, int, _Interval | None, _Interval | None]


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over `n` cases with its 95 % interval: an `Estimate` that is read without loading NumPy."""

    value: float
    low: float
    high: float
    n: int


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
    resolved: Mean | None
    score: Mean | None


def players_that_workers_play(search: str = "", kind: str = "") -> QuerySet[Player]:
    """Models, scripts, and of those the constants last; whoever is retired comes after all of them.

    Without those that stand for the checkpoints of a training run.
    """
    players = Player.objects.exclude(kind=PlayerKind.HUMAN).filter(checkpoints_of=None)
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
    """By player; one that has not played its present version is left out.

    Two queries, whatever their number, and two more for what is not in the cache: a run that has ended says the same
    for ever, unless it is resumed, and then it ends at another time.
    """
    versions = {player.pk: player.version for player in players}
    runs = _newest_runs(versions)
    by_id = EvaluationRun.objects.in_bulk(set(runs.values()))
    keys = {
        player: f"player-scores:1:{player}:{versions[player]}:{run}:{ended.isoformat()}"
        for player, run in runs.items()
        if (ended := by_id[run].ended_at) is not None
    }
    cached = _from_cache(keys)
    missing = {player: run for player, run in runs.items() if player not in cached}
    computed = _computed(missing) if missing else {}
    _into_cache({keys[player]: figures for player, figures in computed.items() if player in keys})
    return {player: _scores(by_id[run], (cached.get(player) or computed[player])) for player, run in runs.items()}


def _newest_runs(versions: dict[UUID, int]) -> dict[UUID, UUID]:
    """Each player's newest run in which its present version has played."""
    played = EvaluationEntry.objects.filter(
        run=OuterRef("pk"),
        player=OuterRef(OuterRef("pk")),
        player_version=OuterRef(OuterRef("version")),
        episode__isnull=False,
    )
    newest = EvaluationRun.objects.filter(Exists(played)).order_by("-created_at", "-pk").values("pk")[:1]
    return dict(
        Player.objects.filter(pk__in=versions)
        .annotate(latest_run=Subquery(newest))
        .filter(latest_run__isnull=False)
        .values_list("pk", "latest_run")
    )


def _from_cache(keys: dict[UUID, str]) -> dict[UUID, _Figures]:
    try:
        found = cache.get_many(keys.values()) if keys else {}
    except RedisError as error:
        log.warning("scores are computed anew: the cache does not answer", error=str(error))
        return {}
    return {player: found[key] for player, key in keys.items() if key in found}


def _into_cache(figures: dict[str, _Figures]) -> None:
    try:
        if figures:
            cache.set_many(figures, timeout=_KEPT)
    except RedisError as error:
        log.warning("scores are not kept: the cache does not answer", error=str(error))


def _computed(runs: dict[UUID, UUID]) -> dict[UUID, _Figures]:
    import numpy as np

    from evaluation.statistics.bootstrap import bootstrap_mean
    from evaluation.statistics.intervals import rate

    per_case = _per_case(runs)
    failed = dict(
        EvaluationEntry.objects.filter(_pairs(runs, ""), episode__stop_reason=StopReason.PLAYER_ERROR)
        .values("player")
        .annotate(count=Count("pk"))
        .values_list("player", "count")
    )
    figures: dict[UUID, _Figures] = {}
    for player in runs:
        cases = per_case.get(player, [])
        columns = np.array(cases, dtype=np.float64).reshape(len(cases), 2)
        estimates = rate(columns[:, 0]), bootstrap_mean(columns[:, 1])
        resolved, score = (
            (each.value, each.low, each.high, each.n) if each is not None else None for each in estimates
        )
        figures[player] = (len(cases), failed.get(player, 0), resolved, score)
    return figures


def _scores(run: EvaluationRun, figures: _Figures) -> LatestScores:
    n, failed, resolved, score = figures
    return LatestScores(
        run_id=run.pk,
        run_name=run.name,
        cases=case_set_words(run.case_set),
        n=n,
        failed=failed,
        resolved=Mean(*resolved) if resolved else None,
        score=Mean(*score) if score else None,
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
