"""The OpenAPI document and its pages: complete, with examples that are true to it."""

from typing import Any

import jsonschema_rs
import pytest
from django.test import Client
from django.urls import URLPattern

from evaluation.api.urls import urlpatterns as addresses_of_evaluation
from exceptions.api.urls import urlpatterns as addresses_of_the_desk
from training.adapters.api_urls import urlpatterns as addresses_of_adapters
from training.api.urls import urlpatterns as addresses_of_training

SCHEMA = "/api/v1/schema/"
NOT_ENDPOINTS = {"api-schema", "api-docs", "api-nothing"}
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def document(db: None) -> dict[str, Any]:
    response = Client().get(SCHEMA, HTTP_ACCEPT="application/json")
    assert response.status_code == 200
    loaded: dict[str, Any] = response.json()
    return loaded


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_it_has_every_address(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    all_addresses = [
        *addresses_of_the_desk,
        *addresses_of_evaluation,
        *addresses_of_training,
        *addresses_of_adapters,
    ]
    addresses = [p for p in all_addresses if isinstance(p, URLPattern) and p.name not in NOT_ENDPOINTS]
    assert len(document["paths"]) == len(addresses)


def test_every_operation_says_what_it_does_and_what_can_go_wrong(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert {"400", "401", "403", "default"} <= set(operation["responses"]), name
        for status, response in operation["responses"].items():
            assert response["description"], (name, status)
            if not status.startswith("2"):
                assert set(response["content"]) == {"application/problem+json"}, (name, status)


def test_every_answer_has_an_example_that_fits_it(document: dict[str, Any]) -> None:
    checked = 0
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            for content in response.get("content", {}).values():
                if status == "default":
                    continue
                schema = content["schema"] | {"components": document["components"]}
                jsonschema_rs.validator_for(schema).validate(content["example"])
                checked += 1
        assert "204" in operation["responses"] or checked, name
    assert checked > 60


def test_every_json_body_has_examples_that_fit_it(document: dict[str, Any]) -> None:
    bodies = [
        (name, operation["requestBody"]["content"]["application/json"])
        for name, operation in operations(document)
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]
    assert {name for name, _ in bodies} == {
        "POST /api/v1/case-packs/",
        "POST /api/v1/case-sets/",
        "POST /api/v1/evaluation-runs/",
        "POST /api/v1/hub-transfers/",
        "PUT /api/v1/hub-token/",
        "POST /api/v1/players/",
        "PATCH /api/v1/players/{slug}/",
        "POST /api/v1/sessions/",
        "POST /api/v1/sessions/{session_id}/step/",
        "POST /api/v1/training-checkpoints/{checkpoint_id}/register/",
        "POST /api/v1/training-datasets/",
        "POST /api/v1/training-runs/",
        "POST /api/v1/training-runs/{training_id}/clone/",
    }
    for _name, content in bodies:
        schema = content["schema"] | {"components": document["components"]}
        for example in content["examples"].values():
            jsonschema_rs.validator_for(schema).validate(example["value"])


def test_the_example_of_a_pack_can_be_imported(document: dict[str, Any]) -> None:
    from exceptions.environment import load_case_pack

    content = document["paths"]["/api/v1/case-packs/"]["post"]["requestBody"]["content"]["application/json"]
    for example in content["examples"].values():
        assert load_case_pack(example["value"])


def test_its_pages_need_no_inline_script_and_relax_the_policy_for_icons_alone(db: None) -> None:
    response = Client().get("/api/v1/docs/")
    page = response.content.decode()
    assert "<script>" not in page
    assert "<style" not in page
    assert " style=" not in page
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";") if part)
    assert policy["img-src"] == "'self' data:"
    assert policy["script-src"] == policy["style-src"] == policy["default-src"] == "'self'"
    elsewhere = Client().get("/accounts/login/")["Content-Security-Policy"]
    assert "data:" not in elsewhere


def test_the_script_of_its_pages_is_a_file_of_its_own(db: None) -> None:
    response = Client().get("/api/v1/docs/", {"script": ""})
    assert response["Content-Type"].startswith("application/javascript")
    assert b"SwaggerUIBundle" in response.content
