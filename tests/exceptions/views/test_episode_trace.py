"""/episodes/<id>/: what happened, step by step, alone or beside another episode of the case."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from exceptions.environment import Decision, ExceptionType, Resolution
from exceptions.models import Case, Episode
from exceptions.services.episode_rows import StepCost
from exceptions.services.episodes import episode_revise, session_open
from tests.exceptions.views.playing import COMPARE, LOOK, RIGHT, WRONG, latest, play_beside, resolve, take

pytestmark = pytest.mark.django_db
NONSENSE = 'I would say: {"action_type": "inspect_totals"}'


def page_of(client: Client, episode: Episode, beside: Episode | None = None) -> str:
    response = client.get(f"/episodes/{episode.pk}/", {"with": str(beside.pk)} if beside else {})
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_every_step_with_its_result(case: Case, reviewer: User, member: Client) -> None:
    page = page_of(member, resolve(case, reviewer, LOOK, COMPARE, RIGHT))
    assert latest(case).sealed.purchase_order.lines[0].item_code in page
    assert "Compare quantities" in page
    assert "Place on hold" in page


def test_an_ended_episode_shows_rewards_grades_weights_and_the_answer(
    case: Case, reviewer: User, member: Client
) -> None:
    episode = resolve(case, reviewer)
    page = page_of(member, episode)
    truth = latest(case).answered.ground_truth
    assert truth is not None
    assert all(finding in page for finding in truth.key_findings)
    for grade in episode.grades.all():
        assert grade.rubric in page
        assert f"{grade.score:.3f}" in page
    assert "40\u00a0%" in page


def test_my_open_episode_shows_no_reward_no_grade_and_no_answer(case: Case, reviewer: User, member: Client) -> None:
    session = session_open(version=latest(case), user=reviewer, rewards="seed-1", client="")
    take(session, {"action_type": "propose_exception_type", "exception_type": "partial_receipt"})
    page = page_of(member, session)
    truth = latest(case).answered.ground_truth
    assert truth is not None
    assert "+0.10" not in page
    assert "seed-1</caption>" not in page
    assert not any(finding in page for finding in truth.key_findings)
    assert "This episode is still open." in page


def test_an_earlier_episode_closes_while_i_play_the_case_again(case: Case, reviewer: User, member: Client) -> None:
    first = resolve(case, reviewer)
    score = first.grades.get(rubric="grounded-1").score
    resolve(case, reviewer, LOOK)
    page = page_of(member, first)
    assert f"{score:.3f}" not in page
    assert "You have another open episode on this case." in page


def test_what_may_not_be_seen_is_not_found(
    case: Case, reviewer: User, other_reviewer: User, colleague: Client, outsider: Client
) -> None:
    mine = resolve(case, reviewer)
    model = play_beside(mine, [LOOK, WRONG])
    for episode in (mine, model):
        assert colleague.get(f"/episodes/{episode.pk}/").status_code == 404
        assert outsider.get(f"/episodes/{episode.pk}/").status_code == 403
    resolve(case, other_reviewer)
    for episode in (mine, model):
        assert colleague.get(f"/episodes/{episode.pk}/").status_code == 200


def test_the_model_beside_my_open_episode_is_not_found(case: Case, reviewer: User, member: Client) -> None:
    mine = resolve(case, reviewer, LOOK)
    theirs = play_beside(mine, [LOOK, RIGHT])
    assert member.get(f"/episodes/{theirs.pk}/").status_code == 404
    assert member.get(f"/episodes/{mine.pk}/?with={theirs.pk}").status_code == 404


def test_invalid_outputs_are_marked_with_their_raw_text_and_reason(case: Case, reviewer: User, member: Client) -> None:
    model = play_beside(resolve(case, reviewer), [NONSENSE, LOOK, WRONG])
    page = page_of(member, model)
    assert page.count('class="trace-step step-invalid"') == 1
    assert "I would say: {&quot;action_type&quot;" in page
    assert "1 invalid" in page


def test_costs_and_what_the_prompt_budget_did_are_on_the_step(case: Case, reviewer: User, member: Client) -> None:
    cost = StepCost(
        prompt_tokens=1234, computed_tokens=34, completion_tokens=21, latency=1.5, prompt_budget={"dropped_turns": 2}
    )
    model = play_beside(resolve(case, reviewer), [LOOK, WRONG], player="smollm2-135m-instruct", cost=cost)
    page = page_of(member, model)
    for words in ("1,234 tokens read, 1,200 of them cached", "21 written", "1.5\u00a0s", "dropped turns: 2"):
        assert words in page
    assert "2,468 read, 42 written" in page


def test_a_revision_is_beside_what_was_submitted_and_both_are_graded(
    case: Case, reviewer: User, member: Client
) -> None:
    episode = resolve(case, reviewer, LOOK, WRONG)
    better = Resolution(Decision.HOLD, ExceptionType.PARTIAL_RECEIPT, (), "Half of it is missing.", 0.9)
    episode_revise(episode_id=episode.pk, resolution=better, reason="The receipt says so.")
    page = page_of(member, episode)
    assert "Approve for payment" in page
    assert "The receipt says so." in page
    assert re.search(r"as submitted.*revised 1", page, re.DOTALL)


def test_documents_stand_as_the_player_had_opened_them(case: Case, reviewer: User, member: Client) -> None:
    response = member.get(f"/episodes/{resolve(case, reviewer, LOOK, RIGHT).pk}/")
    board = response.context["board"]
    assert (board["match"].order.sealed, board["match"].invoice.sealed, board["match"].receipt.sealed) == (
        False,
        True,
        True,
    )
    assert board["vendor"].sealed
    page = response.content.decode()
    assert "Receipts not opened" in page
    assert 'form="actions"' not in page


def test_side_by_side_marks_the_first_differing_step_and_says_what_each_did(
    case: Case, reviewer: User, member: Client
) -> None:
    mine = resolve(case, reviewer, LOOK, COMPARE, RIGHT)
    theirs = play_beside(mine, [LOOK, NONSENSE, WRONG])
    response = member.get(f"/episodes/{mine.pk}/?with={theirs.pk}")
    pairs = response.context["pairs"]
    assert [pair.number for pair in pairs if pair.parted] == [2]
    page = response.content.decode()
    assert "They part at step 2:" in page
    assert "compared quantities" in page
    assert "gave an invalid output" in page


def test_the_same_look_with_another_resolution_parts_at_the_resolution(
    case: Case, reviewer: User, member: Client
) -> None:
    mine = resolve(case, reviewer, LOOK, RIGHT)
    theirs = play_beside(mine, [LOOK, WRONG])
    parted = member.get(f"/episodes/{mine.pk}/?with={theirs.pk}").context["parted"]
    assert (parted.number, parted.left) == (2, "resolved: place on hold, partial receipt")


def test_one_that_stops_earlier_parts_after_its_last_step(case: Case, reviewer: User, member: Client) -> None:
    mine = resolve(case, reviewer, LOOK, COMPARE, RIGHT)
    theirs = play_beside(mine, [LOOK, COMPARE])
    response = member.get(f"/episodes/{mine.pk}/?with={theirs.pk}")
    parted = response.context["parted"]
    assert (parted.number, parted.right) == (3, "had stopped")
    assert "not yet" in response.content.decode()


def test_equal_episodes_are_said_to_be_equal(case: Case, reviewer: User, member: Client) -> None:
    mine = resolve(case, reviewer, LOOK, RIGHT)
    page = page_of(member, mine, play_beside(mine, [LOOK, RIGHT]))
    assert "They did the same" in page


def test_the_picker_offers_what_may_be_seen_of_this_case_alone(
    case: Case, reviewer: User, other_reviewer: User, member: Client
) -> None:
    mine = resolve(case, reviewer)
    theirs = resolve(case, other_reviewer)
    elsewhere = resolve(Case.objects.select_related("latest__truth").exclude(pk=case.pk)[0], reviewer)
    offered = {other.id for other in member.get(f"/episodes/{mine.pk}/").context["others"]}
    assert offered == {theirs.pk}
    assert member.get(f"/episodes/{mine.pk}/?with={elsewhere.pk}").status_code == 404
    assert member.get(f"/episodes/{mine.pk}/?with=nonsense").status_code == 404


def test_it_links_to_its_json(case: Case, reviewer: User, member: Client) -> None:
    episode = resolve(case, reviewer)
    assert f'href="/api/v1/episodes/{episode.pk}/"' in page_of(member, episode)


def test_its_number_of_queries_does_not_grow_with_steps_or_episodes(
    case: Case, reviewer: User, member: Client, queries: Callable[[Client, str], int]
) -> None:
    mine = resolve(case, reviewer, LOOK, RIGHT)
    theirs = play_beside(mine, [LOOK, WRONG])
    few = queries(member, f"/episodes/{mine.pk}/?with={theirs.pk}")
    long = resolve(case, reviewer, *[LOOK, COMPARE] * 4, RIGHT)
    model = play_beside(long, [*[LOOK, COMPARE] * 4, WRONG])
    assert queries(member, f"/episodes/{long.pk}/?with={model.pk}") == few <= 20
