"""Training runs as a worker leaves them, without one: figures, log, checkpoints, and evaluations that were played."""

import math
import random
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from django.contrib.auth.models import User
from django.utils import timezone

from evaluation.models import RunStatus
from exceptions.catalogue import load_catalogue
from exceptions.environment import Case, Environment
from exceptions.models import Player, PlayerKind, PlayerVersion
from exceptions.services.episode_rows import StepCost
from training.models import TrainingRun
from training.services.evaluations import PlayedEpisode, evaluation_store
from training.services.records import CheckpointRecord, LogRecord, checkpoint_store, log_store, metrics_store
from training.services.runs import recipe_with

SETTINGS: Final = {"rendering": "append_only", "prompt_budget": 2048, "prompt_policy": "fail", "seed": 0}


def base_model(slug: str = "smollm2-135m-instruct") -> Player:
    """The base model that runs are of."""
    config = {"base_model": "SmolLM2-135M-Instruct", "adapter": None}
    named = {"name": "SmolLM2-135M-Instruct", "kind": PlayerKind.LOCAL_MODEL, "config": config}
    player, created = Player.objects.get_or_create(slug=slug, defaults=named)
    if created:
        PlayerVersion.objects.create(player=player, number=1, config=config)
    return player


def launched_run(
    recipe: str = "submit-deep-best", user: User | None = None, name: str = "", **changes: Any
) -> TrainingRun:
    """One that waits for a worker."""
    chosen = recipe_with(recipe, changes)
    return TrainingRun.objects.create(
        name=name or f"{chosen.title}, SmolLM2, seed {chosen.seed}",
        kind=chosen.kind,
        recipe=chosen.name,
        config=chosen.model_dump(mode="json"),
        seed=chosen.seed,
        base=base_model(),
        created_by=user,
    )


def going_run(recipe: str = "submit-deep-best", *, done: int = 30, steps: int = 60, **fields: Any) -> TrainingRun:
    """One that a worker is at."""
    run = launched_run(recipe, **fields)
    now = timezone.now()
    run.status, run.started_at = RunStatus.RUNNING, now - timedelta(minutes=12)
    run.attempt_started_at, run.attempt_started_done, run.progress_at = run.started_at, 0, now
    run.done, run.total, run.phase = done, steps, "Epoch 2 of 3"
    run.tokens_per_second, run.memory_bytes, run.worked_seconds = 231.4, 1_930_000_000, 720.0
    run.lease_token, run.lease_worker = "0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a10", "a worker"
    run.lease_expires_at = now + timedelta(minutes=10)
    run.save()
    measure(run, done)
    return run


def ended_run(
    recipe: str = "submit-deep-best",
    *,
    status: RunStatus = RunStatus.SUCCEEDED,
    shares: Sequence[float | None] = (0.0, 0.5, 1.0, 0.75),
    steps: int = 60,
    error: str = "",
    cases: Sequence[Case] | None = None,
    kept: bool = True,
    **fields: Any,
) -> TrainingRun:
    """One that has ended, evaluated before and after each epoch; `shares` are of the cases resolved, None: nothing is
    submitted.
    """
    run = launched_run(recipe, **fields)
    now = timezone.now()
    run.status, run.error = status, error
    run.started_at, run.ended_at = now - timedelta(minutes=40), now
    run.done = run.total = steps
    run.tokens_per_second, run.memory_bytes, run.worked_seconds = 231.4, 1_930_000_000, 2400.0
    run.machine, run.code_version = "x86_64, Python 3.11, torch 2.7", "0123456789ab"
    run.save()
    measure(run, steps)
    for epoch, share in enumerate(shares):
        evaluate(
            run, epoch, share, cases or load_catalogue()[:4], step=epoch * steps // max(len(shares) - 1, 1), kept=kept
        )
    log_store(run, [LogRecord(now, "info", f"Epoch {number} has ended.") for number in range(1, len(shares))])
    run.refresh_from_db()
    return run


