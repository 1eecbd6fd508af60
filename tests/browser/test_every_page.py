"""Every page in every state: WCAG 2.2 AA, both themes, screen and phone, content policy, quiet console."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Complaints, MakePerson, Person
from tests.browser.full_desk import FullDesk, every_fate, file, fill
from tests.browser.inspection import assert_sound
from tests.browser.workspace import PARTIAL_RECEIPT, address_of, take

SignIn = Callable[[Person], Page]
#: Pages of a desk on which much has happened; `{…}` is a field of `FullDesk`.
FULL: Final = {
    "desk": "/",
    "queue": "/cases/",
    "second page of the queue": "/cases/?page=2",
    "queue without a match": "/cases/?q=nothing-fits-this",
    "queue with a wrong filter": "/cases/?state=lost",
    "import": "/cases/import/",
    "fresh case": "/cases/{fresh}/",
    "started case": "/cases/{started}/",
    "ended case": "/cases/{ended}/",
    "real case": "/cases/{real}/",
    "episodes": "/episodes/",
    "episode": "/episodes/{ended_episode}/",
    "two episodes": "/episodes/{ended_episode}/?with={model_episode}",
    "open episode": "/episodes/{open_episode}/",
    "documents": "/documents/",
    "document": "/documents/{document}/",
    "suppliers": "/suppliers/",
    "supplier": "/suppliers/{supplier}/",
    "tokens": "/tokens/",
    "evaluations": "/evaluations/",
    "evaluation that is done": "/evaluations/{run_done}/",
    "evaluation that waits": "/evaluations/{run_open}/",
    "new evaluation": "/evaluations/new/?players=expert",
    "comparison": "/compare/",
    "comparison with published scores": "/compare/?rubric=seed-1&of=sampled",
    "comparison with wrong parameters": "/compare/?cases=generated&players=nobody&rubric=moon",
    "comparison of cases that nobody played": "/compare/?cases=generated",
    "generated cases": "/cases/generate/",
    "generated twins": "/cases/generate/?kind=twins&count=30&use=but&family=currency-swap",
    "set that cannot be made": "/cases/generate/?count=0",
    "training": "/training/",
    "training without a match": "/training/?q=nothing-fits-this",
    "training that is done": "/training/{training_done}/",
    "trainings over each other": "/training/{training_done}/?with={training_failed}&smooth=0.9&log=1",
    "training that goes": "/training/{training_going}/",
    "training that failed": "/training/{training_failed}/",
    "training by reinforcement": "/training/{training_reinforced}/",
    "recipes": "/training/new/",
    "recipe": "/training/new/?recipe=submit-deep-best",
    "clone of a training": "/training/new/?clone={training_done}",
    "study": "/study/",
    "study with wrong parameters": "/study/?runs=moon&rubric=sun&base=nobody",
    "models": "/models/",
    "models, none of which fits": "/models/?q=nothing-fits-this",
    "model by API": "/models/{model}/",
    "model that was trained": "/models/{trained}/",
    "script": "/models/expert/",
    "hub": "/hub/",
    "transfer that waits": "/hub/{transfer_open}/",
    "transfer that failed": "/hub/{transfer_failed}/",
    "new model by API": "/models/new/",
    "new local model": "/models/new/?kind=local",
    "change of a model": "/models/{model}/change/",
}
REFUSED: Final = {"/no/such/page/": 404, "/cases/import/": 403}


@pytest.fixture(scope="module")
def worked() -> list[tuple[Person, FullDesk]]:
    """The full desk, once somebody has worked on it."""
    return []


@pytest.fixture
def full_desk(desk: None, somebody: MakePerson, worked: list[tuple[Person, FullDesk]]) -> tuple[Person, FullDesk]:
    """A desk on which much has happened, and an admin who did it."""
    if not worked:
        person = somebody("admin")
        worked.append((person, fill(person.user)))
    return worked[0]


@pytest.mark.parametrize("what", FULL)
def test_a_page_with_much_on_it(what: str, signed_in: SignIn, full_desk: tuple[Person, FullDesk]) -> None:
    person, desk = full_desk
    page = signed_in(person)
    page.goto(FULL[what].format_map(asdict(desk)))
    assert_sound(page)


@pytest.mark.parametrize("address", REFUSED)
def test_a_page_that_is_refused(address: str, signed_in: SignIn, reviewer: Person, complaints: Complaints) -> None:
    complaints.expect(f"status of {REFUSED[address]}")
    page = signed_in(reviewer)
    response = page.goto(address)
    assert response is not None
    assert response.status == REFUSED[address]
    assert_sound(page)


def test_the_desk_of_somebody_without_a_role(signed_in: SignIn, somebody: MakePerson) -> None:
    page = signed_in(somebody(None))
    page.goto("/")
    assert_sound(page)


def test_the_log_in_before_and_after_a_wrong_password(page: Page) -> None:
    page.goto("/accounts/login/?next=/cases/")
    assert_sound(page)
    page.get_by_label("User name").fill("nobody")
    page.get_by_label("Password").fill("nothing")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert_sound(page)


def test_a_resolution_that_is_refused(signed_in: SignIn, reviewer: Person, complaints: Complaints) -> None:
    complaints.expect("status of 422")
    page = signed_in(reviewer)
    page.goto(address_of(PARTIAL_RECEIPT))
    take(page, "i", "o", "r", "1")
    page.keyboard.press("Enter")
    page.keyboard.press("h")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Choose what kind of exception it is.")).to_be_visible()
    assert_sound(page)


def test_the_list_of_keys_and_the_menu(signed_in: SignIn, reviewer: Person) -> None:
    page = signed_in(reviewer)
    page.goto("/cases/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_sound(page)
    page.keyboard.press("Escape")
    page.locator("summary", has_text=reviewer.name).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert_sound(page)


def test_a_model_that_is_refused_and_an_endpoint_that_does_not_answer(
    signed_in: SignIn, full_desk: tuple[Person, FullDesk], complaints: Complaints
) -> None:
    complaints.expect("status of 422")
    page = signed_in(full_desk[0])
    page.goto("/models/new/")
    page.get_by_label("Base URL").fill("ftp://nowhere")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("Nothing was saved.")).to_be_visible()
    assert_sound(page)
    page.goto(f"/models/{full_desk[1].model}/")
    page.get_by_role("button", name="Send one request").click()
    expect(page.get_by_text("it cannot be reached: Connection refused")).to_be_visible()
    assert_sound(page)


def test_an_upload_with_every_fate(signed_in: SignIn, full_desk: tuple[Person, FullDesk]) -> None:
    page = signed_in(full_desk[0])
    page.goto("/documents/")
    page.locator("input[type=file]").set_input_files(every_fate())
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("A new case")).to_be_visible()
    assert_sound(page)


def test_a_pack_that_is_refused_and_a_token_that_is_shown(
    signed_in: SignIn, full_desk: tuple[Person, FullDesk], complaints: Complaints
) -> None:
    complaints.expect("status of 422")
    page = signed_in(full_desk[0])
    page.goto("/cases/import/")
    pack = b'{"format": "invoiceguard.case-pack/1", "name": "x", "cases": [{"id": "a"}]}'
    page.locator("input[type=file]").set_input_files([file("pack.json", pack)])
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="pack.json was refused")).to_be_visible()
    assert_sound(page)
    page.goto("/tokens/")
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_role("button", name="Revoke").first).to_be_visible()
    assert_sound(page)
