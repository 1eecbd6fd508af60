"""The model card that goes with an adapter: where it came from, what was measured, how it is loaded.

https://huggingface.co/docs/hub/model-cards: Markdown behind a few lines of YAML.
"""

import json
from collections.abc import Iterable, Iterator

from evaluation.players.adapters import ADAPTER_FILES
from exceptions.models import Player
from training.adapters.figures import estimate_words, measured
from training.adapters.lineage import AdapterLineage
from training.adapters.peft_format import AdapterFacts
from training.models import EvaluatedSet, ModelLineage, RecipeKind
from training.selectors.evaluated import EvaluatedEpoch, evaluated_epochs

_SETS = {
    EvaluatedSet.HOLDOUT: "holdout, which also chose the epoch",
    EvaluatedSet.SELECT: "selection, which chose the epoch",
    EvaluatedSet.TEST: "test",
}


def model_card(player: Player, lineage: AdapterLineage, facts: AdapterFacts, *, base_model: str) -> str:
    """README.md for the adapter of the player's present version; `base_model` is what others call its base."""
    blocks = [
        _front_matter(base_model),
        f"# {_line(player.name)}",
        f"A LoRA adapter of `{base_model}` that resolves invoice exceptions: it is shown what an accounts payable "
        "clerk sees, asks for documents and comparisons one by one, and submits a decision with its reason. Made with "
        "InvoiceGuard, whose prompts and actions it was made for: other prompts are another task.",
        "## Where it came from",
        _table(("", ""), _origin(player, lineage, facts)),
        "## What was measured",
        *_figures(player, lineage.trained),
        "## How it is loaded",
        _loading(base_model, facts),
    ]
    return "\n\n".join(blocks) + "\n"


def _front_matter(base_model: str) -> str:
    # Strings of YAML 1.2 are those of JSON.
    lines = [
        "---",
        f"base_model: {json.dumps(base_model)}",
        "base_model_relation: adapter",
        "library_name: peft",
        "pipeline_tag: text-generation",
        "tags:",
        "- lora",
        "- invoiceguard",
        "---",
    ]
    return "\n".join(lines)


def _origin(player: Player, lineage: AdapterLineage, facts: AdapterFacts) -> Iterator[tuple[str, str]]:
    own = lineage.base_model
    yield "Base model", f"`{lineage.base_hub_id}`" + (f" (here as `{own}`)" if own != lineage.base_hub_id else "")
    if lineage.trained is not None:
        yield from _trained(lineage.trained)
    if lineage.pulled is not None:
        yield "Loaded from", f"{lineage.pulled.url or lineage.pulled.repo}"
    targets = ", ".join(facts.targets)
    size = f"{facts.parameters:,} numbers in {facts.dtype}"
    yield "Adapter", f"r {facts.rank}, alpha {facts.alpha:g}, on {targets}: {size}"
    files = " and ".join(ADAPTER_FILES)
    yield "sha256", f"`{lineage.adapter.sha256}` (of {files}, one after the other, as the desk keeps them)"
    yield "Model", f"{_line(player.slug)}, version {player.version}"


def _trained(origin: ModelLineage) -> Iterator[tuple[str, str]]:
    run, dataset = origin.run, origin.dataset
    if run.start_from is not None:
        yield "Begun from", f"{_line(run.start_from.name)}, version {run.start_from_version}"
    if dataset is not None:
        counts = f"{dataset.traces:,} traces of {dataset.cases:,} cases"
        yield "Data set", f"{_line(dataset.name)}: {counts}, sha256 `{dataset.sha256}`"
    yield "Training run", f"{_line(run.name)}: recipe `{run.recipe}`, seed {run.seed} (`{run.pk}`)"
    unit = "iteration" if run.kind == RecipeKind.GRPO else "epoch"
    yield "Checkpoint", f"{unit} {origin.checkpoint.epoch}, step {origin.checkpoint.step}"
    if origin.code_version or run.machine:
        yield "Code and machine", _line(", ".join(filter(None, [origin.code_version, run.machine])))


def _figures(player: Player, origin: ModelLineage | None) -> Iterator[str]:
    rows: list[tuple[str, ...]] = [
        (
            _line(one.cases),
            estimate_words(one.result.resolved, percent=True),
            estimate_words(one.result.score_grounded),
            estimate_words(one.result.score_seed),
            f"{one.ended_at:%Y-%m-%d}; {one.conditions}",
        )
        for one in measured(player)
    ]
    rows += [_training_row(one) for one in _in_training(origin)]
    if not rows:
        yield "Nothing yet."
        return
    yield "Resolved: decision and type both right. Scores from 0 to 1, by two rubrics. Each with its 95 % interval."
    yield _table(("cases", "resolved", "score, grounded-1", "score, seed-1", "when and how"), rows)
    if origin is not None and origin.run.published:
        yield "The recipe chose the epoch on the holdout that it also reports: those figures flatter it."


def _in_training(origin: ModelLineage | None) -> list[EvaluatedEpoch]:
    if origin is None:
        return []
    run = origin.run_id
    return evaluated_epochs([run], epochs=[(run, origin.checkpoint.epoch)]).get(run, [])


def _training_row(one: EvaluatedEpoch) -> tuple[str, ...]:
    figures = one.figures
    return (
        _SETS[EvaluatedSet(one.set_name)],
        estimate_words(figures.get("eval/resolved_rate"), percent=True),
        estimate_words(figures.get("eval/score_grounded")),
        estimate_words(figures.get("eval/score")),
        "while it was trained",
    )


def _loading(base_model: str, facts: AdapterFacts) -> str:
    python = f"""\
from peft import PeftModel
from transformers import AutoModelForCausalLM

model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained("{base_model}"), "<this repository>")"""
    shell = (
        f"vllm serve {base_model} --enable-lora --max-lora-rank {facts.vllm_rank} --lora-modules name=<this repository>"
    )
    desk = "python manage.py pull_adapter <this repository>"
    return f"```python\n{python}\n```\n\n```sh\n{shell}\n{desk}    # in InvoiceGuard\n```"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |" for cells in lines)


def _line(text: str) -> str:
    """A name that somebody chose, as one line of Markdown that means nothing else."""
    return " ".join(text.split()).translate({ord(sign): f"\\{sign}" for sign in "\\`*_[]<>#"})
