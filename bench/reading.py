"""How well an adapter reads: `python -m bench.reading [ADAPTER] [--cases 40]`, the shipped one without it.

On whole traces of generated cases, each token given all that should stand before it: how often the words for what a
text or two figures come to, and those of type and decision, are the likeliest. What an adapter says by itself, when its
own mistakes stand before it, is in its episodes (`bench.recorded`).
"""

import argparse
from collections import Counter
from collections.abc import Iterator
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

_ADAPTERS = Path(__file__).resolve().parent.parent / "training" / "recorded" / "adapters"
_SHIPPED = _ADAPTERS / "headline-resolver"
#: No other weight of these examples, so that gists and verdicts are found by it.
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
    told: list[tuple[str, bool]] = []
    compared: list[bool] = []
    decided: list[bool] = []
    trainee.model.eval()
    with torch.no_grad(), reading(trainee.model):
        for example in examples_of(chat, traces, recipe):
            wanted = [at for at, submit in enumerate(example.submit) if submit]
            logits, targets = logits_at(trainee.model, [example.ids], [wanted])
            likeliest = dict(zip(wanted, (logits.argmax(-1) == targets).tolist(), strict=True))
            # Suppliers and currencies are compared before all texts, the total and its limit after them.
            suppliers, currencies, *texts, limit = _said(example)
            for places in texts:
                words = trainee.tokenizer.decode([example.ids[at] for at in places]).strip()
                told.append((words, all(likeliest[at] for at in places)))
            compared += [all(likeliest[at] for at in places) for places in (suppliers, currencies, limit)]
            decided.append(all(likeliest[at] for at, decision in enumerate(example.decision) if decision))
    print_share("texts", [right for _words, right in told])
    print_share("pairs of figures", compared)
    print_share("type and decision", decided)
    asked = Counter(words for words, _right in told)
    right = Counter(words for words, right in told if right)
    print("; ".join(f"{words} {right[words]}/{count}" for words, count in asked.most_common()))


def print_share(name: str, right: list[bool]) -> None:
    low, high = (float(end) for end in wilson(sum(right), len(right)))
    print(f"{name}: {sum(right)} of {len(right)} [{low:.2f}, {high:.2f}]")


def _said(example: Example) -> Iterator[list[int]]:
    """Places of what each text or pair of figures comes to: neighbouring tokens."""
    places = [at for at, weight in enumerate(example.weights) if weight == _GIST]
    for _, run in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        yield [at for _, at in run]


if __name__ == "__main__":
    main()
