"""What the texts of a generated case come to."""

import pytest

from exceptions.catalogue import load_catalogue
from exceptions.environment import Case
from exceptions.generator import (
    PLAIN_TERMS,
    UnknownFamily,
    generate_cases,
    generate_mixture,
    generate_twins,
    readings_of,
)
from exceptions.generator.wording.cue import CUES
from exceptions.generator.wording.gists import GISTS

CASES = generate_mixture(900, 17, twin_share=0.8, wordings=2)


def texts_of(case: Case) -> list[str]:
    """Terms, notes, entries and comments, in the order of readings."""
    history = case.history
    notes = [*(receipt.note for receipt in case.goods_receipts), case.invoice.note]
    lists = [*history.similar_invoices, *history.processed_invoices, *history.pending_invoices]
    return [text for text in (case.purchase_order.payment_terms, *notes, *lists, *history.comments) if text]


def test_every_cue_but_the_layouts_of_entries_has_a_gist() -> None:
    assert CUES.keys() - GISTS.keys() == {"list entry", "list entry with receipt"}
    assert GISTS.keys() <= CUES.keys()


def test_every_text_of_a_case_is_read_in_order() -> None:
    for case in CASES:
        readings = readings_of(case)
        assert [reading.text for reading in readings] == texts_of(case), case.id
        for reading in readings:
            assert reading.invoice in reading.text
            if reading.invoice or reading.order != case.purchase_order.number:
                assert reading.order.lower() in reading.text.lower()


def test_terms_that_say_only_when_to_pay_are_terms_and_no_other_text_is() -> None:
    plain = {reading.text for case in CASES for reading in readings_of(case) if reading.gist == PLAIN_TERMS}
    assert plain < {case.purchase_order.payment_terms for case in CASES}


def gists_of(case: Case) -> set[str]:
    """Of what is told about this order."""
    return {reading.gist for reading in readings_of(case) if reading.order == case.purchase_order.number}


@pytest.mark.parametrize(
    ("family", "own", "flipped"),
    [
        ("duplicate-invoice", "paid", "never paid"),
        ("inflated-po", "audit finding", "audit found nothing"),
        ("pending-cosign", "signature missing", "all signed"),
        ("returned-then-rebilled", "went back", "stayed"),
        ("retroactive-price", "price not agreed", "price agreed"),
        ("retroactive-amendment", "price lowered", "price not lowered"),
        ("contradicting-signals", "duplicate open", "no duplicate"),
    ],
)
def test_twins_differ_in_the_gist_of_what_flips_them(family: str, own: str, flipped: str) -> None:
    for pair in generate_twins(12, 19, {family}):
        assert own in gists_of(pair.one)
        assert own not in gists_of(pair.other)
        assert flipped in gists_of(pair.other)
        assert flipped not in gists_of(pair.one)


def test_what_is_told_of_another_order_names_it() -> None:
    elsewhere = [
        (case, reading)
        for case in CASES
        for reading in readings_of(case)
        if reading.order != case.purchase_order.number and not reading.invoice
    ]
    assert len(elsewhere) > 50
    assert {"went back", "paid", "audit finding"} <= {reading.gist for _case, reading in elsewhere}


def test_a_reference_makes_no_other_case_of_it_but_a_change_does() -> None:
    [case] = generate_cases(1, 23)
    assert readings_of(case.model_copy(update={"reference": "C-1"})) == readings_of(case)
    with pytest.raises(UnknownFamily, match="not as it was generated"):
        readings_of(case.model_copy(update={"title": "another"}))
    with pytest.raises(UnknownFamily, match="not the id of a generated case"):
        readings_of(load_catalogue()[0])
