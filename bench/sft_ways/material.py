"""What all ways are trained on, and what is measured of each."""

import json
import random
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from transformers import AutoTokenizer

from evaluation.players.base_model_files import gguf_file
from evaluation.players.base_models import converted_gguf
from evaluation.players.chat_tokens import ChatTokens
from exceptions.catalogue import load_catalogue
from exceptions.environment import Case
from training.examples import examples_of
from training.recipes import SFT_RECIPES
from training.traces import INVESTIGATION_ORDER, Trace, catalogue_split, catalogue_traces, expert_trace

BASE_MODEL: Final = "SmolLM2-135M-Instruct"
#: Rank 16 on q, k, v and o; all turns.
RECIPE: Final = SFT_RECIPES["full-trace"].model_copy(update={"precision": "float32"})
_ORDERS: Final = 4
_LONG_TOKENS: Final = 1500
_LONG_STEPS: Final = 40


def chat_tokens(cache: Path) -> ChatTokens:
    """Of the base model, converted once into `cache`."""
    gguf = gguf_file(BASE_MODEL)
    if gguf is None:
        raise FileNotFoundError(f"{BASE_MODEL} is no GGUF file")
    return ChatTokens(AutoTokenizer.from_pretrained(converted_gguf(gguf, cache)))


def nine_looks() -> list[Trace]:
    """72 different traces of nine looks: each of the 18 training cases in the fixed order and in three others."""
    traces = []
    for case in _cases():
        for number in range(_ORDERS):
            order = list(INVESTIGATION_ORDER)
            if number:
                random.Random(f"{case.id}/{number}").shuffle(order)
            traces.append(expert_trace(case, order))
    return traces


def of_the_recipe() -> list[Trace]:
    """The recipe's own 72: each of the 18 cases with 3, 5, 7 and 9 looks."""
    return catalogue_traces(_cases(), RECIPE.trace_lengths)


def long_ones(chat: ChatTokens) -> list[Trace]:
    """A trace of each training case that looks again and again, until its transcript has 1 500 tokens."""
    found = []
    for case in _cases():
        roomy = case.model_copy(update={"max_steps": _LONG_STEPS})
        for looks in range(len(INVESTIGATION_ORDER), _LONG_STEPS):
            order = [INVESTIGATION_ORDER[at % len(INVESTIGATION_ORDER)] for at in range(looks)]
            trace = expert_trace(roomy, order)
            if len(examples_of(chat, [trace], RECIPE)[0].ids) >= _LONG_TOKENS:
                found.append(trace)
                break
    return found


def traces_of(kind: str, chat: ChatTokens) -> list[Trace]:
    """`nine`, `recipe` or `long`."""
    if kind == "long":
        return long_ones(chat)
    return nine_looks() if kind == "nine" else of_the_recipe()


def in_order(traces: Sequence[Trace]) -> list[Trace]:
    """As our trainer takes them in its first epoch: cases shuffled by the recipe's seed, the traces of one together."""
    by_case: dict[str, list[Trace]] = {}
    for trace in traces:
        by_case.setdefault(trace.case.id, []).append(trace)
    cases = list(by_case.values())
    random.Random(f"{RECIPE.seed}/0").shuffle(cases)
    return [trace for case in cases for trace in case]


@dataclass(frozen=True, slots=True)
class Measured:
    """One way, in a process of its own: `tokens` of transcripts trained on in so many seconds of the clock, and of all
    threads together (`cpu`). `memory` is the most that the process held, in bytes.
    """

    way: str
    traces: int
    tokens: int
    seconds: float
    cpu: float
    memory: int

    @classmethod
    def read(cls, path: Path) -> "Measured":
        """What a way has written."""
        return cls(**json.loads(path.read_text()))


class Stopwatch:
    """Counts between two moments."""

    def __init__(self) -> None:
        self._began = self._ended = (0.0, 0.0)

    def begin(self) -> None:
        """From now; what came before was for warming up."""
        self._began = _now()

    def lap(self) -> None:
        """Until now, or a later lap."""
        self._ended = _now()

    def write(self, path: Path, *, way: str, traces: int, tokens: int) -> None:
        """What was measured, as a file."""
        seconds, cpu = (ended - began for began, ended in zip(self._began, self._ended, strict=True))
        path.write_text(json.dumps(asdict(Measured(way, traces, tokens, seconds, cpu, peak_memory()))))


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def peak_memory() -> int:
    """The most that this process has held, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _cases() -> list[Case]:
    return catalogue_split(load_catalogue())[0]
