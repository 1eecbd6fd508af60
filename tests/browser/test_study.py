"""/study/ in a browser: charts are drawn under the content policy, the form changes them, nothing is in axe's way."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from exceptions.generator import generate_cases
from exceptions.models import CaseVersion, Player
from tests.browser.conftest import MakePerson, Person
from tests.browser.inspection import assert_sound
from tests.training.study.replayed import CUT, played_run
from tests.training.views.made_runs import ended_run
from training.models import TrainingRun

SignIn = Callable[[Person], Page]


@pytest.fixture
def studied(desk: None) -> list[TrainingRun]:
    """Two seeds of a published recipe, one of ours, a reinforcement, and the collapse replayed."""
    if not TrainingRun.objects.exists():
        ended_run("submit-only", name="Alpha", seed=42, shares=(0.0, 0.5))
        ended_run("submit-only", name="Beta", seed=43, shares=(0.0, 1.0))
        ended_run("generated", name="Gamma", shares=(0.0, 0.9), cases=generate_cases(12, 1007))
        ended_run("grpo-cold", name="Delta", shares=(0.25, 0.5), steps=15)
        player = Player.objects.get(slug="smollm2-135m-instruct")
        versions = list(CaseVersion.objects.filter(slice="hard").select_related("case", "truth").order_by("pk")[:7])
        played_run(player, versions, cut_at=4, resolved=False, settings=CUT)
        played_run(player, versions, cut_at=None, resolved=True)
    return list(TrainingRun.objects.order_by("name"))


def test_every_chart_is_drawn_and_the_page_is_sound(
    studied: list[TrainingRun], signed_in: SignIn, somebody: MakePerson
) -> None:
    page = signed_in(somebody("admin"))
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/study/")
    charts = page.locator("[data-figure]")
    count = charts.count()
    assert count > 20
    for at in range(count):
        expect(charts.nth(at).locator("svg.main-svg").first).to_be_attached()
    expect(page.get_by_role("region", name="Where each prompt was cut").locator("tbody tr")).to_have_count(7)
    assert_sound(page)


def test_runs_are_chosen_and_the_choice_is_the_address(
    studied: list[TrainingRun], signed_in: SignIn, somebody: MakePerson
) -> None:
    alpha = studied[0]
    page = signed_in(somebody("reviewer"))
    page.goto("/study/")
    expect(page.locator("#reward-title")).to_be_visible()
    page.get_by_text("Choose runs").click()
    page.get_by_role("checkbox", name=re.compile("Alpha")).check()
    page.wait_for_url(f"**runs={alpha.pk}")
    expect(page.locator("#reward-title")).to_have_count(0)
    expect(page.locator(".curve-key a")).to_have_text(["Alpha"])
    page.reload()
    expect(page.get_by_role("checkbox", name=re.compile("Alpha"))).to_be_checked()
