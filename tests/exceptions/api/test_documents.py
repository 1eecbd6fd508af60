"""Trade documents over REST."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from rest_framework.test import APIClient

from exceptions.models import Case, UploadedDocument
from tests.exceptions.api.acting import Call, problem
from tests.exceptions.ubl.document_builder import invoice, line, order, receipt

DOCUMENTS = "/api/v1/documents/"
RECEIPT = receipt("GR-1", line(quantity="90"))
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">&b;</Invoice>'
)


def upload(client: APIClient, **files: bytes) -> HttpResponse:
    """Files by name, dots written as underscores."""
    return client.post(DOCUMENTS, {"files": [named(name.replace("_", "."), data) for name, data in files.items()]})


def named(name: str, data: bytes) -> io.BytesIO:
    file = io.BytesIO(data)
    file.name = name
    return file


def test_a_trade_becomes_a_case_that_can_be_played(member: User, calling: Call) -> None:
    client = calling(member)
    response = upload(client, order_xml=order(), receipt_xml=RECEIPT, invoice_xml=invoice())
    assert response.status_code == 201
    result = response.json()
    assert [(file["name"], file["known"], file["refused"]) for file in result["files"]] == [
        ("order.xml", False, None),
        ("receipt.xml", False, None),
        ("invoice.xml", False, None),
    ]
    trade = result["trades"][0]
    assert (trade["outcome"], trade["missing"]) == ("created", [])
    case = client.get(f"/api/v1/cases/{trade['case']}/").json()
    assert case["invoice_number"] == "INV-1"
    session = client.post("/api/v1/sessions/", {"case": trade["case"]}, format="json")
    assert session.status_code == 201
    assert UploadedDocument.objects.filter(uploaded_by=member).count() == 3


def test_it_says_what_a_document_waits_for(member: User, calling: Call) -> None:
    result = upload(calling(member), invoice_xml=invoice()).json()
    assert result["trades"] == []
    assert result["waiting"][0]["name"] == "invoice.xml"
    assert "PO-7001" in result["waiting"][0]["waiting_for"]


def test_the_same_file_again_is_known(member: User, calling: Call) -> None:
    client = calling(member)
    first = upload(client, invoice_xml=invoice())
    again = upload(client, invoice_xml=invoice())
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["files"][0]["known"]
    assert UploadedDocument.objects.count() == 1


def test_a_file_that_cannot_be_read_does_not_keep_the_others_out(member: User, calling: Call) -> None:
    result = upload(calling(member), order_xml=order(), picture_png=b"\x89PNG\r\n").json()
    files = {file["name"]: file for file in result["files"]}
    kept, refused = files["order.xml"], files["picture.png"]
    assert kept["kind"] == "order"
    assert refused["id"] is None
    assert refused["refused"]["problem"]
    assert refused["refused"]["remedy"]


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG", b"<a>", b"<a/>", BOMB, "<a>\ud800</a>".encode("utf-8", "surrogatepass")]
)
def test_an_upload_of_which_nothing_can_be_read_is_refused(member: User, calling: Call, data: bytes) -> None:
    document = problem(upload(calling(member), broken_xml=data), 400)
    assert document["errors"][0]["path"] == "broken.xml"
    assert not UploadedDocument.objects.exists()


def test_it_refuses_what_is_no_upload(member: User, calling: Call) -> None:
    client = calling(member)
    assert problem(client.post(DOCUMENTS, {}), 400)["errors"][0]["path"] == "files"
    assert problem(client.post(DOCUMENTS, {"files": "text"}), 400)["errors"][0]["path"] == "files"
    assert problem(client.post(DOCUMENTS, {"file": named("a.xml", b"<a/>")}), 400)["errors"][0]["path"] == "file"
    problem(client.post(DOCUMENTS, {"files": []}, format="json"), 415)
    broken = client.generic("POST", DOCUMENTS, b"--x", content_type="multipart/form-data")
    problem(broken, 400)


def test_a_name_is_kept_without_what_cannot_be_printed(member: User, calling: Call) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a\x00b.xml"\r\n\r\n'
        + order()
        + b"\r\n--x--\r\n"
    )
    response = calling(member).generic("POST", DOCUMENTS, body, content_type="multipart/form-data; boundary=x")
    assert response.json()["files"][0]["name"] == UploadedDocument.objects.get().file_name == "ab.xml"


def test_it_refuses_more_than_it_reads(member: User, calling: Call, settings: Any) -> None:
    client = calling(member)
    settings.UPLOAD_MAX_FILES = 2
    three = [named(f"{number}.xml", order(f"PO-{number}")) for number in range(3)]
    problem(client.post(DOCUMENTS, {"files": three}), 400)
    settings.UPLOAD_MAX_BYTES = 1000
    problem(client.post(DOCUMENTS, {"files": [named("a.xml", b" " * 1001)]}), 413)
    problem(client.post(DOCUMENTS, {"files": [named("a.xml", b" " * 3_000_000)]}), 413)
    assert not UploadedDocument.objects.exists()


@pytest.mark.parametrize("character", ["outsider", "api_reader"])
def test_who_has_no_role_for_it_uploads_nothing(calling: Call, character: str, request: pytest.FixtureRequest) -> None:
    problem(upload(calling(request.getfixturevalue(character)), order_xml=order()), 403)
    assert not Case.objects.exists()
    assert not UploadedDocument.objects.exists()
