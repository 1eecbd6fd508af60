"""/study/: what it says empty and full, what an address asks for, and what can be downloaded."""

import csv
import io
import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from exceptions.catalogue import load_catalogue
from exceptions.generator import generate_cases
from exceptions.models import CaseVersion, Player
from tests.training.study.replayed import played_run
from tests.training.views.conftest import As
from tests.training.views.made_runs import base_model, ended_run, evaluate
from training.models import TrainingRun
from training.selectors.study.collapse import replays
from training.selectors.study.stages import STAGES

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(as_role: As) -> Client:
    return as_role("supervisor")


def read(reader: Client, address: str = "/study/") -> str:
    response = reader.get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def rows(reader: Client, chart: str, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(read(reader, f"/study/{chart}.csv{query}"))))


def test_an_empty_study_shows_what_was_published_and_says_how_each_stage_is_made(reader: Client) -> None:
    page = read(reader)
    assert "No recipe has been run here yet" in page
    for stage in STAGES:
        assert stage.title in page
    assert "train submit-deep-best&quot;" in page
    assert "train grpo-warm --start-from SLUG" in page
    assert "--rendering cumulative --prompt-policy cut_right --prompt-budget 2048" in page
    assert "Published values are of the original experiment" in page
    assert "4 of the original’s cases" in page


def test_an_outsider_sees_nothing(as_role: As) -> None:
    client = as_role(None)
    assert client.get("/study/").status_code == client.get("/study/loss.csv").status_code == 403


def test_the_untrained_model_played_by_itself_leads_to_its_evaluation(reader: Client) -> None:
    evaluate(ended_run("generated", shares=()), 1, 1.0, load_catalogue(), set_name="test")
    versions = list(CaseVersion.objects.select_related("case", "truth"))
    run = played_run(base_model(), versions, cut_at=None, resolved=False)
    page = read(reader)
    assert f'<a href="/evaluations/{run.pk}/">a run</a><span class="sub">played by itself, seed 0</span>' in page
    [row] = [one for one in rows(reader, "stages") if one["id"] == str(run.pk)]
    assert (row["stage"], row["run"], row["n"], row["evaluation"]) == ("untrained", "a run", "22", str(run.pk))


def test_every_run_and_the_mean_of_those_that_differ_by_seed(reader: Client) -> None:
    first = ended_run("submit-only", name="Alpha", seed=42, shares=(0.0, 0.5))
    ended_run("submit-only", name="Beta", seed=43, shares=(0.0, 1.0))
    page = read(reader)
    assert "Mean of 2 runs" in page
    assert f"/training/{first.pk}/" in page
    assert "4 catalogue cases (holdout, which also selects)" in page
    found = rows(reader, "progress-resolved")
    ours = [(row["stage"], row["source"], row["run"], row["resolved"]) for row in found if row["source"] != "published"]
    assert ours[:3] == [
        ("untrained", "a run here", "Alpha", "0.0"),
        ("untrained", "a run here", "Beta", "0.0"),
        ("untrained", "mean of 2 runs", "", "0.0"),
    ]
    assert ("submit-only", "mean of 2 runs", "", "0.75") in ours


def test_runs_with_other_settings_stand_apart(reader: Client) -> None:
    ended_run("submit-only", name="As it stands", shares=(0.0, 0.5))
    ended_run("submit-only", name="Slower", shares=(0.0, 0.5), learning_rate=1e-6)
    table, trials = read(reader).split("1 run with other settings")
    assert "As it stands</a>" in table
    assert "Slower</a>" not in table.partition('id="stages-title"')[2]
    assert "Slower</a>" in trials
    assert "other than the recipe: learning rate" in trials


def test_published_scores_stand_only_beside_scores_by_their_rubric(reader: Client) -> None:
    assert {row["score"] for row in rows(reader, "progress-score") if row["stage"] == "submit-deep"} == {"0.729"}
    assert rows(reader, "progress-score", "?rubric=grounded-1") == []
    assert "choose that rubric to see them here" in read(reader, "/study/?rubric=grounded-1")


def test_runs_on_different_cases_share_no_chart_over_epochs(reader: Client) -> None:
    ended_run("submit-only", name="Alpha")
    ended_run("generated", name="Beta", cases=generate_cases(6, 1007))
    page = read(reader)
    assert len(re.findall(r'id="epochs-score(?:-2)?-title"', page)) == 2
    assert "Evaluations on the holdout of 4 catalogue cases, which both selects and reports, as published" in page
    assert {row["cases"] for row in rows(reader, "epochs-score")} == {
        "on the holdout of 4 catalogue cases, which both selects and reports, as published",
        "on 60 generated cases of seed 1007, which select and are not trained on",
    }


