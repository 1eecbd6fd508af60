"""Cases are worked by keyboard."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from exceptions.models import Episode
from tests.browser.conftest import Person
from tests.browser.workspace import PARTIAL_RECEIPT, address_of, fill_in, my_steps, submit, take

SignIn = Callable[[Person], Page]


def test_j_and_k_walk_the_queue_and_enter_opens_a_case(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto("/cases/")
    rows = page.locator("[data-row]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1).locator("[data-row-link]")).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0).locator("[data-row-link]")).to_be_focused()
    reference = rows.nth(0).locator("[data-row-link]").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{reference}/")


def test_a_case_is_resolved_by_keyboard_alone_and_n_opens_the_next(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto(address_of(PARTIAL_RECEIPT))
    take(page, "o", "i", "r", "1", "2", "p")
    fill_in(page, decision="h", exception_type="Partial receipt", explanation="The receipt accepts less.")
    submit(page)
    episode = Episode.objects.get(user=reviewer.user, origin="desk")
    assert (episode.final_decision, episode.exception_type) == ("place_on_hold", "partial_receipt")
    assert episode.explanation == "The receipt accepts less."
    assert episode.confidence == 0.8
    assert episode.steps_used == 7
    before = page.url
    page.keyboard.press("n")
    page.wait_for_url(lambda url: "/cases/" in url and url != before)
    expect(my_steps(page)).to_have_count(0)


def test_keys_that_come_quicker_than_the_server_are_all_taken(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto(address_of(PARTIAL_RECEIPT))
    for key in "oirvp":
        page.keyboard.press(key)
    expect(my_steps(page)).to_have_count(5)
    assert Episode.objects.get(user=reviewer.user, origin="desk").steps_used == 5


def test_keys_rest_while_a_field_is_typed_in(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto(address_of(PARTIAL_RECEIPT))
    page.keyboard.press("Enter")
    page.keyboard.press("w")
    page.keyboard.type("oirvp")
    expect(page.get_by_label("Explanation")).to_have_value("oirvp")
    expect(my_steps(page)).to_have_count(0)


def test_who_types_before_the_form_has_drawn_itself_keeps_the_field(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto(address_of(PARTIAL_RECEIPT))
    # A busy machine draws late.
    page.evaluate("() => { window.requestAnimationFrame = (draw) => setTimeout(draw, 600) }")
    page.keyboard.press("Enter")
    page.keyboard.press("w")
    page.wait_for_timeout(900)
    page.keyboard.type("late")
    expect(page.get_by_label("Explanation")).to_have_value("late")
    expect(my_steps(page)).to_have_count(0)


def test_a_question_mark_lists_the_keys_and_escape_closes_the_list(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto(address_of(PARTIAL_RECEIPT))
    page.keyboard.press("?")
    keys = page.get_by_role("dialog")
    expect(keys).to_be_visible()
    for name in ("Order", "Compare prices", "Resolve", "Go to the queue", "Next row"):
        expect(keys.get_by_text(name, exact=True)).to_have_count(0 if name == "Next row" else 1)
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    take(page, "o")


def test_g_leads_to_every_part_of_the_desk(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto("/")
    for key, address in {"q": "/cases/", "e": "/episodes/", "u": "/documents/", "s": "/suppliers/", "d": "/"}.items():
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(lambda url, address=address: url.endswith(address))  # type: ignore[misc]
