"""How a model in training does on cases that it is not trained on, in the names of the metrics."""

from collections.abc import Callable, Sequence
from statistics import fmean

from evaluation.players.drawing import Sampling
from evaluation.players.local_model import LocalModelPlayer
from evaluation.rollout import Rollout, rollout
from exceptions.environment import Case, grade
from training.lora import Trainee
from training.recipe_fields import RecipeFields


def evaluate(
    trainee: Trainee, cases: Sequence[Case], recipe: RecipeFields, *, should_stop: Callable[[], bool] = lambda: False
) -> list[Rollout] | None:
    """Play every case once, greedily, under the rewards `grounded-1`. None when it was stopped on the way."""
    with trainee.playing() as model:
        player = LocalModelPlayer(
            "in training",
            model,
            trainee.tokenizer,
            sampling=Sampling(max_new_tokens=recipe.max_new_tokens),
            worksheet=recipe.worksheet,
        )
        played = rollout(player, cases, should_stop=should_stop)
    return played if len(played) == len(cases) else None


def evaluation_metrics(played: Sequence[Rollout]) -> dict[str, float]:
    """Means over the episodes, by the names of `eval/…` metrics; nothing for no episodes."""
    if not played:
        return {}
    seed_grades = [grade(one.case, one.play.env.state, rubric="seed-1") for one in played]
    grounded = [grade(one.case, one.play.env.state, rubric="grounded-1") for one in played]
    submitted = [one.play.env.state.resolution is not None for one in played]
    steps = [step for one in played for step in one.play.env.state.steps]
    return {
        "eval/score": fmean(one.score for one in seed_grades),
        "eval/score_grounded": fmean(one.score for one in grounded),
        "eval/resolved_rate": fmean(resolved(one) for one in played),
        "eval/success_rate": fmean(done and one.score >= 0.5 for done, one in zip(submitted, seed_grades, strict=True)),
        "eval/decision_accuracy": fmean(_decided_right(one) for one in played),
        "eval/steps_mean": fmean(len(one.play.env.state.steps) for one in played),
        "eval/cumulative_reward": fmean(float(one.play.env.state.cumulative_reward or 0) for one in played),
        "eval/invalid_rate": fmean(not step.valid for step in steps) if steps else 0.0,
    }


def resolved(one: Rollout) -> bool:
    """Whether decision and exception type are right."""
    truth, resolution = one.case.ground_truth, one.play.env.state.resolution
    typed = truth is not None and resolution is not None and resolution.exception_type is truth.exception_type
    return typed and _decided_right(one)


def _decided_right(one: Rollout) -> bool:
    truth, resolution = one.case.ground_truth, one.play.env.state.resolution
    return truth is not None and resolution is not None and resolution.final_decision is truth.decision
