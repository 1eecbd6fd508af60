"""The course of an episode: steps, findings, repeats, ends, replay."""

import pytest

from exceptions.environment import (
    Action,
    ActionType,
    Decision,
    DocumentName,
    Environment,
    EpisodeOver,
    ExceptionType,
    Resolution,
    StopReason,
    UngradedCase,
    UnknownRewardScheme,
    UnknownRubric,
    grade,
)
from tests.exceptions.environment.case_builder import build_case

ORDER = {"action_type": "inspect_purchase_order"}
QUANTITY = {"action_type": "compare_quantity"}
SUBMIT = {
    "action_type": "submit_final_resolution",
    "final_decision": "place_on_hold",
    "exception_type": "partial_receipt",
    "evidence_references": ["inspect_goods_receipt_note"],
    "explanation": "GRN-88 accepted 60 of 100",
    "confidence": 0.7,
}


def test_it_plays_actions_objects_and_raw_text_alike() -> None:
    action = Action(action_type=ActionType.INSPECT_PURCHASE_ORDER)
    observations = []
    for played in (action, ORDER, f"I look: {action.model_dump_json()}"):
        environment = Environment(build_case())
        environment.reset()
        observations.append(environment.step(played))
        assert environment.state.steps[0].action == action
    assert observations[0] == observations[1] == observations[2]


def test_raw_text_is_kept_with_the_step() -> None:
    environment = Environment(build_case())
    environment.step('ok {"action_type": "compare_price"}')
    environment.step("no idea")
    environment.step(ORDER)
    assert [step.raw for step in environment.state.steps] == ['ok {"action_type": "compare_price"}', "no idea", None]


def test_findings_are_documents_and_discrepancies_once() -> None:
    environment = Environment(build_case())
    environment.step(ORDER)
    environment.step(QUANTITY)
    environment.step(ORDER)
    observation = environment.step(QUANTITY)
    assert observation.findings == [
        "PO PO-7731: approved, total 1250 EUR",
        "Quantity: HX-200 40 over accepted, outside tolerance",
    ]
    assert environment.state.revealed == [DocumentName.PURCHASE_ORDER]
    assert len(observation.discrepancies) == 1


def test_a_repeated_look_says_nothing_twice() -> None:
    environment = Environment(build_case())
    environment.step({"action_type": "compare_price"})
    environment.step(ORDER)
    environment.step(ORDER)
    step = environment.state.steps[-1]
    assert step.result == "Done already in step 2; nothing new."
    assert step.revealed is None


def test_a_summary_lists_the_findings_that_no_summary_listed() -> None:
    environment = Environment(build_case())
    summarize = {"action_type": "summarize_findings"}
    assert environment.step(summarize).last_result == "No findings yet."
    environment.step(ORDER)
    assert environment.step(summarize).last_result == "1. PO PO-7731: approved, total 1250 EUR"
    environment.step(QUANTITY)
    assert environment.step(summarize).last_result.startswith("2. Quantity: HX-200")
    assert environment.step(summarize).last_result == "No new findings."


def test_a_proposal_is_noted_and_the_last_one_counts() -> None:
    environment = Environment(build_case())
    environment.step({"action_type": "propose_exception_type", "exception_type": "price_mismatch"})
    observation = environment.step({"action_type": "propose_exception_type", "exception_type": "tax_variance"})
    assert observation.last_result == "Noted: tax_variance"
    assert environment.state.proposed_type is ExceptionType.TAX_VARIANCE


@pytest.mark.parametrize(
    "played",
    [
        "rubbish",
        {"action_type": "look"},
        {"action_type": "propose_exception_type"},
        {"action_type": "submit_final_resolution"},
        Action(action_type=ActionType.PROPOSE_EXCEPTION_TYPE),
        Action(action_type=ActionType.SUBMIT_FINAL_RESOLUTION),
    ],
)
def test_what_is_no_action_is_recorded_and_costs_a_step(played: Action | dict[str, str] | str) -> None:
    environment = Environment(build_case())
    observation = environment.step(played)
    (step,) = environment.state.steps
    assert (step.valid, step.action, step.done) == (False, None, False)
    assert step.raw
    assert observation.last_error == step.error
    assert observation.last_result == ""
    assert observation.remaining_steps == 11
    assert environment.state.performed == {}


def test_a_submit_ends_the_episode() -> None:
    environment = Environment(build_case())
    environment.step(ORDER)
    observation = environment.step(SUBMIT)
    state = environment.state
    assert observation.done
    assert state.stop_reason is StopReason.SUBMITTED
    assert state.resolution is not None
    assert state.resolution.to_dict() == {key: value for key, value in SUBMIT.items() if key != "action_type"}
    assert observation.available_actions == []
    assert observation.grade == grade(environment.case, state, "grounded-1")


