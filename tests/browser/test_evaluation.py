"""An admin picks players and cases, presses one button, watches the episodes finish, and compares."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from evaluation.models import EvaluationRun
from tests.browser.conftest import Complaints, MakePerson, Person
from tests.browser.inspection import assert_sound

SignIn = Callable[[Person], Page]


@pytest.mark.usefixtures("celery_worker")
def test_from_the_form_to_the_comparison(desk: None, signed_in: SignIn, somebody: MakePerson) -> None:
    page = signed_in(somebody("admin"))
    page.goto("/evaluations/")
    page.keyboard.press("c")
    page.wait_for_url("**/evaluations/new/")
    page.get_by_label("Expert (reads the answer)").check()
    page.get_by_label("Keyword rules").check()
    expect(page.locator("#run-size")).to_have_text("2 players × 22 cases: 44 episodes")
    page.keyboard.press("Control+Enter")

    page.wait_for_url(re.compile("/evaluations/[0-9a-f-]{36}/"))
    page.evaluate("window.notReloaded = true")
    expect(page.get_by_text("44 of 44 episodes")).to_be_visible(timeout=60_000)
    expect(page.locator(".tag", has_text="done")).to_be_visible(timeout=30_000)
    assert page.evaluate("window.notReloaded") is True
    expert = page.get_by_role("row", name=re.compile("^Expert"))
    expect(expert).to_contain_text("22 of 22")
    expect(expert).to_contain_text("1.000")
    expect(page.locator("[hx-trigger]")).to_have_count(0)
    assert_sound(page)

    page.get_by_role("link", name="Compare", exact=True).last.click()
    page.wait_for_url("**/compare/?**")
    expect(page.get_by_role("row", name=re.compile("^Keyword rules")).first).to_contain_text("8 / 22")
    assert EvaluationRun.objects.get().planned == 44


def test_a_run_that_nobody_plays_is_stopped_and_resumed(desk: None, signed_in: SignIn, somebody: MakePerson) -> None:
    page = signed_in(somebody("admin"))
    page.goto("/evaluations/new/?players=qwen3-4b-instruct-2507")
    page.get_by_label("Samples of each case").fill("3")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped.")).to_be_visible()
    expect(page.locator(".tag", has_text="stopped")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".tag", has_text="stopped")).to_be_visible()


def test_a_form_without_a_player_says_so(
    desk: None, signed_in: SignIn, somebody: MakePerson, complaints: Complaints
) -> None:
    complaints.expect("status of 422")
    page = signed_in(somebody("admin"))
    page.goto("/evaluations/new/")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was started.")
    expect(page.get_by_text("Choose at least one player.")).to_be_visible()
    assert_sound(page)
