"""An admin brings a case pack in."""

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import FilePayload, Page, expect

from exceptions.catalogue import load_catalogue
from exceptions.environment import dump_case_pack
from exceptions.models import Case
from tests.browser.conftest import Complaints, MakePerson, Person
from tests.browser.full_desk import file

SignIn = Callable[[Person], Page]


def pack_file(pack: Any) -> FilePayload:
    return file("month-end.json", pack if isinstance(pack, bytes) else json.dumps(pack).encode())


def a_pack() -> dict[str, Any]:
    """One case under a name that the desk does not have."""
    pack = dump_case_pack([load_catalogue()[0]], "month end")
    pack["cases"][0] |= {"id": "month-end-one", "reference": None}
    return pack


def test_everything_that_is_wrong_is_listed_and_nothing_is_stored(
    signed_in: SignIn, somebody: MakePerson, desk: None, complaints: Complaints
) -> None:
    complaints.expect("status of 422")
    page = signed_in(somebody("admin"))
    broken = a_pack()
    broken["cases"][0]["invoice"]["lines"][0]["quantity"] = "-4"
    broken["cases"][0]["invoice"]["currency"] = "Euro"
    page.goto("/cases/import/")
    page.get_by_label("Drop a case pack here").set_input_files(pack_file(broken))
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="month-end.json was refused")).to_be_visible()
    table = page.get_by_role("table")
    expect(table.get_by_role("row", name=re.compile("quantity"))).to_be_visible()
    expect(table.get_by_role("row", name=re.compile("currency"))).to_be_visible()
    assert not Case.objects.filter(slug="month-end-one").exists()


def test_what_is_no_json_at_all_is_said_in_words(
    signed_in: SignIn, somebody: MakePerson, desk: None, complaints: Complaints
) -> None:
    complaints.expect("status of 422")
    page = signed_in(somebody("admin"))
    page.goto("/cases/import/")
    page.get_by_label("Drop a case pack here").set_input_files(pack_file(b"invoice;amount\n1;2\n"))
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="month-end.json was refused")).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("JSON")


def test_a_pack_comes_in_and_its_case_is_in_the_queue(signed_in: SignIn, somebody: MakePerson, desk: None) -> None:
    page = signed_in(somebody("admin"))
    page.goto("/cases/")
    page.get_by_role("link", name="Import a case pack").click()
    page.get_by_label("Drop a case pack here").set_input_files(pack_file(a_pack()))
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible()
    page.get_by_role("link", name="Open the queue").click()
    reference = Case.objects.get(slug="month-end-one").reference
    expect(page.get_by_role("link", name=reference, exact=True)).to_be_visible()
