"""What is said before the answer: what the papers show, and nothing that they do not."""

import json
from decimal import Decimal

import pytest

from evaluation.play import Play
from exceptions.catalogue import load_catalogue
from exceptions.environment import Case, grade
from exceptions.generator import Reading, generate_cases, generate_twins, readings_of
from training.reasoning import (
    parts_of,
    reasoned_explanation,
    texts_in,
    what_a_text_says,
    what_papers_show,
    what_texts_say,
)
from training.traces import generated_traces

CASES = generate_cases(240, 31)


def shown(case: Case) -> str:
    return " ".join(what_papers_show(case))


def test_every_figure_said_was_revealed_and_the_decisive_one_is_named() -> None:
    for trace in generated_traces(CASES, seed=1):
        play = Play.begin(trace.case, play_id="trace", played=trace.answers)
        found = grade(trace.case, play.env.state, rubric="grounded-1")
        assert (found.criteria["explanation"], found.criteria["decision"]) == (1, 1), found.notes


def test_what_the_papers_show_does_not_depend_on_the_answer() -> None:
    assert [shown(case.model_copy(update={"ground_truth": None})) for case in CASES] == list(map(shown, CASES))


def test_it_says_what_does_not_agree_word_for_word() -> None:
    by_family = {case.id.split("-", 2)[2]: shown(case) for case in CASES}
    assert by_family["supplier-impersonation"].partition(".")[0].endswith(": differ")
    assert "Not approved." in by_family["high-value-unapproved"]
    assert "reached." in by_family["high-value-unapproved"]
    assert "over accepted" in by_family["partial-receipt"]
    assert "over ordered" in by_family["authorized-overship"]
    assert "outside tolerance" in by_family["price-variance"]
    assert "lines sum to" in by_family["subtotal-off"]
    assert "just under." in by_family["threshold-dance"]
    assert "Quantity ok. Price ok. Totals ok." in by_family["clean-match"]


def test_where_the_papers_of_twins_are_the_same_so_is_what_is_said_of_them() -> None:
    for pair in generate_twins(20, 3, ["inflated-po"]):
        assert shown(pair.one) == shown(pair.other)
        assert reasoned_explanation(pair.one) != reasoned_explanation(pair.other)


def test_limits_are_those_of_policy_and_vendor_whichever_comes_first() -> None:
    case = load_catalogue()[0]
    vendor = case.vendor.model_copy(update={"escalation_threshold": case.invoice.total})
    assert shown(case.model_copy(update={"vendor": vendor})).endswith("reached.")
    vendor = case.vendor.model_copy(update={"escalation_threshold": case.invoice.total + Decimal("0.01")})
    assert shown(case.model_copy(update={"vendor": vendor})).endswith("just under.")


def test_it_is_said_before_the_answer() -> None:
    [trace] = generated_traces(CASES[:1], seed=1)
    said = reasoned_explanation(CASES[0], readings_of(CASES[0]))
    assert json.loads(trace.answers[-1])["explanation"] == said


def test_what_texts_come_to_is_said_between_the_lists_and_the_limit() -> None:
    case = CASES[0]
    order = case.purchase_order.number
    readings = [
        Reading("sent back", "went back", order),
        Reading("of the other", "paid", "PO-99999"),
        Reading("paid", "paid", "PO-99999", invoice="F-1"),
        Reading("paid", "never paid", order, invoice="F-2"),
    ]
    sentences = [
        '"sent back": went back.',
        '"of the other": paid, of PO-99999.',
        "F-1 on PO-99999: paid, another order.",
        f"F-2 on {order}: never paid, this order.",
    ]
    assert [what_a_text_says(case, reading) for reading in readings] == sentences
    said = reasoned_explanation(case, readings)
    *papers, limit = what_papers_show(case)
    assert said.startswith(" ".join((*papers, *sentences, limit)))
    assert [match.group().strip() for match in texts_in(said)] == sentences
    assert [match["gist"] for match in texts_in(said)] == ["went back", "paid", "paid", "never paid"]


def test_sentences_on_texts_are_found_again_in_every_answer() -> None:
    for trace in generated_traces(CASES, seed=1):
        sentences = [what_a_text_says(trace.case, reading) for reading in readings_of(trace.case)]
        assert [json.dumps(one, ensure_ascii=False)[1:-1] for one in sentences] == [
            match.group().rstrip() for match in texts_in(trace.answers[-1])
        ]
    assert not list(texts_in('"sent back": went back. Total 3, limit 5: under. Listed: none. '))


def test_on_a_sheet_sentences_on_texts_end_the_explanation() -> None:
    readings = readings_of(CASES[0])
    said = what_texts_say(CASES[0], readings)
    assert [match.group().rstrip() for match in texts_in(said)] == [what_a_text_says(CASES[0], one) for one in readings]


def test_a_case_without_an_answer_has_no_decisive_finding() -> None:
    with pytest.raises(ValueError, match="no ground truth"):
        reasoned_explanation(CASES[0].model_copy(update={"ground_truth": None}))


def test_it_is_told_where_the_finding_begins_and_where_its_conclusion_does() -> None:
    for case in CASES:
        assert case.ground_truth is not None
        said, finding = reasoned_explanation(case, readings_of(case)), case.ground_truth.key_findings[0]
        parts = parts_of(said)
        assert parts is not None
        assert said[parts[0] :] == finding
        assert said[parts[1] :] == finding.split(". ")[-1]
    assert parts_of("Goods went back. Total 5, limit unknown.") is None
