"""Every row of the reward tables."""

from typing import Any

import pytest

from exceptions.environment import Environment, Observation
from tests.exceptions.environment.case_builder import build_case

ORDER = {"action_type": "inspect_purchase_order"}
RECEIPT = {"action_type": "inspect_goods_receipt_note"}
DUPLICATES = {"action_type": "check_for_duplicate_invoice"}
QUANTITY = {"action_type": "compare_quantity"}
PRICE = {"action_type": "compare_price"}
SUMMARY = {"action_type": "summarize_findings"}


def propose(exception_type: str) -> dict[str, str]:
    return {"action_type": "propose_exception_type", "exception_type": exception_type}


def submit(decision: str = "place_on_hold", **more: Any) -> dict[str, Any]:
    return {"action_type": "submit_final_resolution", "final_decision": decision} | more


def play(*played: Any, rewards: str = "seed-1", **changes: Any) -> Environment:
    return Environment.replay(build_case(**changes), played, rewards=rewards)


def rewards_of(environment: Environment) -> list[float | None]:
    return [step.reward for step in environment.state.steps]


def parts_of(environment: Environment) -> dict[str, float]:
    return environment.state.steps[-1].reward_parts


@pytest.mark.parametrize(
    "action",
    [
        "inspect_invoice_line_items",
        "inspect_purchase_order",
        "inspect_goods_receipt_note",
        "inspect_vendor_profile",
        "inspect_policy_rules",
        "check_for_duplicate_invoice",
    ],
)
def test_seed_rewards_a_document_revealed_for_the_first_time(action: str) -> None:
    assert rewards_of(play({"action_type": action})) == [0.05]


@pytest.mark.parametrize(
    ("history", "reward"),
    [
        ({"similar_invoices": ["INV-1"]}, 0.08),
        ({"processed_invoices": ["INV-1"]}, 0.08),
        ({"pending_invoices": ["INV-1"]}, 0.05),
        ({"comments": ["hello"]}, 0.05),
    ],
)
def test_seed_rewards_a_duplicate_check_that_finds_something(history: dict[str, list[str]], reward: float) -> None:
    assert rewards_of(play(DUPLICATES, history=history)) == [reward]


def test_seed_rewards_comparisons() -> None:
    assert rewards_of(play(QUANTITY)) == [0.08]
    assert rewards_of(play(PRICE)) == [0.03]
    assert rewards_of(play({"action_type": "compare_totals"})) == [0.03]


def test_seed_rewards_a_discrepancy_inside_the_tolerance_too() -> None:
    assert rewards_of(play(QUANTITY, invoice__lines__0__quantity="61")) == [0.08]


def test_seed_rewards_a_right_proposal() -> None:
    assert rewards_of(play(propose("partial_receipt"))) == [0.10]
    assert rewards_of(play(propose("price_mismatch"))) == [0.0]


def test_seed_gives_nothing_for_a_proposal_on_a_case_without_ground_truth() -> None:
    assert rewards_of(play(propose("partial_receipt"), ground_truth=None)) == [0.0]


def test_seed_rewards_a_summary_of_something() -> None:
    assert rewards_of(play(SUMMARY)) == [0.0]
    assert rewards_of(play(ORDER, SUMMARY)) == [0.05, 0.02]


@pytest.mark.parametrize("scheme", ["seed-1", "grounded-1"])
@pytest.mark.parametrize(
    "played", ["?", {"action_type": "propose_exception_type"}, {"action_type": "submit_final_resolution"}]
)
def test_an_invalid_action_costs_the_same_every_time(played: Any, scheme: str) -> None:
    assert rewards_of(play(played, played, played, played, played, rewards=scheme)) == [-0.05] * 5


def test_seed_caps_what_a_repeated_action_can_earn() -> None:
    assert rewards_of(play(*[ORDER] * 6)) == [0.05, -0.02, -0.05, -0.10, -0.15, -0.15]
    assert rewards_of(play(*[QUANTITY] * 6)) == [0.08, -0.02, -0.05, -0.10, -0.15, -0.15]
    assert rewards_of(play(*[propose("partial_receipt")] * 5)) == [0.10, -0.02, -0.05, -0.10, -0.15]