def test_it_takes_no_step_after_the_end() -> None:
    environment = Environment(build_case())
    environment.step(SUBMIT)
    with pytest.raises(EpisodeOver, match="submitted"):
        environment.step(ORDER)
    assert len(environment.state.steps) == 1


def test_it_ends_when_the_steps_are_used_up() -> None:
    environment = Environment(build_case(max_steps=2))
    environment.step(ORDER)
    observation = environment.step({"action_type": "submit_final_resolution"})
    assert observation.done
    assert environment.state.stop_reason is StopReason.OUT_OF_STEPS
    assert environment.state.resolution is None


def test_a_submit_in_the_last_step_counts() -> None:
    environment = Environment(build_case(max_steps=1))
    environment.step(SUBMIT)
    assert environment.state.stop_reason is StopReason.SUBMITTED


@pytest.mark.parametrize(
    "stop_reason", [StopReason.PROMPT_BUDGET_EXCEEDED, StopReason.PLAYER_ERROR, StopReason.CANCELLED]
)
def test_it_can_be_ended_from_outside(stop_reason: StopReason) -> None:
    environment = Environment(build_case(), rewards="seed-1")
    environment.step(ORDER)
    observation = environment.end(stop_reason)
    assert observation.done
    assert observation.reward == 0.0
    assert environment.state.stop_reason is stop_reason
    assert environment.state.cumulative_reward == 0.05
    with pytest.raises(EpisodeOver):
        environment.end(stop_reason)


@pytest.mark.parametrize("stop_reason", [StopReason.SUBMITTED, StopReason.OUT_OF_STEPS])
def test_it_cannot_be_ended_from_outside_as_if_played(stop_reason: StopReason) -> None:
    with pytest.raises(ValueError, match="from outside"):
        Environment(build_case()).end(stop_reason)


def test_a_reset_starts_a_new_episode_and_leaves_the_old_one_alone() -> None:
    environment = Environment(build_case())
    old = environment.step(ORDER)
    before = environment.state
    fresh = environment.reset()
    environment.step(QUANTITY)
    assert fresh.remaining_steps == 12
    assert fresh.findings == []
    assert [step.number for step in before.steps] == [1]
    assert old.findings == ["PO PO-7731: approved, total 1250 EUR"]


def test_it_replays_what_was_recorded() -> None:
    environment = Environment(build_case(), rewards="seed-1")
    for played in (ORDER, "rubbish", '{"action_type": "look"}', {"action_type": "look"}, QUANTITY):
        last = environment.step(played)
    recorded = [step.raw if step.action is None else step.action for step in environment.state.steps]
    again = Environment.replay(environment.case, [given for given in recorded if given], rewards="seed-1")
    assert again.state.to_dict() == environment.state.to_dict()
    assert again.observe(again.state.steps[-1].reward) == last


def test_a_case_without_ground_truth_leaves_the_end_open() -> None:
    environment = Environment(build_case(ground_truth=None), rewards="seed-1")
    assert environment.step(ORDER).reward == 0.05
    observation = environment.step(SUBMIT)
    assert observation.reward is None
    assert observation.grade is None
    assert environment.state.cumulative_reward is None
    with pytest.raises(UngradedCase, match="short-receipt has no ground truth"):
        grade(environment.case, environment.state)


def test_a_case_without_ground_truth_leaves_the_last_step_open_when_time_runs_out() -> None:
    environment = Environment(build_case(ground_truth=None, max_steps=1), rewards="seed-1")
    assert environment.step(ORDER).reward is None


def test_an_episode_can_be_graded_once_its_case_is_adjudicated() -> None:
    environment = Environment(build_case(ground_truth=None))
    for action in ("inspect_purchase_order", "inspect_goods_receipt_note", "compare_quantity"):
        environment.step({"action_type": action})
    environment.step(SUBMIT)
    adjudicated = build_case()
    assert grade(adjudicated, environment.state).criteria["decision"] == 1.0


def test_another_resolution_is_graded_on_the_same_steps() -> None:
    environment = Environment(build_case())
    environment.step(ORDER)
    environment.step(SUBMIT | {"final_decision": "reject_invoice"})
    revised = environment.state.with_resolution(Resolution(Decision.HOLD, ExceptionType.PARTIAL_RECEIPT))
    assert grade(environment.case, revised).criteria["decision"] == 1.0
    assert grade(environment.case, environment.state).criteria["decision"] < 1.0
    assert revised.steps == environment.state.steps


def test_it_knows_its_schemes_and_rubrics() -> None:
    with pytest.raises(UnknownRewardScheme, match="seed-1, grounded-1"):
        Environment(build_case(), rewards="seed-2")
    with pytest.raises(UnknownRubric, match="seed-1, grounded-1"):
        grade(build_case(), Environment(build_case()).state, rubric="seed-2")
