"""Groups: the samples of one case, played by the policy, with what they earned.

A group whose samples all earn the same teaches nothing. It is counted and played again hotter, a few times, before it
is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import fmean, stdev
from typing import Any, Final

from evaluation.players.drawing import Sampling
from evaluation.players.local_model import LocalModelPlayer
from evaluation.rollout import Rollout, rollout
from exceptions.environment import Case, StopReason, grade
from training.grpo.advantages import group_advantages, has_signal
from training.grpo.recipes import GrpoRecipe
from training.reporting import TrainingFailed

#: The published definition of success: submitted, with at least this score by that rubric.
_SUCCESS_RUBRIC: Final = "seed-1"
_SUCCESS_SCORE: Final = 0.5
#: More seeds than a group has samples or an iteration has tries, so that no two draws share one.
_SEEDS_OF_A_TRY: Final = 1000
_TRIES_OF_AN_ITERATION: Final = 100


class Stopped(Exception):
    """The run is to end, with groups half played."""


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One sample, token for token, as the update needs it.

    `places` are the positions in `ids` of the tokens that the policy sampled, `logprobs` what it gave each of them at
    `temperature`: the behaviour policy's.
    """

    ids: tuple[int, ...]
    places: tuple[int, ...]
    logprobs: tuple[float, ...]
    temperature: float
    reward: float
    advantage: float = 0.0


@dataclass(frozen=True, slots=True)
class Batch:
    """What an iteration is trained on: trajectories of the groups that differ, samples of a case side by side.

    `signals` are by the metrics' names, of all cases as they were first played: hotter tries are not the policy.
    """

    trajectories: tuple[Trajectory, ...]
    signals: dict[str, float]
    words: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it, exactly: a float's shortest text is read back as the same float."""
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> "Batch":
        """Read what `to_dict` wrote."""
        trajectories = (
            Trajectory(**one | {name: tuple(one[name]) for name in ("ids", "places", "logprobs")})
            for one in fields["trajectories"]
        )
        return cls(tuple(trajectories), dict(fields["signals"]), fields["words"])


def reward_of(played: Rollout, recipe: GrpoRecipe) -> float:
    """An episode's reward: what its steps earned and, where the recipe says so, its grade once more.

    Raises:
        TrainingFailed: the case has no ground truth, so that nothing was earned.
    """
    state = played.play.env.state
    if state.cumulative_reward is None:
        raise TrainingFailed(f"Case {played.case.id} has no ground truth: there is no reward to learn from.")
    return state.cumulative_reward + recipe.grade_weight * _score(played, played.play.env.scheme.rubric)


def collect(
    player: LocalModelPlayer,
    cases: Sequence[Case],
    recipe: GrpoRecipe,
    *,
    iteration: int,
    should_stop: Callable[[], bool] = lambda: False,
) -> Batch:
    """Play a group for each case with the player's present weights. The same weights play the same batch.

    Raises:
        Stopped: `should_stop` said so.
        TrainingFailed: the model's scores are no numbers, or a case has no ground truth.
    """
    first = _play(player, cases, recipe, iteration=iteration, tries=0, should_stop=should_stop)
    kept = {group[0].case.id: _trajectories(group, recipe, recipe.temperature) for group in first}
    silent = [case for case in cases if not kept[case.id]]
    zero_variance = len(silent)
    for tries in range(1, recipe.hotter_tries + 1):
        if silent:
            again = _play(player, silent, recipe, iteration=iteration, tries=tries, should_stop=should_stop)
            kept |= {group[0].case.id: _trajectories(group, recipe, _heat(recipe, tries)) for group in again}
            silent = [case for case in silent if not kept[case.id]]
    trajectories = tuple(one for case in cases for one in kept[case.id])
    words = (
        f"Iteration {iteration}: {len(cases)} groups of {recipe.group_size}, {zero_variance} without variance, "
        f"{zero_variance - len(silent)} of these differed when played hotter; {len(trajectories)} trajectories teach"
    )
    return Batch(trajectories, _signals(first, recipe) | {"grpo/zero_variance_groups": float(zero_variance)}, words)


