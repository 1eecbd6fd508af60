"""The list of training runs and the page of one: who sees what, what is live, and what each state says."""

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluation.models import RunStatus
from exceptions.catalogue import load_catalogue
from exceptions.models import Player, Worker
from tests.training.views.conftest import As, address, read_page
from tests.training.views.made_runs import ended_run, evaluate, going_run, launched_run, measure
from training.models import TrainingRun
from training.services.datasets import dataset_make
from training.services.records import LogRecord, log_store
from training.views.curve_view import asked_view

LIVE = {"HX-Request": "true"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_worker")]


def live_address(page: str) -> str:
    """Where the live part of a page asks for what is new."""
    return page.split('id="state"')[1].split('hx-get="')[1].split('"')[0].replace("&amp;", "&")


def read(as_role: As, role: str | None, where: str, status: int = 200) -> str:
    response = as_role(role).get(where)
    assert response.status_code == status
    return str(response.content.decode())


def test_a_reader_sees_runs_and_cannot_start_or_stop_one(as_role: As) -> None:
    run = going_run()
    page = read(as_role, "reviewer", address(run))
    assert run.name in page
    for words in ("Clone", "Stop", "Use as model", "stop-run"):
        assert words not in page
    client = as_role("supervisor")
    for action in ("stop", "resume"):
        assert client.post(f"{address(run)}{action}/").status_code == 403
    assert "New run" not in client.get("/training/").content.decode()


def test_an_outsider_sees_nothing(as_role: As) -> None:
    run = ended_run()
    client = as_role(None)
    for where in ("/training/", address(run), f"{address(run)}loss.csv", "/training/new/"):
        assert client.get(where).status_code == 403


def test_an_empty_list_says_what_to_do(as_role: As) -> None:
    assert "Choose a recipe" in read(as_role, "admin", "/training/")
    assert "An admin launches training runs" in read(as_role, "reviewer", "/training/")


def test_the_list_shows_state_recipe_base_best_with_interval_and_progress(as_role: As) -> None:
    ended_run(name="Alpha")
    going_run(name="Beta", done=30, steps=60)
    ended_run("full-trace", name="Gamma", status=RunStatus.FAILED, error="The disk is full.", shares=(0.0,))
    page = read(as_role, "reviewer", "/training/")
    alpha, beta, gamma = (page.split(f">{name}</a>")[1].split("</tr>")[0] for name in ("Alpha", "Beta", "Gamma"))
    assert "submit-deep-best" in alpha
    assert "done" in alpha
    assert "n 4" in alpha
    assert "score by seed-1, epoch 2, holdout" in alpha
    assert "30 <span" in beta
    assert "training" in beta
    assert "The disk is full." in gamma
    assert 'hx-trigger="poll"' in page, "one of them is going"


def test_a_list_without_a_going_run_does_not_ask_for_news(as_role: As) -> None:
    ended_run()
    assert "hx-trigger" not in read(as_role, "reviewer", "/training/")


def test_a_list_that_asks_for_itself_does_not_fill_the_history(as_role: As) -> None:
    going_run()
    client = as_role("reviewer")
    by_itself = client.get("/training/", headers=LIVE | {"HX-Trigger": "results"})
    searched = client.get("/training/?q=deep", headers=LIVE)
    assert "HX-Push-Url" not in by_itself
    assert searched["HX-Push-Url"] == "/training/?q=deep"


def test_a_run_is_found_by_its_name_recipe_and_base(as_role: As) -> None:
    ended_run(name="Alpha")
    ended_run("full-trace", name="Beta")
    client = as_role("reviewer")
    assert "Beta" not in client.get("/training/?q=alpha").content.decode()
    assert "Alpha" not in client.get("/training/?q=full-trace").content.decode()
    assert "No run fits" in client.get("/training/?q=moon").content.decode()


def test_a_page_says_which_set_its_figures_are_from(as_role: As) -> None:
    published, ours = ended_run(), ended_run("generated")
    client = as_role("reviewer")
    page = client.get(address(published)).content.decode()
    assert "on the holdout of 4 catalogue cases, which both selects and reports, as published" in page
    assert "The loss is on the training set: 18 cases of the catalogue." in page
    page = client.get(address(ours)).content.decode()
    assert "generated cases of seed 1007, which select and are not trained on" in page
    assert "generated cases of seed 7, 1,296 drills of seed 8 and 432 sheets of seed 9." in page


def test_a_run_from_before_a_field_was_there_is_told_apart_by_it(as_role: As) -> None:
    run = ended_run("generated")
    kept = {name: value for name, value in run.config.items() if name != "worksheet"}
    TrainingRun.objects.filter(pk=run.pk).update(config=kept)
    page = " ".join(as_role("reviewer").get(address(run)).content.decode().split())
    assert "Answers on a worksheet" in page
    told = page[page.index("Answers on a worksheet") :][:200]
    assert ">off</b>" in told
    assert "recipe: on" in told


def test_it_says_in_one_sentence_whether_it_learns(as_role: As) -> None:
    cases = load_catalogue()
    learned = ended_run("generated", shares=(0.0, 1.0), cases=cases)
    perhaps = ended_run("generated", shares=(0.25, 0.5))
    worse = ended_run("generated", shares=(1.0, 0.0), cases=cases)
    client = as_role("reviewer")
    page = client.get(address(learned)).content.decode()
    assert "Resolved: 0 of 22 before training, 22 of 22 after epoch 1" in page
    assert "n = 22). It has learned." in page
    assert "That can still be chance." in client.get(address(perhaps)).content.decode()
    assert "It has become worse." in client.get(address(worse)).content.decode()


def test_a_live_part_is_told_only_what_is_new_and_ends_by_itself(as_role: As) -> None:
    run = going_run(done=10)
    log_store(run, [LogRecord(run.created_at, "info", "The first line.")])
    client = as_role("reviewer")
    page = client.get(address(run)).content.decode()
    assert "The first line." in page
    asked = live_address(page)
    assert client.get(asked, headers=LIVE).status_code == 204

    log_store(run, [LogRecord(run.created_at, "warning", "The second line.")])
    measure(run, 12)
    TrainingRun.objects.filter(pk=run.pk).update(done=12)
    news = client.get(asked, headers=LIVE)
    fragment = news.content.decode()
    assert news.status_code == 200
    assert "HX-Push-Url" not in news
    assert "<b>12</b>" in fragment
    assert "The second line." in fragment
    assert "The first line." not in fragment
    assert 'hx-swap-oob="beforeend:#log-lines"' in fragment
    assert 'id="evaluations"' not in fragment, "no table has changed"

    ended = ended_run()
    assert "hx-trigger" not in client.get(address(ended)).content.decode().split('id="state"')[1].split("curves")[0]


def test_another_view_does_not_say_the_log_twice(as_role: As) -> None:
    run = going_run()
    log_store(run, [LogRecord(run.created_at, "info", "The only line.")])
    changed = as_role("reviewer").get(f"{address(run)}?log=1", headers=LIVE).content.decode()
    assert 'id="log-lines" class="log-lines" hx-swap-oob="true"' in " ".join(changed.split())
    assert "beforeend" not in changed


def test_a_long_log_is_followed_without_a_gap(as_role: As) -> None:
    run = going_run()
    client = as_role("reviewer")
    asked = live_address(client.get(address(run)).content.decode())
    log_store(run, [LogRecord(run.created_at, "info", f"Line {number}.") for number in range(1, 701)])
    first = client.get(asked, headers=LIVE).content.decode()
    second = client.get(live_address(first), headers=LIVE).content.decode()
    assert "Line 500." in first
    assert "Line 501." not in first
    assert "Line 501." in second
    assert "Line 700." in second


def test_tables_come_with_the_live_part_when_they_have_changed(as_role: As) -> None:
    run = going_run()
    client = as_role("reviewer")
    asked = live_address(client.get(address(run)).content.decode())
    evaluate(run, 0, 0.5, load_catalogue()[:4])
    evaluate(run, 1, 1.0, load_catalogue()[:4], step=20)
    fragment = client.get(asked, headers=LIVE).content.decode()
    assert 'id="evaluations" hx-swap-oob="true"' in fragment
    assert 'id="results" class="stack" hx-swap-oob="true"' in fragment
    assert "★" in fragment


def test_every_state_says_what_happened_and_what_to_do(as_role: As) -> None:
    client = as_role("admin")
    queued = client.get(address(launched_run())).content.decode()
    assert "No worker serves the queue gpu." in queued
    assert "begins when one is started" in queued
    assert "before training begins" in queued
    assert "Nothing has been evaluated yet" in queued
    failed = ended_run(status=RunStatus.FAILED, error="6 losses were no numbers.", shares=(0.0, 0.5))
    page = client.get(address(failed)).content.decode()
    assert "The run failed." in page
    assert "6 losses were no numbers." in page
    assert "Retry" in page
    assert "Retry goes on from the last one" in page
    stopped = client.get(address(ended_run(status=RunStatus.CANCELLED, shares=(0.0, 0.5)))).content.decode()
    assert "Resume goes on from the last checkpoint" in stopped
    early = client.get(address(ended_run(status=RunStatus.CANCELLED, shares=()))).content.decode()
    assert "Resume begins anew" in early
    assert "The run ended before its first evaluation had been played." in early
    assert "not measured" in early
    assert "Nothing was said." in early
    assert "at the end of the first epoch" in client.get(address(launched_run("generated"))).content.decode()
    stopping = going_run()
    TrainingRun.objects.filter(pk=stopping.pk).update(stop_requested=True)
    assert "within one optimizer step" in client.get(address(stopping)).content.decode()
    assert "Resume" not in client.get(address(ended_run())).content.decode()


def test_a_run_whose_model_is_loaded_says_it_once(as_role: As) -> None:
    run = going_run(done=0, steps=0)
    client = as_role("reviewer")
    for phase in ("", "Loading the model"):
        TrainingRun.objects.filter(pk=run.pk).update(phase=phase)
        assert read_page(client, address(run)).lower().count("loading the model") == 1


def test_a_worker_that_was_lost_is_said(as_role: As) -> None:
    run = going_run()
    now = timezone.now()
    Worker.objects.create(name="another", queues=["gpu"], started_at=now, last_seen=now)
    client = as_role("reviewer")
    assert "has not been heard of" not in client.get(address(run)).content.decode()
    asked = live_address(client.get(address(run)).content.decode())
    TrainingRun.objects.filter(pk=run.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=40))
    assert client.get(asked, headers=LIVE).status_code == 200, "nothing else has changed"
    page = client.get(address(run)).content.decode()
    assert "Its worker has not been heard of for 40" in page
    assert "goes on from the last checkpoint by itself" in page


