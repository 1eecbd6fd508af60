"""A double click, two tabs, a reload: nothing is sent twice, nothing that was typed is lost."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from exceptions.models import Episode
from tests.browser.conftest import Complaints, Person
from tests.browser.workspace import PARTIAL_RECEIPT, address_of, fill_in, my_steps, submit, take

SignIn = Callable[[Person], Page]


def test_a_half_written_explanation_survives_a_reload(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto(address_of(PARTIAL_RECEIPT))
    take(page, "r")
    fill_in(page, decision="h", exception_type="Partial receipt", explanation="GR-1 accepts", confidence="60")
    page.reload()
    expect(page.get_by_label("Explanation")).to_have_value("GR-1 accepts")
    expect(page.get_by_label("Place on hold")).to_be_checked()
    expect(page.get_by_label("Exception type")).to_have_value("partial_receipt")
    expect(page.get_by_label("How sure?")).to_have_value("60")


def test_a_half_written_explanation_survives_a_step(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto(address_of(PARTIAL_RECEIPT))
    fill_in(page, decision="h", exception_type="Partial receipt", explanation="GR-1 accepts")
    page.keyboard.press("Escape")
    take(page, "r")
    expect(page.get_by_label("Explanation")).to_have_value("GR-1 accepts")
    expect(page.get_by_label("Place on hold")).to_be_checked()


def test_an_explanation_box_that_was_made_larger_keeps_the_content_policy(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto(address_of(PARTIAL_RECEIPT))
    page.keyboard.press("Enter")
    box = page.get_by_label("Explanation")
    box.evaluate("(area) => { area.style.height = '20rem'; }")
    page.keyboard.press("Escape")
    take(page, "r")


def test_what_was_submitted_leaves_no_draft_behind(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto(address_of(PARTIAL_RECEIPT))
    fill_in(page, decision="h", exception_type="Partial receipt", explanation="GR-1 accepts less.")
    submit(page)
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft:'))") == []


def test_a_double_click_submits_once(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto(address_of(PARTIAL_RECEIPT))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/submit/") else None)
    fill_in(page, decision="h", exception_type="Partial receipt", explanation="GR-1 accepts less.")
    page.get_by_role("button", name="Submit").dblclick()
    expect(page.locator("#outcome")).to_be_visible()
    assert len(sent) == 1
    episode = Episode.objects.get(user=reviewer.user, origin="desk")
    assert (episode.steps_used, episode.stop_reason) == (1, "submitted")


def test_of_two_tabs_the_second_is_told(signed_in: SignIn, reviewer: Person, complaints: Complaints) -> None:
    complaints.expect("status of 422")
    first = signed_in(reviewer)
    second = first.context.new_page()
    for page in (first, second):
        page.goto(address_of(PARTIAL_RECEIPT))
    first.bring_to_front()
    fill_in(first, decision="h", exception_type="Partial receipt", explanation="GR-1 accepts less.")
    submit(first)
    second.bring_to_front()
    fill_in(second, decision="a", exception_type="Clean match", explanation="It all agrees.")
    second.keyboard.press("Control+Enter")
    expect(second.get_by_role("alert").or_(second.locator(".error")).first).to_be_visible()
    episode = Episode.objects.get(user=reviewer.user, origin="desk")
    assert (episode.steps_used, episode.final_decision) == (1, "place_on_hold")


def test_a_step_in_a_stale_tab_is_told_and_costs_nothing(
    signed_in: SignIn, reviewer: Person, complaints: Complaints
) -> None:
    complaints.expect("status of 409")
    first = signed_in(reviewer)
    second = first.context.new_page()
    for page in (first, second):
        page.goto(address_of(PARTIAL_RECEIPT))
    first.bring_to_front()
    take(first, "o")
    second.bring_to_front()
    second.keyboard.press("p")
    expect(second.get_by_role("alert").get_by_text("already taken")).to_be_visible()
    expect(my_steps(second)).to_have_count(1)
    take(second, "p")
    assert Episode.objects.get(user=reviewer.user, origin="desk").steps_used == 2
