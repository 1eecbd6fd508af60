"""What is said before the answer: what the papers show, and nothing that they do not."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from evaluation.play import Play
from evaluation.worksheet import Blank, Looks, filled, quoted, worksheet, worksheet_pattern
from exceptions.catalogue import load_catalogue
from exceptions.environment import Case, grade
from exceptions.generator import Reading, family_of, generate_cases, generate_twins, readings_of
from training.reasoning import (
    comparison,
    conclusion_in,
    conclusion_of,
    meaning,
    reasoned_explanation,
    texts_in,
    what_texts_say,
)
from training.traces import generated_traces

CASES = generate_cases(240, 31)


def shown(case: Case) -> str:
    """What is said of papers and texts, these without what they come to."""
    pieces = worksheet(Looks.all_at(case))
    return filled(pieces, lambda blank: "…" if blank.kind == "text" else comparison(blank)).strip()


def sentences_on(case: Case, readings: Sequence[Reading]) -> list[str]:
    return [f'"{quoted(one.text)}": {meaning(case, one)}.' for one in readings]


def test_every_figure_said_was_revealed_and_a_decisive_one_is_named_unless_nothing_is_wrong() -> None:
    lacking = set()
    for trace in generated_traces(CASES, seed=1):
        play = Play.begin(trace.case, play_id="trace", played=trace.answers)
        found = grade(trace.case, play.env.state, rubric="grounded-1")
        assert (found.criteria["explanation"] >= 0.5, found.criteria["decision"]) == (True, 1), found.notes
        if found.criteria["explanation"] < 1:
            lacking.add(family_of(trace.case))
    # Where all agrees no figure is decisive that the worksheet would give; and a delivery's month may be no figure.
    assert lacking == {"clean-match", "multi-line-clean", "clean-from-risky-vendor", "phantom-receipt"}


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
        one, other = (shown(case).partition("Listed")[0] for case in (pair.one, pair.other))
        assert one == other
        assert reasoned_explanation(pair.one, readings_of(pair.one)) != reasoned_explanation(
            pair.other, readings_of(pair.other)
        )


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
    [case] = [one for one in CASES if one.id.endswith("corrected-resubmission")][:1]
    order = case.purchase_order.number
    readings = [
        Reading("sent back", "went back", order),
        Reading("of the other", "paid", "PO-99999"),
        Reading("F-1 on PO-99999", "paid", "PO-99999", invoice="F-1"),
        Reading('F-2, "ours"', "never paid", order, invoice="F-2"),
    ]
    assert what_texts_say(case, readings).split(". ") == [
        '"sent back": went back',
        '"of the other": paid, of PO-99999',
        '"F-1 on PO-99999": paid, another order',
        "\"F-2, 'ours'\": never paid, this order",
        "",
    ]
    explanation = reasoned_explanation(case, readings_of(case))
    said = [" Listed: ", *sentences_on(case, readings_of(case)), " Total "]
    places = [explanation.index(one) for one in said]
    assert places == sorted(places)


def test_sentences_on_texts_are_found_again_in_every_answer() -> None:
    for trace in generated_traces(CASES, seed=1):
        sentences = sentences_on(trace.case, readings_of(trace.case))
        assert [json.dumps(one, ensure_ascii=False)[1:-1] for one in sentences] == [
            match.group().rstrip() for match in texts_in(trace.answers[-1])
        ]
    assert not list(texts_in('"sent back": went back. Total 3, limit 5: under. Listed: none. '))


def test_a_text_that_nobody_has_read_is_an_error() -> None:
    with pytest.raises(ValueError, match="nobody says what this text comes to: "):
        reasoned_explanation(CASES[0], ())


def test_a_case_without_an_answer_has_no_decisive_finding() -> None:
    with pytest.raises(ValueError, match="no ground truth"):
        reasoned_explanation(CASES[0].model_copy(update={"ground_truth": None}), readings_of(CASES[0]))


def test_it_ends_with_the_conclusion_alone_and_it_is_told_where_that_begins() -> None:
    for case in CASES:
        assert case.ground_truth is not None
        said, finding = reasoned_explanation(case, readings_of(case)), case.ground_truth.key_findings[0]
        assert said[conclusion_in(said) :] == conclusion_of(finding)
        assert not re.search("[0-9]", conclusion_of(finding))
    assert conclusion_in("Goods went back. Total 5, limit unknown.") is None


@pytest.mark.parametrize(
    ("finding", "conclusion"),
    [
        ("FF9: 18 billed, 11 accepted. 7 missing.", "Part missing."),
        ("FF9: 1.5 billed. 0.5 missing.", "Part missing."),
        ('L90: 12 % more, "up to 10 %". More than the 10 % allowed.', "More than allowed."),
        ("Signature of 2 missing. Signature missing.", "Signature missing."),
    ],
)
def test_a_conclusion_says_no_figure(finding: str, conclusion: str) -> None:
    assert conclusion_of(finding) == conclusion


def test_the_pattern_takes_what_traces_say_and_no_other_figures_or_texts() -> None:
    for trace in generated_traces(CASES, seed=1):
        pieces = worksheet(Looks.all_at(trace.case))
        pattern = re.compile(worksheet_pattern(pieces))
        said = re.search(r'"explanation": "(.*?)", "exception_type"', trace.answers[-1])
        assert said is not None
        assert pattern.match(said[1]), said[1]
        assert not pattern.match(said[1].replace("Supplier ", "Supplier X", 1))
        other = [replace(piece, kind="limit") if isinstance(piece, Blank) else piece for piece in pieces]
        assert not re.match(worksheet_pattern(other), said[1])