def test_seed_counts_an_action_as_repeated_whatever_was_between_or_proposed() -> None:
    environment = play(propose("price_mismatch"), ORDER, "?", propose("partial_receipt"))
    assert rewards_of(environment) == [0.0, 0.05, -0.05, -0.02]
    assert parts_of(environment) == {"base": 0.10, "repeat": -0.12}


def test_seed_pays_the_grade_on_submit() -> None:
    environment = play(ORDER, RECEIPT, submit())
    given = environment.observe().grade
    assert given is not None
    assert parts_of(environment) == {"base": given.score}
    assert environment.state.cumulative_reward == pytest.approx(0.10 + given.score)


@pytest.mark.parametrize(("looks", "shortcut"), [((), True), ((ORDER,), True), ((ORDER, RECEIPT), False)])
def test_seed_punishes_a_submit_after_fewer_than_two_documents(looks: tuple[Any, ...], shortcut: bool) -> None:
    parts = parts_of(play(*looks, submit()))
    assert parts.get("shortcut") == (-0.20 if shortcut else None)


def test_seed_does_not_take_a_comparison_for_a_document() -> None:
    assert parts_of(play(ORDER, QUANTITY, submit()))["shortcut"] == -0.20


@pytest.mark.parametrize(
    ("decision", "confidence", "part"),
    [
        ("place_on_hold", 0.8, 0.05),
        ("place_on_hold", 1.0, 0.05),
        ("place_on_hold", 0.79, None),
        ("place_on_hold", None, None),
        ("reject_invoice", 0.8, -0.05),
        ("reject_invoice", 0.5, None),
    ],
)
def test_seed_weighs_confidence(decision: str, confidence: float | None, part: float | None) -> None:
    parts = parts_of(play(ORDER, RECEIPT, submit(decision, confidence=confidence)))
    assert parts.get("confidence") == part


def test_seed_pays_the_grade_less_a_tenth_when_time_runs_out() -> None:
    environment = play(ORDER, RECEIPT, QUANTITY, max_steps=3)
    given = environment.observe().grade
    assert given is not None
    # evidence 0.15 x 0.7, investigation 0.10 x 1, efficiency 0.10 x 0.5
    assert given.score == 0.255
    assert parts_of(environment) == {"base": 0.08, "timeout": 0.155}
    assert rewards_of(environment)[-1] == 0.235


def test_seed_pays_the_timeout_on_top_of_an_invalid_last_action() -> None:
    environment = play(ORDER, "?", max_steps=2)
    given = environment.observe().grade
    assert given is not None
    assert parts_of(environment) == {"base": -0.05, "timeout": round(given.score - 0.10, 4)}


def test_grounded_gives_nothing_for_looking() -> None:
    environment = play(ORDER, QUANTITY, propose("partial_receipt"), SUMMARY, rewards="grounded-1")
    assert rewards_of(environment) == [0.0, 0.0, 0.0, 0.0]


def test_grounded_takes_the_same_for_every_repeat() -> None:
    assert rewards_of(play(*[QUANTITY] * 6, rewards="grounded-1")) == [0.0, -0.02, -0.02, -0.02, -0.02, -0.02]


def test_grounded_pays_the_grounded_grade_on_submit() -> None:
    environment = play(ORDER, submit(confidence=0.9), rewards="grounded-1")
    given = environment.observe().grade
    assert given is not None
    assert given.rubric == "grounded-1"
    assert parts_of(environment) == {"base": given.score}


def test_grounded_pays_nothing_when_time_runs_out() -> None:
    environment = play(ORDER, RECEIPT, QUANTITY, max_steps=3, rewards="grounded-1")
    assert parts_of(environment) == {"base": 0.0, "timeout": 0.0}
    assert environment.state.cumulative_reward == 0.0


def test_the_observation_carries_the_reward_of_its_step() -> None:
    environment = Environment(build_case(), rewards="seed-1")
    first: Observation = environment.reset()
    assert first.reward is None
    assert environment.step(ORDER).reward == 0.05


def test_parts_are_kept_for_every_step() -> None:
    environment = play(ORDER, ORDER, "?")
    assert environment.state.reward_parts == [{"base": 0.05}, {"base": 0.0, "repeat": -0.02}, {"base": -0.05}]
