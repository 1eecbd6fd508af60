"""What the tests of the API say over and over."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from rest_framework.test import APIClient

MakeUser = Callable[..., User]
Call = Callable[[User], APIClient]

LOOK = {"action_type": "inspect_purchase_order"}
#: The right answer to the case `partial-receipt`, so poorly argued that no grade is a round number by chance.
SUBMIT = {
    "action_type": "submit_final_resolution",
    "final_decision": "place_on_hold",
    "exception_type": "partial_receipt",
    "explanation": "Only part of the order was accepted.",
    "confidence": 0.8,
}


def problem(response: HttpResponse, status: int) -> dict[str, Any]:
    """The problem document of a response that has to be one."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = response.json()  # type: ignore[attr-defined]  # the test client adds it
    assert {"type", "title", "status", "detail", "instance"} <= set(document)
    assert document["status"] == status
    return document
