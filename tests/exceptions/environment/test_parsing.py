"""From a model's raw text to an action."""

import json
import time

import pytest

from exceptions.environment import Action, ActionType, Decision, ExceptionType, InvalidAction, parse_action
from exceptions.environment.parsing import MAX_ANSWER

LOOK = '{"action_type": "inspect_purchase_order"}'
INSPECT = Action(action_type=ActionType.INSPECT_PURCHASE_ORDER)


def reason(text: str) -> str:
    with pytest.raises(InvalidAction) as caught:
        parse_action(text)
    return caught.value.reason


@pytest.mark.parametrize(
    "text",
    [
        LOOK,
        f"  \n{LOOK}\n",
        f"```json\n{LOOK}\n```",
        f"```\n{LOOK}```",
        f"First I look at the order.\n{LOOK}\nThen I compare.",
        f"Sure! Here it is: {LOOK}.",
        f"<think>The order first.</think>{LOOK}",
        f'<think>Not {{}} and not {{\'this\'}}: {{"action_type": "compare_price"}}</think>\n{LOOK}',
        f'I pondered {{"action_type": "compare_price"}} a while.</think>{LOOK}',
        f"<think>a</think><think>b</think>{LOOK}",
        f"<think></think>\n\n{LOOK}\n<think>and then",
        f"The set {{a, b}} is empty. {LOOK}",
        f"In C one writes {{ and never closes it. {LOOK}",
        f'A "quoted {{ brace" comes first. {LOOK}',
        f'{LOOK} {{"action_type": "compare_price"}}',
        f"{LOOK}}}}}}}",
        '{"action_type": "inspect_purchase_order", "exception_type": null, "confidence": null}',
        '{"action_type":\n\t"inspect_purchase_order"}',
        '{"action_type": "inspect_\\u0070urchase_order"}',
    ],
)
def test_it_finds_the_action(text: str) -> None:
    assert parse_action(text) == INSPECT


def test_braces_and_tags_inside_texts_do_not_count() -> None:
    explanation = 'The note says "}{" and \\ "{<think>" and ends }.'
    submit = {
        "action_type": "submit_final_resolution",
        "final_decision": "place_on_hold",
        "exception_type": "partial_receipt",
        "evidence_references": ["inspect_goods_receipt_note"],
        "explanation": explanation,
        "confidence": 1,
    }
    action = parse_action("Answer: " + json.dumps(submit) + " Done.")
    assert action.explanation == explanation
    assert action.final_decision is Decision.HOLD
    assert action.exception_type is ExceptionType.PARTIAL_RECEIPT
    assert action.evidence_references == ("inspect_goods_receipt_note",)
    assert action.confidence == 1.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no complete JSON object"),
        ("inspect_purchase_order", "no complete JSON object"),
        ('["inspect_purchase_order"]', "no complete JSON object"),
        (LOOK[:-1], "no complete JSON object"),
        (f"<think>I would say {LOOK}", "no complete JSON object"),
        (f"<think>{LOOK}</think>", "no complete JSON object"),
        ("{'action_type': 'inspect_purchase_order'}", "broken"),
        ("{}", "action_type is missing"),
        ('{"action": "inspect_purchase_order"}', "action_type is missing"),
        ('{"action_type": "look"}', "there is no action_type 'look'"),
        ('{"action_type": null}', "there is no action_type None"),
        ('{"action_type": {"a": 1}}', "there is no action_type 'dict'"),
        ('{"action_type": "compare_price", "thought": "hm"}', "there is no field 'thought'"),
        ('{"action_type": "compare_price", "action_type": "compare_price"}', "occurs twice"),
        ('{"action_type": "compare_price", "confidence": NaN}', "NaN"),
        ('{"action_type": "propose_exception_type"}', "needs exception_type: clean_match, quantity_mismatch"),
        ('{"action_type": "propose_exception_type", "exception_type": "odd"}', "exception_type must be one of clean_"),
        ('{"action_type": "submit_final_resolution"}', "needs final_decision: approve_for_payment"),
        ('{"action_type": "submit_final_resolution", "final_decision": "pay"}', "final_decision must be one of appr"),
        ('{"action_type": "compare_price", "confidence": 1.01}', "confidence"),
        ('{"action_type": "compare_price", "confidence": -0.1}', "confidence"),
        ('{"action_type": "compare_price", "confidence": "0.9"}', "confidence: must be a number from 0 to 1"),
        ('{"action_type": "compare_price", "confidence": true}', "confidence: must be a number from 0 to 1"),
        ('{"action_type": "compare_price", "explanation": 5}', "explanation"),
        ('{"action_type": "compare_price", "explanation": "a\\u0000b"}', "NUL"),
        ('{"action_type": "compare_price", "explanation": "a\\ud800b"}', "explanation"),
        ('{"action_type": "compare_price", "evidence_references": "compare_price"}', "evidence_references"),
        (f'{{"action_type": "compare_price", "evidence_references": {json.dumps(["a"] * 51)}}}', "evidence_references"),
        (f'{{"action_type": "compare_price", "explanation": "{"a" * 8001}"}}', "explanation"),
        ('{"a": ' * 17 + "1" + "}" * 17, "nested more than 16"),
        ('{"a": ' + "[" * 1_000 + "}", "nested more than 16"),
        ("{" + ",".join(f'"k{n}": 1' for n in range(60)) + "}", "an object with 60 fields is no action"),
        ("{" + ",".join(f'"k{n}": 1' for n in range(101)) + "}", "more than 100 keys"),
        ("x" * (MAX_ANSWER + 1), f"{MAX_ANSWER + 1} characters"),
    ],
    ids=lambda value: repr(value[:40]),
)
def test_it_says_in_one_line_why_it_is_no_action(text: str, words: str) -> None:
    said = reason(text)
    assert words in said
    assert "\n" not in said
    assert len(said) < 400


def test_a_wrong_first_object_is_not_replaced_by_a_right_second_one() -> None:
    assert "there is no action_type 'look'" in reason('{"action_type": "look"} ' + LOOK)


def test_an_object_inside_a_broken_one_is_not_taken_for_the_answer() -> None:
    assert "broken" in reason('{"plan": [oops], "first": ' + LOOK + "}")


def test_long_thinking_is_no_long_answer() -> None:
    assert parse_action(f"<think>{'hm ' * 100_000}</think>{LOOK}") == INSPECT


@pytest.mark.parametrize(
    "text",
    [
        "{" * MAX_ANSWER,
        "}" * MAX_ANSWER,
        '"' * MAX_ANSWER,
        '{"' * (MAX_ANSWER // 2),
        '{"\\' * (MAX_ANSWER // 3),
        "{}" * (MAX_ANSWER // 2),
        "{a}" * (MAX_ANSWER // 3),
        '{"a":' * (MAX_ANSWER // 5),
        '{"a"' * (MAX_ANSWER // 4) + "}" * 10,
        "\\" * MAX_ANSWER,
        "<think>" * (MAX_ANSWER // 7),
        "</think>" * (MAX_ANSWER // 8),
        "<think></think>" * (MAX_ANSWER // 15),
        "<think>" * 1_000_000,
        "\U0001f600" * MAX_ANSWER,
    ],
    ids=lambda value: repr(value[:20]),
)
def test_garbage_is_refused_quickly(text: str) -> None:
    started = time.process_time()
    reason(text)
    assert time.process_time() - started < 2
