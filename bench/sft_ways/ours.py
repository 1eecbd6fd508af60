"""Our trainer, as a run calls it: `python -m bench.sft_ways.ours KIND TRACES_PER_STEP STEPS RESULT CACHE`."""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.sft_ways.material import BASE_MODEL, RECIPE, Stopwatch, chat_tokens, in_order, traces_of
from training.examples import examples_of
from training.sft import train_sft


class _Watching:
    """A reporter that times optimizer steps behind the first, and ends the run after some."""

    def __init__(self, steps: int) -> None:
        self.watch, self.done, self._steps = Stopwatch(), 0, steps

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        """Not wanted."""

    def log(self, text: str, level: str = "info") -> None:
        """Not wanted."""

    def progress(self, done: int, total: int, *, tokens_per_second: float | None, memory_bytes: int | None) -> None:
        self.done = done
        self.watch.lap()
        if done == 1:
            self.watch.begin()

    def evaluated(self, epoch: int, set_name: str, rollouts: Sequence[Any]) -> None:
        """There is nothing to select by."""

    def checkpoint(self, checkpoint: Any) -> None:
        """Not wanted."""

    def should_stop(self) -> bool:
        return self.done > self._steps


def main() -> None:
    kind, size, steps, result, cache = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *map(Path, sys.argv[4:])
    chat = chat_tokens(cache)
    traces = traces_of(kind, chat)
    recipe = RECIPE.model_copy(update={"traces_per_step": size})
    reporter = _Watching(steps)
    with tempfile.TemporaryDirectory() as folder:
        train_sft(
            recipe,
            base_model=BASE_MODEL,
            folder=Path(folder),
            reporter=reporter,
            traces=traces,
            select=[],
            cache_directory=cache,
        )
    timed = in_order(traces)[size : (steps + 1) * size]
    tokens = sum(len(example.ids) for example in examples_of(chat, timed, recipe))
    reporter.watch.write(result, way="ours", traces=len(timed), tokens=tokens)


if __name__ == "__main__":
    main()
