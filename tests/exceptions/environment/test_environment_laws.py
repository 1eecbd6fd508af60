"""The laws of the environment, for any sequence of actions and any text."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.environment import (
    INVESTIGATIONS,
    REWARD_SCHEMES,
    RUBRICS,
    ActionType,
    Case,
    CasePackError,
    Decision,
    Environment,
    ExceptionType,
    InvalidAction,
    PackProblem,
    Resolution,
    dump_case_pack,
    grade,
    load_case_pack,
    parse_action,
    render_text,
)
from exceptions.environment.grade import PARTIAL_DECISIONS
from tests.exceptions.environment.case_builder import build_case, case_dict, pack_dict

schemes = st.sampled_from(list(REWARD_SCHEMES))
citations = st.lists(st.sampled_from([*ActionType, "nonsense"]), max_size=5)
explanations = st.one_of(
    st.sampled_from(["GRN-88 accepted 60 of the 100 that were billed", "40 hoses", "12.50 and 9999", ""]),
    st.text(max_size=60).filter(lambda text: text.isprintable()),
)
submits = st.fixed_dictionaries(
    {
        "action_type": st.just("submit_final_resolution"),
        "final_decision": st.sampled_from(Decision),
        "exception_type": st.none() | st.sampled_from(ExceptionType),
        "evidence_references": citations,
        "explanation": explanations,
        "confidence": st.none() | st.floats(0, 1),
    }
)
looks = st.builds(lambda kind: {"action_type": kind}, st.sampled_from(ActionType))
proposals = st.builds(
    lambda kind: {"action_type": "propose_exception_type", "exception_type": kind}, st.sampled_from(ExceptionType)
)
rubbish = st.text(max_size=40) | st.dictionaries(st.text(max_size=5), st.integers(), max_size=3)
#: Submits are rare, so that episodes grow long enough to repeat and to run out of steps.
played_actions = st.lists(st.one_of(looks, looks, looks, proposals, rubbish, submits), max_size=20)


def play(case: Case, played: list[Any], rewards: str) -> tuple[Environment, list[dict[str, Any]]]:
    environment = Environment(case, rewards)
    observations = [environment.reset()]
    for action in played:
        if environment.state.done:
            break
        observations.append(environment.step(action))
    return environment, [observation.to_dict() for observation in observations]


@given(played_actions, schemes, st.integers(1, 12))
def test_any_episode_ends_in_time_and_its_reward_is_the_sum_of_its_parts(
    played: list[Any], rewards: str, max_steps: int
) -> None:
    environment, observations = play(build_case(max_steps=max_steps), played, rewards)
    state = environment.state
    assert len(state.steps) <= max_steps
    assert state.done == (len(state.steps) == max_steps or state.resolution is not None)
    assert [step.number for step in state.steps] == list(range(1, len(state.steps) + 1))
    assert [step.done for step in state.steps[:-1]] == [False] * (len(state.steps) - 1 if state.steps else 0)
    total = Decimal(0)
    for step in state.steps:
        parts = sum((Decimal(repr(part)) for part in step.reward_parts.values()), Decimal(0))
        assert step.reward is not None
        assert Decimal(repr(step.reward)) == parts
        total += parts
    assert state.cumulative_reward is not None
    assert Decimal(repr(state.cumulative_reward)) == total
    assert [observation["remaining_steps"] for observation in observations] == list(
        range(max_steps, max_steps - len(observations), -1)
    )


@given(played_actions, schemes)
def test_any_episode_comes_out_the_same_twice(played: list[Any], rewards: str) -> None:
    first, first_seen = play(build_case(), played, rewards)
    second, second_seen = play(build_case(), played, rewards)
    assert first_seen == second_seen
    assert first.state.to_dict() == second.state.to_dict()
    for rubric in RUBRICS:
        assert grade(first.case, first.state, rubric) == grade(second.case, second.state, rubric)


_FINGERPRINT = """
import hashlib, json, sys
from exceptions.environment import ActionType, Environment, grade, render_text
from tests.exceptions.environment.case_builder import build_case
case = build_case()
environment = Environment(case, "seed-1")
seen = [render_text(environment.reset())]
for action in list(ActionType)[:10]:
    observation = environment.step({"action_type": action})
    seen += [json.dumps(observation.to_dict()), render_text(observation), render_text(observation, "cumulative")]
environment.step({"action_type": "submit_final_resolution", "final_decision": "place_on_hold",
    "explanation": "40 of 100", "evidence_references": ["compare_quantity", "nothing", "else"]})
