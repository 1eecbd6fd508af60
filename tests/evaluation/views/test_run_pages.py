"""Evaluation pages: who launches, what a live fragment says, and what stays closed to whom."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evaluation.models import EvaluationRun, RunStatus
from evaluation.running import play_leased, run_play
from evaluation.services.entries import entries_lease
from evaluation.services.runs import run_launch, run_settle
from exceptions.models import Case, Player
from exceptions.services.episodes import desk_episode_open, episode_step

FORM = {
    "players": ["expert", "keyword"],
    "cases": "catalogue",
    "samples": "1",
    "seed": "0",
    "rewards": "grounded-1",
    "rendering": "append_only",
    "prompt_budget": "2048",
    "prompt_policy": "fail",
}
LIVE = {"HX-Request": "true"}
SUBMIT = {
    "action_type": "submit_final_resolution",
    "final_decision": "place_on_hold",
    "exception_type": "partial_receipt",
    "explanation": "Less came than was billed.",
}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
As = Callable[[str], Client]


@pytest.fixture
def as_role() -> As:
    def client(role: str) -> Client:
        user = User.objects.create_user(f"somebody-{role}")
        user.groups.set([Group.objects.get(name=role)])
        signed_in = Client()
        signed_in.force_login(user)
        return signed_in

    return client


def played_run(*slugs: str) -> EvaluationRun:
    players = [Player.objects.get(slug=slug) for slug in slugs]
    run = run_launch(players=players, case_set={"set": "catalogue"}, user=None)
    run_play(run_id=run.pk, queue="cpu", worker="here")
    run_settle(run_id=run.pk)
    run.refresh_from_db()
    return run


def test_an_admin_launches_a_run_and_is_led_to_it(as_role: As) -> None:
    response = as_role("admin").post("/evaluations/new/", FORM)
    run = EvaluationRun.objects.get()
    assert response.status_code == 302
    assert response["Location"] == f"/evaluations/{run.pk}/"
    assert (run.planned, run.status, run.created_by) == (44, RunStatus.QUEUED, User.objects.get())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"players": []}, "Choose at least one player."),
        ({"players": ["nobody"]}, "nobody is no player"),
        ({"samples": "0"}, "greater than or equal to 1"),
        ({"cases": "generated"}, "generated"),
        ({"prompt_budget": "many"}, "whole number"),
    ],
)
def test_a_form_with_a_mistake_says_where_and_starts_nothing(
    as_role: As, change: dict[str, object], words: str
) -> None:
    response = as_role("admin").post("/evaluations/new/", FORM | change)
    assert response.status_code == 422
    assert "Nothing was started." in response.content.decode()
    assert words in response.content.decode()
    assert not EvaluationRun.objects.exists()


def test_players_can_be_chosen_in_the_address(as_role: As) -> None:
    page = as_role("admin").get("/evaluations/new/?players=keyword").content.decode()
    assert 'value="keyword" checked' in page
    assert 'value="expert" checked' not in page


def test_the_live_fragment_says_only_what_is_new_and_stops_by_itself(as_role: As) -> None:
    client = as_role("reviewer")
    run = run_launch(players=[Player.objects.get(slug="keyword")], case_set={"set": "catalogue"}, user=None)
    page = client.get(f"/evaluations/{run.pk}/").content.decode()
    assert "?after=queued-0-0-0" in page
    assert client.get(f"/evaluations/{run.pk}/?after=queued-0-0-0", headers=LIVE).status_code == 204
    run_play(run_id=run.pk, queue="cpu", worker="here")
    run_settle(run_id=run.pk)
    fragment = client.get(f"/evaluations/{run.pk}/?after=queued-0-0-0", headers=LIVE)
    assert fragment.status_code == 200
    assert "<html" not in fragment.content.decode()
    assert "hx-trigger" not in fragment.content.decode()
    assert "0.364" in fragment.content.decode(), "8 of 22 resolved"


@pytest.mark.usefixtures("no_worker")
def test_an_open_run_without_a_worker_says_what_to_start(as_role: As) -> None:
    run = run_launch(players=[Player.objects.get(slug="keyword")], case_set={"set": "catalogue"}, user=None)
    assert "No worker serves the queue cpu." in as_role("reviewer").get(f"/evaluations/{run.pk}/").content.decode()


def test_single_episodes_stay_sealed_until_the_reader_has_resolved_the_case(as_role: As) -> None:
    run = played_run("expert")
    client = as_role("reviewer")
    page = client.get(f"/evaluations/{run.pk}/").content.decode()
    assert "1.000" in page, "the means are everybody's"
    assert "closed to you" in page
    assert "/episodes/" not in page.split("Newest episodes")[1]
    newest = run.entries.order_by("-episode__id").first()
    assert newest is not None
    user = User.objects.get(username="somebody-reviewer")
    episode = desk_episode_open(case=Case.objects.get(pk=newest.case_version.case_id), user=user)
    episode_step(episode_id=episode.pk, given=SUBMIT, number=1)
    page = client.get(f"/evaluations/{run.pk}/").content.decode()
    assert page.split("Newest episodes")[1].count("data-row-link") == 1


def test_means_are_withheld_where_they_would_tell_an_answer(as_role: As) -> None:
    """A constant player that resolves the one case of a run is the answer to it."""
    players = [Player.objects.get(slug="constant-hold-partial-receipt")]
    reference = Case.objects.get(slug="partial-receipt").reference
    small = run_launch(players=players, case_set={"references": [reference]}, user=None)
    going = run_launch(players=players, case_set={"set": "hard"}, user=None)
    run_play(run_id=small.pk, queue="cpu", worker="here")
    run_settle(run_id=small.pk)
    token, leased = entries_lease(run_id=going.pk, queue="cpu", worker="here")
    play_leased(token, leased[:6])
    reviewer, supervisor = as_role("reviewer"), as_role("supervisor")
    for run in (small, going):
        address = f"/evaluations/{run.pk}/"
        assert "estimate-plot" not in reviewer.get(address).content.decode()
        assert "estimate-plot" in supervisor.get(address).content.decode()
        rest = f"/api/v1/evaluation-runs/{run.pk}/"
        assert reviewer.get(rest).json()["means_withheld"] is True
        assert reviewer.get(rest).json()["players"][0]["resolved"] is None
        assert supervisor.get(rest).json()["players"][0]["resolved"]["n"] == (1 if run == small else 6)


def test_a_stopped_run_offers_to_go_on_to_who_may(as_role: As) -> None:
    run = run_launch(players=[Player.objects.get(slug="keyword")], case_set={"set": "catalogue"}, user=None)
    admin = as_role("admin")
    assert "Stopped." in admin.post(f"/evaluations/{run.pk}/stop/", follow=True).content.decode()
    assert "Resume" in admin.get(f"/evaluations/{run.pk}/").content.decode()
    assert "Resume" not in as_role("reviewer").get(f"/evaluations/{run.pk}/").content.decode()
    admin.post(f"/evaluations/{run.pk}/resume/")
    run.refresh_from_db()
    assert run.status == RunStatus.QUEUED


def test_the_number_of_queries_does_not_grow_with_the_run(as_role: As) -> None:
    client = as_role("supervisor")
    counts = []
    for slugs in (["expert"], ["keyword", "three-way-match", "random", "investigator"]):
        run = played_run(*slugs)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(f"/evaluations/{run.pk}/").status_code == 200
        counts.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/evaluations/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 20
    assert counts[1] == counts[3] <= 12
