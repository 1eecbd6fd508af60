"""From the log-in to the next case, beside SmolLM2-135M: a real model in a real worker on the same CPU."""

import importlib.util
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from exceptions.models import Episode
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
def base_url(live_site: LiveSite) -> str:
    """The site as it is delivered: SmolLM2 in the lane, and the rule engine below it."""
    return live_site.url


def test_sign_in_work_the_first_case_beside_the_model_see_both_grades_go_on(page: Page, reviewer: Person) -> None:
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
    page.wait_for_url("**/cases/*/")
    first_case = page.url
    page.evaluate("window.notReloaded = true")

    model = page.get_by_role("region", name="SmolLM2-135M")
    page.get_by_role("button", name="Alongside").click()
    expect(model.get_by_text("opens with yours")).to_be_visible(timeout=MODEL_PATIENCE_MS)
    take(page, "i")
    expect(model.locator(".timeline .step")).to_have_count(1)
    take(page, "o", "r", "v", "1", "2")
    fill_in(page, decision="e", exception_type="Price mismatch", explanation="The invoice bills more than the order.")
    submit(page)

    outcome = page.locator("#outcome")
    expect(outcome.get_by_role("heading", name="SmolLM2-135M")).to_be_visible(timeout=MODEL_PATIENCE_MS)
    grades = outcome.get_by_role("table").first
    expect(grades.get_by_role("columnheader", name="SmolLM2-135M")).to_be_visible(timeout=MODEL_PATIENCE_MS)
    assert page.evaluate("window.notReloaded") is True
    mine = Episode.objects.get(user=reviewer.user, origin="desk")
    theirs = Episode.objects.get(beside=mine, player__slug="smollm2-135m-instruct")
    assert mine.grades.count() == theirs.grades.count() == 2
    assert all(step.raw_output and step.completion_tokens for step in theirs.steps.all())

    page.keyboard.press("n")
    page.wait_for_url(lambda url: "/cases/" in url and url != first_case)
    expect(my_steps(page)).to_have_count(0)
    expect(model_steps(page)).to_have_count(0)
