"""Our iteration: `python -m bench.grpo_ways.ours ADAPTER CASES EPISODES RESULT CACHE [BASE_MODEL]`.

Groups whose samples earned the same are kept here, with advantages of 0: every way learns from all trajectories.
"""

import sys
from dataclasses import replace
from pathlib import Path

from bench.grpo_ways.material import BASE_MODEL, RECIPE, Episode, Measured, Stopwatch, cases_of, write_episodes
from evaluation.players.drawing import Sampling
from evaluation.players.local_model import LocalModelPlayer
from evaluation.rollout import Rollout, rollout
from training.forward import suitable_micro_batch
from training.grpo.advantages import group_advantages
from training.grpo.groups import optimizer_batches, reward_of, trajectory_of
from training.grpo.update import update_step
from training.lora import load_trainee
from training.optimising import adamw


def main() -> None:
    adapter, count, episodes, result, cache = sys.argv[1:6]
    base = sys.argv[6] if len(sys.argv) > 6 else BASE_MODEL
    trainee = load_trainee(RECIPE, base, adapter=Path(adapter), cache_directory=Path(cache), device="cpu")
    playing, learning = Stopwatch(), Stopwatch()
    sampling = Sampling(RECIPE.temperature, RECIPE.top_p, RECIPE.max_new_tokens)
    cases = cases_of(int(count))
    with trainee.playing() as model, playing:
        player = LocalModelPlayer("ours", model, trainee.tokenizer, sampling=sampling)
        played = rollout(player, cases, samples=RECIPE.group_size, rewards=RECIPE.rewards, seed=RECIPE.seed)
        player.weights_changed()
    sampled = [
        one for at in range(0, len(played), RECIPE.group_size) for one in _group(played[at:][: RECIPE.group_size])
    ]
    optimizer = adamw(trainee.trained(), RECIPE.learning_rate)
    with learning:
        for trajectories in optimizer_batches([one.trajectory for one in sampled], RECIPE.trajectories_per_step):
            update_step(
                trainee,
                optimizer,
                trajectories,
                RECIPE,
                longest=RECIPE.max_new_tokens * 12,
                most_tokens=suitable_micro_batch(trainee.device),
            )
    write_episodes(Path(episodes), sampled)
    tokens = sum(one.turn_tokens for one in sampled)
    measured = Measured("ours", len(sampled), tokens, playing.wall, learning.wall, playing.cpu + learning.cpu)
    measured.write(Path(result))


def _group(played: list[Rollout]) -> list[Episode]:
    rewards = [reward_of(one, RECIPE) for one in played]
    advantages = group_advantages(rewards, scale=True, bound=RECIPE.advantage_bound)
    episodes = []
    for one, reward, advantage in zip(played, rewards, advantages, strict=True):
        trajectory = trajectory_of(one, reward, RECIPE.temperature)
        if trajectory is None or one.transcript is None:
            raise RuntimeError(f"{one.case.id} was not answered at all")
        episodes.append(Episode(one.case.id, replace(trajectory, advantage=advantage), one.transcript.answers))
    return episodes


if __name__ == "__main__":
    main()
