"""How a model in training does on cases that it is not trained on, in the names of the metrics."""

from collections.abc import Callable, Sequence
from statistics import fmean

from evaluation.players.drawing import Sampling
from evaluation.players.local_model import LocalModelPlayer
from evaluation.rollout import Rollout, rollout
from exceptions.environment import Case, Environment, grade
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


def evaluation_metrics(ended: Sequence[Environment]) -> dict[str, float]:
    """Means over the episodes, by the names of `eval/…` metrics; nothing for no episodes."""
    if not ended:
        return {}
    seed_grades = [grade(env.case, env.state, rubric="seed-1") for env in ended]
    grounded = [grade(env.case, env.state, rubric="grounded-1") for env in ended]
    submitted = [env.state.resolution is not None for env in ended]
    steps = [step for env in ended for step in env.state.steps]
    return {
        "eval/score": fmean(one.score for one in seed_grades),
        "eval/score_grounded": fmean(one.score for one in grounded),
        "eval/resolved_rate": fmean(resolved(env) for env in ended),
        "eval/success_rate": fmean(done and one.score >= 0.5 for done, one in zip(submitted, seed_grades, strict=True)),
        "eval/decision_accuracy": fmean(decided_right(env) for env in ended),
        "eval/steps_mean": fmean(len(env.state.steps) for env in ended),
        "eval/cumulative_reward": fmean(float(env.state.cumulative_reward or 0) for env in ended),
        "eval/invalid_rate": fmean(not step.valid for step in steps) if steps else 0.0,
    }


def resolved(env: Environment) -> bool:
    """Whether decision and exception type are right."""
    truth, resolution = env.case.ground_truth, env.state.resolution
    typed = truth is not None and resolution is not None and resolution.exception_type is truth.exception_type
    return typed and decided_right(env)


def decided_right(env: Environment) -> bool:
    """Whether the decision is right, whatever the exception type."""
    truth, resolution = env.case.ground_truth, env.state.resolution
    return truth is not None and resolution is not None and resolution.final_decision is truth.decision