def test_the_address_chooses_runs(reader: Client) -> None:
    old = ended_run("submit-only", name="Old", seed=41)
    new = ended_run("submit-only", name="New")
    ended_run("grpo-warm", name="Reinforced")
    assert {row["run"] for row in rows(reader, "loss")} == {"New", "Reinforced"}
    assert {row["run"] for row in rows(reader, "loss", f"?runs={old.pk},{new.pk}")} == {"Old", "New"}
    assert {row["run"] for row in rows(reader, "reward")} == {"Reinforced"}
    page = read(reader, f"/study/?runs={old.pk}&runs={new.pk}")
    assert "2 runs chosen" in page
    assert f"loss.csv?runs={old.pk},{new.pk}" in page, "a download is of what is shown"
    assert 'id="reward-title"' not in page


def test_an_address_that_is_wrong_says_what_about_it(reader: Client) -> None:
    ended_run("submit-only", name="Alpha")
    other = ended_run("full-trace-4bit", name="Four bits", shares=())
    unknown = "0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a10"
    page = read(reader, f"/study/?runs=moon,{unknown},{other.pk}&rubric=sun&smooth=x&base=nobody")
    for words in (
        "runs: &#x27;moon&#x27; is no id of a run",
        f"runs: there is no run {unknown}",
        "runs: Four bits is by full-trace-4bit, which is no stage of the study",
        "rubric: there is no &#x27;sun&#x27;; choose one of",
        "smooth: there is no &#x27;x&#x27;",
        "base: there is no &#x27;nobody&#x27;; choose one of smollm2-135m-instruct",
    ):
        assert words in page


def test_runs_of_another_base_model_are_a_study_of_their_own(reader: Client) -> None:
    ended_run("submit-only", name="Alpha")
    run = ended_run("full-trace", name="Beta")
    other = base_model("another-model")
    TrainingRun.objects.filter(pk=run.pk).update(base=other)
    TrainingRun.objects.filter(name="Alpha").update(base=Player.objects.get(slug="smollm2-135m-instruct"))
    page = read(reader, "/study/?base=another-model")
    assert "Beta" in page
    assert "Alpha" not in page


def test_a_form_that_changes_gets_the_part_below_it(reader: Client) -> None:
    ended_run()
    response = reader.get("/study/?rubric=grounded-1", headers={"HX-Request": "true"})
    page = response.content.decode()
    assert page.lstrip().startswith('<div id="study"')
    assert response["HX-Push-Url"] == "/study/?rubric=grounded-1"


def test_a_chart_that_is_not_there_is_named(reader: Client) -> None:
    assert reader.get("/study/moon.csv").status_code == 404


def test_every_download_that_the_page_offers_is_there(reader: Client) -> None:
    ended_run("submit-only")
    run = ended_run("grpo-warm")
    evaluate(run, 1, 1.0, generate_cases(6, 2007), set_name="test")
    addresses = sorted(set(re.findall(r"/study/[-\w]+\.csv", read(reader))))
    assert len(addresses) > 20
    for address in addresses:
        assert read(reader, address).count("\n") > 1, address


def test_more_runs_take_no_more_queries(reader: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            reader.get("/study/")
        return len(captured)

    ended_run("submit-only", shares=(0.0, 0.5))
    reader.get("/study/")
    few = queries()
    for seed in (43, 44):
        ended_run("submit-only", shares=(0.0, 0.5), seed=seed)
        ended_run("full-trace", shares=(0.0, 0.5), seed=seed)
    assert queries() <= few


def test_what_comes_with_the_project(reader: Client) -> None:
    said = io.StringIO()
    call_command("prepare_site", stdout=said, stderr=said)
    assert "left out" not in said.getvalue(), "a recorded evaluation needs the model of a recorded training run"
    assert "not loaded" not in said.getvalue()
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname IN ('exceptions_grade', 'exceptions_step')")
        known = [rows for (rows,) in cursor.fetchall()]
    assert min(known) > 1000, "the planner knows what was loaded"
    assert all(len(one.compared) == 6 for one in replays())
    assert {one.player.slug for one in replays()} == {
        "smollm2-135m-instruct",
        "smollm2-135m-worksheet-resolver-epoch-1",
    }
    page = read(reader)
    assert "60 generated cases, seed 2007 (test)" in page
    assert "60 generated twins, seed 3007 (test)" in page
    assert "stopped at step 694 of 825" in page