def test_an_admin_stops_and_resumes(as_role: As, base: Player) -> None:
    run = launched_run()
    client = as_role("admin")
    assert "Stopped." in client.post(f"{address(run)}stop/", follow=True).content.decode()
    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED
    going = going_run()
    page = client.post(f"{address(going)}stop/", follow=True).content.decode()
    assert "It stops within one optimizer step" in page
    finished = ended_run()
    assert "clone it" in client.post(f"{address(finished)}resume/", follow=True).content.decode()


def test_a_checkpoint_becomes_a_model_once(as_role: As, base: Player) -> None:
    run = ended_run()
    client = as_role("admin")
    page = client.get(address(run)).content.decode()
    assert page.count("Use as model") == 3
    best = run.checkpoints.get(best=True)
    response = client.post(f"/training/checkpoints/{best.pk}/use/")
    player = Player.objects.get(lineage__checkpoint=best)
    assert response["Location"] == f"/models/{player.slug}/"
    page = client.get(address(run)).content.decode()
    assert "Models from this run" in page
    assert page.count("Use as model") == 2
    assert as_role("reviewer").post(f"/training/checkpoints/{best.pk}/use/").status_code == 403


def test_a_checkpoint_whose_adapter_is_not_kept_offers_nothing(as_role: As) -> None:
    run = ended_run(kept=False)
    client = as_role("admin")
    assert "Use as model" not in client.get(address(run)).content.decode()
    best = run.checkpoints.get(best=True)
    answer = client.post(f"/training/checkpoints/{best.pk}/use/", follow=True).content.decode()
    assert "not in the storage of adapters" in answer


