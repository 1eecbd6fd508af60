"""What the model is shown: the expert's looks and the right answer, stored and named by content."""

import json
import re
from decimal import Decimal

import pytest

from evaluation.play import Play
from evaluation.worksheet import quoted
from exceptions.catalogue import load_catalogue
from exceptions.environment import ActionType, grade
from exceptions.generator import UnknownFamily, generate_cases, generate_mixture, readings_of
from training.reasoning import texts_in
from training.traces import (
    CASES_ON_A_SHEET,
    INVESTIGATION_ORDER,
    Trace,
    catalogue_split,
    catalogue_traces,
    drill_traces,
    dump_traces,
    expert_trace,
    generated_traces,
    load_traces,
    sheet_traces,
    traces_sha256,
)

CASES = load_catalogue()
GENERATED = generate_cases(36, 31)


def test_the_published_split_holds_out_two_canonical_and_two_hard_cases() -> None:
    train, holdout = catalogue_split(CASES, seed=42)
    assert len(train) == 18
    assert sorted(case.slice for case in holdout) == ["canonical", "canonical", "hard", "hard"]
    assert {case.id for case in train} | {case.id for case in holdout} == {case.id for case in CASES}
    assert catalogue_split(CASES, seed=42)[1] == holdout
    assert any(catalogue_split(CASES, seed=seed)[1] != holdout for seed in range(5))


def test_the_four_lengths_make_seventy_two_traces() -> None:
    traces = catalogue_traces(catalogue_split(CASES)[0], [3, 5, 7, 9])
    assert len(traces) == 72
    assert {len(trace.answers) for trace in traces} == {4, 6, 8, 10}


@pytest.mark.parametrize("case", GENERATED, ids=lambda case: case.id)
def test_a_trace_plays_to_a_resolved_case(case: object) -> None:
    [trace] = generated_traces([case], seed=1)  # type: ignore[list-item]
    play = Play.begin(trace.case, play_id="trace", played=trace.answers)
    assert play.env.state.done
    assert all(step.valid for step in play.env.state.steps)
    criteria = grade(trace.case, play.env.state, rubric="grounded-1").criteria
    assert (criteria["decision"], criteria["exception_type"], criteria["evidence"]) == (1, 1, 1)
    # Every figure was revealed; whose lack a decisive one is in `test_reasoning.py`.
    assert criteria["explanation"] >= 0.5


def test_of_a_case_that_people_wrote_nobody_knows_what_its_texts_come_to() -> None:
    with pytest.raises(UnknownFamily, match="not the id of a generated case"):
        generated_traces(CASES[:1], seed=1)


def test_what_is_cited_was_looked_at_and_is_required() -> None:
    case = CASES[0]
    assert case.ground_truth is not None
    submit = json.loads(expert_trace(case, INVESTIGATION_ORDER[:3]).answers[-1])
    assert set(submit["evidence_references"]) == set(INVESTIGATION_ORDER[:3]) & set(case.ground_truth.evidence)


def test_in_a_reasoned_answer_the_explanation_comes_before_type_and_decision() -> None:
    [trace] = generated_traces(GENERATED[:1], seed=1)
    assert list(json.loads(trace.answers[-1]))[:4] == [
        "action_type",
        "explanation",
        "exception_type",
        "final_decision",
    ]


def test_siblings_go_by_one_reference_and_are_looked_at_in_one_order() -> None:
    traces = generated_traces(generate_mixture(48, 5, twin_share=1, wordings=2), seed=1, shuffled_share=0.5)
    sets = [traces[at : at + 4] for at in range(0, 48, 4)]
    assert all(len({trace.case.reference for trace in siblings}) == 1 for siblings in sets)
    assert all(len({trace.answers[:-1] for trace in siblings}) == 1 for siblings in sets)
    assert len({trace.case.reference for trace in traces}) == 12
    assert len({trace.answers[:-1] for trace in traces}) > 3


def test_a_drill_has_no_look_and_siblings_are_drilled_alike() -> None:
    drills = drill_traces(generate_mixture(240, 5, twin_share=1, wordings=2))
    assert all(drill.drill for drill in drills)
    assert {len(drill.answers) for drill in drills} == {1}
    sets = [drills[at : at + 4] for at in range(0, 240, 4)]
    assert all(len({drill.case.reference for drill in siblings}) == 1 for siblings in sets)


