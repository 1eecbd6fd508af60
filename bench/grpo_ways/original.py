"""The original's way: one episode after another, every turn's whole prompt encoded again; then for each step of each
episode a forward and backward pass and one of the reference, batch 1, logits of all positions.

`python -m bench.grpo_ways.original ADAPTER EPISODES COUNT RESULT CACHE [BASE_MODEL]` plays COUNT of the episodes again:
as many tokens are generated as they have. Their prompts are ours; the original's also repeated all findings every turn.
"""

import sys
from pathlib import Path
from typing import Any

from bench.grpo_ways.material import BASE_MODEL, RECIPE, Episode, Measured, Stopwatch, read_episodes
from evaluation.devices import import_torch
from training.grpo.loss import LossSettings, Sampled, grpo_loss
from training.lora import Trainee, load_trainee
from training.optimising import adamw, optimizer_step

torch = import_torch()


def main() -> None:
    adapter, episodes_file, count, result, cache = sys.argv[1:6]
    base = sys.argv[6] if len(sys.argv) > 6 else BASE_MODEL
    trainee = load_trainee(RECIPE, base, adapter=Path(adapter), cache_directory=Path(cache), device="cpu")
    episodes = read_episodes(Path(episodes_file))
    episodes = episodes[:: max(1, len(episodes) // int(count))][: int(count)]
    playing, learning = Stopwatch(), Stopwatch()
    with playing:
        for episode in episodes:
            _play(trainee.model.eval(), episode)
    optimizer = adamw(trainee.trained(), RECIPE.learning_rate)
    trainee.model.train()
    with learning:
        for episode in episodes:
            _learn(trainee, episode, tokens=sum(len(one.trajectory.places) for one in episodes))
        optimizer_step(optimizer, learning_rate=RECIPE.learning_rate, clip=RECIPE.clip)
    tokens = sum(one.turn_tokens for one in episodes)
    cpu = playing.cpu + learning.cpu
    Measured("the original's way", len(episodes), tokens, playing.wall, learning.wall, cpu).write(Path(result))


def _play(model: Any, episode: Episode) -> None:
    for start, end in episode.answers:
        ids = torch.tensor([episode.trajectory.ids[:start]])
        mask = torch.ones_like(ids)
        model.generate(ids, attention_mask=mask, do_sample=True, min_new_tokens=end - start, max_new_tokens=end - start)


def _learn(trainee: Trainee, episode: Episode, *, tokens: int) -> None:
    """One pass for each turn, and one of the reference."""
    one = episode.trajectory
    behaviour = dict(zip(one.places, one.logprobs, strict=True))
    for start, end in episode.answers:
        places = [place for place in range(start, end) if place in behaviour]
        if not places:
            continue
        ids = torch.tensor([one.ids[:end]])
        with torch.no_grad(), trainee.peft.disable_adapter():
            reference = _logprobs(trainee.model, ids, places)
        logprobs = _logprobs(trainee.model, ids, places)
        recorded = torch.tensor([behaviour[place] for place in places])
        sampled = Sampled(recorded, reference, torch.full_like(recorded, one.advantage))
        settings = LossSettings(RECIPE.clip_range, RECIPE.kl_weight)
        loss, _ = grpo_loss(logprobs, torch.zeros_like(logprobs), sampled, settings=settings, normaliser=tokens)
        loss.backward()


def _logprobs(model: Any, ids: torch.Tensor, places: list[int]) -> torch.Tensor:
    """Log-probabilities of the ids at these places, by way of the logits of all."""
    logprobs = model(input_ids=ids, use_cache=False).logits[0].float().log_softmax(-1)
    at = torch.tensor(places)
    return logprobs[at - 1, ids[0, at]]


if __name__ == "__main__":
    main()