def test_the_view_of_the_curves_is_in_the_address(as_role: As) -> None:
    run, other = ended_run(name="Alpha"), ended_run(name="Beta")
    client = as_role("reviewer")
    where = f"{address(run)}?with={other.pk}&smooth=0.9&log=1"
    page = client.get(where).content.decode()
    assert f'value="{other.pk}" checked' in page
    assert 'value="0.9" selected' in page
    assert "loss.csv?with=" in page
    changed = client.get(where, headers=LIVE)
    assert changed["HX-Push-Url"] == where
    assert 'id="curve-key" hx-swap-oob="true"' in changed.content.decode()


def test_what_the_live_part_asks_for_keeps_the_view(as_role: As) -> None:
    run = going_run()
    log_store(run, [LogRecord(run.created_at, "info", "The only line.")])
    client = as_role("reviewer")
    plain = live_address(client.get(address(run)).content.decode())
    logarithmic = live_address(client.get(f"{address(run)}?log=1").content.decode())
    measure(run, 31)

    def axis_of_the_loss(asked: str) -> str:
        fragment = client.get(asked, headers=LIVE).content.decode()
        return fragment.split('data-draws="chart-loss"')[1].split("yaxis")[1].split("}")[0]

    assert "log" not in axis_of_the_loss(plain)
    assert "log" in axis_of_the_loss(logarithmic)


