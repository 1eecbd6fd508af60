"""SmolLM2-135M on this machine: `python -m bench.local_model [--dtypes]`.

Wall time, so whatever else runs on the machine counts. `--dtypes` compares float32 with bfloat16, which is how
`evaluation.devices` chose.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

from evaluation.devices import choose_placement, set_cpu_threads
from evaluation.play import Play, PlayedStep, play_batch
from evaluation.players.local_model import LocalModelPlayer
from evaluation.players.protocol import Conversation, Message
from evaluation.prompting import PromptSettings, shared_opening
from exceptions.catalogue import load_catalogue

_BASE_MODEL = "SmolLM2-135M-Instruct"
_PROMPT_TOKENS = 1000
_EPISODES = 2
#: Of each episode; a rambling model on a busy machine would take minutes for all.
_TURNS = 5
#: As the lane's SmolLM2 is set up.
_ANSWER_TOKENS = 128


def load(cache_directory: Path, dtype: str = "auto") -> LocalModelPlayer:
    """A loaded player; prints how long that took."""
    started = time.perf_counter()
    player = LocalModelPlayer.load(_BASE_MODEL, _BASE_MODEL, cache_directory=cache_directory, dtype=dtype)
    loaded = time.perf_counter()
    print(f"  load                  {loaded - started:8.1f} s")
    return player


def measure_speed(player: LocalModelPlayer) -> None:
    """Print prompt tokens a second on a long unknown prompt, and decoded tokens a second after it."""
    observation = Play.begin(load_catalogue()[0], play_id="speed").conversation.observation
    words = Message("user", " ".join(str(number) for number in range(_PROMPT_TOKENS // 4)))
    talk = Conversation("speed", [words, Message("assistant", "-"), Message("user", "Count on.")], observation)
    # Twice: what the second one computes beyond the last prompt token is decoding alone.
    [cold] = player.complete([talk])
    [warm] = player.complete([talk])
    player.release(["speed"])
    prefill = max(cold.latency - warm.latency, 1e-9)
    print(f"  prompt                {cold.computed_tokens / prefill:8.0f} tokens/s ({cold.computed_tokens} tokens)")
    print(f"  decode                {warm.completion_tokens / warm.latency:8.1f} tokens/s")


def first_turns(play: Play, player: LocalModelPlayer) -> list[PlayedStep]:
    """The first turns of an episode."""
    steps: list[PlayedStep] = []
    play_batch(
        [play],
        player,
        on_step=lambda _play, step: steps.append(step),
        should_stop=lambda: len(steps) == _TURNS,
    )
    return steps


def measure_episodes(player: LocalModelPlayer, settings: PromptSettings) -> None:
    """Print the first step and the mean turn of catalogue episodes, played by the model itself on a warm player."""
    steps: list[PlayedStep] = []
    started = time.perf_counter()
    player.warm_up(shared_opening(settings))
    warm = time.perf_counter()
    for case in load_catalogue()[:_EPISODES]:
        steps += first_turns(Play.begin(case, play_id=case.id, prompt=settings), player)
    seconds = time.perf_counter() - warm
    firsts = [step.completion.latency for step in steps if step.record.number == 1]
    completions = [step.completion for step in steps]
    computed, seen = sum(one.computed_tokens for one in completions), sum(one.prompt_tokens for one in completions)
    print(f"  warm-up               {warm - started:8.1f} s")
    print(f"  first step            {max(firsts):8.1f} s (slowest of {_EPISODES})")
    print(f"  turn                  {seconds / len(steps):8.1f} s (mean of {len(steps)})")
    print(f"  answer                {_mean([one.completion_tokens for one in completions]):8.0f} tokens")
    print(f"  prompt tokens         {computed:8d} computed of {seen} seen ({computed / seen:.0%})")
    print(f"  valid actions         {_mean([step.record.valid for step in steps]):8.0%}")


def compare_dtypes(cache_directory: Path) -> None:
    """Print the speed of each number type that this device can use."""
    for dtype in ("float32", "bfloat16"):
        print(f"{dtype}:")
        measure_speed(load(cache_directory, dtype))


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed of SmolLM2-135M on this machine.")
    parser.add_argument("--dtypes", action="store_true", help="compare number types")
    parser.add_argument("--cache", type=Path, default=Path("var/models"), help="where the converted model is kept")
    options = parser.parse_args()
    if options.dtypes:
        compare_dtypes(options.cache)
        return
    placement = choose_placement()
    print(f"{_BASE_MODEL} on {placement.device}, {placement.dtype}, {set_cpu_threads()} threads")
    player = load(options.cache)
    measure_speed(player)
    player.sampling = replace(player.sampling, max_new_tokens=_ANSWER_TOKENS)
    for demonstration in (False, True):
        print(f"episodes {'with a' if demonstration else 'without a'} demonstration:")
        measure_episodes(player, PromptSettings(demonstration=demonstration))


def _mean(values: list[int] | list[bool]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    main()
