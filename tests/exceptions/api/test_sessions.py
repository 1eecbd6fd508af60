"""Playing over REST: open, step, read, cancel; once, and only one's own."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from rest_framework.test import APIClient

from exceptions import environment
from exceptions.models import Case, Episode, EpisodeOrigin, Step
from exceptions.services.episodes import desk_episode_open
from tests.exceptions.api.acting import LOOK, SUBMIT, Call, problem

SESSIONS = "/api/v1/sessions/"


def open_session(client: APIClient, **body: Any) -> dict[str, Any]:
    response = client.post(SESSIONS, body, format="json")
    assert response.status_code == 201, response.content
    session: dict[str, Any] = response.json()
    return session


def step(client: APIClient, session: dict[str, Any], action: Any, **body: Any) -> Any:
    return client.post(f"{SESSIONS}{session['id']}/step/", {"action": action} | body, format="json")


def test_it_opens_a_session_on_the_case_that_is_named(case: Case, member: User, calling: Call) -> None:
    response = calling(member).post(SESSIONS, {"case": case.reference, "client": "a test"}, format="json")
    session = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"{SESSIONS}{session['id']}/"
    assert (session["case"], session["status"], session["rewards"]) == (case.reference, "running", "grounded-1")
    assert session["client"] == "a test"
    seen = session["observation"]
    assert (seen["case_reference"], seen["remaining_steps"], seen["done"]) == (case.reference, 10, False)
    assert (seen["reward"], seen["grade"], seen["revealed_documents"]) == (None, None, {})
    episode = Episode.objects.get(pk=session["id"])
    assert (episode.origin, episode.user, episode.settings) == (EpisodeOrigin.API, member, {"client": "a test"})


def test_it_chooses_a_case_that_was_not_begun_until_none_is_left(
    cases: list[Case], member: User, calling: Call
) -> None:
    client = calling(member)
    desk_episode_open(case=cases[0], user=member)
    opened = {open_session(client)["case"], open_session(client)["case"]}
    assert opened == {cases[1].reference, cases[2].reference}
    document = problem(client.post(SESSIONS, {}, format="json"), 409)
    assert document["type"] == "urn:problem-type:invoiceguard:nothing-left"


def test_it_steps_and_says_what_the_action_revealed(case: Case, member: User, calling: Call) -> None:
    client = calling(member)
    session = open_session(client, case=case.reference)
    seen = step(client, session, LOOK).json()["observation"]
    assert list(seen["revealed_documents"]) == ["purchase_order"]
    assert (seen["remaining_steps"], seen["reward"], seen["last_error"]) == (9, 0.0, None)
    assert seen["last_result"]


def test_it_reads_a_model_s_raw_text(case: Case, member: User, calling: Call) -> None:
    client = calling(member)
    session = open_session(client, case=case.reference)
    text = f"<think>The order first.</think> {json.dumps(LOOK)}"
    assert list(step(client, session, text).json()["observation"]["revealed_documents"]) == ["purchase_order"]
    assert Step.objects.get().raw_output == text


def test_it_grades_the_submit(case: Case, member: User, calling: Call) -> None:
    client = calling(member)
    session = open_session(client, case=case.reference)
    ended = step(client, session, SUBMIT).json()
    assert (ended["status"], ended["stop_reason"]) == ("ended", "submitted")
    grade = ended["observation"]["grade"]
    assert grade["rubric"] == "grounded-1"
    assert grade["criteria"]["decision"] == 1.0
    assert ended["observation"]["reward"] == grade["score"] > 0.6
    assert client.get(f"{SESSIONS}{session['id']}/").json() == ended


def test_it_plays_by_the_reward_scheme_that_is_named(case: Case, member: User, calling: Call) -> None:
    client = calling(member)
    session = open_session(client, case=case.reference, rewards="seed-1")
    assert step(client, session, LOOK).json()["observation"]["reward"] == 0.05
    assert step(client, session, SUBMIT).json()["observation"]["grade"]["rubric"] == "seed-1"


@pytest.mark.parametrize(
    "action",
    [
        {"action_type": "approve_everything"},
        {"action_type": "submit_final_resolution"},
        {"action_type": "submit_final_resolution", "final_decision": "place_on_hold", "confidence": 1.5},
        {},
        "I would rather not.",
        "",
    ],
)
def test_it_records_what_is_no_action_as_an_invalid_step(case: Case, member: User, calling: Call, action: Any) -> None:
    client = calling(member)
    session = open_session(client, case=case.reference)
    response = step(client, session, action)
    assert response.status_code == 200, response.content
    seen = response.json()["observation"]
    assert seen["last_error"]
    assert (seen["reward"], seen["remaining_steps"]) == (-0.05, 9)
    assert client.get(f"{SESSIONS}{session['id']}/").json()["observation"] == seen


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"action": [1, 2]}, "action"),
        ({"action": None}, "action"),
        ({}, "action"),
        ({"action": LOOK, "number": 0}, "number"),
        ({"action": LOOK, "number": "1"}, "number"),
        ({"action": LOOK, "numbr": 1}, "numbr"),
        ({"action": "x" * 20_001}, "action"),
    ],
)
def test_it_refuses_a_body_of_another_shape_and_takes_no_step(
    case: Case, member: User, calling: Call, body: dict[str, Any], path: str
) -> None:
    client = calling(member)
    session = open_session(client, case=case.reference)
    document = problem(client.post(f"{SESSIONS}{session['id']}/step/", body, format="json"), 400)
    assert all(error["path"].startswith(path) for error in document["errors"])
    assert not Step.objects.exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (r'{"action": {"action_type": "inspect_purchase_order", "explanation": "a\u0000b"}}', "NUL"),
        (r'{"action": "half of a pair: \ud800"}', "surrogate"),
        (r'{"action": {"\udfff": 1}}', "surrogate"),
        (r'{"action": {"confidence": 1e400}}', "larger"),
    ],
)
def test_it_refuses_text_that_cannot_be_stored(case: Case, member: User, calling: Call, text: str, reason: str) -> None:
    client = calling(member)
    session = open_session(client, case=case.reference)
    response = client.generic("POST", f"{SESSIONS}{session['id']}/step/", text, content_type="application/json")
    assert reason in problem(response, 400)["detail"]
    assert not Step.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["{", "", "\xff", '{"action": ' + "[" * 100_000 + "]" * 100_000 + "}", '{"action": "a", "action": "b"}', "NaN"],
)
def test_it_refuses_what_is_not_json(case: Case, member: User, calling: Call, text: str) -> None:
    client = calling(member)
    session = open_session(client, case=case.reference)
    response = client.generic(
        "POST", f"{SESSIONS}{session['id']}/step/", text.encode("latin-1"), content_type="application/json"
    )
    problem(response, 400)


def test_it_refuses_a_body_that_is_too_large(case: Case, member: User, calling: Call) -> None:
    client = calling(member)
    session = open_session(client, case=case.reference)
    problem(step(client, session, {"explanation": "x" * 300_000}), 413)


def test_a_step_sent_twice_with_its_number_is_taken_once(case: Case, member: User, calling: Call) -> None:
    client = calling(member)
    session = open_session(client, case=case.reference)
    first = step(client, session, LOOK, number=1)
    again = step(client, session, LOOK, number=1)
    assert again.json() == first.json()
    assert Step.objects.count() == 1


def test_the_last_step_sent_twice_is_answered_alike(case: Case, member: User, calling: Call) -> None:
    client = calling(member)
    session = open_session(client, case=case.reference)
    first = step(client, session, SUBMIT, number=1)
    again = step(client, session, SUBMIT, number=1)
    assert again.status_code == 200
    assert again.json() == first.json()


def test_an_invalid_step_sent_twice_is_taken_once(case: Case, member: User, calling: Call) -> None:
    client = calling(member)
    session = open_session(client, case=case.reference)
    step(client, session, {"action_type": "guess"}, number=1)
    assert step(client, session, {"action_type": "guess"}, number=1).status_code == 200
    assert Step.objects.count() == 1


def test_it_refuses_another_action_for_a_step_that_was_taken(case: Case, member: User, calling: Call) -> None:
    client = calling(member)
    session = open_session(client, case=case.reference)
    step(client, session, LOOK, number=1)
    document = problem(step(client, session, SUBMIT, number=1), 409)
    assert document["type"] == "urn:problem-type:invoiceguard:step-conflict"
    assert "inspect_purchase_order" in document["detail"]


def test_it_refuses_a_step_that_skips_one(case: Case, member: User, calling: Call) -> None:
    client = calling(member)
    session = open_session(client, case=case.reference)
    problem(step(client, session, LOOK, number=2), 409)


def test_it_refuses_a_step_after_the_end(case: Case, member: User, calling: Call) -> None:
    client = calling(member)
    session = open_session(client, case=case.reference)
    step(client, session, SUBMIT)
    document = problem(step(client, session, LOOK), 409)
    assert document["type"] == "urn:problem-type:invoiceguard:episode-ended"


def test_it_cancels_and_can_still_be_read(case: Case, member: User, calling: Call) -> None:
    client = calling(member)
    session = open_session(client, case=case.reference)
    address = f"{SESSIONS}{session['id']}/"
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 204
    cancelled = client.get(address).json()
    assert (cancelled["status"], cancelled["stop_reason"]) == ("ended", "cancelled")
    assert (cancelled["observation"]["done"], cancelled["observation"]["grade"]) == (True, None)


def test_it_lists_one_s_own_sessions_newest_first(case: Case, member: User, colleague: User, calling: Call) -> None:
    client = calling(member)
    first, second = open_session(client), open_session(client)
    open_session(calling(colleague))
    desk_episode_open(case=case, user=member)
    listed = client.get(SESSIONS).json()["results"]
    assert [row["id"] for row in listed] == [second["id"], first["id"]]


def test_the_list_takes_as_many_queries_for_many_sessions(
    case: Case, member: User, calling: Call, django_assert_num_queries: Any
) -> None:
    client = calling(member)
    for _ in range(12):
        open_session(client, case=case.reference)
    with django_assert_num_queries(5):
        assert len(client.get(SESSIONS).json()["results"]) == 12


@pytest.mark.parametrize("character", ["colleague", "supervisor", "admin"])
def test_the_session_of_somebody_else_is_not_there(
    case: Case, member: User, calling: Call, character: str, request: pytest.FixtureRequest
) -> None:
    session = open_session(calling(member), case=case.reference)
    other = calling(request.getfixturevalue(character))
    address = f"{SESSIONS}{session['id']}/"
    problem(other.get(address), 404)
    problem(other.delete(address), 404)
    problem(step(other, session, LOOK), 404)
    assert not Step.objects.exists()


def test_a_workspace_episode_is_no_session(case: Case, member: User, calling: Call) -> None:
    episode = desk_episode_open(case=case, user=member)
    problem(calling(member).get(f"{SESSIONS}{episode.pk}/"), 404)


@pytest.mark.parametrize("character", ["outsider", "api_reader"])
def test_who_may_not_play_opens_none(case: Case, calling: Call, character: str, request: pytest.FixtureRequest) -> None:
    client = calling(request.getfixturevalue(character))
    problem(client.post(SESSIONS, {"case": case.reference}, format="json"), 403)
    problem(client.get(SESSIONS), 403)
    assert not Episode.objects.exists()


def test_without_a_token_it_says_how_to_come_in(case: Case) -> None:
    response = APIClient().post(SESSIONS, {"case": case.reference}, format="json")
    problem(response, 401)
    assert response["WWW-Authenticate"] == "Token"


def test_it_refuses_an_unknown_case_scheme_and_field(case: Case, member: User, calling: Call) -> None:
    client = calling(member)
    problem(client.post(SESSIONS, {"case": "C-0"}, format="json"), 404)
    refused = problem(client.post(SESSIONS, {"rewards": "seed-2"}, format="json"), 400)
    assert "grounded-1" in refused["errors"][0]["message"]
    problem(client.post(SESSIONS, {"cases": case.reference}, format="json"), 400)
    assert not Episode.objects.exists()


def test_opening_is_limited_per_user(case: Case, member: User, colleague: User, calling: Call, settings: Any) -> None:
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] | {"sessions": "2/hour"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    client = calling(member)
    open_session(client, case=case.reference)
    open_session(client, case=case.reference)
    response = client.post(SESSIONS, {"case": case.reference}, format="json")
    problem(response, 429)
    assert 0 < int(response["Retry-After"]) <= 3600
    assert client.get(SESSIONS).status_code == 200
    open_session(calling(colleague), case=case.reference)


def test_while_another_of_one_s_episodes_is_open_the_end_tells_no_reward_and_no_grade(
    case: Case, member: User, calling: Call
) -> None:
    client = calling(member)
    first, second = (open_session(client, case=case.reference) for _ in range(2))
    ended = step(client, first, SUBMIT).json()
    assert ended["status"] == "ended"
    assert (ended["observation"]["reward"], ended["observation"]["grade"]) == (None, None)
    client.delete(f"{SESSIONS}{second['id']}/")
    opened = client.get(f"{SESSIONS}{first['id']}/").json()["observation"]
    assert opened["grade"]["score"] == opened["reward"]


def test_the_names_of_actions_and_decisions_are_those_of_the_environment(
    case: Case, member: User, calling: Call
) -> None:
    session = open_session(calling(member), case=case.reference)
    assert session["observation"]["available_actions"] == [action.value for action in environment.ActionType]
    assert reverse("api-session-step", args=[session["id"]]).startswith(SESSIONS)