def test_an_address_that_asks_for_nonsense_is_as_by_default(as_role: As) -> None:
    run = ended_run()
    page = read(as_role, "reviewer", f"{address(run)}?with=moon,{run.pk}&smooth=7&log=maybe&seen=x")
    assert 'value="0.6" selected' in page


def test_at_most_seven_runs_are_laid_over() -> None:
    query = QueryDict(f"with={','.join(str(uuid4()) for _one in range(9))}")
    assert len(asked_view(query).overlaid) == 7


def test_every_chart_can_be_downloaded_whole(as_role: As) -> None:
    run, other = ended_run(steps=900), ended_run(name="Beta", steps=5)
    client = as_role("reviewer")
    response = client.get(f"{address(run)}loss.csv?with={other.pk}")
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert rows[0] == ["run", "id", "metric", "step", "value", "low", "high", "n"]
    assert len(rows) == 1 + 900 + 5
    scores = list(csv.reader(io.StringIO(client.get(f"{address(run)}score.csv").content.decode())))
    assert [row[3] for row in scores[1:]] == ["0", "1", "2", "3"]
    assert all(row[7] == "4" for row in scores[1:])
    assert client.get(f"{address(run)}reward.csv").status_code == 404, "no chart of supervised training"
    assert client.get(f"{address(run)}moon.csv").status_code == 404


def test_settings_show_what_was_changed_of_the_recipe(as_role: As) -> None:
    run = launched_run("submit-deep-best", epochs=9)
    page = read(as_role, "reviewer", address(run))
    changed = page.split('id="settings-title"')[1].split("All settings")[0]
    assert "Epochs" in changed
    assert ">9</b>" in changed
    assert "LoRA rank" not in changed


def test_a_run_of_reinforcement_shows_its_signals(as_role: As) -> None:
    page = read(as_role, "reviewer", address(ended_run("grpo-warm")))
    for title in ("Reward", "Spread of rewards", "Groups without variance", "Divergence and clipping", "Entropy"):
        assert title in page
    assert "Loss on a log axis" not in page


def test_the_number_of_queries_does_not_grow(as_role: As) -> None:
    client, counts = as_role("admin"), []
    user = User.objects.get(username="somebody-admin")
    for number in (1, 5):
        runs = [ended_run(name=f"{number}-{one}", user=user, shares=(0.0,) + (0.5,) * number) for one in range(number)]
        others = ",".join(str(one.pk) for one in runs)
        for where in ("/training/", address(runs[0]), f"{address(runs[0])}?with={others}"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(where).status_code == 200
            counts.append(len(queries))
    assert counts[0] == counts[3] <= 14
    assert counts[1] == counts[4] <= 28
    assert counts[5] <= 29


def test_the_test_at_the_end_comes_in_while_it_is_played_and_is_told_apart(as_role: As) -> None:
    run = ended_run("generated")
    evaluate(run, 2, 0.5, load_catalogue()[:6], set_name="test")
    test = run.evaluations.get(set_name="test").evaluation
    client = as_role("reviewer")
    assert 'hx-trigger="poll"' not in client.get(address(run)).content.decode()
    test.status, test.ended_at, test.planned = RunStatus.RUNNING, None, 82
    test.save()
    page = client.get(address(run)).content.decode()
    assert "n 6 of 82 so far" in page
    assert "rows of the test set are neither trained on nor selected by" in page
    assert client.get(live_address(page), headers=LIVE).status_code == 204
    chart = list(csv.reader(io.StringIO(client.get(f"{address(run)}resolved.csv").content.decode())))
    assert [row[7] for row in chart[1:]] == ["4", "4", "4", "4"], "a test is no point of the curve"


def test_a_data_set_that_was_chosen_is_named(as_role: As, base: Player) -> None:
    dataset = dataset_make(kind="catalogue", spec={"trace_lengths": [3]}, user=None, name="Short looks")
    run = launched_run()
    TrainingRun.objects.filter(pk=run.pk).update(dataset=dataset, dataset_chosen=True)
    assert "trains on Short looks (18 traces of 18 cases)" in read(as_role, "reviewer", address(run))
