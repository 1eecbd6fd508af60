"""Cases over REST: what may be known before play, the answer after it."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from exceptions.models import Case
from exceptions.services.cases import case_pack_import
from exceptions.services.episodes import desk_episode_open, episode_cancel, episode_step, session_open
from tests.exceptions.api.acting import LOOK, SUBMIT, Call, problem

CASES = "/api/v1/cases/"
ROW = {
    "reference",
    "supplier_name",
    "invoice_number",
    "po_number",
    "invoice_date",
    "currency",
    "total",
    "state",
}


def test_it_lists_what_may_be_known_before_play_and_no_more(case: Case, member: User, calling: Call) -> None:
    rows = calling(member).get(CASES).json()["results"]
    assert all(set(row) == ROW for row in rows)
    row = next(row for row in rows if row["reference"] == case.reference)
    invoice = case.latest.content["invoice"]  # type: ignore[union-attr]  # it was imported
    assert (row["invoice_number"], row["total"]) == (invoice["number"], invoice["total"])
    assert (row["invoice_date"], row["currency"]) == (invoice["date"], invoice["currency"])


def test_it_says_what_the_caller_has_done_on_a_case(
    cases: list[Case], member: User, colleague: User, calling: Call
) -> None:
    started, done = desk_episode_open(case=cases[0], user=member), desk_episode_open(case=cases[1], user=member)
    episode_step(episode_id=started.pk, given=LOOK, number=1)
    episode_step(episode_id=done.pk, given=SUBMIT, number=1)
    client = calling(member)
    states = {row["reference"]: row["state"] for row in client.get(CASES).json()["results"]}
    assert states == dict(zip([case.reference for case in cases], ["started", "done", "open"], strict=True))
    assert {row["state"] for row in calling(colleague).get(CASES).json()["results"]} == {"open"}
    only = client.get(CASES, {"state": "done"}).json()["results"]
    assert [row["reference"] for row in only] == [cases[1].reference]


@pytest.mark.parametrize("field", ["invoice_number", "po_number", "supplier_name"])
def test_it_searches(case: Case, member: User, calling: Call, field: str) -> None:
    found = calling(member).get(CASES, {"q": getattr(case.latest, field)}).json()["results"]
    assert case.reference in [row["reference"] for row in found]
    assert len(found) < 3


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"state": "lost"}, "state"),
        ({"total_min": "much"}, "total_min"),
        ({"sort": "date"}, "sort"),
        ({"stat": "open"}, "stat"),
        ({"real": "perhaps"}, "real"),
        ({"state": ["open", "done"]}, "state"),
        ({"q": "a\0b"}, "q"),
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "1e3"}, "page_size"),
    ],
)
def test_it_refuses_a_filter_that_it_does_not_understand(
    case: Case, member: User, calling: Call, query: dict[str, Any], name: str
) -> None:
    document = problem(calling(member).get(CASES, query), 400)
    assert document["errors"][0]["path"] == name


def test_its_pages_have_every_case_once_in_either_direction(cases: list[Case], member: User, calling: Call) -> None:
    client = calling(member)
    pages = [client.get(CASES, {"page_size": "1"}).json()]
    while pages[-1]["next"]:
        pages.append(client.get(pages[-1]["next"]).json())
    seen = [row["reference"] for page in pages for row in page["results"]]
    assert sorted(seen) == sorted(case.reference for case in cases)
    assert len(seen) == len(set(seen))
    back = client.get(pages[-1]["previous"]).json()
    assert back["results"] == pages[-2]["results"]


@pytest.mark.parametrize("cursor", ["x", "cD1ub3QtYS1rZXk=", "cD0wMA==", "%00", "cj0xJnA9YQ=="])
def test_it_refuses_a_cursor_that_it_did_not_make(case: Case, member: User, calling: Call, cursor: str) -> None:
    problem(calling(member).get(CASES, {"cursor": cursor}), 404)


def test_the_list_takes_as_many_queries_for_many_cases(
    cases: list[Case], member: User, calling: Call, django_assert_num_queries: Any
) -> None:
    client = calling(member)
    with django_assert_num_queries(5):
        client.get(CASES, {"page_size": "1"})
    with django_assert_num_queries(5):
        client.get(CASES)


def test_it_shows_the_invoice_and_no_answer_before_play(case: Case, member: User, calling: Call) -> None:
    record = calling(member).get(f"{CASES}{case.reference}/").json()
    assert set(record) == ROW | {"version", "max_steps", "invoice_summary", "answer"}
    assert (record["version"], record["max_steps"], record["answer"]) == (1, 10, None)
    assert record["invoice_summary"]["total"] == record["total"]


def test_it_shows_the_answer_once_an_episode_was_ended(case: Case, member: User, calling: Call) -> None:
    client = calling(member)
    address = f"{CASES}{case.reference}/"
    episode = desk_episode_open(case=case, user=member)
    assert client.get(address).json()["answer"] is None
    episode_step(episode_id=episode.pk, given=SUBMIT, number=1)
    answer = client.get(address).json()["answer"]
    assert (answer["slice"], answer["title"]) == ("canonical", case.latest.title)  # type: ignore[union-attr]
    assert answer["ground_truth"]["decision"] == "place_on_hold"
    assert answer["ground_truth"]["key_findings"]


def test_a_cancelled_episode_opens_nothing(case: Case, member: User, calling: Call) -> None:
    episode = desk_episode_open(case=case, user=member)
    episode_cancel(episode_id=episode.pk)
    assert calling(member).get(f"{CASES}{case.reference}/").json()["answer"] is None


@pytest.mark.parametrize("character", ["supervisor", "admin"])
def test_a_role_that_sees_answers_sees_none_while_it_plays_itself(
    case: Case, calling: Call, character: str, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(character)
    client, address = calling(user), f"{CASES}{case.reference}/"
    assert client.get(address).json()["answer"]
    assert case.latest is not None
    session = session_open(version=case.latest, user=user, rewards="grounded-1", client="")
    assert client.get(address).json()["answer"] is None
    episode_cancel(episode_id=session.pk)
    assert client.get(address).json()["answer"]


def test_a_reader_sees_answers(case: Case, api_reader: User, calling: Call) -> None:
    assert calling(api_reader).get(f"{CASES}{case.reference}/").json()["answer"]["ground_truth"]


def test_the_answer_of_a_real_case_is_nobody_s_yet(
    member: User, supervisor: User, calling: Call, real_pack: Any
) -> None:
    case_pack_import(source=real_pack, user=None)
    case = Case.objects.get()
    answer = calling(supervisor).get(f"{CASES}{case.reference}/").json()["answer"]
    assert answer["ground_truth"] is None


@pytest.mark.parametrize("reference", ["C-0", "C-%00", "c%ff", "-", "x" * 60])
def test_a_case_that_is_not_there_is_a_404(case: Case, member: User, calling: Call, reference: str) -> None:
    problem(calling(member).get(f"{CASES}{reference}/"), 404)


def test_the_outsider_is_told_which_roles_may(case: Case, outsider: User, calling: Call) -> None:
    client = calling(outsider)
    assert "reviewer" in problem(client.get(CASES), 403)["detail"]
    problem(client.get(f"{CASES}{case.reference}/"), 403)
