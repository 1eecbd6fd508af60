"""Episodes over REST: whose one may read, what they say, how they are narrowed."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from exceptions import environment
from exceptions.models import Case, Episode, EpisodeMode, EpisodeOrigin, Player
from exceptions.services.episodes import desk_episode_open, episode_cancel, episode_revise, episode_step, session_open
from tests.exceptions.api.acting import LOOK, SUBMIT, Call, problem

EPISODES = "/api/v1/episodes/"
WRONG = SUBMIT | {"final_decision": "approve_for_payment", "exception_type": "clean_match"}


def play(case: Case, user: User, *actions: dict[str, Any], rewards: str = "grounded-1") -> Episode:
    """A session of the user's with these steps."""
    assert case.latest is not None
    episode = session_open(version=case.latest, user=user, rewards=rewards, client="test")
    for number, action in enumerate(actions, start=1):
        episode_step(episode_id=episode.pk, given=action, number=number)
    episode.refresh_from_db()
    return episode


def lane_beside(episode: Episode) -> Episode:
    """A model's ended episode beside a reviewer's."""
    player, _created = Player.objects.get_or_create(slug="model", defaults={"name": "Model", "kind": "script"})
    return Episode.objects.create(
        case_version=episode.case_version,
        player=player,
        user=episode.user,
        origin=EpisodeOrigin.LANE,
        beside=episode,
        status="ended",
        stop_reason="submitted",
        final_decision="place_on_hold",
        ended_at=timezone.now(),
    )


def ids(client: Any, **query: Any) -> list[str]:
    response = client.get(EPISODES, query)
    assert response.status_code == 200, response.content
    return [row["id"] for row in response.json()["results"]]


def test_it_lists_one_s_own_and_others_once_the_answer_is_open(
    case: Case, member: User, colleague: User, calling: Call
) -> None:
    theirs = play(case, colleague, SUBMIT)
    client = calling(member)
    assert ids(client) == []
    mine = play(case, member, LOOK)
    assert ids(client) == [str(mine.pk)]
    episode_step(episode_id=mine.pk, given=SUBMIT, number=2)
    assert ids(client) == [str(mine.pk), str(theirs.pk)]


def test_it_shows_everything_about_an_episode_whose_answer_is_open(case: Case, member: User, calling: Call) -> None:
    episode = play(case, member, LOOK, {"action_type": "guess"}, SUBMIT)
    record = calling(member).get(f"{EPISODES}{episode.pk}/").json()
    assert (record["case"], record["origin"], record["player"]) == (case.reference, "api", episode.player.slug)
    assert [step["number"] for step in record["steps"]] == [1, 2, 3]
    assert [step["valid"] for step in record["steps"]] == [True, False, True]
    assert record["steps"][1]["error"]
    assert record["steps"][0]["action"] == LOOK
    assert record["steps"][0]["revealed"] == "purchase_order"
    assert {grade["rubric"] for grade in record["grades"]} == set(environment.RUBRICS)
    assert record["scores"]["grounded-1"] == record["steps"][2]["reward"]
    assert record["resolved"] is True
    assert record["cumulative_reward"] == pytest.approx(sum(step["reward"] for step in record["steps"]))
    assert record["resolution"]["final_decision"] == "place_on_hold"
    assert record["resolution"]["explanation"] == SUBMIT["explanation"]


def test_one_s_own_ended_episode_tells_no_grade_while_another_is_open(case: Case, member: User, calling: Call) -> None:
    ended = play(case, member, LOOK, SUBMIT)
    again = play(case, member)
    client = calling(member)
    record = client.get(f"{EPISODES}{ended.pk}/").json()
    assert record["grades"] is record["scores"] is record["resolved"] is record["cumulative_reward"] is None
    assert (record["steps"][1]["reward"], record["steps"][1]["reward_parts"]) == (None, {})
    assert record["steps"][0]["reward"] == 0.0
    row = next(row for row in client.get(EPISODES).json()["results"] if row["id"] == str(ended.pk))
    assert row["scores"] is row["resolved"] is row["cumulative_reward"] is None
    episode_cancel(episode_id=again.pk)
    assert client.get(f"{EPISODES}{ended.pk}/").json()["scores"]["seed-1"] > 0


def test_the_end_without_a_submit_is_sealed_too(case: Case, member: User, calling: Call) -> None:
    ended = play(case, member, *([LOOK] * 10), rewards="seed-1")
    assert ended.stop_reason == "out_of_steps"
    play(case, member)
    last = calling(member).get(f"{EPISODES}{ended.pk}/").json()["steps"][-1]
    assert (last["reward"], last["reward_parts"]) == (None, {})


def test_the_lane_beside_an_open_episode_cannot_be_read(case: Case, member: User, calling: Call) -> None:
    episode = desk_episode_open(case=case, user=member)
    lane = lane_beside(episode)
    client = calling(member)
    assert ids(client) == [str(episode.pk)]
    problem(client.get(f"{EPISODES}{lane.pk}/"), 404)
    episode_step(episode_id=episode.pk, given=SUBMIT, number=1)
    assert ids(client) == [str(lane.pk), str(episode.pk)]
    assert client.get(f"{EPISODES}{lane.pk}/").json()["beside"] == str(episode.pk)