seen += [json.dumps(grade(case, environment.state, rubric).to_dict()) for rubric in ("seed-1", "grounded-1")]
seen.append(json.dumps(environment.state.to_dict()))
print(hashlib.sha256("".join(seen).encode()).hexdigest())
"""


def test_an_episode_does_not_depend_on_hash_seeds_or_locales() -> None:
    fingerprints = set()
    for surroundings in ({"PYTHONHASHSEED": "1", "LC_ALL": "C"}, {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo"}):
        done = subprocess.run(
            [sys.executable, "-c", _FINGERPRINT],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": "."} | surroundings,
            timeout=60,
        )
        fingerprints.add(done.stdout)
    assert len(fingerprints) == 1


truths = st.fixed_dictionaries(
    {
        "decision": st.sampled_from(Decision),
        "exception_type": st.sampled_from(ExceptionType),
        "evidence": st.lists(st.sampled_from(INVESTIGATIONS), min_size=1, max_size=6, unique=True),
        "key_findings": st.lists(st.sampled_from(["40 hoses", "GRN-88", "Nothing signed"]), min_size=1, max_size=3),
    }
)


@given(played_actions, schemes, truths)
def test_nothing_before_the_end_depends_on_the_ground_truth(
    played: list[Any], rewards: str, truth: dict[str, Any]
) -> None:
    _, seen = play(build_case(), played, rewards)
    _, seen_otherwise = play(build_case(ground_truth=truth), played, rewards)
    _, seen_without = play(build_case(ground_truth=None), played, rewards)
    for observations in zip(seen, seen_otherwise, seen_without, strict=True):
        if not observations[0]["done"]:
            shown = [hidden_but(observation) for observation in observations]
            assert shown[0] == shown[1] == shown[2]


def hidden_but(observation: dict[str, Any]) -> dict[str, Any]:
    """Without the reward of a proposal, the one exception that `seed-1` makes."""
    if observation["last_result"].startswith("Noted: "):
        return observation | {"reward": None}
    return observation


@given(played_actions, schemes)
def test_any_score_and_criterion_lies_between_zero_and_one(played: list[Any], rewards: str) -> None:
    environment, _ = play(build_case(), played, rewards)
    for rubric in RUBRICS:
        given_grade = grade(environment.case, environment.state, rubric)
        assert 0 <= given_grade.score <= 1
        assert set(given_grade.criteria) == set(RUBRICS[rubric].weights)
        assert all(0 <= value <= 1 for value in given_grade.criteria.values())


@given(played_actions, truths, st.sampled_from(ExceptionType), citations, explanations)
def test_a_better_decision_never_lowers_the_score(
    played: list[Any], truth: dict[str, Any], submitted: ExceptionType, cited: list[str], explanation: str
) -> None:
    case = build_case(ground_truth=truth)
    environment, _ = play(case, played, "seed-1")
    right = truth["decision"]
    worth = {decision: PARTIAL_DECISIONS[right].get(decision, 0.0) for decision in Decision} | {right: 1.0}
    better_last = sorted(Decision, key=lambda decision: worth[decision])
    for rubric in RUBRICS:
        scores = [
            grade(
                case,
                environment.state.with_resolution(Resolution(decision, submitted, tuple(cited), explanation)),
                rubric,
            ).score
            for decision in better_last
        ]
        assert all(worse <= better for worse, better in pairwise(scores))


@given(played_actions)
def test_no_turn_repeats_a_line_that_an_earlier_turn_said(played: list[Any]) -> None:
    """Lines with a figure or a name; the frame of a message and repeated mistakes may recur."""
    environment = Environment(build_case())
    said: list[str] = render_text(environment.reset()).splitlines()
    for action in played:
        if environment.state.done:
            break
        observation = environment.step(action)
        if observation.last_error is None and not observation.last_result.startswith(("Noted", "Done already", "No ")):
            new = [line for line in observation.last_result.splitlines() if "HX-200" in line or "7731" in line]
            assert not set(new) & set(said)
            said += new


@given(st.text(max_size=300) | st.text(alphabet='{}[]"\\:,<>/thinkactoype_ \n', max_size=300))
def test_any_text_is_an_action_or_says_why_not(text: str) -> None:
    try:
        parse_action(text)
    except InvalidAction as error:
        said = error.reason
    else:
        said = "an action"
    assert said


@given(submits | looks.filter(lambda look: "inspect" in look["action_type"]), st.text(alphabet="abc \n`.", max_size=30))
def test_any_action_is_found_in_prose(fields: dict[str, Any], prose: str) -> None:
    assert parse_action(f"{prose}```json\n{json.dumps(fields)}\n```{prose}") == parse_action(json.dumps(fields))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


def problems_of(source: dict[str, Any] | bytes) -> list[PackProblem] | None:
    """None when it was read."""
    try:
        load_case_pack(source)
    except CasePackError as error:
        return error.errors
    return None


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_pack_or_say_why_not(content: bytes) -> None:
    assert problems_of(content) != []


@given(st.sampled_from(sorted(case_dict())), json_values)
def test_any_value_for_a_part_is_read_or_named(part: str, value: Any) -> None:
    pack = pack_dict(case_dict() | {part: value})
    assert {problem.path.split(".")[0].split("[")[0] for problem in problems_of(pack) or []} <= {part}


amounts = st.decimals(min_value=0, max_value=10**12, allow_nan=False, allow_infinity=False, places=2)


@settings(max_examples=50)
@given(amounts, amounts, amounts)
def test_any_amount_survives_writing_and_reading(quantity: Decimal, price: Decimal, total: Decimal) -> None:
    case = build_case(invoice__lines__0__quantity=quantity, invoice__lines__0__unit_price=price, invoice__total=-total)
    (read,) = load_case_pack(json.dumps(dump_case_pack([case], "one")).encode())
    assert read == case
    assert str(read.invoice.total) == str(case.invoice.total)
