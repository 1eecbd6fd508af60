"""How well an adapter reads: `python -m bench.reading [ADAPTER] [--cases 40]`, the shipped one without it.

On whole traces of generated cases, each token given all that should stand before it: how often the words for what a
text or two figures come to, and those of type and decision, are the likeliest. What an adapter says by itself, when its
own mistakes stand before it, is in its episodes (`bench.recorded`).
"""

import argparse
from collections import Counter
from itertools import groupby
from pathlib import Path

import torch

from evaluation.players.chat_tokens import ChatTokens
from evaluation.statistics.intervals import wilson
from exceptions.generator import generate_cases
from training.examples import Example, examples_of
from training.forward import logits_at, reading
from training.lora import load_trainee
from training.recipes import SFT_RECIPES
from training.traces import generated_traces

_SHIPPED = Path(__file__).resolve().parent.parent / "training" / "recorded" / "adapters" / "generated-resolver"
_GIST = 7.0


def main() -> None:
    parser = argparse.ArgumentParser(description="How well an adapter reads what stands in generated cases.")
    parser.add_argument("adapter", nargs="?", type=Path, default=_SHIPPED)
    parser.add_argument("--base", default="SmolLM2-135M-Instruct")
    parser.add_argument("--cases", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1007)
    options = parser.parse_args()
    weights = {"submit_weight": 1.0, "gist_weight": _GIST, "finding_weight": 1.0, "decision_weight": 1.0}
    recipe = SFT_RECIPES["generated"].model_copy(update=weights)
    trainee = load_trainee(recipe, options.base, adapter=options.adapter)
    chat = ChatTokens(trainee.tokenizer)
    traces = generated_traces(generate_cases(options.cases, options.seed), seed=options.seed)
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    trainee.model.eval()
    with torch.no_grad(), reading(trainee.model):
        for example in examples_of(chat, traces, recipe):
            wanted = [at for at, submit in enumerate(example.submit) if submit]
            logits, targets = logits_at(trainee.model, [example.ids], [wanted])
            likeliest = dict(zip(wanted, (logits.argmax(-1) == targets).tolist(), strict=True))
            for kind, places in _asked(example):
                asked[kind] += 1
                right[kind] += all(likeliest[at] for at in places)
                if kind == "gist":
                    words = trainee.tokenizer.decode([example.ids[at] for at in places]).strip()
                    asked[words] += 1
                    right[words] += all(likeliest[at] for at in places)
    for kind in ("gist", "type and decision"):
        count, of = right[kind], asked.pop(kind)
        low, high = (float(end) for end in wilson(count, of))
        print(f"{kind}: {count} of {of} [{low:.2f}, {high:.2f}]")
    print("; ".join(f"{words} {right[words]}/{count}" for words, count in asked.most_common()))


def _asked(example: Example) -> list[tuple[str, list[int]]]:
    """Places of each gist, of neighbouring tokens, and of type and decision together."""
    gists = [at for at, weight in enumerate(example.weights) if weight == _GIST]
    runs = groupby(enumerate(gists), key=lambda pair: pair[1] - pair[0])
    decided = [at for at, decision in enumerate(example.decision) if decision]
    return [*(("gist", [at for _, at in run]) for _, run in runs), ("type and decision", decided)]


if __name__ == "__main__":
    main()
