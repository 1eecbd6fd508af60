"""Whatever bytes come in, the answer is a document or a `DocumentError`, soon and in bounded memory."""

import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions.ubl import MAX_BYTES, DocumentError, TradeDocument, join_trade, read_document
from tests.exceptions.ubl.document_builder import (
    Line,
    Who,
    cac,
    cbc,
    credit_note,
    despatch,
    invoice,
    line,
    order,
    read,
    receipt,
)

VALID = [order(), invoice(), receipt(), despatch(), credit_note()]
BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE Invoice [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<Invoice>&c;</Invoice>"""
QUADRATIC = b'<!DOCTYPE I [<!ENTITY a "' + b"x" * 50_000 + b'">]><I>' + b"&a;" * 50_000 + b"</I>"
EXTERNAL = b'<!DOCTYPE I [<!ENTITY a SYSTEM "file:///etc/passwd">]><I>&a;</I>'
REMOTE_DTD = b'<!DOCTYPE I SYSTEM "http://127.0.0.1:9/x.dtd"><I/>'


def refused(data: bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read(data, "upload.xml")
    assert caught.value.document == "upload.xml"
    assert caught.value.problem
    assert caught.value.remedy
    return caught.value


@contextmanager
def within(megabytes: int, seconds: float) -> Iterator[None]:
    """Fails when the block holds more memory at any time, or takes more processor time."""
    tracemalloc.start()
    started = time.process_time()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()
    assert peak < megabytes
    assert time.process_time() - started < seconds


@pytest.mark.parametrize("data", [BOMB, QUADRATIC, EXTERNAL, REMOTE_DTD], ids=["laughs", "quadratic", "file", "dtd"])
def test_it_refuses_document_types_and_entities_before_they_unfold(data: bytes) -> None:
    with within(megabytes=5, seconds=5):
        error = refused(data)

    assert "document type declaration" in error.problem
    assert error.line is not None


def test_it_refuses_an_undeclared_entity() -> None:
    assert "undefined entity" in refused(invoice().replace(b"Carton", b"&nbsp;")).problem


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b" " * (20 * 1024 * 1024), "20,971,520 bytes"),
        (b"<a>" * 100, "more than 64 deep"),
        (b"<a>" + b"<b/>" * 100_000 + b"</a>", "more than 100,000 elements"),
        (b"<a " + b" ".join(b'a%d=""' % number for number in range(300_000)) + b"/>", "without an element"),
        (b"<a><!--" + b"x" * 4_000_000 + b"--></a>", "without an element"),
        (b"<" + b"a" * 4_000_000, "without an element"),
        (b'<a xmlns="' + b"x" * 100_000 + b'">' + b"<b/>" * 50_000 + b"</a>", "A namespace is longer"),
        (b"<" + b"a" * 300 + b"/>", "name is longer"),
        (invoice().replace(b"Carton", b"x" * 30_000), "text is longer"),
    ],
    ids=["20 MB", "deep", "elements", "attributes", "comment", "tag", "namespace", "name", "text"],
)
def test_it_refuses_what_is_too_large_in_bounded_memory(data: bytes, problem: str) -> None:
    with within(megabytes=60, seconds=30):
        error = refused(data)

    assert problem in error.problem


def test_a_document_of_exactly_the_largest_size_is_read() -> None:
    data = invoice()
    padded = data + b"\n" * 200_000
    assert read(padded) == read(data)

    attached = cac(
        "AdditionalDocumentReference", cac("Attachment", cbc("EmbeddedDocumentBinaryObject", "A" * 4_000_000))
    )
    large = invoice(extra=(attached,))
    large += b"\n" * min(MAX_BYTES - len(large), 100_000)
    with within(megabytes=20, seconds=10):
        assert read(large).number == "INV-1"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_said_to_be_cut_off(share: float) -> None:
    data = invoice()

    assert "ends in the middle" in refused(data[: int(len(data) * share)]).problem


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"%PDF-1.7 ...", "not well-formed XML"),
        (b'{"format": "invoiceguard.case-pack/1"}', "not well-formed XML"),
        (b"\x00\x01\x02", "not well-formed XML"),
        (invoice() + b"<again/>", "not well-formed XML"),
        (invoice().replace(b"</cac:Item>", b"</cac:Thing>"), "mismatched tag"),
        (b"<x:a/>", "unbound prefix"),
    ],
)
def test_garbage_is_refused_with_a_reason(data: bytes, problem: str) -> None:
    assert problem in refused(data).problem


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_it_reads_the_encoding_that_the_file_declares(encoding: str) -> None:
    text = invoice(supplier=Who(name="Brøndum & Søn")).decode()
    declared = text.replace("UTF-8", encoding.removesuffix("-sig"))

    supplier = read(declared.encode(encoding)).supplier

    assert supplier is not None
    assert supplier.name == "Brøndum & Søn"


@pytest.mark.parametrize(
    "data",
    [
        invoice(supplier=Who(name="Brøndum")).decode().encode("iso-8859-1"),
        invoice().replace(b"UTF-8", b"UTF-16"),
        invoice().replace(b"UTF-8", b"KLINGON-1"),
        invoice().replace(b"UTF-8", b"UTF-7"),
        invoice().replace(b"UTF-8", b"hex"),
        invoice().replace(b"UTF-8", b"big5"),
    ],
    ids=["latin-1 said to be UTF-8", "not UTF-16", "unknown", "utf-7", "no text encoding", "multi-byte"],
)
def test_an_encoding_that_does_not_hold_is_refused(data: bytes) -> None:
    assert "encoding" in refused(data).problem


def test_a_control_character_that_xml_allows_does_not_get_into_texts() -> None:
    assert read(invoice().replace(b"Carton 40", b"Carton\x7f40")).lines[0].description == "Carton 40 cm"


def read_or_refused(data: bytes) -> TradeDocument | None:
    try:
        return read_document(data, "any.xml")
    except DocumentError:
        return None


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_document_or_a_document_error(data: bytes) -> None:
    read_or_refused(data)


@settings(deadline=None)
@given(
    st.sampled_from(VALID),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 12), st.binary(max_size=6)), max_size=4),
)
def test_any_damage_to_a_document_leaves_a_document_or_a_document_error(
    data: bytes, damages: list[tuple[int, int, bytes]]
) -> None:
    for position, length, replacement in damages:
        start = position % len(data)
        data = data[:start] + replacement + data[start + length :]
    read_or_refused(data)


ANYTHING = st.text(st.characters(codec="utf-8", categories=None, exclude_categories=("Cs", "Cc")), max_size=120)
NUMBERS = st.sampled_from(["0", "1", "3", "2.50", "100", "0.333333333", "123456789012345.123456789"])
REFERENCES = st.one_of(st.none(), st.sampled_from("123"))
LINES = st.builds(
    line,
    quantity=NUMBERS,
    price=st.one_of(st.none(), NUMBERS),
    base=st.one_of(st.none(), st.tuples(st.sampled_from(["1", "3", "100"]), st.sampled_from(["EA", "KGM", None]))),
    total=st.one_of(NUMBERS, st.just("-5.00")),
    unit=st.sampled_from(["EA", "KGM", None]),
    seller=st.sampled_from(["A", "B", None]),
    buyer=st.sampled_from(["A", "C", None]),
    order_line=REFERENCES,
    despatch_line=REFERENCES,
    rejected=st.sampled_from(["0", "1", None]),
).filter(lambda each: Decimal(each.rejected or 0) <= Decimal(each.quantity))
MANY = st.lists(LINES, min_size=1, max_size=3).map(
    lambda lines: [replace(each, id=str(place)) for place, each in enumerate(lines, 1)]
)
FILES = st.one_of(
    st.builds(lambda lines: order("PO-1", *lines), MANY),
    st.builds(
        lambda lines, number: invoice(number, *lines, order="PO-1", payable="1", subtotal="1"),
        MANY,
        st.sampled_from(["I-1", "I-2"]),
    ),
    st.builds(
        lambda lines, number, orders: receipt(number, *lines, order=orders, despatch="D-1"),
        MANY,
        st.sampled_from(["GR-1", "GR-2"]),
        st.sampled_from([(), ("PO-1",), ("PO-1", "PO-2")]),
    ),
    st.builds(lambda lines: despatch("D-1", *lines, order="PO-1"), MANY),
    st.just(credit_note(of_invoice="I-1")),
)


@settings(deadline=None)
@given(st.builds(line, id=ANYTHING, description=ANYTHING, seller=ANYTHING, unit=ANYTHING, quantity=ANYTHING))
def test_any_text_in_a_field_is_a_document_or_a_document_error(strange: Line) -> None:
    for usual in ("100", strange.quantity):
        read_or_refused(order("PO-1", replace(strange, quantity=usual)))


@settings(max_examples=60, deadline=None)
@given(st.lists(FILES, max_size=6))
def test_any_documents_join_and_none_is_lost(files: list[bytes]) -> None:
    documents = [read(data) for data in files]

    result = join_trade(documents)

    kept = [document for trade in result.trades for document in trade.documents]
    kept += [waiting.document for waiting in result.waiting] + [aside.document for aside in result.set_aside]
    assert set(documents) <= set(kept)
    assert len([*result.trades, *(w for w in result.waiting if w.document.kind == "invoice")]) == len(
        {document for document in documents if document.kind == "invoice"}
    )
