"""Supervised training, ours against the original's way and TRL's: `python -m bench.sft [--steps 2] [--original 1]`.

SmolLM2-135M in float32 on the CPU, LoRA of rank 16 on q, k, v and o, loss on all answers, eight traces for each
optimizer step. The 72 traces are of the catalogue's 18 training cases: each with nine looks in the fixed order and in
three others, so that no two are the same (1 101 to 1 331 tokens). An epoch of all ways would take hours: each trains on
the first of them only (`--steps` optimizer steps behind one for warming up; `--original` traces of the original's way),
and seconds for an epoch are those tokens' scaled to all. Then

* the recipe's own 72 traces (3, 5, 7 and 9 looks), of which ours computes what the traces of a case share once;
* peak memory on transcripts of 1 500 tokens.

Each in a process of its own, TRL in an environment of its own. Wall time: measure on an idle machine. CPU seconds stand
beside it, which other programs disturb less.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.sft_ways.material import BASE_MODEL, RECIPE, Measured, chat_tokens, traces_of
from tests.trl_environment import NoTrl, trl_python
from training.examples import examples_of

#: Traces of one forward pass of TRL's. One at a time pads nothing and holds the least: on a CPU its best case.
_TRL_BATCH = 1
_MOST_MEMORY = 5.0


def measure(module: str, *arguments: object, python: str = sys.executable) -> Measured:
    """One way, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "measured.json"
        given = [str(result) if argument is Path else str(argument) for argument in arguments]
        subprocess.run([python, "-W", "ignore", "-m", f"bench.sft_ways.{module}", *given], check=True)
        return Measured.read(result)


def show(one: Measured, epoch_tokens: int, ours: Measured | None, limit: float = 0) -> None:
    """Print a way's speed, and how many times longer it takes than ours."""
    epoch = epoch_tokens / one.tokens
    print(
        f"{one.way}: {one.tokens / one.seconds:.0f} tokens/s, {epoch * one.seconds:,.0f} s an epoch "
        f"({one.tokens / one.cpu:.0f} tokens/CPU s, {epoch * one.cpu:,.0f} CPU s), {one.memory / 1e9:.2f} GB at most; "
        f"measured on {one.traces} traces"
    )
    if ours:
        times = one.seconds / one.tokens * ours.tokens / ours.seconds
        cpu = one.cpu / one.tokens * ours.tokens / ours.cpu
        memory = f"ours holds {ours.memory / one.memory:.0%} of its memory"
        print(f"  ÷ ours: {times:.2f} times (limit {limit}); CPU {cpu:.2f} times; {memory}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Supervised training, ours against the original's way and TRL's.")
    parser.add_argument("--steps", type=int, default=2, help="optimizer steps that are timed")
    parser.add_argument("--traces-per-step", type=int, default=8, help="traces of one optimizer step of ours and TRL's")
    parser.add_argument("--original", type=int, default=1, help="traces that the original's way trains on")
    parser.add_argument("--trl-batch", type=int, default=_TRL_BATCH, help="traces of one forward pass of TRL's")
    parser.add_argument("--cache", type=Path, default=Path("var/models"), help="where the converted model is kept")
    parser.add_argument("--trl-cache", type=Path, default=Path("var/bench/trl"), help="where TRL's environment is kept")
    parser.add_argument("--no-trl", action="store_true", help="leave TRL out")
    options = parser.parse_args()

    chat = chat_tokens(options.cache)
    size, steps, cache = options.traces_per_step, options.steps, options.cache
    for kind, words in (("nine", "72 traces of nine looks"), ("recipe", "the recipe's 72 traces")):
        lengths = [len(example.ids) for example in examples_of(chat, traces_of(kind, chat), RECIPE)]
        print(f"{BASE_MODEL}, {words}: {sum(lengths):,} tokens, {min(lengths)} to {max(lengths)} each", flush=True)
        ours = measure("ours", kind, size, steps, Path, cache)
        show(ours, sum(lengths), None)
        if kind == "nine":
            show(measure("original", kind, options.original, Path, cache), sum(lengths), ours, 5)
        if not options.no_trl:
            try:
                python = str(trl_python(options.trl_cache))
            except NoTrl as error:
                print(f"TRL: {error}")
                continue
            theirs = measure("trl", kind, size, steps, options.trl_batch, Path, cache, python=python)
            show(theirs, sum(lengths), ours, 1.2)
    long = measure("ours", "long", 1, 2, Path, cache)
    print(f"transcripts of 1 500 tokens: {long.memory / 1e9:.2f} GB at most (limit {_MOST_MEMORY})")


if __name__ == "__main__":
    main()
