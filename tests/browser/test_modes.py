"""Blind, alongside, assist: when the lane of the rule engine opens, and that it moves without a reload.

Each live episode is recorded for its case, and shown as a replay from then on: tests of a live lane have a case each.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from exceptions.models import Episode
from tests.browser.conftest import Complaints, MakePerson, Person
from tests.browser.workspace import PARTIAL_RECEIPT, address_of, fill_in, model_steps, submit, take

SignIn = Callable[[Person], Page]
pytestmark = pytest.mark.usefixtures("celery_worker")


def lane(page: Page) -> Locator:
    return page.get_by_role("region", name="Three-way match")


def choose(page: Page, mode: str) -> None:
    page.get_by_role("button", name=mode, exact=True).click()
    expect(page.get_by_role("button", name=mode, exact=True)).to_have_attribute("aria-pressed", "true")


def remember_this_page(page: Page) -> None:
    """Leave a mark that a reload would take away."""
    page.evaluate("window.notReloaded = true")


def assert_not_reloaded(page: Page) -> None:
    assert page.evaluate("window.notReloaded") is True


def test_in_blind_mode_the_lane_is_shut_until_the_submit(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto(address_of(PARTIAL_RECEIPT))
    remember_this_page(page)
    expect(lane(page).get_by_text("finished")).to_be_visible()
    take(page, "o", "r")
    expect(model_steps(page)).to_have_count(0)
    fill_in(page, decision="a", exception_type="Clean match", explanation="It all agrees.")
    submit(page)
    expect(model_steps(page)).not_to_have_count(0)
    outcome = page.locator("#outcome")
    for heading in ("The answer", "Three-way match"):
        expect(outcome.get_by_role("heading", level=3, name=heading)).to_be_visible()
    for rubric in ("grounded-1", "seed-1"):
        expect(outcome.get_by_text(rubric).first).to_be_visible()
    assert_not_reloaded(page)


def test_what_was_submitted_blind_can_be_revised_and_both_are_kept(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto(address_of(PARTIAL_RECEIPT))
    take(page, "r")
    fill_in(page, decision="a", exception_type="Clean match", explanation="It all agrees.")
    submit(page)
    page.keyboard.press("r")
    form = page.locator(".revise form")
    expect(form.locator("input[name=final_decision]").first).to_be_focused()
    page.keyboard.press("h")
    form.get_by_label("Exception type").select_option("partial_receipt")
    form.get_by_label("What changed your mind?").fill("The receipt accepts less than is billed.")
    form.get_by_role("button", name="Revise").click()
    episode = Episode.objects.get(user=reviewer.user, origin="desk")
    expect(page.locator("#outcome").get_by_text("The receipt accepts less than is billed.").first).to_be_visible()
    assert episode.final_decision == "approve_for_payment"
    assert episode.revisions.get().final_decision == "place_on_hold"


def test_alongside_the_models_step_opens_with_mine(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto(address_of("price-variance"))
    expect(lane(page).get_by_text("finished")).to_be_visible()
    choose(page, "Alongside")
    remember_this_page(page)
    expect(lane(page).get_by_text("Step 1 opens with yours")).to_be_visible()
    for mine in (1, 2):
        take(page, "oi"[mine - 1])
        expect(model_steps(page)).to_have_count(mine)
    assert_not_reloaded(page)


def test_a_recorded_episode_says_that_it_is_a_replay_and_can_be_played_live(
    signed_in: SignIn, somebody: MakePerson, desk: None
) -> None:
    for recorded in (False, True):
        person = somebody("reviewer")
        page = signed_in(person)
        page.goto(address_of("phantom-receipt"))
        choose(page, "Assist")
        expect(lane(page).get_by_text("recorded" if recorded else "finished", exact=True)).to_be_visible()
    expect(lane(page).get_by_text("It is not playing now.")).to_be_visible()
    lane(page).get_by_role("button", name="Play it live").click()
    expect(lane(page).get_by_text("finished")).to_be_visible()
    assert Episode.objects.filter(beside__user=person.user).count() == 1


def test_a_mode_that_has_shown_the_lane_cannot_be_closed_again(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto(address_of(PARTIAL_RECEIPT))
    choose(page, "Assist")
    for mode in ("Blind", "Alongside"):
        expect(page.get_by_role("button", name=mode, exact=True)).to_be_disabled()


def test_in_assist_mode_the_proposal_comes_by_itself_and_y_accepts_it(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto(address_of("clean-match"))
    choose(page, "Assist")
    remember_this_page(page)
    expect(page.get_by_role("button", name="Accept")).to_be_visible()
    page.keyboard.press("y")
    expect(page.locator("#outcome")).to_be_visible()
    assert_not_reloaded(page)
    episode = Episode.objects.get(user=reviewer.user, origin="desk")
    assert episode.final_decision == Episode.objects.get(beside=episode).final_decision
    assert "accepted_from" in episode.settings


def test_whoever_overrides_a_proposal_says_why(signed_in: SignIn, reviewer: Person, complaints: Complaints) -> None:
    complaints.expect("status of 422")
    page = signed_in(reviewer)
    page.goto(address_of(PARTIAL_RECEIPT))
    choose(page, "Assist")
    expect(page.get_by_role("button", name="Accept")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("x")
    page.get_by_label("Exception type").select_option("duplicate_invoice")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Say why you do not follow the proposal")).to_be_visible()
    reason = page.get_by_label("Why not the proposal?")
    expect(reason).to_be_focused()
    reason.fill("The same bill was paid in May.")
    submit(page)
    assert Episode.objects.get(user=reviewer.user, origin="desk").override_reason == "The same bill was paid in May."


def test_an_answer_of_the_lane_that_a_step_has_overtaken_is_dropped(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    polls: list[Route] = []
    page.route("**/lane/?after=*", lambda route: polls.append(route))
    with page.expect_request("**/lane/?after=*"):
        page.goto(address_of("inflated-po"))
    take(page, "o")
    with page.expect_response("**/lane/?after=*") as answered:
        # As if something had been new in the lane: an answer that is to be put into the page.
        polls[0].continue_(url=polls[0].request.url + "0")
    assert answered.value.status == 200
    take(page, "i")
