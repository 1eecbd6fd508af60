"""/documents/: upload, what each file became, what its trade waits for; reading a document and taking its bytes out."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from exceptions.models import Case, UploadedDocument
from exceptions.services.trades import documents_upload
from tests.exceptions.ubl.document_builder import Who, credit_note, despatch, invoice, line, order, receipt

pytestmark = pytest.mark.django_db
ADDRESS = "/documents/"
TRADE = {"order.xml": order(), "receipt.xml": receipt("GR-1", line(quantity="90")), "invoice.xml": invoice()}


def send(client: Client, **files: bytes) -> Any:
    """Upload files by name; `_` in a name stands for a point."""
    return client.post(
        ADDRESS, {"documents": [SimpleUploadedFile(n.replace("_", "."), data) for n, data in files.items()]}
    )


def test_a_whole_trade_becomes_a_case_to_open(member: Client) -> None:
    response = send(member, order_xml=order(), receipt_xml=TRADE["receipt.xml"], invoice_xml=invoice())
    case = Case.objects.get()
    page = response.content.decode()
    assert response.status_code == 200
    assert "3 of 3 taken in" in page
    assert re.search(rf'href="/cases/{case.reference}/"\s+data-key="n"', page)
    assert page.count("in no case yet") == 0


def test_it_says_what_an_incomplete_trade_waits_for(member: Client) -> None:
    page = send(member, invoice_xml=invoice()).content.decode()
    assert re.search(r"waiting</span> for order PO-7001", page)
    assert not Case.objects.exists()


def test_a_case_without_a_receipt_says_so_and_may_be_opened(member: Client) -> None:
    page = send(member, order_xml=order(), invoice_xml=invoice()).content.decode()
    assert "still missing: no goods receipt for order PO-7001" in page
    assert "for a goods receipt for order PO-7001" in page


def test_a_refused_file_is_said_by_element_and_what_to_do_and_keeps_no_other_out(member: Client) -> None:
    broken = invoice().replace(b"<cbc:ID>INV-1</cbc:ID>", b"<cbc:ID></cbc:ID>")
    response = send(member, order_xml=order(), bill_xml=broken)
    page = response.content.decode()
    refused = next(file for file in response.context["report"].files if file.fate == "refused")
    assert response.status_code == 200
    assert UploadedDocument.objects.get().kind == "order"
    assert "bill.xml" in page
    assert refused.error.element in page
    assert refused.error.remedy in page.replace("&#x27;", "'").replace("&quot;", '"')


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml at all",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<a>" * 100_000,
        "<Invoice>\u00e9</Invoice>".encode("latin-1"),
    ],
    ids=["empty", "no xml", "entities", "deep", "wrong encoding"],
)
def test_what_cannot_be_read_is_refused_in_words_and_nothing_is_stored(member: Client, content: bytes) -> None:
    response = send(member, bad_xml=content)
    assert response.status_code == 422
    assert "Nothing was taken in" in response.content.decode()
    assert response.context["report"].files[0].error.problem
    assert not UploadedDocument.objects.exists()


def test_the_same_file_again_is_said_to_be_here_already(member: Client) -> None:
    send(member, order_xml=order())
    assert "was here already" in send(member, again_xml=order()).content.decode()
    assert UploadedDocument.objects.count() == 1


def test_a_kind_that_is_not_handled_is_kept_and_said(member: Client) -> None:
    page = send(member, note_xml=credit_note()).content.decode()
    assert "Not used: CreditNote documents" in page
    assert UploadedDocument.objects.get().kind == "credit_note"


def test_too_many_bytes_are_refused_before_they_are_read(member: Client, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 500
    response = send(member, order_xml=order())
    assert response.status_code == 422
    assert "is the most that is read at once" in re.sub(r"\s+", " ", response.content.decode())


def test_too_many_files_are_refused(member: Client, settings: Settings) -> None:
    settings.UPLOAD_MAX_FILES = 1
    response = send(member, a_xml=order(), b_xml=invoice())
    assert response.status_code == 422
    assert "1 is the most" in response.content.decode()


def test_an_upload_without_a_file_asks_for_one(member: Client) -> None:
    assert "Choose at least one file first." in member.post(ADDRESS, {}).content.decode()


def test_names_are_escaped(member: Client) -> None:
    page = send(member, **{"<img src=x>_xml": b"no"}).content.decode()
    assert "<img src=x>" not in page


def test_the_list_is_by_trade_with_the_newest_first(member: Client) -> None:
    documents_upload(files=[("a.xml", order("PO-1"))], user=None)
    documents_upload(files=[("b.xml", order("PO-2"))], user=None)
    documents_upload(files=[("c.xml", invoice("INV-9", order="PO-1"))], user=None)
    response = member.get(ADDRESS)
    assert [trade.number for trade in response.context["trades"]] == ["PO-1", "PO-2"]
    assert [len(trade.documents) for trade in response.context["trades"]] == [2, 1]


def test_a_copy_of_a_document_is_told_from_one_that_waits(member: Client) -> None:
    documents_upload(files=list(TRADE.items()), user=None)
    documents_upload(files=[("copy.xml", invoice() + b"\n")], user=None)
    assert "another copy is in" in member.get(ADDRESS).content.decode()


def test_search_and_the_filter_narrow_the_trades(member: Client) -> None:
    documents_upload(files=list(TRADE.items()), user=None)
    documents_upload(files=[("late.xml", order("PO-99"))], user=None)

    def numbers(query: str) -> list[str]:
        return [trade.number for trade in member.get(ADDRESS + query).context["trades"]]

    assert numbers("?q=po-99") == numbers("?q=late.xml") == numbers("?waiting=true") == ["PO-99"]
    assert numbers("?q=nothing") == []


def test_its_number_of_queries_does_not_grow(member: Client, queries: Callable[[Client, str], int]) -> None:
    documents_upload(files=list(TRADE.items()), user=None)
    few = queries(member, ADDRESS)
    for number in range(8):
        documents_upload(files=[(f"{number}.xml", order(f"PO-{number}"))], user=None)
    assert queries(member, ADDRESS) == few <= 9


def test_a_document_is_shown_as_it_was_read(member: Client) -> None:
    documents_upload(files=list(TRADE.items()), user=None)
    uploaded = UploadedDocument.objects.get(kind="invoice")
    response = member.get(f"/documents/{uploaded.pk}/")
    document = response.context["document"]
    page = response.content.decode()
    assert document.lines[0].description in page
    assert document.supplier.name in page
    assert f"Open case {Case.objects.get().reference}" in page


def test_a_document_that_waits_says_for_what(member: Client) -> None:
    documents_upload(files=[("invoice.xml", invoice())], user=None)
    page = member.get(f"/documents/{UploadedDocument.objects.get().pk}/").content.decode()
    assert "waiting for order PO-7001" in page


def test_two_orders_of_one_number_are_said_to_contradict(member: Client) -> None:
    documents_upload(files=[("one.xml", order()), ("invoice.xml", invoice())], user=None)
    documents_upload(files=[("two.xml", order(date="2026-03-02"))], user=None)
    page = member.get(f"/documents/{UploadedDocument.objects.get(kind='invoice').pk}/").content.decode()
    assert "a decision which order PO-7001 counts" in page


def test_the_bytes_come_back_as_an_attachment_that_no_browser_renders(member: Client) -> None:
    documents_upload(files=[("order <1>.xml", order())], user=None)
    response = member.get(f"/documents/{UploadedDocument.objects.get().pk}/source/")
    assert response.content == order()
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_desk_shares_its_documents_with_colleagues_and_nobody_else(
    reviewer: User, colleague: Client, outsider: Client
) -> None:
    documents_upload(files=[("order.xml", order())], user=reviewer)
    uploaded = UploadedDocument.objects.get()
    for address in (ADDRESS, f"/documents/{uploaded.pk}/", f"/documents/{uploaded.pk}/source/"):
        assert colleague.get(address).status_code == 200
        assert outsider.get(address).status_code == 403
    assert send(outsider, more_xml=invoice()).status_code == 403
    assert UploadedDocument.objects.count() == 1


def test_an_empty_desk_says_what_to_upload(member: Client) -> None:
    assert "No document yet" in member.get(ADDRESS).content.decode()


def test_a_receipt_that_names_only_the_despatch_counts_as_received(member: Client) -> None:
    files = [
        ("order.xml", order()),
        ("invoice.xml", invoice()),
        ("despatch.xml", despatch("D-1")),
        ("receipt.xml", receipt("GR-1", order=None, despatch="D-1")),
    ]
    documents_upload(files=files, user=None)
    trades = {trade.number: trade.waits_for for trade in member.get(ADDRESS).context["trades"]}
    assert trades == {"PO-7001": "", "GR-1": ""}


def test_the_report_leaves_out_cases_that_nothing_of_the_upload_is_part_of(member: Client) -> None:
    documents_upload(files=list(TRADE.items()), user=None)
    other = Who(name="Calder Tools", account="V-77")
    response = send(member, o2_xml=order("PO-2", supplier=other), i2_xml=invoice("INV-1", order="PO-2", supplier=other))
    new = Case.objects.get(latest__po_number="PO-2")
    assert [trade.case for trade in response.context["report"].trades] == [new]