def test_a_sheet_tells_each_text_of_its_cases_once() -> None:
    cases = generate_mixture(3 * CASES_ON_A_SHEET, 5, twin_share=0.8)
    sheets = sheet_traces(cases)
    assert len(sheets) == 3
    for number, sheet in enumerate(sheets):
        together = cases[number * CASES_ON_A_SHEET :][:CASES_ON_A_SHEET]
        known = {(quoted(one.text), one.gist) for case in together for one in readings_of(case) if not one.invoice}
        [answer] = sheet.answers
        told = [(text["text"], text["gist"]) for text in texts_in(json.loads(answer)["explanation"])]
        assert sheet.drill
        assert len(told) > CASES_ON_A_SHEET
        assert set(told) <= known
        assert len({text for text, _gist in told}) == len(told)
        assert "terms" not in {gist for _text, gist in told}
    assert load_traces(dump_traces(sheets)) == sheets


def test_a_text_on_a_sheet_is_about_this_order_unless_it_names_another() -> None:
    [sheet] = sheet_traces(generate_mixture(CASES_ON_A_SHEET, 5, twin_share=0.8))
    elsewhere = re.findall(r'"([^"]+)": [a-z ]+, of ([^:"]+?)\. ', json.loads(sheet.answers[0])["explanation"])
    assert elsewhere
    assert all(order in quote and order != sheet.case.purchase_order.number for quote, order in elsewhere)


def test_pairs_on_a_sheet_are_alike_and_are_told_apart() -> None:
    sheets = sheet_traces(generate_mixture(8 * CASES_ON_A_SHEET, 5, twin_share=0.8))
    told = " ".join(json.loads(sheet.answers[0])["explanation"] for sheet in sheets)
    suppliers = re.findall(r"Supplier ([^:]+?), ([^:]+): (same|differ)\.", told)
    assert {verdict for *_pair, verdict in suppliers} == {"same", "differ"}
    for one, other, verdict in suppliers:
        apart = sum(left != right for left, right in zip(one, other, strict=True))
        assert apart == 0 if verdict == "same" else 1 <= apart <= 2
    totals = re.findall(r"Total ([0-9.]+), limit ([0-9.]+): (reached|just under|under)\.", told)
    assert {verdict for *_pair, verdict in totals} == {"reached", "just under", "under"}
    for total, limit, verdict in totals:
        share = Decimal(total) / Decimal(limit)
        assert verdict == ("reached" if share >= 1 else "just under" if share >= Decimal("0.9") else "under")


def test_a_share_of_the_generated_traces_looks_in_another_order() -> None:
    def orders(share: float) -> list[bool]:
        return [
            [json.loads(answer)["action_type"] for answer in trace.answers[:-1]]
            == list(INVESTIGATION_ORDER[: len(trace.answers) - 1])
            for trace in generated_traces(GENERATED, seed=3, shuffled_share=share)
        ]

    assert all(orders(0.0))
    assert not any(orders(1.0))
    assert 0 < sum(orders(0.5)) < len(GENERATED)


def test_a_trace_leaves_room_for_the_submit() -> None:
    case = CASES[0].model_copy(update={"max_steps": 3})
    with pytest.raises(ValueError, match="no room for 3 looks and a submit"):
        expert_trace(case, INVESTIGATION_ORDER[:3])


def test_nobody_is_an_expert_on_a_case_without_an_answer() -> None:
    with pytest.raises(ValueError, match="no ground truth"):
        expert_trace(CASES[0].model_copy(update={"ground_truth": None}), [ActionType.COMPARE_PRICE])


def test_traces_are_read_as_they_were_written_and_named_by_what_is_in_them() -> None:
    traces = [*catalogue_traces(CASES[:2], [3, 5]), *drill_traces(GENERATED[:2])]
    assert load_traces(dump_traces(traces)) == traces
    assert traces_sha256(load_traces(dump_traces(traces))) == traces_sha256(traces)
    assert traces_sha256(traces[:-1]) != traces_sha256(traces)
    changed = Trace(traces[0].case, (*traces[0].answers[:-1], traces[0].answers[-1] + " "))
    assert traces_sha256([changed, *traces[1:]]) != traces_sha256(traces)


def test_a_line_that_is_no_trace_is_named() -> None:
    with pytest.raises(ValueError, match="line 2 is no trace"):
        load_traces([*dump_traces(catalogue_traces(CASES[:1], [3])), b'{"answers": []}\n'])
