"""What a run has found so far: one row per player, and the newest episodes."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db.models import Avg, Case, Count, FloatField, Max, Min, Q, QuerySet, Sum, When

from evaluation.models import EvaluationEntry, EvaluationRun
from evaluation.selectors.case_sets import FEWEST_SEALED
from exceptions.environment import StopReason
from exceptions.models import Episode, Grade, Player
from exceptions.selectors.episode_list import EpisodeRow, episode_rows
from exceptions.selectors.visibility import cases_with_visible_answer

if TYPE_CHECKING:
    from evaluation.statistics.intervals import Estimate

SUCCESS_AT = 0.5
_NEWEST = 20


@dataclass(frozen=True, slots=True)
class PlayerResult:
    """A player in a run. Estimates are over cases (samples of one case are averaged first); None before the first."""

    player: Player
    version: int
    planned: int
    played: int
    failed: int
    reason: str
    resolved: "Estimate | None"
    success: "Estimate | None"
    score_grounded: "Estimate | None"
    score_seed: "Estimate | None"
    steps: float | None
    invalid_share: float | None
    cost: Decimal | None


def means_tellable(run: EvaluationRun, user: User) -> bool:
    """Whether the run's means may be told to the reader: a constant player's over one case would say its answer.

    To who may see the answers of all its cases, always. To others when it has ended and covers enough cases: from two
    means of a run that is going the newest episode could be told.
    """
    cases = set(run.entries.values_list("case_version__case", flat=True).distinct())
    if run.ended and len(cases) >= FEWEST_SEALED:
        return True
    return cases_with_visible_answer(user, cases) == cases


def run_results(run: EvaluationRun, *, with_means: bool) -> list[PlayerResult]:
    """One row per player, in the order in which they were chosen. Three queries, whatever the run's size.

    Without means (`means_tellable`) a row says how far its player is, and nothing of its grades.
    """
    import numpy as np

    from evaluation.statistics.bootstrap import bootstrap_mean
    from evaluation.statistics.intervals import rate

    per_case: dict[Any, list[dict[str, Any]]] = {}
    for row in _per_case(run) if with_means else ():
        per_case.setdefault(row["episode__entries__player"], []).append(row)
    results = []
    players = {entry.player_id: entry for entry in _first_entries(run)}
    for row in _per_player(run):
        entry = players[row["player"]]
        cases = per_case.get(row["player"], [])
        column = {
            name: np.array([case[name] for case in cases], dtype=np.float64)
            for name in ("resolved_share", "success_share", "grounded", "seed")
        }
        results.append(
            PlayerResult(
                player=entry.player,
                version=entry.player_version,
                planned=row["planned"],
                played=row["played"] - row["failed"],
                failed=row["failed"],
                reason=row["reason"] or "",
                resolved=rate(column["resolved_share"]),
                success=rate(column["success_share"]),
                score_grounded=bootstrap_mean(column["grounded"]),
                score_seed=bootstrap_mean(column["seed"]),
                steps=row["steps"],
                invalid_share=row["invalid"] / row["steps_taken"] if row["steps_taken"] else None,
                cost=row["cost"],
            )
        )
    return results


def run_episodes(run: EvaluationRun, user: User) -> list[EpisodeRow]:
    """The newest episodes of the run, graded where the reader may see the answer."""
    episodes = Episode.objects.filter(pk__in=run.entries.filter(episode__isnull=False).values("episode"))
    return episode_rows(episodes, user, _NEWEST).rows


def _first_entries(run: EvaluationRun) -> QuerySet[EvaluationEntry]:
    return run.entries.order_by("player", "pk").distinct("player").select_related("player")


def _per_player(run: EvaluationRun) -> Any:
    failed = Q(episode__stop_reason=StopReason.PLAYER_ERROR)
    return (
        run.entries.values("player")
        .annotate(
            first=Min("pk"),
            planned=Count("pk"),
            played=Count("episode"),
            failed=Count("pk", filter=failed),
            reason=Max("episode__error", filter=failed),
            steps=Avg("episode__steps_used", filter=~failed),
            steps_taken=Sum("episode__steps_used", filter=~failed),
            invalid=Sum("episode__invalid_steps", filter=~failed),
            cost=Sum("episode__cost"),
        )
        .order_by("first")
    )


def _per_case(run: EvaluationRun) -> Any:
    """Grades by player and case: the mean over samples, so that the case is the unit."""
    seed = Q(rubric="seed-1")
    return (
        Grade.objects.filter(episode__entries__run=run, revision=None)
        .values("episode__entries__player", "episode__entries__case_version")
        .annotate(
            resolved_share=Avg(_one_if(Q(resolved=True))),
            grounded=Avg("score", filter=~seed),
            seed=Avg("score", filter=seed),
            # The published definition: submitted, and a seed-1 score of at least a half.
            success_share=Avg(
                _one_if(Q(score__gte=SUCCESS_AT, episode__stop_reason=StopReason.SUBMITTED)), filter=seed
            ),
        )
        .order_by("episode__entries__player", "episode__entries__case_version")
    )


def _one_if(condition: Q) -> Case:
    return Case(When(condition, then=1.0), default=0.0, output_field=FloatField())
