"""One iteration of GRPO, ours against the original's way and TRL's: `python -m bench.grpo [--cases 4] [--original 1]`.

SmolLM2-135M with an adapter plays each case four times and learns from all episodes, 16 for each optimizer step. The
adapter is `--adapter`, or one made here by the recipe `grpo-cold`'s warm-up: without one the model writes prose. Then

* the original's way: one episode after another, every turn's whole prompt encoded again, and for each step a forward
  and backward pass and one of the reference. `--original` of the episodes are played again; what they take is scaled by
  the tokens of all turns' conversations, to which nearly all of its work is proportional;
* TRL's GRPOTrainer with an environment factory, in an environment of its own, made to sample the same tokens: all
  episodes, as many optimizer steps (`--no-trl` leaves it out).

`--cases 16` is a whole iteration. Wall time: measure on an idle machine. CPU seconds stand beside it.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.grpo_ways.material import BASE_MODEL, RECIPE, Episode, Measured, cases_of, read_episodes
from tests.training.grpo.recording import Recorder
from tests.trl_environment import NoTrl, trl_python
from training.grpo.recipes import GRPO_RECIPES
from training.grpo.warm_up import warm_up

_OURS = "bench.grpo_ways.ours"


def run(python: str, module: str, *arguments: object) -> None:
    """One way, in a process of its own."""
    subprocess.run([python, "-W", "ignore", "-m", module, *map(str, arguments)], check=True)


def warmed_up(folder: Path, cache: Path, base: str) -> Path:
    """An adapter with which the model answers in JSON."""
    outcome = warm_up(
        GRPO_RECIPES["grpo-cold"],
        cases_of(8),
        folder=folder,
        reporter=Recorder(),
        base_model=base,
        cache_directory=cache,
    )
    if outcome.last is None:
        raise RuntimeError("the warm-up left no adapter")
    return outcome.last.folder


def print_way(one: Measured, episodes: list[Episode], ours: Measured | None, limit: float) -> None:
    """Print what a way took, scaled to all episodes where it played fewer."""
    scale = sum(episode.turn_tokens for episode in episodes) / one.turn_tokens
    seconds = scale * one.seconds
    print(
        f"{one.way}: {seconds:.0f} s ({scale * one.playing:.0f} s playing, {scale * one.learning:.0f} s learning; "
        f"{scale * one.cpu:.0f} CPU s), measured on {one.trajectories} of {len(episodes)} episodes"
    )
    if ours:
        print(
            f"  ÷ ours: {seconds / ours.seconds:.1f} times (limit {limit}); CPU {scale * one.cpu / ours.cpu:.1f} times"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="One iteration of GRPO, ours against the original's way and TRL's.")
    parser.add_argument("--cases", type=int, default=4, help="played four times each; a multiple of 4")
    parser.add_argument("--original", type=int, default=1, help="episodes that the original's way plays")
    parser.add_argument("--adapter", type=Path, help="folder of an adapter to start from")
    parser.add_argument("--base", default=BASE_MODEL, help="base model")
    parser.add_argument("--cache", type=Path, default=Path("var/models"), help="where the converted model is kept")
    parser.add_argument("--trl-cache", type=Path, default=Path("var/bench/trl"), help="where TRL's environment is kept")
    parser.add_argument("--no-trl", action="store_true", help="leave TRL out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        adapter = options.adapter or warmed_up(folder / "warm-up", options.cache, options.base)
        found, where = folder / "episodes.json", (options.cache, options.base)
        run(sys.executable, _OURS, adapter, options.cases, found, folder / "ours", *where)
        ours, episodes = Measured.read(folder / "ours"), read_episodes(found)
        tokens = sum(len(one.trajectory.ids) for one in episodes)
        print(
            f"{options.base}: {options.cases} cases, {len(episodes)} episodes of {tokens / len(episodes):.0f} tokens, "
            f"{sum(len(one.answers) for one in episodes) / len(episodes):.1f} turns; "
            f"{RECIPE.trajectories_per_step} for each optimizer step"
        )
        print_way(ours, episodes, None, 0)
        run(sys.executable, "bench.grpo_ways.original", adapter, found, options.original, folder / "original", *where)
        print_way(Measured.read(folder / "original"), episodes, ours, 5)
        if options.no_trl:
            return
        try:
            python = trl_python(options.trl_cache)
        except NoTrl as error:
            print(f"TRL: {error}")
            return
        run(str(python), "bench.grpo_ways.trl", adapter, found, folder / "trl", *where)
        print_way(Measured.read(folder / "trl"), episodes, ours, 1.5)


if __name__ == "__main__":
    main()