def test_an_admin_does_not_see_others_episodes_of_a_case_being_played(
    case: Case, member: User, admin: User, calling: Call
) -> None:
    theirs = play(case, member, SUBMIT)
    client = calling(admin)
    assert ids(client) == [str(theirs.pk)]
    mine = play(case, admin)
    assert ids(client) == [str(mine.pk)]
    problem(client.get(f"{EPISODES}{theirs.pk}/"), 404)


def test_it_shows_both_versions_of_a_revised_resolution(case: Case, member: User, calling: Call) -> None:
    episode = desk_episode_open(case=case, user=member)
    assert episode.mode == EpisodeMode.BLIND
    episode_step(episode_id=episode.pk, given=WRONG, number=1)
    episode_revise(
        episode_id=episode.pk,
        resolution=environment.Resolution(
            environment.Decision.HOLD, environment.ExceptionType.PARTIAL_RECEIPT, (), "Received in part.", 0.7
        ),
        reason="The model saw the receipt.",
    )
    record = calling(member).get(f"{EPISODES}{episode.pk}/").json()
    assert (record["resolution"]["final_decision"], record["resolved"]) == ("approve_for_payment", False)
    revision = record["revisions"][0]
    assert (revision["resolution"]["final_decision"], revision["reason"]) == (
        "place_on_hold",
        "The model saw the receipt.",
    )
    assert all(grade["resolved"] for grade in revision["grades"])


def test_it_narrows_by_what_happened(cases: list[Case], member: User, supervisor: User, calling: Call) -> None:
    right, wrong = play(cases[0], member, LOOK, SUBMIT), play(cases[0], member, WRONG)
    elsewhere, cancelled = play(cases[1], member, LOOK), play(cases[2], member)
    episode_cancel(episode_id=cancelled.pk)
    client = calling(supervisor)

    def found(**query: Any) -> set[str]:
        return set(ids(client, **query))

    def are(*episodes: Episode) -> set[str]:
        return {str(episode.pk) for episode in episodes}

    assert found(case=cases[0].reference) == are(right, wrong)
    assert found(player=right.player.slug) == are(right, wrong, elsewhere, cancelled)
    assert found(player="nobody") == set()
    assert found(origin="desk") == set()
    assert found(status="running") == are(elsewhere)
    assert found(stop_reason="cancelled") == are(cancelled)
    assert found(decision="approve_for_payment") == are(wrong)
    assert found(resolved="true") == are(right)
    assert found(resolved="false") == are(wrong)
    assert found(score_min="0.6") == are(right)
    assert found(score_max="0.6") == are(wrong)
    assert found(score_min="0.01", score_max="1", rubric="seed-1") == are(right, wrong)
    assert found(informed="true") == are(wrong)
    assert found(created_before=right.created_at.isoformat()) == set()
    assert found(created_after=wrong.created_at.isoformat(), created_before=elsewhere.created_at.isoformat()) == are(
        wrong
    )
    assert found(created_after=(timezone.now() + timedelta(days=1)).isoformat()) == set()


def test_a_filter_does_not_tell_whether_one_s_sealed_episode_was_right(case: Case, member: User, calling: Call) -> None:
    play(case, member, SUBMIT)
    open_one = play(case, member)
    client = calling(member)
    for query in ({"resolved": "true"}, {"resolved": "false"}, {"score_min": "0"}, {"score_max": "1"}):
        assert ids(client, **query) == [], query
    episode_cancel(episode_id=open_one.pk)
    assert len(ids(client, resolved="true")) == 1


@pytest.mark.parametrize(
    "query",
    [
        {"origin": "moon"},
        {"decision": "pay"},
        {"score_min": "2"},
        {"score_min": "nan"},
        {"rubric": "best"},
        {"created_after": "yesterday"},
        {"resolved": "perhaps"},
        {"case": "a\0"},
        {"resoved": "true"},
    ],
)
def test_it_refuses_a_filter_that_it_does_not_understand(member: User, calling: Call, query: dict[str, str]) -> None:
    document = problem(calling(member).get(EPISODES, query), 400)
    assert document["errors"][0]["path"] == next(iter(query))


def test_the_list_takes_as_many_queries_for_many_episodes(
    case: Case, member: User, calling: Call, django_assert_num_queries: Any
) -> None:
    client = calling(member)
    play(case, member, SUBMIT)
    with django_assert_num_queries(6):
        assert len(ids(client)) == 1
    for _ in range(10):
        play(case, member, SUBMIT)
    with django_assert_num_queries(6):
        assert len(ids(client)) == 11


def test_one_episode_takes_as_many_queries_however_long_it_was(
    case: Case, member: User, calling: Call, django_assert_num_queries: Any
) -> None:
    client = calling(member)
    for episode in (play(case, member, SUBMIT), play(case, member, *([LOOK] * 9), SUBMIT)):
        with django_assert_num_queries(8):
            client.get(f"{EPISODES}{episode.pk}/")


@pytest.mark.parametrize("address", ["not-a-key", "0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a09"])
def test_an_episode_that_is_not_there_is_a_404(member: User, calling: Call, address: str) -> None:
    problem(calling(member).get(f"{EPISODES}{address}/"), 404)


def test_an_outsider_reads_none(case: Case, member: User, outsider: User, calling: Call) -> None:
    episode = play(case, member, SUBMIT)
    client = calling(outsider)
    problem(client.get(EPISODES), 403)
    problem(client.get(f"{EPISODES}{episode.pk}/"), 403)
    problem(client.get(f"{EPISODES}export/", HTTP_ACCEPT="application/x-ndjson"), 403)
