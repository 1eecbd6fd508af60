"""An admin launches a training, watches it learn, and finds the model that came of it."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from exceptions.models import Player
from tests.browser.conftest import PATIENCE_MS, Complaints, MakePerson, Person
from tests.browser.inspection import assert_sound
from tests.training.conftest import local_model
from tests.training.views.made_runs import ended_run, going_run, measure
from training.models import TrainingRun
from training.services.records import LogRecord, log_store

SignIn = Callable[[Person], Page]
#: How many points the curve of a chart has.
POINTS = "id => document.getElementById(id).data?.[0].x.length"


def until(page: Page, condition: str) -> None:
    """Wait for what a script can tell; Playwright's own way evaluates in the page, which its policy refuses."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(50)


@pytest.fixture
def tiny(desk: None, tmp_path_factory: pytest.TempPathFactory) -> Player:
    """A real model of two layers, randomly initialised."""
    pytest.importorskip("torch", reason="needs the extra `models`")
    from tests.tiny_model import build_tiny_model

    if known := Player.objects.filter(slug="tiny-qwen3").first():
        return known
    folder: Path = build_tiny_model(tmp_path_factory.mktemp("tiny-qwen3"))
    return local_model("tiny-qwen3", str(folder))


@pytest.mark.usefixtures("celery_worker")
def test_from_the_recipe_card_to_the_registered_model(tiny: Player, signed_in: SignIn, somebody: MakePerson) -> None:
    page = signed_in(somebody("admin"))
    page.goto("/training/")
    page.keyboard.press("c")
    page.wait_for_url("**/training/new/")
    page.get_by_label("What they take with").select_option("tiny-qwen3")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=re.compile(r"Choose\W+Submit, deep, best epoch")).click()
    expect(page.get_by_label("Base model")).to_have_value("tiny-qwen3")

    page.get_by_label("Trace lengths").fill("3")
    page.get_by_label("Epochs").fill("2")
    page.get_by_label("Epochs").press("Tab")
    changed = page.locator(".field-epochs")
    expect(changed).to_have_class(re.compile("is-changed"))
    expect(changed).to_contain_text("Recipe: 3")
    expect(page.locator("#checks")).to_contain_text("18 cases of the catalogue")
    page.get_by_text("What chooses the best").click()
    page.get_by_label("Max new tokens").fill("8")
    page.get_by_label("Name").fill("Tiny, two epochs")
    page.keyboard.press("Control+Enter")

    page.wait_for_url(re.compile("/training/[0-9a-f-]{36}/"))
    page.evaluate("window.notReloaded = true")
    expect(page.locator("#state .tag", has_text="done")).to_be_visible(timeout=180_000)
    assert page.evaluate("window.notReloaded") is True
    expect(page.locator("[hx-trigger~=poll]")).to_have_count(0)
    assert page.evaluate(POINTS, "chart-resolved") == 3
    assert page.evaluate(POINTS, "chart-loss") == TrainingRun.objects.get(name="Tiny, two epochs").total
    expect(page.locator("#evaluations tbody tr")).to_have_count(3)
    expect(page.locator("#results .tag", has_text="best")).to_be_visible()
    expect(page.locator("#log-lines li").first).to_be_attached()
    assert_sound(page)

    page.locator("#results").get_by_role("link", name=re.compile("Tiny, two epochs")).first.click()
    page.wait_for_url("**/models/tiny-two-epochs**")
    expect(page.get_by_role("list", name="Where it comes from")).to_contain_text("Tiny, two epochs")
    page.keyboard.press("v")
    page.wait_for_url("**/evaluations/new/?players=tiny-two-epochs**")


