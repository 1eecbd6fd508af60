"""/cases/import/: a case pack comes in whole, or not at all with every reason."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from exceptions.catalogue import load_catalogue
from exceptions.environment import dump_case_pack
from exceptions.models import Case, CaseVersion

pytestmark = pytest.mark.django_db
ADDRESS = "/cases/import/"


def pack(*ids: str) -> dict[str, Any]:
    chosen = [case for case in load_catalogue() if case.id in ids]
    return json.loads(json.dumps(dump_case_pack(chosen, "a few")))  # type: ignore[no-any-return]  # it was one


def send(client: Client, content: dict[str, Any] | bytes, name: str = "pack.json") -> Any:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return client.post(ADDRESS, {"pack": SimpleUploadedFile(name, data)})


def test_it_imports_a_pack_and_counts_what_it_did(admin: Client) -> None:
    response = send(admin, pack("clean-match", "partial-receipt"))
    assert response.status_code == 200
    assert Case.objects.count() == 2
    assert (len(response.context["result"].created), response.context["file_name"]) == (2, "pack.json")


def test_the_same_pack_again_changes_nothing(admin: Client) -> None:
    send(admin, pack("clean-match"))
    result = send(admin, pack("clean-match")).context["result"]
    assert (len(result.created), len(result.changed), len(result.unchanged)) == (0, 0, 1)
    assert CaseVersion.objects.count() == 1


def test_it_refuses_a_broken_pack_with_every_problem_and_stores_nothing(admin: Client) -> None:
    broken = pack("clean-match", "partial-receipt", "price-variance")
    broken["cases"][0]["invoice"]["lines"][0]["quantity"] = "-1"
    broken["cases"][2]["colour"] = "red"
    response = send(admin, broken)
    page = response.content.decode()
    assert response.status_code == 422
    assert not Case.objects.exists()
    assert "invoice.lines[0].quantity" in page
    assert "colour" in page
    assert {problem.case for problem in response.context["problems"]} == {
        broken["cases"][0]["id"],
        broken["cases"][2]["id"],
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"<html>", "not readable as JSON"),
        (b"\xff\xfe\x00", "not UTF-8 text"),
        (b"[1, 2]", "not a case pack"),
        (b"[" * 100_000, "nested"),
    ],
    ids=["empty", "no JSON", "no text", "no pack", "too deep"],
)
def test_it_says_what_a_file_is_that_is_no_pack(admin: Client, content: bytes, words: str) -> None:
    response = send(admin, content)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_it_refuses_a_file_that_is_too_large_without_reading_it(admin: Client, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    response = send(admin, pack("clean-match"))
    assert response.status_code == 422
    assert "is the most that is read" in response.content.decode()


def test_it_asks_for_a_file_when_there_is_none(admin: Client) -> None:
    response = admin.post(ADDRESS, {})
    assert response.status_code == 422
    assert "Choose a file first." in response.content.decode()


def test_what_a_pack_says_is_escaped(admin: Client) -> None:
    hostile = pack("clean-match")
    hostile["cases"][0]["<script>alert(1)</script>"] = 1
    page = send(admin, hostile, name="<b>.json").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_only_admins_import(member: Client, supervisor: Client, outsider: Client) -> None:
    for client in (member, supervisor, outsider):
        assert client.get(ADDRESS).status_code == 403
        assert send(client, pack("clean-match")).status_code == 403
    assert not Case.objects.exists()


def test_the_page_says_what_a_pack_is(admin: Client) -> None:
    assert "invoiceguard.case-pack/1" in admin.get(ADDRESS).content.decode()


def test_a_reference_that_no_address_can_hold_is_refused(admin: Client) -> None:
    slashed = pack("clean-match")
    slashed["cases"][0]["reference"] = "AP/2026/1"
    response = send(admin, slashed)
    assert response.status_code == 422
    assert [problem.path for problem in response.context["problems"]] == ["reference"]


@pytest.mark.parametrize("reference", ["C-1042", "AP.2026_1", "x"])
def test_every_reference_that_is_taken_has_a_page(admin: Client, reference: str) -> None:
    chosen = pack("clean-match")
    chosen["cases"][0]["reference"] = reference
    send(admin, chosen)
    assert f'href="/cases/{reference}/"' in admin.get("/cases/").content.decode()
    assert admin.get(f"/cases/{reference}/").status_code == 200
