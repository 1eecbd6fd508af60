"""The API reference in a browser: complete, readable by everybody, within the content policy."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships no types
from playwright.sync_api import Page, expect

STEP = "/api/v1/sessions/{session_id}/step/"


def violations(page: Page) -> list[str]:
    """What axe finds, in words."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.timeout(240)
def test_it_shows_the_endpoints_readably(page: Page, theme: str) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of its literals
    page.goto("/api/v1/docs/")
    expect(page.get_by_role("heading", name="InvoiceGuard API")).to_be_visible()
    expect(page.get_by_text(STEP)).to_be_visible()
    page.get_by_text(STEP).click()
    page.get_by_role("button", name="Try it out").first.click()
    expect(page.get_by_label("Request body")).to_be_visible()
    assert violations(page) == []


def test_a_visitor_can_call_from_it(page: Page, complaints: Any) -> None:
    complaints.expect("401 (Unauthorized)")
    page.goto("/api/v1/docs/")
    page.locator("#operations-players-players_list").get_by_text("/api/v1/players/").click()
    page.get_by_role("button", name="Try it out").click()
    with page.expect_response("**/api/v1/players/**") as answer:
        page.get_by_role("button", name="Execute").click()
    assert answer.value.status == 401
    expect(page.get_by_text("Authentication credentials were not provided.").first).to_be_visible()