def _play(
    player: LocalModelPlayer,
    cases: Sequence[Case],
    recipe: GrpoRecipe,
    *,
    iteration: int,
    tries: int,
    should_stop: Callable[[], bool],
) -> list[list[Rollout]]:
    """The groups, in the order of the cases."""
    player.sampling = Sampling(_heat(recipe, tries), recipe.top_p, recipe.max_new_tokens)
    number = (recipe.seed * 1_000_000 + iteration) * _TRIES_OF_AN_ITERATION + tries
    played = rollout(
        player,
        cases,
        samples=recipe.group_size,
        rewards=recipe.rewards,
        seed=number * _SEEDS_OF_A_TRY,
        should_stop=should_stop,
    )
    for one in played:
        if one.play.env.state.stop_reason is StopReason.PLAYER_ERROR:
            raise TrainingFailed(f"The model could not play {one.case.id}: {one.play.error}")
    if len(played) < len(cases) * recipe.group_size:
        raise Stopped
    return [played[at : at + recipe.group_size] for at in range(0, len(played), recipe.group_size)]


def _heat(recipe: GrpoRecipe, tries: int) -> float:
    return recipe.temperature + tries * recipe.hotter_by


def _trajectories(group: Sequence[Rollout], recipe: GrpoRecipe, temperature: float) -> list[Trajectory]:
    """Those of one group with their advantages; none when its rewards do not differ."""
    rewards = [reward_of(one, recipe) for one in group]
    if not has_signal(rewards):
        return []
    advantages = group_advantages(rewards, scale=recipe.variant == "grpo", bound=recipe.advantage_bound)
    plain = (trajectory_of(one, reward, temperature) for one, reward in zip(group, rewards, strict=True))
    return [
        replace(one, advantage=advantage) for one, advantage in zip(plain, advantages, strict=True) if one is not None
    ]


def trajectory_of(played: Rollout, reward: float, temperature: float) -> Trajectory | None:
    """An episode as the update needs it, its advantage not known yet.

    None when the model was never asked: the first prompt was beyond the budget.
    """
    transcript = played.transcript
    if transcript is None:
        return None
    places = tuple(at for at, drawn in enumerate(transcript.sampled) if drawn)
    return Trajectory(transcript.ids, places, tuple(transcript.logprobs[at] for at in places), temperature, reward)


def _signals(groups: Sequence[Sequence[Rollout]], recipe: GrpoRecipe) -> dict[str, float]:
    rewards = [[reward_of(one, recipe) for one in group] for group in groups]
    played = [one for group in groups for one in group]
    steps = [step for one in played for step in one.play.env.state.steps]
    return {
        "grpo/reward_mean": fmean(reward for group in rewards for reward in group),
        "grpo/reward_std": fmean(stdev(group) for group in rewards),
        "grpo/grade_mean": fmean(_score(one, one.play.env.scheme.rubric) for one in played),
        "grpo/success_rate": fmean(map(_succeeded, played)),
        "grpo/invalid_rate": fmean(not step.valid for step in steps) if steps else 0.0,
    }


def _succeeded(played: Rollout) -> bool:
    submitted = played.play.env.state.stop_reason is StopReason.SUBMITTED
    return submitted and _score(played, _SUCCESS_RUBRIC) >= _SUCCESS_SCORE


def _score(played: Rollout, rubric: str) -> float:
    return grade(played.case, played.play.env.state, rubric).score


def optimizer_batches(trajectories: Sequence[Trajectory], per_step: int) -> list[Sequence[Trajectory]]:
    """The trajectories of each optimizer step; samples of a case stand side by side."""
    return [trajectories[start : start + per_step] for start in range(0, len(trajectories), per_step)]
