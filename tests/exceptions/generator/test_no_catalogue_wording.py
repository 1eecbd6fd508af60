"""The catalogue is the test set: nothing of it may appear among generated cases."""

import re
from collections.abc import Iterator

import pytest

from exceptions.catalogue import load_catalogue
from exceptions.environment import Case
from exceptions.generator import generate_cases

SEQUENCE = 6
_WORD = re.compile(r"[^\W\d_]+")


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return generate_cases(3000, seed=2)


def texts(case: Case) -> Iterator[str]:
    """Everything that is said in words."""
    truth = case.ground_truth
    assert truth is not None
    yield from (case.title, case.invoice.note, case.purchase_order.payment_terms)
    yield from (receipt.note for receipt in case.goods_receipts)
    history = case.history
    yield from (*history.comments, *history.similar_invoices, *history.processed_invoices, *history.pending_invoices)
    yield from truth.key_findings


def sequences(text: str) -> Iterator[tuple[str, ...]]:
    """Every run of six words, without case, digits and punctuation."""
    words = _WORD.findall(text.lower())
    return (tuple(words[start : start + SEQUENCE]) for start in range(len(words) - SEQUENCE + 1))


def test_no_six_words_in_a_row_are_those_of_the_catalogue(cases: list[Case]) -> None:
    taken = {run for case in load_catalogue() for text in texts(case) for run in sequences(text)}
    leaked = {run: text for case in cases for text in texts(case) for run in sequences(text) if run in taken}
    assert len(taken) > 300
    assert not leaked


def test_no_vendor_no_invoice_and_no_item_of_the_catalogue_appears(cases: list[Case]) -> None:
    catalogue = load_catalogue()
    vendors = {case.invoice.supplier_name for case in catalogue}
    trades = {(case.invoice.number, case.invoice.po_number) for case in catalogue}
    goods = {(line.item_code, line.description) for case in catalogue for line in case.invoice.lines}
    descriptions = {description.lower() for _code, description in goods}
    for case in cases:
        assert case.invoice.supplier_name not in vendors
        assert (case.invoice.number, case.invoice.po_number) not in trades
        for line in case.invoice.lines:
            assert line.description.lower() not in descriptions
