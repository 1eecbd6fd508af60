"""The script players behind the player protocol."""

import json
from typing import Any

import pytest

from evaluation.players.protocol import Conversation, PlayerError
from evaluation.players.scripts import SCRIPT_PLAYERS, UnknownScript, script_player
from exceptions.catalogue import load_catalogue
from exceptions.environment import Case, Environment, StopReason
from tests.evaluation.script_episodes import play

CASES = load_catalogue()


def case_named(case_id: str) -> Case:
    return next(case for case in CASES if case.id == case_id)


def actions(environment: Environment) -> list[dict[str, Any]]:
    return [step.action.to_dict() for step in environment.state.steps if step.action is not None]


def changed(case: Case, **parts: dict[str, Any]) -> Case:
    """The case with some fields of some parts replaced."""
    content = case.model_dump()
    for part, fields in parts.items():
        content[part].update(fields)
    return Case.model_validate(content)


@pytest.mark.parametrize("name", SCRIPT_PLAYERS)
def test_every_listed_script_has_its_name_and_one_line_of_description(name: str) -> None:
    assert script_player(name).name == name
    assert SCRIPT_PLAYERS[name]
    assert "\n" not in SCRIPT_PLAYERS[name]


@pytest.mark.parametrize("name", SCRIPT_PLAYERS)
def test_a_script_sends_valid_actions_only(name: str) -> None:
    for case in CASES:
        assert all(step.valid for step in play(case, script_player(name)).state.steps)


@pytest.mark.parametrize("name", SCRIPT_PLAYERS)
def test_a_script_plays_the_same_episode_twice(name: str) -> None:
    case = case_named("contradicting-signals")
    assert actions(play(case, script_player(name), seed=3)) == actions(play(case, script_player(name), seed=3))


@pytest.mark.parametrize("name", SCRIPT_PLAYERS)
def test_a_batch_is_answered_as_its_conversations_one_by_one(name: str) -> None:
    player = script_player(name)
    batch = [Conversation(case.id, [], Environment(case).reset(), case.ground_truth, seed=5) for case in CASES]
    assert player.complete(batch) == [player.complete([conversation])[0] for conversation in batch]


@pytest.mark.parametrize("name", [name for name in SCRIPT_PLAYERS if name != "expert"])
def test_only_the_expert_is_handed_the_ground_truth(name: str) -> None:
    assert not script_player(name).reads_ground_truth
    unlabelled = CASES[0].model_copy(update={"ground_truth": None})
    assert actions(play(unlabelled, script_player(name))) == actions(play(CASES[0], script_player(name)))


def test_the_expert_says_what_it_lacks_on_a_case_without_ground_truth() -> None:
    unlabelled = CASES[0].model_copy(update={"ground_truth": None})
    with pytest.raises(PlayerError, match=rf"{CASES[0].opaque_reference}.*needs the ground truth"):
        play(unlabelled, script_player("expert"))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "expert ",
        "constant",
        "constant:",
        "constant:approve_for_payment",
        "constant:pay/clean_match",
        "constant:approve_for_payment/fine",
    ],
)
def test_it_refuses_a_script_that_does_not_exist(name: str) -> None:
    with pytest.raises(UnknownScript):
        script_player(name)


def test_the_answer_has_its_fields_in_the_order_of_the_task() -> None:
    case = case_named("price-variance")
    last = play(case, script_player("expert")).state.steps[-1].raw
    assert last is not None
    assert list(json.loads(last)) == [
        "action_type",
        "final_decision",
        "exception_type",
        "evidence_references",
        "explanation",
    ]


def test_the_expert_looks_further_where_a_key_finding_is_not_yet_proven() -> None:
    case = case_named("price-variance")
    assert case.ground_truth is not None
    fewer = case.ground_truth.model_copy(update={"evidence": case.ground_truth.evidence[:1]})
    narrow = case.model_copy(update={"ground_truth": fewer})
    environment = play(narrow, script_player("expert"))
    resolution = environment.state.resolution
    assert resolution is not None
    assert "inspect_invoice_line_items" in [action["action_type"] for action in actions(environment)]
    assert set(resolution.evidence_references) == set(fewer.evidence)


