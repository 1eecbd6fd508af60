"""Episodes as an evaluation with the published cut leaves them, and in our rendering, without a model."""

from collections.abc import Sequence
from typing import Any, Final

from django.utils import timezone

from evaluation.models import EvaluationEntry, EvaluationRun, RunStatus
from evaluation.services.runs import run_settings
from exceptions.environment import Environment
from exceptions.models import CaseVersion, EpisodeOrigin, Player
from exceptions.services.episode_rows import StepCost
from exceptions.services.played_episodes import played_episode_store

CUT: Final = {"rendering": "cumulative", "prompt_policy": "cut_right", "prompt_budget": 2048}
_BUDGET: Final = 2048


def played_run(
    player: Player,
    versions: Sequence[CaseVersion],
    *,
    cut_at: int | None,
    resolved: bool,
    settings: dict[str, Any] | None = None,
) -> EvaluationRun:
    """Every case with two looks and the end; from step `cut_at` on the prompt was too long and cut."""
    chosen = run_settings(settings or {})
    now = timezone.now()
    run = EvaluationRun.objects.create(
        name="a run",
        status=RunStatus.SUCCEEDED,
        settings=chosen,
        planned=len(versions),
        started_at=now,
        ended_at=now,
    )
    for version in versions:
        case = version.answered
        truth = case.ground_truth
        assert truth is not None
        env = Environment(case)
        env.reset()
        env.step({"action_type": "inspect_purchase_order"})
        env.step({"action_type": "inspect_goods_receipt_note"})
        if resolved:
            env.step(
                {
                    "action_type": "submit_final_resolution",
                    "final_decision": truth.decision.value,
                    "exception_type": truth.exception_type.value,
                    "evidence_references": ["inspect_purchase_order"],
                    "explanation": " ".join(truth.key_findings),
                }
            )
        while not env.state.done:
            env.step("no action at all")
        costs = [_cost(number, cut_at) for number in range(1, len(env.state.steps) + 1)]
        episode = played_episode_store(
            version=version,
            player=player,
            player_version=player.version,
            origin=EpisodeOrigin.EVALUATION,
            rewards="grounded-1",
            settings=chosen,
            state=env.state,
            costs=costs,
            error="",
        )
        EvaluationEntry.objects.create(
            run=run,
            player=player,
            player_version=player.version,
            case_version=version,
            sample=0,
            episode=episode,
        )
    return run


def _cost(number: int, cut_at: int | None) -> StepCost:
    tokens = 500 * number
    if cut_at is None or number < cut_at:
        return StepCost(prompt_tokens=min(tokens, 400 + 40 * number), computed_tokens=10, completion_tokens=10)
    cut = {"policy": "cut_right", "tokens": tokens, "budget": _BUDGET}
    return StepCost(prompt_tokens=_BUDGET, computed_tokens=10, completion_tokens=10, prompt_budget=cut)
