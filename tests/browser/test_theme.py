"""Light, dark, or as the system has it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Person

SignIn = Callable[[Person], Page]
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def choose(page: Page, person: Person, theme: str) -> None:
    page.locator("summary", has_text=person.name).click()
    page.get_by_role("button", name=theme, exact=True).click()


def test_a_theme_that_was_chosen_holds_on_every_page_from_the_first_byte(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto("/")
    light = page.evaluate(BACKGROUND)
    choose(page, reviewer, "Dark")
    expect(page.get_by_role("button", name="Dark", exact=True)).to_have_attribute("aria-pressed", "true")
    dark = page.evaluate(BACKGROUND)
    assert dark != light
    response = page.goto("/cases/")
    assert response is not None
    assert 'data-theme="dark"' in response.text()
    assert page.evaluate(BACKGROUND) == dark


def test_the_choice_can_be_left_to_the_system_again(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto("/")
    choose(page, reviewer, "Light")
    page.get_by_role("button", name="Auto", exact=True).click()
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(BACKGROUND)
    page.emulate_media(color_scheme="light")
    assert page.evaluate(BACKGROUND) != dark
    assert not [cookie for cookie in page.context.cookies() if cookie.get("name") == "theme"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_before_the_log_in_the_page_follows_the_system(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its literals
    page.goto("/accounts/login/")
    red, _green, _blue = page.evaluate(f"{BACKGROUND}.match(/[0-9]+/g).map(Number)")
    assert (red < 128) == (scheme == "dark")
