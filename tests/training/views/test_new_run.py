"""A new run: what the cards say, what the form marks, and what stands against a run, in words at the field."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exceptions.models import Player, PlayerKind, PlayerVersion
from tests.training.views.conftest import As
from tests.training.views.made_runs import ended_run
from training.forms.run import TrainingForm
from training.machine import Machine
from training.memory import ModelSize
from training.models import TrainingRun
from training.recipes import RECIPES
from training.selectors.costs import assumed_speed, known_speed, training_cost
from training.services.datasets import dataset_make

NEW = "/training/new/"
MACHINE = Machine(host="here", cores=2, memory=8 << 30, disk_free=1 << 40, packages={})
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("base")]


def filled(recipe: str = "submit-deep-best", **changes: Any) -> dict[str, Any]:
    """What the form of a recipe sends."""
    values = TrainingForm(RECIPES[recipe]).as_opened | {"recipe": recipe, "base": "smollm2-135m-instruct"} | changes
    return {name: value for name, value in values.items() if value is not None}


@pytest.fixture
def adapted(base: Player) -> Player:
    """A model with an adapter to start from, of which nothing is stored."""
    config = base.config | {"adapter": {"sha256": "a" * 64}}
    player = Player.objects.create(slug="adapted", name="Adapted", kind=PlayerKind.LOCAL_MODEL, config=config)
    PlayerVersion.objects.create(player=player, number=1, config=config)
    return player


def test_every_recipe_has_a_card_that_says_what_it_does_and_takes(as_role: As) -> None:
    page = as_role("admin").get(NEW).content.decode()
    for recipe in RECIPES.values():
        card = page.split(f'id="recipe-{recipe.name}"')[1].split("</article>")[0]
        assert recipe.title in card
        assert f"?recipe={recipe.name}" in card
        if recipe.precision != "nf4":
            assert "Time" in card
            assert "Memory" in card
            assert "about" in card
    assert "the 4 holdout cases that it also reports" in page
    assert "4-bit weights need CUDA" in page, "a recipe that this machine cannot run says so"


def test_times_say_that_they_are_estimates_and_where_the_speed_is_from(as_role: As) -> None:
    client = as_role("admin")
    assert "no run with this model has ended here yet" in client.get(NEW).content.decode()
    run = ended_run("generated")
    page = client.get(NEW).content.decode()
    assert f'the speed was measured in <a href="/training/{run.pk}/">' in page


def test_a_measured_run_foretells_its_own_time(base: Player) -> None:
    run = ended_run("generated")
    TrainingRun.objects.filter(pk=run.pk).update(worked_seconds=9000, tokens_per_second=500)
    speed = known_speed(base)
    assert speed is not None
    cost = training_cost(RECIPES["generated"], speed, MACHINE)
    assert cost.time.total_seconds() == pytest.approx(9000, rel=0.01)
    assert cost.measured_by == run


def test_a_longer_run_costs_more_and_a_larger_model_too(base: Player) -> None:
    small, large = ModelSize(135_000_000, 30, 576, 1536), ModelSize(4_000_000_000, 36, 2560, 9728)
    costs = {
        (recipe, size.parameters): training_cost(RECIPES[recipe], assumed_speed(MACHINE, size), MACHINE).time
        for recipe in ("submit-deep", "generated", "grpo-warm")
        for size in (small, large)
    }
    assert costs["submit-deep", small.parameters] < costs["generated", small.parameters]
    for recipe in ("submit-deep", "generated", "grpo-warm"):
        assert costs[recipe, small.parameters] * 10 < costs[recipe, large.parameters]


def test_what_traces_share_is_paid_for_once_on_a_cpu_and_by_each_on_a_gpu() -> None:
    speed, alone = assumed_speed(MACHINE, None), {"wordings": 1, "twin_share": 0.0, "drills_per_case": 0}
    without_sheets = RECIPES["generated"].model_copy(update={"sheets_per_case": 0})
    shared = without_sheets.model_copy(update={"wordings": 4, "twin_share": 1.0, "traces_per_step": 8})
    own = shared.model_copy(update=alone | {"traces_per_step": 1})
    on_cpu, on_gpu = MACHINE, MACHINE.model_copy(update={"gpu": "H", "gpu_memory": 80 << 30})
    assert training_cost(shared, speed, on_cpu).speed > 1.3 * training_cost(own, speed, on_cpu).speed
    assert training_cost(own, speed, on_cpu).speed == speed.tokens_per_second
    assert training_cost(shared, speed, on_gpu).speed == training_cost(own, speed, on_gpu).speed


@pytest.mark.parametrize("seed", ["7", "8", "9"])
def test_cases_of_traces_drills_and_sheets_select_nothing(as_role: As, seed: str) -> None:
    page = as_role("admin").post(NEW, filled("generated", select_seed=seed)).content.decode()
    assert f"both have seed {seed}" in page
    assert "<span>It would be selected by the cases" in page, "it is said of no field"
    assert not TrainingRun.objects.exists()


def test_a_recipe_opens_its_form_with_its_own_values(as_role: As) -> None:
    page = as_role("admin").get(f"{NEW}?recipe=generated").content.decode()
    assert 'name="learning_rate" value="0.0005"' in page
    assert 'value="generated" selected' in page
    assert 'name="iterations"' not in page, "a field of reinforcement"
    assert "is-changed" not in page
    assert "generated cases of seed 7, 1,296 drills of seed 8 and 432 sheets of seed 9; selected by 60 of" in page


def test_a_published_recipe_says_that_its_figures_flatter_it(as_role: As) -> None:
    client = as_role("admin")
    assert "both select and report" in client.get(f"{NEW}?recipe=submit-only").content.decode()
    assert "both select and report" not in client.get(f"{NEW}?recipe=generated").content.decode()


def test_an_admin_launches_a_recipe_and_is_led_to_its_run(as_role: As) -> None:
    response = as_role("admin").post(NEW, filled(epochs="2", run_name="My run"))
    run = TrainingRun.objects.get()
    assert response["Location"] == f"/training/{run.pk}/"
    assert (run.name, run.recipe, run.config["epochs"], run.config["lora_rank"]) == (
        "My run",
        "submit-deep-best",
        2,
        16,
    )
    assert run.created_by is not None


@pytest.mark.parametrize("recipe", [name for name, one in RECIPES.items() if one.precision != "nf4"])
def test_a_form_that_nobody_changed_is_the_recipe_itself(recipe: str, as_role: As, adapted: Player) -> None:
    form = TrainingForm(RECIPES[recipe], filled(recipe))
    assert form.is_valid(), form.errors
    assert form.changes == {}


def test_what_differs_from_the_recipe_is_marked_with_the_recipes_own_value(as_role: As) -> None:
    page = as_role("admin").post(NEW, filled(epochs="7", lora_rank="0")).content.decode()
    epochs = page.split("field-epochs")[1].split("</div>")[0]
    assert epochs.startswith(" is-changed")
    assert f"Recipe: {RECIPES['submit-deep-best'].epochs}" in epochs


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"lora_rank": "0"}, "lora_rank", "greater than or equal to 1"),
        ({"learning_rate": "fast"}, "learning_rate", "Enter a number"),
        ({"trace_lengths": "3, many"}, "trace_lengths", "is no whole number"),
        ({"trace_lengths": "3, 12"}, "trace_lengths", "less than or equal to 9"),
        ({"epochs": ""}, "epochs", "required"),
        ({"base": "expert"}, "base", "valid choice"),
    ],
)
def test_a_value_that_cannot_be_is_said_at_its_field_and_nothing_starts(
    as_role: As, change: dict[str, str], field: str, words: str
) -> None:
    response = as_role("admin").post(NEW, filled(**change))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Nothing was started." in page
    assert words in page.split(f'id="id_{field}_error"')[1].split("</div>")[0]
    assert not TrainingRun.objects.exists()


def test_what_stands_against_a_run_is_said_in_words(as_role: As) -> None:
    client = as_role("admin")
    page = client.post(NEW, filled("full-trace-4bit")).content.decode()
    assert "4-bit weights need CUDA" in page.split("Nothing was started.")[1].split("</div>")[0]
    seeds = client.post(NEW, filled("generated", select_seed="7")).content.decode()
    assert "It would be selected by the cases it is trained on" in seeds
    start = client.post(NEW, filled("grpo-warm")).content.decode()
    assert "choose one to start from" in start
    assert not TrainingRun.objects.exists()


def test_the_form_is_checked_while_it_is_filled_in(as_role: As) -> None:
    client = as_role("admin")
    fine = client.post(f"{NEW}check/", filled("generated", case_count="2000")).content.decode()
    assert "2,000 generated cases of seed 7" in fine
    assert "an estimate" in fine
    wrong = client.post(f"{NEW}check/", filled("generated", epochs="0")).content.decode()
    assert "greater than or equal to 1" in wrong
    assert not TrainingRun.objects.exists()
    assert client.post(f"{NEW}check/", {"recipe": "moon"}).status_code == 404
    assert as_role("supervisor").post(f"{NEW}check/", filled()).status_code == 403


def test_a_clone_opens_the_form_with_what_its_run_had(as_role: As) -> None:
    run = ended_run("submit-deep-best", epochs=9, name="Alpha")
    client = as_role("admin")
    page = client.get(f"{NEW}?clone={run.pk}").content.decode()
    assert "A clone of" in page
    assert 'name="epochs" value="9"' in page
    assert page.split("field-epochs")[1].startswith(" is-changed")
    client.post(NEW, filled(epochs="9", clone=str(run.pk)))
    assert TrainingRun.objects.exclude(pk=run.pk).get().cloned_from == run


def test_a_clone_says_that_the_adapter_its_run_began_with_is_not_here(as_role: As) -> None:
    run = ended_run("submit-deep-best", name="Alpha")
    client = as_role("admin")
    missing = "began with an adapter that is not here"
    assert missing not in client.get(f"{NEW}?clone={run.pk}").content.decode()
    run.start_adapter = "0123456789abcdef" * 4
    run.save()
    page = client.get(f"{NEW}?clone={run.pk}").content.decode()
    assert f"Alpha {missing} (sha256 0123456789abcdef…)" in page


def test_an_address_with_nonsense_offers_the_cards(as_role: As) -> None:
    client = as_role("admin")
    for query in ("?recipe=moon", "?clone=moon", "?base=moon"):
        response = client.get(NEW + query)
        assert response.status_code == 200
        assert "Choose a recipe" in response.content.decode()
    assert client.post(NEW, {"recipe": "moon"}).status_code == 422


def test_without_a_local_model_it_says_so(as_role: As) -> None:
    Player.objects.update(kind=PlayerKind.SCRIPT)
    assert "There is no local model to train." in as_role("admin").get(NEW).content.decode()


def test_the_page_costs_a_fixed_number_of_queries(as_role: As, adapted: Player) -> None:
    client = as_role("admin")
    with CaptureQueriesContext(connection) as cards:
        client.get(NEW)
    with CaptureQueriesContext(connection) as form:
        client.get(f"{NEW}?recipe=generated")
    assert len(cards) <= 30
    assert len(form) <= 40


def test_a_data_set_can_be_chosen_where_there_is_one_and_a_clone_keeps_it(as_role: As) -> None:
    client = as_role("admin")
    assert "Data set" not in client.get(f"{NEW}?recipe=submit-only").content.decode()
    dataset = dataset_make(kind="catalogue", spec={"trace_lengths": [3]}, user=None, name="Short looks")
    assert "Short looks" in client.get(f"{NEW}?recipe=submit-only").content.decode()
    assert "Short looks" not in client.get(f"{NEW}?recipe=grpo-cold").content.decode(), "it plays what it learns from"
    client.post(NEW, filled(dataset=dataset.sha256))
    run = TrainingRun.objects.get()
    assert (run.dataset, run.dataset_chosen) == (dataset, True)
    assert f'value="{dataset.sha256}" selected' in client.get(f"{NEW}?clone={run.pk}").content.decode()
