"""From the log-in to the next case, beside SmolLM2-135M: a real model in a real worker on the same CPU."""

import importlib.util
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from exceptions.catalogue import load_catalogue
from exceptions.environment import PACK_FORMAT, dump_case_pack
from exceptions.models import Case, Episode
from exceptions.services.cases import case_pack_import
from tests.browser.conftest import Person
from tests.browser.workspace import fill_in, model_steps, my_steps, submit, take
from tests.conftest import LiveSite

SignIn = Callable[[Person], Page]
#: The model reads its weights, and then a prompt of a thousand tokens, on two shared cores.
MODEL_PATIENCE_MS = 300_000
pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="the models extra is not installed"),
    pytest.mark.usefixtures("celery_worker"),
    pytest.mark.timeout(700),
]


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], live_site: LiveSite) -> dict[str, Any]:
    """The site as it is delivered: SmolLM2 in the lane, and the rule engine below it."""
    return browser_context_args | {"base_url": live_site.url}


@pytest.fixture
def first_case(desk: None) -> str:
    """The first case of the queue: of a day before all others, and with few steps, for the model takes its time."""
    [entry] = dump_case_pack([case for case in load_catalogue() if case.id == "price-variance"], "first")["cases"]
    earlier = entry["invoice"] | {"date": "2026-01-30"}
    pack = {"format": PACK_FORMAT, "name": "first"}
    case_pack_import(
        source=pack | {"cases": [entry | {"id": "first", "reference": None, "invoice": earlier, "max_steps": 5}]},
        user=None,
    )
    return Case.objects.get(slug="first").reference


def test_sign_in_work_the_first_case_beside_the_model_see_both_grades_go_on(
    page: Page, first_case: str, reviewer: Person
) -> None:
    page.goto("/")
    page.get_by_label("User name").fill(reviewer.name)
    page.keyboard.press("Tab")
    page.keyboard.type(reviewer.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)

    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/cases/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{first_case}/")
    page.evaluate("window.notReloaded = true")

    model = page.get_by_role("region", name="SmolLM2-135M")
    page.get_by_role("button", name="Alongside").click()
    expect(model.get_by_text("opens with yours")).to_be_visible(timeout=MODEL_PATIENCE_MS)
    take(page, "i")
    expect(model.locator(".timeline .step")).to_have_count(1)
    take(page, "o", "r", "2")
    fill_in(page, decision="e", exception_type="Price mismatch", explanation="31.20 is billed, 27.90 was ordered.")
    submit(page)

    outcome = page.locator("#outcome")
    expect(outcome.get_by_role("heading", name="SmolLM2-135M")).to_be_visible(timeout=MODEL_PATIENCE_MS)
    scores = outcome.get_by_role("row", name=re.compile("^Score")).first
    expect(scores).not_to_contain_text("–", timeout=MODEL_PATIENCE_MS)
    assert page.evaluate("window.notReloaded") is True
    mine = Episode.objects.get(user=reviewer.user, origin="desk")
    theirs = Episode.objects.get(beside=mine, player__slug="smollm2-135m-instruct")
    assert mine.grades.count() == theirs.grades.count() == 2
    assert all(step.raw_output and step.completion_tokens for step in theirs.steps.all())

    page.keyboard.press("n")
    page.wait_for_url(lambda url: "/cases/" in url and first_case not in url)
    expect(my_steps(page)).to_have_count(0)
    expect(model_steps(page)).to_have_count(0)