def measure(run: TrainingRun, steps: int) -> None:
    """The curves of so many optimizer steps, falling and noisy; the signals of reinforcement for a run of it."""
    drawn = random.Random(str(run.pk))
    values: dict[tuple[str, int], float] = {}
    for step in range(1, steps + 1):
        loss = 1.6 * math.exp(-step / (steps / 3 + 1)) + 0.05 + drawn.random() * 0.25
        values |= {
            ("train/loss", step): loss,
            ("train/loss_submit", step): loss * 0.8,
            ("train/loss_decision", step): loss * 0.4 * drawn.random() + 0.003,
            ("train/lr", step): 5e-4 * (1 - step / (steps + 1)),
            ("train/grad_norm", step): 0.2 + drawn.random() * 3,
            ("train/tokens_per_second", step): 220 + 20 * drawn.random(),
        }
    if run.kind == "grpo":
        for iteration in range(1, 4):
            values |= {
                ("grpo/reward_mean", iteration): -0.2 + 0.3 * iteration,
                ("grpo/reward_std", iteration): 0.3 / iteration,
                ("grpo/zero_variance_groups", iteration): float(iteration),
                ("grpo/grade_mean", iteration): 0.2 * iteration,
                ("grpo/success_rate", iteration): 0.25 * iteration,
                ("grpo/invalid_rate", iteration): 0.2 / iteration,
                ("grpo/kl", iteration): 0.002 * iteration,
                ("grpo/clip_fraction", iteration): 0.01 * iteration,
                ("grpo/policy_loss", iteration): -0.02 * iteration,
                ("grpo/entropy", iteration): 1.0 / iteration,
            }
    metrics_store(run, values)


def evaluate(
    run: TrainingRun,
    epoch: int,
    share: float | None,
    cases: Sequence[Case],
    *,
    step: int = 0,
    kept: bool = True,
    set_name: str = "",
) -> None:
    """Episodes of which so large a share is resolved, their metrics, and a checkpoint behind the first. None: none of
    them submits.
    """
    submits, share = share is not None, share or 0.0
    right = round(share * len(cases))
    episodes = [_played(case, resolved=at < right, submits=submits) for at, case in enumerate(cases)]
    now = timezone.now()
    chosen = set_name or ("holdout" if run.published else "select")
    evaluation_store(run, epoch=epoch, set_name=chosen, episodes=episodes, began=now, ended=now)
    scores = {
        "eval/resolved_rate": share,
        "eval/score": share,
        "eval/score_grounded": share,
        "eval/success_rate": share,
        "eval/decision_accuracy": share,
        "eval/steps_mean": 3.0,
        "eval/cumulative_reward": share,
    }
    if chosen == "test":
        return
    metrics_store(run, {(name, epoch): value for name, value in scores.items()})
    if epoch:
        digest = sha256(f"{run.pk}/{epoch}".encode()).hexdigest()
        checkpoint_store(run, CheckpointRecord("epoch", epoch, step, scores, digest, kept, 7_400_000, now))


def _played(case: Case, *, resolved: bool, submits: bool = True) -> PlayedEpisode:
    env = Environment(case)
    env.reset()
    env.step({"action_type": "inspect_purchase_order"})
    while not submits and not env.state.done:
        env.step("no action at all")
    if env.state.done:
        return PlayedEpisode(case, env.state, [StepCost() for _step in env.state.steps], "grounded-1", SETTINGS)
    truth = case.ground_truth
    assert truth is not None
    wrong = "reject_invoice" if truth.decision.value != "reject_invoice" else "approve_for_payment"
    env.step(
        {
            "action_type": "submit_final_resolution",
            "final_decision": truth.decision.value if resolved else wrong,
            "exception_type": truth.exception_type.value,
            "evidence_references": ["inspect_purchase_order"],
            "explanation": " ".join(truth.key_findings),
        }
    )
    return PlayedEpisode(case, env.state, [StepCost() for _step in env.state.steps], "grounded-1", SETTINGS)
