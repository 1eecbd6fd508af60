"""The rollout engine against plain loops: `python -m bench.rollout [--cases 22] [--loop-cases 1] [--turns 99]`.

SmolLM2-135M, greedy, plays the catalogue with a demonstration in its prompt (without one the untrained model writes
prose; with one it acts in a dozen tokens) and answers of at most 128 tokens: once freely, once under the grammar of
valid actions. Then the same transcripts are played again by

* a plain loop: one episode at a time, every turn's whole prompt encoded again, `generate`;
* the same loop with the original's prompts, which repeat all findings in every turn (the same actions, rendered
  `cumulative`, not cut);
* transformers' own continuous batching: all prompts of a turn at once, whole.

The loops generate as many tokens as the engine's answers have. They are slow, so they play some of the cases only;
beside them stands how many prompt tokens an episode has among these and among all. Wall time: measure on an idle
machine.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean
from typing import Any

from evaluation.devices import import_torch
from evaluation.play import Play, play_batch
from evaluation.players.local_model import LocalModelPlayer
from evaluation.prompting import PromptSettings, opening, shared_opening, turn
from exceptions.catalogue import load_catalogue
from exceptions.environment import Case, Environment

torch = import_torch()

_BASE_MODEL = "SmolLM2-135M-Instruct"
_ANSWER_TOKENS = 128
_SETTINGS = PromptSettings(demonstration=True)
#: Turns whose prompts continuous batching is given: the first, one in the middle, the last that all play.
_BATCHED_TURNS = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """Episodes, with the seconds that they took together."""

    plays: Sequence[Play]
    seconds: float

    @property
    def per_minute(self) -> float:
        return 60 * len(self.plays) / self.seconds

    def total(self, count: Callable[[Any], int]) -> int:
        """Of all completions."""
        return sum(count(step.completion) for play in self.plays for step in play.steps)


def play_all(player: LocalModelPlayer, cases: Sequence[Case], settings: PromptSettings, turns: int) -> Measured:
    """Play the cases together, at most so many turns."""
    plays = [Play.begin(case, play_id=case.id, prompt=settings) for case in cases]
    started = time.perf_counter()
    play_batch(plays, player, should_stop=lambda: max(len(play.steps) for play in plays) == turns)
    return Measured(plays, time.perf_counter() - started)


def prompts_of(player: LocalModelPlayer, play: Play, settings: PromptSettings) -> list[list[int]]:
    """The prompt of each turn, as these settings render what was played."""
    env = Environment(play.env.case)
    messages = opening(env.reset(), settings)
    prompts = []
    for step in play.steps:
        prompts.append(player.chat.prompt(messages))
        messages += turn(step.completion, env.step(step.completion.text), settings.rendering)
    return prompts


def plain_loop(player: LocalModelPlayer, plays: Sequence[Play], settings: PromptSettings) -> tuple[float, int]:
    """Seconds, and prompt tokens encoded, of the episodes one after another with `generate`."""
    model: Any = player.model
    context = model.config.max_position_embeddings
    tokens, started = 0, time.perf_counter()
    for play in plays:
        for prompt, step in zip(prompts_of(player, play, settings), play.steps, strict=True):
            count = step.completion.completion_tokens
            ids = torch.tensor([prompt[-(context - count) :]], device=model.device)
            mask = torch.ones_like(ids)
            model.generate(ids, attention_mask=mask, do_sample=False, min_new_tokens=count, max_new_tokens=count)
            tokens += ids.shape[1]
    return time.perf_counter() - started, tokens


def continuous_batching(player: LocalModelPlayer, plays: Sequence[Play]) -> tuple[float, int]:
    """Seconds per turn of one episode, and turns measured, with all prompts of a turn given at once."""
    from transformers import ContinuousBatchingConfig, GenerationConfig

    model: Any = player.model
    prompts = [prompts_of(player, play, _SETTINGS) for play in plays]
    shortest = min(map(len, prompts))
    chosen = sorted({round(index * (shortest - 1) / (_BATCHED_TURNS - 1)) for index in range(_BATCHED_TURNS)})
    greedy = GenerationConfig(
        do_sample=False, max_new_tokens=_ANSWER_TOKENS, eos_token_id=sorted(player.chat.stop_ids), pad_token_id=0
    )
    seconds = 0.0
    for index in chosen:
        asked = [prompt[index] for prompt in prompts]
        # Room for every prompt and answer in pages of 32 tokens.
        blocks = sum(-(-(len(ids) + _ANSWER_TOKENS) // 32) + 1 for ids in asked)
        config = ContinuousBatchingConfig(page_size=32, num_blocks=blocks, max_batch_tokens=1024)
        started = time.perf_counter()
        model.generate_batch(asked, generation_config=greedy, continuous_batching_config=config)
        seconds += time.perf_counter() - started
    return seconds / len(chosen) / len(plays), len(chosen) * len(plays)


def print_engine(name: str, measured: Measured) -> None:
    turns = sum(len(play.steps) for play in measured.plays)
    seen, computed = measured.total(lambda one: one.prompt_tokens), measured.total(lambda one: one.computed_tokens)
    answered, forced = measured.total(lambda one: one.completion_tokens), measured.total(lambda one: one.forced_tokens)
    invalid = sum(not step.record.valid for play in measured.plays for step in play.steps)
    print(f"{name}: {measured.per_minute:.1f} episodes/min ({len(measured.plays)} episodes, {measured.seconds:.0f} s)")
    print(f"  turns                 {turns:8d}, {invalid / turns:.1%} invalid")
    print(f"  answer tokens         {answered:8d}, {forced} of them forced by the grammar")
    print(f"  prompt tokens         {computed:8d} computed of {seen} seen ({computed / seen:.1%})")


def print_growth(measured: Measured) -> None:
    """Print the prompt tokens that a turn sees and computes: the first grow with the turn, the second must not."""
    print("  turn: prompt tokens seen, computed (mean of the episodes that play it)")
    for index in range(max(len(play.steps) for play in measured.plays)):
        steps = [play.steps[index].completion for play in measured.plays if len(play.steps) > index]
        seen, computed = mean(step.prompt_tokens for step in steps), mean(step.computed_tokens for step in steps)
        print(f"    {index + 1:2d}: {seen:6.0f} {computed:6.0f}")


def print_loop(name: str, loop: tuple[float, int], plays: int, whole: Sequence[tuple[str, Measured, float]]) -> None:
    seconds, tokens = loop
    print(
        f"{name}: {60 * plays / seconds:.2f} episodes/min ({plays} episodes, {seconds:.0f} s, "
        f"{tokens / plays:.0f} prompt tokens an episode)"
    )
    for engine, measured, limit in whole:
        print(f"  ÷ {engine}: {measured.per_minute * seconds / 60 / plays:.1f} times (limit {limit:.0f})")


def main() -> None:
    parser = argparse.ArgumentParser(description="The rollout engine against plain loops.")
    parser.add_argument("--cases", type=int, default=22, help="played by the engine, of the catalogue")
    parser.add_argument("--loop-cases", type=int, default=1, help="of these, played by the slow loops")
    parser.add_argument("--turns", type=int, default=99, help="of each episode, at most")
    parser.add_argument("--cache", type=Path, default=Path("var/models"), help="where the converted model is kept")
    options = parser.parse_args()

    player = LocalModelPlayer.load(_BASE_MODEL, _BASE_MODEL, cache_directory=options.cache)
    player.sampling = replace(player.sampling, max_new_tokens=_ANSWER_TOKENS)
    print(f"{_BASE_MODEL} on {player.model.device}, {player.model.dtype}, {torch.get_num_threads()} threads")
    cases = load_catalogue()[: options.cases]
    player.warm_up(shared_opening(_SETTINGS))

    free = play_all(player, cases, _SETTINGS, options.turns)
    print_engine("engine", free)
    print_growth(free)
    constrained = play_all(player, cases, replace(_SETTINGS, constrained=True), options.turns)
    print_engine("engine, constrained", constrained)

    chosen = free.plays[:: max(1, len(cases) // options.loop_cases)][: options.loop_cases]
    names = ", ".join(play.env.case.id for play in chosen)
    of_all = free.total(lambda one: one.prompt_tokens) / len(cases)
    print(f"the loops play {names}; all {len(cases)} cases have {of_all:.0f} prompt tokens an episode")
    whole = plain_loop(player, chosen, _SETTINGS)
    print_loop("(a) plain loop", whole, len(chosen), [("engine", free, 4), ("engine, constrained", constrained, 7)])
    repeated = plain_loop(player, chosen, replace(_SETTINGS, rendering="cumulative"))
    print_loop("(b) the original's prompts", repeated, len(chosen), [("engine", free, 10)])
    try:
        seconds, turns = continuous_batching(player, free.plays)
    except (ImportError, RuntimeError, ValueError) as error:
        print(f"transformers' continuous batching does not run here: {error}")
        return
    own = free.seconds / sum(len(play.steps) for play in free.plays)
    print(f"transformers' continuous batching: {seconds:.2f} s for a turn ({turns} turns); the engine: {own:.2f} s")
    print(f"  ÷ engine: {seconds / own:.1f} times")


if __name__ == "__main__":
    main()