@pytest.mark.parametrize("name", [name for name in SCRIPT_PLAYERS if name not in ("investigator", "random")])
def test_a_script_submits_before_the_steps_run_out_and_cites_what_it_did(name: str) -> None:
    hurried = CASES[0].model_copy(update={"max_steps": 3})
    state = play(hurried, script_player(name)).state
    assert state.stop_reason is StopReason.SUBMITTED
    assert state.resolution is not None
    assert set(state.resolution.evidence_references) == set(state.performed) - {"submit_final_resolution"}


def test_the_rule_engine_reads_no_free_text() -> None:
    for case in CASES:
        content = case.model_dump()
        content["invoice"]["note"] = "FRAUD, do not pay, approved, returned"
        content["purchase_order"]["payment_terms"] = "Amendment: everything is cheaper"
        for receipt in content["goods_receipts"]:
            receipt["note"] = "All sent back"
        content["history"] = {"comments": ["Duplicate, reject"], "processed_invoices": ["the same, paid"]}
        rewritten = Case.model_validate(content)
        assert actions(play(rewritten, script_player("three-way-match"))) == actions(
            play(case, script_player("three-way-match"))
        )


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        ({}, ("approve_for_payment", "clean_match")),
        ({"invoice": {"supplier_id": "V9999"}}, ("reject_invoice", "policy_violation")),
        (
            {"purchase_order": {"currency": "USD"}},
            ("escalate_for_supervisor_review", "total_amount_mismatch"),
        ),
        ({"purchase_order": {"approved": False}}, ("escalate_for_supervisor_review", "policy_violation")),
        (
            {"policy": {"mandatory_escalation_above": "1000"}},
            ("escalate_for_supervisor_review", "policy_violation"),
        ),
        (
            {"vendor": {"escalation_threshold": "1000"}},
            ("escalate_for_supervisor_review", "policy_violation"),
        ),
    ],
)
def test_the_rule_engine_applies_its_blocks(parts: dict[str, Any], answer: tuple[str, str]) -> None:
    case = changed(case_named("clean-match"), **parts)
    resolution = play(case, script_player("three-way-match")).state.resolution
    assert resolution is not None
    assert (resolution.final_decision, resolution.exception_type) == answer


def test_the_rule_engine_holds_an_invoice_whose_receipt_is_for_another_order() -> None:
    content = case_named("clean-match").model_dump()
    content["goods_receipts"][0]["po_number"] = "PO-9999"
    resolution = play(Case.model_validate(content), script_player("three-way-match")).state.resolution
    assert resolution is not None
    assert resolution.exception_type == "missing_receipt"


@pytest.mark.parametrize(("own_tolerance", "exception_type"), [("15", "clean_match"), ("2", "price_mismatch")])
def test_the_rule_engine_puts_a_vendors_own_tolerance_above_the_policys(
    own_tolerance: str, exception_type: str
) -> None:
    widened = changed(
        case_named("price-variance" if own_tolerance == "15" else "retroactive-price"),
        vendor={"price_tolerance_pct": own_tolerance},
        policy={"total_tolerance": "1000"},
    )
    resolution = play(widened, script_player("three-way-match")).state.resolution
    assert resolution is not None
    assert resolution.exception_type == exception_type


def test_the_rule_engine_leaves_to_a_person_what_it_had_no_time_to_match() -> None:
    hurried = CASES[0].model_copy(update={"max_steps": 3})
    resolution = play(hurried, script_player("three-way-match")).state.resolution
    assert resolution is not None
    assert (resolution.final_decision, resolution.exception_type) == ("escalate_for_supervisor_review", None)


def test_the_keyword_script_goes_by_words_even_when_they_deny() -> None:
    case = changed(case_named("clean-match"), history={"comments": ["No duplicate of anything."]})
    resolution = play(case, script_player("keyword")).state.resolution
    assert resolution is not None
    assert (resolution.final_decision, resolution.exception_type) == ("reject_invoice", "duplicate_invoice")


def test_the_investigator_never_submits() -> None:
    for case in CASES:
        assert play(case, script_player("investigator")).state.stop_reason is StopReason.OUT_OF_STEPS


def test_chance_depends_on_the_seed() -> None:
    played = {json.dumps(actions(play(CASES[0], script_player("random"), seed=seed))) for seed in range(8)}
    assert len(played) > 4
