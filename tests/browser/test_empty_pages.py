"""A desk before anything has come in: what every page offers instead, held to the same rules as a full one."""

from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakePerson, Person
from tests.browser.inspection import assert_sound

SignIn = Callable[[Person], Page]
#: What an empty page says to do, by its address.
EMPTY: Final = {
    "/": "documents",
    "/cases/": "Upload an order",
    "/episodes/": "case",
    "/documents/": "Upload an order",
    "/suppliers/": "documents",
    "/tokens/": "Make one above",
    "/evaluations/": "An admin launches evaluations",
    "/training/": "An admin launches training runs",
    "/study/": "No recipe has been run here yet",
    "/compare/": "Choose another set",
    "/models/": "come with the project",
}


@pytest.mark.parametrize("address", EMPTY)
def test_an_empty_page_says_what_to_do(address: str, empty_desk: None, signed_in: SignIn, somebody: MakePerson) -> None:
    page = signed_in(somebody("reviewer"))
    page.goto(address)
    expect(page.get_by_role("main")).to_contain_text(EMPTY[address])
    assert_sound(page)
