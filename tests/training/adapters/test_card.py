"""The model card says where an adapter is from and what was measured, each figure with n and its interval."""

import re
from pathlib import Path

import pytest
import yaml

from evaluation.players.configs import LocalModelConfig
from evaluation.running import run_play
from evaluation.services.players import model_player_register
from evaluation.services.runs import run_launch, run_settle
from exceptions.models import Player
from exceptions.services.players import known_players_register
from tests.training.adapters.adapter_files import BASE, write_adapter
from tests.training.adapters.trained_model import trained_model
from training.adapters.card import model_card
from training.adapters.figures import measured
from training.adapters.lineage import adapter_lineage
from training.adapters.peft_format import read_adapter
from training.adapters.storage import fetch_adapter, store_adapter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("local_storage")]


def card_of(player: Player) -> str:
    lineage = adapter_lineage(player)
    assert lineage is not None
    facts = read_adapter(fetch_adapter(lineage.adapter.sha256))
    return model_card(player, lineage, facts, base_model=lineage.base_hub_id)


def test_its_front_matter_is_what_the_hub_reads(catalogue: None) -> None:
    player, _run = trained_model()
    _, front, _ = card_of(player).split("---\n", 2)
    about = yaml.safe_load(front)
    assert about["base_model"] == BASE
    assert (about["base_model_relation"], about["library_name"]) == ("adapter", "peft")


def test_it_says_where_the_adapter_came_from(catalogue: None) -> None:
    player, run = trained_model()
    card = card_of(player)
    assert run.dataset is not None
    for said in (
        f"`{BASE}` (here as `SmolLM2-135M-Instruct`)",
        f"36 traces of 18 cases, sha256 `{run.dataset.sha256}`",
        f"recipe `submit-deep-best`, seed 42 (`{run.pk}`)",
        "epoch 2, step 40",
        "0123456789ab, x86\\_64, Python 3.11",
        player.config["adapter"]["sha256"],
    ):
        assert said in card


def test_figures_stand_with_n_and_interval(catalogue: None) -> None:
    player, _run = trained_model()
    [row] = [line for line in card_of(player).splitlines() if "holdout" in line and line.startswith("|")]
    assert re.search(r"\| 100 % \(95 % 51–100, n = 4\) \| \d\.\d{3} \(95 % \d\.\d{3}–\d\.\d{3}, n = 4\) \|", row)


def test_a_published_recipe_says_that_its_holdout_also_chose(catalogue: None) -> None:
    player, _run = trained_model()
    assert "those figures flatter it" in card_of(player)
    generated, _run = trained_model("generated")
    assert "those figures flatter it" not in card_of(generated)
    assert "selection, which chose the epoch" in card_of(generated)


def test_evaluations_of_the_present_version_are_among_them(catalogue: None) -> None:
    known_players_register()
    keyword = Player.objects.get(slug="keyword")
    run = run_launch(players=[keyword], case_set={"set": "catalogue"}, user=None)
    run_play(run_id=run.pk, queue="cpu", worker="test")
    run_settle(run_id=run.pk)
    [one] = measured(keyword)
    assert (one.cases, one.conditions) == ("Catalogue", "prompt budget 2048")
    assert one.result.resolved is not None
    assert one.result.resolved.n == 22


def test_a_name_cannot_write_into_the_card(tmp_path: Path) -> None:
    config = LocalModelConfig(base_model=BASE, adapter=store_adapter(write_adapter(tmp_path / "adapter")).config)
    name = "Good\n---\nlicense: mit\n# <script>[x](y)"
    player = model_player_register(name=name, config=config, user=None)
    card = card_of(player)
    assert card.count("\n---\n") == 1
    assert "# Good --- license: mit \\# \\<script\\>\\[x\\](y)" in card
    assert "Nothing yet." in card
