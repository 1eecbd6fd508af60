"""The worksheet: what the looks showed, all of it and nothing else, with blanks for what it comes to."""

import json
import re

import pytest

from evaluation.play import Play
from evaluation.worksheet import (
    Blank,
    Looks,
    filled,
    json_text,
    limit_sentence,
    text_sentence,
    texts_of,
    worksheet,
    worksheet_pattern,
)
from exceptions.catalogue import load_catalogue
from exceptions.environment import INVESTIGATIONS, Case
from exceptions.generator import generate_cases, readings_of
from training.reasoning import reasoned_explanation

CASES = [*load_catalogue(), *generate_cases(60, 31)]
LOOKS = [json.dumps({"action_type": action}) for action in INVESTIGATIONS]


def told(case: Case, looks: int) -> str:
    """The worksheet after so many looks, its blanks left open."""
    play = Play.begin(case, play_id="p", played=LOOKS[:looks])
    return filled(worksheet(Looks.of(play.conversation.observation)), lambda _blank: "…")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_an_episode_in_which_all_was_looked_at_has_the_worksheet_of_its_case(case: Case) -> None:
    assert told(case, len(LOOKS)) == filled(worksheet(Looks.all_at(case)), lambda _blank: "…")


def test_it_grows_with_the_looks_and_says_nothing_that_was_not_revealed() -> None:
    case = CASES[0]
    assert told(case, 0) == "Listed: none. "
    for looks in range(len(LOOKS) + 1):
        play = Play.begin(case, play_id="p", played=LOOKS[:looks])
        shown = " ".join(message.content for message in play.conversation.messages)
        figures = re.findall(r"[0-9][0-9.]*[0-9]", told(case, looks))
        assert all(figure in shown for figure in figures), (looks, told(case, looks))


def test_every_text_stands_there_whole_on_one_line_and_once() -> None:
    case = next(case for case in CASES if len(case.history.comments) > 1)
    comments = ("one\ntwo", 'they said "no"', *case.history.comments)
    case = case.model_copy(update={"history": case.history.model_copy(update={"comments": comments})})
    texts = texts_of(Looks.all_at(case))
    assert texts[-len(comments) : -len(case.history.comments) + 2] == ["one two", "they said 'no'"]
    blanks = [piece for piece in worksheet(Looks.all_at(case)) if isinstance(piece, Blank)]
    assert [blank.about for blank in blanks if blank.kind == "text"] == [(text,) for text in texts]


def test_numbers_that_are_compared_are_those_of_the_papers() -> None:
    case = CASES[0]
    supplier, currency, *_texts, limit = (one for one in worksheet(Looks.all_at(case)) if isinstance(one, Blank))
    assert supplier.about == (case.invoice.supplier_id, case.purchase_order.supplier_id)
    assert currency.about == (case.invoice.currency, case.purchase_order.currency)
    assert [supplier.kind, currency.kind, limit.kind] == ["agreement", "agreement", "limit"]


def test_an_item_that_is_called_like_a_comparison_is_none() -> None:
    case = CASES[0]
    first, *lines = case.invoice.lines
    named = first.model_copy(update={"item_code": "Subtotal 1 = sum of lines = PO total"})
    case = case.model_copy(update={"invoice": case.invoice.model_copy(update={"lines": (named, *lines)})})
    play = Play.begin(case, play_id="p", played=['{"action_type": "inspect_invoice_line_items"}'])
    assert "Total" not in filled(worksheet(Looks.of(play.conversation.observation)), lambda _blank: "…")
    assert "Totals ok. " in told(CASES[0], len(LOOKS))


def test_signs_with_a_meaning_in_patterns_are_taken_as_they_stand() -> None:
    pieces = [r'"a.b*c? (d) [e] {f} ^g$ h\i | +j ü": ', Blank("text", ("",)), ". "]
    text = json.dumps(filled(pieces, lambda _blank: "talk"), ensure_ascii=False)[1:-1]
    assert re.fullmatch(worksheet_pattern(pieces), text)
    assert not re.fullmatch(worksheet_pattern(pieces), text.replace("a.b", "axb"))


def blank_of(text: str, order: str = "PO-7", *, entry: bool = False) -> str:
    """What can stand in the blank on that text."""
    (blank,) = (piece for piece in text_sentence(text, order, entry=entry) if isinstance(piece, Blank))
    return blank.pattern


@pytest.mark.parametrize("said", ["talk", "price not lowered", "paid, of PO-1/2", "paid, of 3.5"])
def test_a_text_comes_to_a_few_words_and_perhaps_the_order_that_it_is_about(said: str) -> None:
    assert re.fullmatch(blank_of("that (po-1/2) was about 3.5."), said)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Talk",
        "one two three four five",
        "paid, of ",
        "paid, of PO-2",
        "paid, of PO-7",
        "paid, of po-7",
        "paid, this order",
        "paid, another order",
        "paid, yes",
    ],
)
def test_it_comes_to_nothing_else(said: str) -> None:
    assert not re.fullmatch(blank_of("PO-7 or po-7, not po-1/2"), said)


@pytest.mark.parametrize(
    ("entry", "orders"),
    [
        ("FT26-535, po-7: 1599.25 transferred 6 May", ["this"]),
        ("FT26-535, PO-71: 1599.25 transferred 6 May", ["this", "another"]),
        ("week 17, sent again", ["this", "another"]),
    ],
)
def test_an_entry_of_a_list_is_about_this_order_where_it_names_it(entry: str, orders: list[str]) -> None:
    said = ("", ", this order", ", another order", ", of FT26-535")
    fitting = [one for one in said if re.fullmatch(blank_of(entry, entry=True), f"paid{one}")]
    assert fitting == [f", {order} order" for order in orders]


def test_without_the_order_an_entry_can_be_about_any() -> None:
    assert re.fullmatch(blank_of("FT26-535, PO-7", order="", entry=True), "paid, another order")


def test_what_generated_cases_say_can_stand_on_their_worksheets() -> None:
    for case in generate_cases(60, 31):
        said = json_text(reasoned_explanation(case, readings_of(case)))
        assert re.match(worksheet_pattern(worksheet(Looks.all_at(case))), said), case.id


def test_a_word_that_is_too_long_is_no_number() -> None:
    assert re.fullmatch(blank_of(f"see {'7' * 30}"), f"paid, of {'7' * 30}")
    assert not re.fullmatch(blank_of(f"see {'7' * 31}"), f"paid, of {'7' * 31}")


def test_without_the_order_every_number_can_be_another_ones() -> None:
    assert re.fullmatch(blank_of("PO-7", order=""), "paid, of PO-7")


def test_figures_are_written_as_the_looks_write_them() -> None:
    from decimal import Decimal

    assert limit_sentence(Decimal("98.50"), Decimal("100.00"))[0] == "Total 98.50, limit 100: "
