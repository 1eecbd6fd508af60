"""Case packs over REST: all of one or nothing, every problem named."""

import copy
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from rest_framework.test import APIClient

from exceptions.models import Case, CaseVersion
from tests.exceptions.api.acting import Call, problem

PACKS = "/api/v1/case-packs/"


def send(client: APIClient, pack: Any, content_type: str = "application/json") -> HttpResponse:
    body = pack if isinstance(pack, bytes) else json.dumps(pack).encode()
    return client.generic("POST", PACKS, body, content_type=content_type)


def test_it_imports_once_and_then_changes_nothing(admin: User, calling: Call, real_pack: Any) -> None:
    client = calling(admin)
    first = send(client, real_pack)
    assert (first.status_code, first.json()) == (201, {"created": ["real-trade"], "changed": [], "unchanged": []})
    assert CaseVersion.objects.get().created_by == admin
    again = send(client, real_pack)
    assert (again.status_code, again.json()) == (200, {"created": [], "changed": [], "unchanged": ["real-trade"]})


def test_a_changed_case_is_a_new_version(admin: User, calling: Call, real_pack: Any) -> None:
    client = calling(admin)
    send(client, real_pack)
    real_pack["cases"][0]["invoice"]["note"] = "Second copy."
    response = send(client, real_pack)
    assert (response.status_code, response.json()["changed"]) == (201, ["real-trade"])
    assert Case.objects.get().latest.number == 2  # type: ignore[union-attr]  # it was imported


def test_it_names_every_problem_and_stores_nothing(admin: User, calling: Call, real_pack: Any) -> None:
    good, bad = real_pack["cases"][0], copy.deepcopy(real_pack["cases"][0])
    bad["id"] = "bad-trade"
    bad["invoice"]["lines"][0]["quantity"] = "-1"
    bad["invoice"]["lines"][1]["line_total"] = "much"
    bad["vendor"]["colour"] = "blue"
    del bad["purchase_order"]["approved"]
    document = problem(send(calling(admin), real_pack | {"cases": [good, bad]}), 400)
    assert document["type"] == "urn:problem-type:invoiceguard:case-pack-refused"
    assert {error["case"] for error in document["errors"]} == {"bad-trade"}
    assert {error["path"] for error in document["errors"]} == {
        "invoice.lines[0].quantity",
        "invoice.lines[1].line_total",
        "vendor.colour",
        "purchase_order.approved",
    }
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"format": "invoiceguard.case-pack/2", "name": "x", "cases": []}',
        b"[" * 1_000_000,
        b'{"format": "invoiceguard.case-pack/1", "name": "\\u0000", "cases": [{"id": "\\ud800"}]}',
        b'{"format": "invoiceguard.case-pack/1", "name": "x", "cases": [{"\\ud800": 1}]}',
    ],
)
def test_it_says_why_a_broken_pack_is_refused(admin: User, calling: Call, body: bytes) -> None:
    document = problem(send(calling(admin), body), 400)
    assert document["errors"]
    assert all(error["message"] for error in document["errors"])


def test_it_refuses_more_bytes_than_it_reads(admin: User, calling: Call, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    document = problem(send(calling(admin), b" " * 1001), 413)
    assert "1000" in document["detail"]


def test_it_refuses_another_media_type(admin: User, calling: Call, real_pack: Any) -> None:
    problem(send(calling(admin), real_pack, content_type="text/xml"), 415)


@pytest.mark.parametrize("character", ["member", "supervisor", "outsider", "api_reader"])
def test_only_an_admin_imports(calling: Call, real_pack: Any, character: str, request: pytest.FixtureRequest) -> None:
    problem(send(calling(request.getfixturevalue(character)), real_pack), 403)
    assert not Case.objects.exists()


def test_without_a_token_nothing_is_read(db: None, real_pack: Any) -> None:
    problem(send(APIClient(), real_pack), 401)
