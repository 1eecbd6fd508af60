"""/compare/ in a browser: charts are drawn under the content policy, in both themes, and follow the form."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakePerson, Person
from tests.browser.full_desk import fill

SignIn = Callable[[Person], Page]


@pytest.fixture(scope="module")
def filled() -> list[Person]:
    return []


@pytest.fixture
def admin(desk: None, somebody: MakePerson, filled: list[Person]) -> Person:
    if not filled:
        person = somebody("admin")
        fill(person.user)
        filled.append(person)
    return filled[0]


def test_every_chart_is_drawn_and_follows_the_theme(admin: Person, signed_in: SignIn) -> None:
    page = signed_in(admin)
    page.goto("/compare/")
    charts = page.locator("[data-figure]")
    expect(charts).to_have_count(6)
    for at in range(6):
        expect(charts.nth(at).locator("svg.main-svg").first).to_be_visible()
    marks = page.locator(".chart .xtick text").first
    light = marks.evaluate("node => getComputedStyle(node).fill")
    page.emulate_media(color_scheme="dark")
    expect(marks).not_to_have_css("fill", light)


def test_the_form_changes_the_comparison_and_its_address(admin: Person, signed_in: SignIn) -> None:
    page = signed_in(admin)
    page.goto("/compare/")
    page.get_by_label("Score by", exact=True).select_option("seed-1")
    expect(page.get_by_role("heading", name="Score, seed-1")).to_be_visible()
    expect(page).to_have_url("/compare/?cases=catalogue&rubric=seed-1")
    expect(
        page.locator("#score-title").locator("xpath=ancestor::section").locator("svg.main-svg").first
    ).to_be_visible()
    expect(page.get_by_text("Qwen3-4B, untrained, published, n 4").first).to_be_visible()


def test_a_cell_opens_the_episode(admin: Person, signed_in: SignIn) -> None:
    page = signed_in(admin)
    page.goto("/compare/")
    page.locator(".heat .heat-yes a").first.click()
    page.wait_for_url("**/episodes/*/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_desk_fetches_the_best_models(admin: Person, signed_in: SignIn) -> None:
    page = signed_in(admin)
    page.goto("/")
    best = page.get_by_role("region", name="The best models")
    expect(best.get_by_role("link", name="Sampled")).to_be_visible()