def test_a_run_is_watched_without_anything_jumping(desk: None, signed_in: SignIn, somebody: MakePerson) -> None:
    run = going_run(done=10, steps=60)
    page = signed_in(somebody("reviewer"))
    page.goto(f"/training/{run.pk}/")
    until(page, "document.getElementById('chart-loss').data")
    axes = "['xaxis', 'yaxis'].map((axis) => document.getElementById('chart-loss').layout[axis].range)"
    place = "document.getElementById('chart-loss').getBoundingClientRect().top"
    before = page.evaluate(f"[{axes}, {place}, document.body.scrollHeight]")
    assert page.evaluate(POINTS, "chart-loss") == 10

    measure(run, 40)
    log_store(run, [LogRecord(run.created_at, "warning", "The loss of step 11 is no number; the step was skipped.")])
    TrainingRun.objects.filter(pk=run.pk).update(done=40)
    expect(page.get_by_text("40 of 60 optimizer steps")).to_be_visible()
    expect(page.locator("#log-lines")).to_contain_text("The loss of step 11 is no number")
    until(page, "document.getElementById('chart-loss').data.at(-1).x.length === 40")
    axes_after, place_after, _height = page.evaluate(f"[{axes}, {place}, document.body.scrollHeight]")
    assert [axes_after, place_after] == before[:2]
    expect(page.locator("#chart-loss")).to_have_attribute("aria-label", re.compile("at optimizer step 40"))


def test_curves_are_looked_at_from_the_keyboard_and_the_view_is_the_address(
    desk: None, signed_in: SignIn, somebody: MakePerson
) -> None:
    run, other = ended_run(name="Alpha", steps=40), ended_run(name="Beta", steps=40)
    page = signed_in(somebody("reviewer"))
    page.goto(f"/training/{run.pk}/")
    until(page, "document.getElementById('chart-loss').data?.length === 2")
    page.keyboard.press("l")
    page.wait_for_url("**log=1**")
    until(page, "document.getElementById('chart-loss').layout.yaxis.type === 'log'")
    page.get_by_label("Smoothing").select_option("0")
    until(page, "document.getElementById('chart-loss').data.length === 1")
    page.get_by_text("Lay other runs over").click()
    page.get_by_role("checkbox", name=re.compile("Beta")).check()
    expect(page.locator("#curve-key")).to_contain_text("Beta")
    until(page, "document.getElementById('chart-score').data.some((trace) => trace.name === 'Beta')")
    address = page.url
    page.goto("/training/")
    page.goto(address)
    until(page, "document.getElementById('chart-loss').data?.length === 2")
    expect(page.get_by_role("checkbox", name=re.compile("Beta"))).to_be_checked()
    page.get_by_text("Learning rate, gradient, speed").click()
    until(page, "document.getElementById('chart-lr').data?.length")
    assert other.name in page.locator("#curve-key").inner_text()


def test_stop_asks_first_and_resume_goes_on(desk: None, signed_in: SignIn, somebody: MakePerson) -> None:
    run = going_run()
    page = signed_in(somebody("admin"))
    page.goto(f"/training/{run.pk}/")
    page.keyboard.press("x")
    expect(page.get_by_role("dialog", name="Stop this run?")).to_be_visible()
    page.keyboard.press("Escape")
    run.refresh_from_db()
    assert not run.stop_requested
    page.keyboard.press("x")
    page.get_by_role("button", name="Stop the run").click()
    expect(page.get_by_text("Stopping.")).to_be_visible()
    run.refresh_from_db()
    assert run.stop_requested


def test_a_form_with_a_mistake_says_where(
    desk: None, signed_in: SignIn, somebody: MakePerson, complaints: Complaints
) -> None:
    complaints.expect("status of 422")
    page = signed_in(somebody("admin"))
    page.goto("/training/new/?recipe=full-trace-4bit")
    page.get_by_label("Epochs").fill("0")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was started.")
    expect(page.locator(".field-epochs .error")).to_contain_text("greater than or equal to 1")
    assert_sound(page)


def test_a_set_of_cases_is_looked_at_and_imported(desk: None, signed_in: SignIn, somebody: MakePerson) -> None:
    page = signed_in(somebody("admin"))
    page.goto("/cases/generate/")
    page.get_by_label("Kind").select_option("twins")
    expect(page.get_by_role("heading", name="100 pairs of twins, seed 7")).to_be_visible()
    page.get_by_label("How many").fill("3")
    page.get_by_label("How many").press("Tab")
    expect(page.get_by_role("heading", name="3 pairs of twins, seed 7", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("]")
    expect(page.get_by_role("heading", name="Cases 3 and 4")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Imported")).to_contain_text("6")
    page.get_by_role("link", name="Evaluate players on them").click()
    expect(page.get_by_label(re.compile("Generated twins, seed 7"))).to_be_checked()
