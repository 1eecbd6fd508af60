"""What counts as a number, date or identifier in a text, and when two spellings mean the same."""

import time

import pytest

from exceptions.environment.grounding import facts, holds, mentions


def is_grounded(written: str, revealed: str) -> list[bool]:
    known = facts(mentions(revealed))
    return [holds(mention, known) for mention in mentions(written)]


@pytest.mark.parametrize(
    ("written", "revealed"),
    [
        ("$1,200.00", "total 1200 USD"),
        ("1200", "$1,200.00"),
        ("EUR1,250.00", "1250"),
        ("1,250.00EUR", "1250"),
        ("12.5%", "variance 12.50 %"),
        ("-40", "40 over accepted"),
        ("0.50", ".50 or 0.5"),
        ("9 March 2026", "2026-03-09"),
        ("March 9th, 2026", "2026-03-09"),
        ("9 Mar 2026", "2026-03-09"),
        ("09/03/2026", "2026-03-09"),
        ("03/09/2026", "2026-03-09"),
        ("in 2026", "2026-03-09"),
        ("PO7731", "PO-7731"),
        ("po-7731,", "(PO-7731)"),
        ("PO 7731", "PO-7731"),
        ("PO#7731", "PO-7731"),
        ("invoice 2026-014", "INV-2026-014"),
        ("billed=100", "100/90"),
        ("100/90", "billed 100, accepted 90"),
        ("100pcs", "100"),
        ("100 → 90", "90 of 100"),
    ],
)
def test_it_takes_two_spellings_of_one_figure_for_the_same(written: str, revealed: str) -> None:
    assert is_grounded(written, revealed) == [True] * len(mentions(written))
    assert mentions(written)


@pytest.mark.parametrize(
    ("written", "revealed"),
    [
        ("1200.01", "1200.00"),
        ("12%", "12.5 %"),
        ("2026-03-08", "2026-03-09"),
        ("SUP-2O4", "SUP-204"),
        ("INV-8842", "INV-8841"),
        ("PO-7731", "7731"),
        ("100/91", "billed 100, accepted 90"),
    ],
)
def test_it_does_not_take_a_near_miss_for_the_same(written: str, revealed: str) -> None:
    assert is_grounded(written, revealed) == [False]


@pytest.mark.parametrize("text", ["", "the goods are missing", "2-way and 3-way match, 2nd reminder", "- / . , %"])
def test_it_finds_nothing_where_there_is_no_figure(text: str) -> None:
    assert mentions(text) == []


def test_it_counts_every_place_that_names_something() -> None:
    text = "GRN-88 accepted 60 of 100 on 2026-03-02 (60%)."
    assert len(mentions(text)) == 5


def test_it_leaves_an_impossible_date_alone() -> None:
    assert is_grounded("2026-02-30", "2026-02-28") == [False]


@pytest.mark.parametrize("unit", ["a", "1", "1,", "a-1", "-", "2026-", "1 jan ", "a1 ", "(", "=1"])
def test_it_reads_any_text_in_linear_time(unit: str) -> None:
    text = unit * (40_000 // len(unit))
    started = time.process_time()
    mentions(text)
    assert time.process_time() - started < 2
