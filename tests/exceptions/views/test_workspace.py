"""The workspace over HTTP: what a reviewer may see and do, and when."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from exceptions.catalogue import CATALOGUE_PATH
from exceptions.models import Case, Episode, EpisodeMode
from exceptions.services.cases import case_pack_import
from exceptions.services.episode_rows import StepCost
from exceptions.services.episodes import episode_restore
from exceptions.services.leases import lease_take, leased_episode_finish, leased_step_store, worker_seen
from exceptions.services.players import known_players_register
from exceptions.services.trades import documents_upload
from tests.exceptions.ubl.document_builder import invoice, order, receipt

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
WRONG = {"final_decision": "approve_for_payment", "exception_type": "clean_match", "explanation": "All 12 agree."}


@pytest.fixture
def case() -> Case:
    case_pack_import(source=CATALOGUE_PATH, user=None)
    known_players_register()
    return Case.objects.select_related("latest__truth").get(slug="partial-receipt")


def _client(name: str, role: str | None) -> Client:
    user = User.objects.create_user(name)
    if role:
        user.groups.set([Group.objects.get(name=role)])
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def member() -> Client:
    return _client("member", "reviewer")


def _open(client: Client, case: Case) -> Episode:
    assert client.get(f"/cases/{case.reference}/").status_code == 200
    return Episode.objects.get(case_version__case=case, origin="desk", user__username="member", ended_at__isnull=True)


def _post(client: Client, episode: Episode, verb: str, **fields: Any) -> Any:
    return client.post(f"/episodes/{episode.pk}/{verb}/", fields, headers=HTMX)


def _play(theirs: Episode, *actions: dict[str, Any]) -> None:
    """Let a worker play a queued lane episode to its end."""
    token = lease_take(episode_id=theirs.pk, worker="test")
    assert token is not None
    env = episode_restore(theirs).env
    for action in actions:
        env.step(action)
        leased_step_store(episode_id=theirs.pk, token=token, record=env.state.steps[-1], cost=StepCost())
    leased_episode_finish(episode_id=theirs.pk, token=token, state=env.state)


PROPOSAL = {
    "action_type": "submit_final_resolution",
    "final_decision": "place_on_hold",
    "exception_type": "partial_receipt",
    "evidence_references": ["inspect_goods_receipt_note"],
    "explanation": "Proposed by the rules: 7 units are missing.",
}


def test_opening_twice_opens_one_episode(case: Case, member: Client) -> None:
    assert _open(member, case) == _open(member, case)


def test_a_fresh_case_shows_no_document_and_nothing_of_its_answer(case: Case, member: Client) -> None:
    page = member.get(f"/cases/{case.reference}/").content.decode()
    assert case.latest is not None
    answered = case.latest.answered
    assert answered.ground_truth is not None
    assert answered.invoice.lines[0].item_code not in page
    for secret in (answered.id, answered.title, *answered.ground_truth.key_findings):
        assert secret not in page


def test_a_step_reveals_its_document_and_no_other(case: Case, member: Client) -> None:
    episode = _open(member, case)
    response = _post(member, episode, "step", action_type="inspect_invoice_line_items", expected_step=1)
    page = response.content.decode()
    content = episode.case_version.sealed
    assert response.status_code == 200
    assert content.invoice.lines[0].item_code in page
    assert content.goods_receipts[0].number not in page


def test_a_double_click_takes_one_step(case: Case, member: Client) -> None:
    episode = _open(member, case)
    for _ in range(2):
        assert _post(member, episode, "step", action_type="compare_price", expected_step=1).status_code == 200
    assert episode.steps.count() == 1


def test_a_stale_tab_is_told_and_stores_nothing(case: Case, member: Client) -> None:
    episode = _open(member, case)
    _post(member, episode, "step", action_type="compare_price", expected_step=1)
    response = _post(member, episode, "step", action_type="inspect_policy_rules", expected_step=1)
    assert response.status_code == 409
    assert "already taken" in response.content.decode()
    assert episode.steps.count() == 1


@pytest.mark.parametrize("number", ["", "x", "-1", "99999"])
def test_a_form_without_its_step_is_refused(case: Case, member: Client, number: str) -> None:
    episode = _open(member, case)
    assert _post(member, episode, "step", action_type="compare_price", expected_step=number).status_code == 409
    assert not episode.steps.exists()


def test_what_is_no_action_is_refused_and_costs_no_step(case: Case, member: Client) -> None:
    episode = _open(member, case)
    assert _post(member, episode, "step", action_type="pay_it", expected_step=1).status_code == 400
    assert not episode.steps.exists()


def test_an_incomplete_resolution_comes_back_filled_in(case: Case, member: Client) -> None:
    episode = _open(member, case)
    response = _post(member, episode, "submit", expected_step=1, explanation="Half written", confidence_percent="250")
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose a decision." in page
    assert "Half written" in page
    assert not episode.steps.exists()


def test_the_lane_stays_shut_on_the_server_in_blind_mode(case: Case, member: Client) -> None:
    episode = _open(member, case)
    _play(Episode.objects.get(beside=episode, player__slug="three-way-match"), PROPOSAL)
    for url in (f"/cases/{case.reference}/", f"/episodes/{episode.pk}/lane/?after=x"):
        assert "Proposed by the rules" not in member.get(url).content.decode()


def test_after_the_submit_both_are_shown_with_grades_and_the_answer(case: Case, member: Client) -> None:
    episode = _open(member, case)
    _play(Episode.objects.get(beside=episode, player__slug="three-way-match"), PROPOSAL)
    page = _post(member, episode, "submit", expected_step=1, **WRONG).content.decode()
    answered = episode.case_version.answered
    assert answered.ground_truth is not None
    assert "Proposed by the rules" in page
    assert answered.ground_truth.key_findings[0] in re.sub(r"&#x27;", "'", page)
    assert "seed-1" in page
    assert "grounded-1" in page


def test_alongside_opens_the_models_steps_one_by_one(case: Case, member: Client) -> None:
    episode = _open(member, case)
    theirs = Episode.objects.get(beside=episode, player__slug="three-way-match")
    _play(theirs, {"action_type": "compare_totals"}, PROPOSAL)
    _post(member, episode, "mode", mode="alongside")
    _post(member, episode, "step", action_type="inspect_purchase_order", expected_step=1)
    page = member.get(f"/cases/{case.reference}/").content.decode()
    assert "Compare totals" in page
    assert "Proposed by the rules" not in page


def test_a_mode_never_closes_again(case: Case, member: Client) -> None:
    episode = _open(member, case)
    _post(member, episode, "mode", mode="assist")
    assert _post(member, episode, "mode", mode="blind").status_code == 409
    episode.refresh_from_db()
    assert episode.mode == EpisodeMode.ASSIST


def test_a_blind_resolution_can_be_revised_with_a_reason(case: Case, member: Client) -> None:
    episode = _open(member, case)
    _post(member, episode, "submit", expected_step=1, **WRONG)
    assert _post(member, episode, "revise", reason=" ", **WRONG).status_code == 422
    right = {"final_decision": "place_on_hold", "exception_type": "partial_receipt", "reason": "Short receipt."}
    assert _post(member, episode, "revise", **right).status_code == 200
    assert episode.revisions.count() == 1


def test_a_proposal_is_accepted_citing_only_what_i_looked_at(case: Case, member: Client) -> None:
    episode = _open(member, case)
    _play(Episode.objects.get(beside=episode, player__slug="three-way-match"), PROPOSAL)
    _post(member, episode, "mode", mode="assist")
    response = member.post(f"/episodes/{episode.pk}/accept/?player=three-way-match", {"expected_step": 1}, headers=HTMX)
    episode.refresh_from_db()
    assert response.status_code == 200
    assert (episode.final_decision, episode.evidence_references) == ("place_on_hold", [])
    assert "accepted_from" in episode.settings


def test_overriding_a_proposal_needs_a_reason_that_is_kept(case: Case, member: Client) -> None:
    episode = _open(member, case)
    _play(Episode.objects.get(beside=episode, player__slug="three-way-match"), PROPOSAL)
    _post(member, episode, "mode", mode="assist")
    assert _post(member, episode, "submit", expected_step=1, **WRONG).status_code == 422
    assert _post(member, episode, "submit", expected_step=1, reason="Carrier lost it.", **WRONG).status_code == 200
    episode.refresh_from_db()
    assert episode.override_reason == "Carrier lost it."


@pytest.mark.usefixtures("no_worker")
def test_without_a_worker_the_lane_says_so_and_the_reviewer_goes_on(case: Case, member: Client) -> None:
    episode = _open(member, case)
    _post(member, episode, "mode", mode="alongside")
    assert "No worker" in member.get(f"/cases/{case.reference}/").content.decode()
    worker_seen(name="gpu@test", queues=["gpu", "cpu"])
    assert "No worker" not in member.get(f"/cases/{case.reference}/").content.decode()


def test_nothing_new_in_the_lane_answers_204(case: Case, member: Client) -> None:
    episode = _open(member, case)
    page = member.get(f"/cases/{case.reference}/").content.decode()
    found = re.search(r"lane/\?after=(\d+)", page)
    assert found is not None
    assert member.get(f"/episodes/{episode.pk}/lane/?after={found.group(1)}", headers=HTMX).status_code == 204


def test_a_real_case_opens_in_assist_mode_and_is_kept_ungraded(member: Client) -> None:
    known_players_register()
    documents_upload(files=[("o.xml", order()), ("i.xml", invoice())], user=None)
    case = Case.objects.get()
    episode = _open(member, case)
    assert episode.mode == EpisodeMode.ASSIST
    page = _post(member, episode, "submit", expected_step=1, **WRONG).content.decode()
    episode.refresh_from_db()
    assert (episode.stop_reason, episode.cumulative_reward, episode.grades.count()) == ("submitted", None, 0)
    assert "nobody has given its answer yet" in page


def test_next_leads_to_the_next_case_that_i_have_not_done(case: Case, member: Client) -> None:
    _post(member, _open(member, case), "submit", expected_step=1, **WRONG)
    response = member.get(f"/cases/{case.reference}/next/")
    assert response.status_code == 302
    assert case.reference not in response.headers["Location"]


def test_again_begins_anew_and_keeps_the_first_attempt(case: Case, member: Client) -> None:
    first = _open(member, case)
    _post(member, first, "submit", expected_step=1, **WRONG)
    member.post(f"/cases/{case.reference}/again/")
    second = _open(member, case)
    assert second != first
    assert second.informed


def test_without_scripts_a_step_answers_with_the_whole_page(case: Case, member: Client) -> None:
    episode = _open(member, case)
    fields = {"action_type": "compare_price", "expected_step": 1}
    page = member.post(f"/episodes/{episode.pk}/step/", fields).content.decode()
    assert "<html" in page


@pytest.mark.parametrize("verb", ["step", "submit", "accept", "revise", "mode", "ask"])
def test_a_colleague_cannot_touch_my_episode(case: Case, member: Client, verb: str) -> None:
    episode = _open(member, case)
    assert _client("colleague", "reviewer").post(f"/episodes/{episode.pk}/{verb}/").status_code == 404


def test_a_colleague_does_not_see_my_lane(case: Case, member: Client) -> None:
    episode = _open(member, case)
    assert _client("colleague", "reviewer").get(f"/episodes/{episode.pk}/lane/").status_code == 404


@pytest.mark.parametrize("role", [None, "api_reader"])
def test_an_outsider_may_not_play(case: Case, role: str | None) -> None:
    assert _client("outsider", role).get(f"/cases/{case.reference}/").status_code == 403
    assert not Episode.objects.exists()


def test_a_stranger_is_sent_to_the_log_in(case: Case) -> None:
    response = Client().get(f"/cases/{case.reference}/")
    assert response.status_code == 302
    assert "/accounts/login/" in response.headers["Location"]


def test_a_step_costs_a_constant_number_of_queries(
    case: Case, member: Client, django_assert_max_num_queries: Any
) -> None:
    episode = _open(member, case)
    with django_assert_max_num_queries(30):
        _post(member, episode, "step", action_type="inspect_purchase_order", expected_step=1)


def test_documents_that_come_in_later_are_offered_and_the_begun_episode_is_kept(member: Client) -> None:
    known_players_register()
    documents_upload(files=[("o.xml", order()), ("i.xml", invoice())], user=None)
    case = Case.objects.get()
    begun = _open(member, case)
    _post(member, begun, "step", action_type="inspect_purchase_order", expected_step=1)
    documents_upload(files=[("r.xml", receipt())], user=None)
    assert "Begin again on the latest" in member.get(f"/cases/{case.reference}/").content.decode()
    member.post(f"/cases/{case.reference}/again/")
    begun.refresh_from_db()
    assert begun.stop_reason == "cancelled"
    assert _open(member, case).case_version.number == 2
