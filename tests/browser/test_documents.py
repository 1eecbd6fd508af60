"""A real trade comes in as documents and is resolved beside the rule engine."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from exceptions.models import Episode
from tests.browser.conftest import Complaints, Person
from tests.browser.full_desk import file
from tests.browser.workspace import my_steps, take
from tests.exceptions.ubl.document_builder import invoice, line, order, receipt

SignIn = Callable[[Person], Page]


def upload(page: Page, *files: FilePayload) -> None:
    page.goto("/documents/")
    page.locator("input[type=file]").set_input_files(list(files))
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name=re.compile("taken in"))).to_be_visible()


@pytest.mark.usefixtures("celery_worker")
def test_a_trade_is_uploaded_joined_and_resolved_with_a_reason(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    upload(
        page,
        file("order.xml", order("PO-7100")),
        file("receipt.xml", receipt("GR-71", line(quantity="60"), order="PO-7100")),
        file("invoice.xml", invoice("INV-71", order="PO-7100")),
    )
    expect(page.get_by_text("A new case")).to_be_visible()
    page.keyboard.press("n")
    page.wait_for_url("**/cases/*/")
    expect(page.get_by_text("real case")).to_be_visible()
    expect(page.get_by_role("button", name="Assist")).to_have_attribute("aria-pressed", "true")
    take(page, "r", "1")
    expect(page.get_by_role("button", name="Accept")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("e")
    page.get_by_label("Exception type").select_option("policy_violation")
    page.get_by_label("Explanation").fill("40 cartons are on a second truck.")
    page.get_by_label("Why not the proposal?").fill("The carrier announced the rest for Monday.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#outcome")).to_be_visible()
    expect(page.locator("#outcome")).to_contain_text("nobody has given its answer yet")
    episode = Episode.objects.get(user=reviewer.user, origin="desk")
    assert episode.final_decision == "escalate_for_supervisor_review"
    assert episode.override_reason == "The carrier announced the rest for Monday."
    assert not episode.grades.exists()


def test_documents_that_come_one_after_the_other_wait_and_are_joined(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    upload(page, file("order.xml", order("PO-7200")))
    report = page.get_by_role("region", name="1 of 1 taken in").or_(page.get_by_role("status"))
    expect(report.get_by_text("waiting").first).to_be_visible()
    upload(page, file("invoice.xml", invoice("INV-72", order="PO-7200")))
    expect(page.get_by_text("A new case")).to_be_visible()
    expect(page.get_by_text("still missing")).to_be_visible()


def test_a_broken_file_is_refused_with_the_reason_and_keeps_no_other_out(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    upload(page, file("order.xml", order("PO-7300")), file("broken.xml", b"<Order><ID>PO-7301</Order>"))
    expect(page.get_by_role("heading", name="1 of 2 taken in")).to_be_visible()
    row = page.get_by_role("row", name=re.compile("broken.xml"))
    expect(row).to_contain_text("Refused.")
    expect(row).to_contain_text("line 1")


def test_when_nothing_can_be_read_the_page_says_so(signed_in: SignIn, reviewer: Person, complaints: Complaints) -> None:
    complaints.expect("status of 422")
    page = signed_in(reviewer)
    page.goto("/documents/")
    page.locator("input[type=file]").set_input_files([file("minutes.xml", b"Minutes of the meeting")])
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="Nothing was taken in")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("minutes.xml"))).to_contain_text("Refused.")


def test_the_files_that_were_chosen_are_listed_before_they_are_sent(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto("/documents/")
    page.locator("input[type=file]").set_input_files([file("order.xml", order()), file("invoice.xml", invoice())])
    expect(page.locator(".file-list li")).to_have_count(2)


def test_a_document_shows_what_was_read_and_gives_its_bytes_back(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    content = order("PO-7400")
    upload(page, file("order.xml", content))
    page.get_by_role("link", name=re.compile("Order PO-7400")).first.click()
    page.wait_for_url("**/documents/*-*/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("PO-7400")
    with page.expect_download() as download:
        page.locator("a[href$='/source/']").first.click()
    assert download.value.path().read_bytes() == content
    expect(my_steps(page)).to_have_count(0)
