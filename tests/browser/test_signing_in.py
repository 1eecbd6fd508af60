"""Signing in and out, and being kept out."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Complaints, MakePerson, Person


def sign_in(page: Page, name: str, password: str) -> None:
    """As a person does it."""
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def test_the_log_in_leads_to_the_page_that_was_asked_for(page: Page, reviewer: Person) -> None:
    page.goto("/suppliers/")
    page.wait_for_url("**/accounts/login/?next=/suppliers/")
    expect(page.get_by_text("Sign in to go on to the page you asked for.")).to_be_visible()
    expect(page.get_by_label("User name")).to_be_focused()
    sign_in(page, reviewer.name, reviewer.password)
    page.wait_for_url("**/suppliers/")


def test_a_wrong_password_says_so_and_keeps_the_name(page: Page, reviewer: Person) -> None:
    page.goto("/accounts/login/")
    sign_in(page, reviewer.name, "not-my-password")
    expect(page.get_by_role("alert")).to_contain_text("User name and password do not fit together")
    expect(page.get_by_label("User name")).to_have_value(reviewer.name)
    expect(page.get_by_label("Password")).to_have_value("")


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(
    page: Page, reviewer: Person, complaints: Complaints
) -> None:
    complaints.expect("status of 429")
    page.goto("/accounts/login/")
    for attempt in range(5):
        sign_in(page, reviewer.name, f"guess-{attempt}")
        if attempt < 4:
            expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("heading", name="Too many attempts to sign in")).to_be_visible()
    expect(page.get_by_text("15 minutes")).to_be_visible()
    page.get_by_role("link", name="Back to the log-in").click()
    sign_in(page, reviewer.name, reviewer.password)
    expect(page.get_by_role("heading", name="Too many attempts to sign in")).to_be_visible()


def test_signing_out_ends_the_session(page: Page, reviewer: Person) -> None:
    page.goto("/accounts/login/")
    sign_in(page, reviewer.name, reviewer.password)
    page.wait_for_url(lambda url: url.endswith("/"))
    page.locator("summary", has_text=reviewer.name).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")
    page.goto("/cases/")
    page.wait_for_url("**/accounts/login/?next=/cases/")


def test_a_session_that_ends_while_a_case_is_worked_leads_to_the_log_in_and_back(
    page: Page, base_url: str, reviewer: Person
) -> None:
    page.goto("/accounts/login/?next=/cases/")
    sign_in(page, reviewer.name, reviewer.password)
    page.locator("[data-row-link]").first.click()
    page.wait_for_url("**/cases/*/")
    case = page.url
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next="))
    sign_in(page, reviewer.name, reviewer.password)
    page.wait_for_url(case)


def test_an_account_without_a_role_is_told_what_to_do(page: Page, somebody: MakePerson) -> None:
    outsider = somebody(None)
    page.goto("/accounts/login/")
    sign_in(page, outsider.name, outsider.password)
    expect(page.get_by_role("main")).to_contain_text("role")


def test_an_address_with_nothing_at_it_leads_back_to_the_queue(
    page: Page, reviewer: Person, complaints: Complaints
) -> None:
    complaints.expect("status of 404")
    page.goto("/accounts/login/?next=/no/such/page/")
    sign_in(page, reviewer.name, reviewer.password)
    expect(page.get_by_role("heading", name="There is nothing at this address")).to_be_visible()
    page.get_by_role("link", name="To the queue").click()
    expect(page.locator("[data-row]").first).to_be_visible()
