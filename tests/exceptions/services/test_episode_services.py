"""Opening, stepping, ending, revising: what is acknowledged is stored once, and the database refuses the rest."""

import threading
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from exceptions.environment import Decision, ExceptionType, Resolution
from exceptions.models import Case, Episode, EpisodeMode, EpisodeStatus, Grade, Step
from exceptions.services.episodes import (
    desk_episode_open,
    episode_cancel,
    episode_mode_open,
    episode_restore,
    episode_revise,
    episode_step,
)
from exceptions.services.errors import DeskError, EpisodeEnded, StepConflict

ORDER = {"action_type": "inspect_purchase_order"}
RECEIPT = {"action_type": "inspect_goods_receipt_note"}
SUBMIT = {
    "action_type": "submit_final_resolution",
    "final_decision": "place_on_hold",
    "exception_type": "partial_receipt",
    "evidence_references": ["inspect_goods_receipt_note"],
    "explanation": "Part is missing.",
    "confidence": 0.9,
}


def test_it_opens_one_episode_per_reviewer_and_case(case: Case, reviewer: User) -> None:
    assert desk_episode_open(case=case, user=reviewer) == desk_episode_open(case=case, user=reviewer)


def test_a_graded_case_opens_blind(episode: Episode) -> None:
    assert episode.mode == EpisodeMode.BLIND


def test_it_stores_each_step_with_its_result(episode: Episode) -> None:
    episode_step(episode_id=episode.pk, given=ORDER, number=1)
    step = episode.steps.get()
    assert (step.number, step.action_type, step.revealed, step.valid) == (
        1,
        "inspect_purchase_order",
        "purchase_order",
        True,
    )
    assert case_order_number(episode) in step.result


def case_order_number(episode: Episode) -> str:
    return str(episode.case_version.po_number)


def test_the_same_step_sent_twice_is_stored_once(episode: Episode) -> None:
    first = episode_step(episode_id=episode.pk, given=ORDER, number=1)
    second = episode_step(episode_id=episode.pk, given=ORDER, number=1)
    assert second.observation == first.observation
    assert episode.steps.count() == 1


def test_another_action_at_a_taken_step_is_refused_and_stores_nothing(episode: Episode) -> None:
    episode_step(episode_id=episode.pk, given=ORDER, number=1)
    with pytest.raises(StepConflict, match="Step 1 was already taken"):
        episode_step(episode_id=episode.pk, given=RECEIPT, number=1)
    assert episode.steps.count() == 1


def test_a_step_from_the_future_is_refused(episode: Episode) -> None:
    with pytest.raises(StepConflict, match="next step is 1, not 2"):
        episode_step(episode_id=episode.pk, given=ORDER, number=2)


def test_what_is_no_action_is_recorded_as_invalid_and_repeats_alike(episode: Episode) -> None:
    nonsense = {"action_type": "pay_at_once"}
    episode_step(episode_id=episode.pk, given=nonsense, number=1)
    episode_step(episode_id=episode.pk, given=nonsense, number=1)
    step = episode.steps.get()
    assert not step.valid
    assert "pay_at_once" in step.error
    episode.refresh_from_db()
    assert (episode.steps_used, episode.invalid_steps) == (1, 1)


@pytest.mark.parametrize("text", ["a\x00b", "half \ud800 of a pair"])
def test_text_that_the_database_cannot_hold_is_refused(episode: Episode, text: str) -> None:
    with pytest.raises(DeskError, match="NUL character or half of a surrogate"):
        episode_step(episode_id=episode.pk, given=SUBMIT | {"explanation": text}, number=1)
    assert not episode.steps.exists()


def test_a_submit_ends_the_episode_and_grades_it_by_every_rubric(episode: Episode) -> None:
    episode_step(episode_id=episode.pk, given=RECEIPT, number=1)
    episode_step(episode_id=episode.pk, given=SUBMIT, number=2)
    episode.refresh_from_db()
    assert (episode.status, episode.stop_reason, episode.final_decision) == ("ended", "submitted", "place_on_hold")
    assert {grade.rubric: grade.resolved for grade in episode.grades.all()} == {"seed-1": True, "grounded-1": True}


def test_the_submit_sent_twice_is_graded_once(episode: Episode) -> None:
    episode_step(episode_id=episode.pk, given=SUBMIT, number=1)
    again = episode_step(episode_id=episode.pk, given=SUBMIT, number=1)
    assert again.observation.done
    assert (episode.steps.count(), episode.grades.count()) == (1, 2)


def test_an_ended_episode_takes_no_step(episode: Episode) -> None:
    episode_step(episode_id=episode.pk, given=SUBMIT, number=1)
    with pytest.raises(EpisodeEnded):
        episode_step(episode_id=episode.pk, given=ORDER, number=2)


def test_it_ends_when_the_steps_are_used_up(episode: Episode) -> None:
    for number in range(1, episode.case_version.max_steps + 1):
        episode_step(episode_id=episode.pk, given=ORDER, number=number)
    episode.refresh_from_db()
    assert episode.stop_reason == "out_of_steps"
    assert episode.grades.count() == 2


def test_a_cancelled_episode_is_kept_and_not_graded(episode: Episode) -> None:
    episode_step(episode_id=episode.pk, given=ORDER, number=1)
    episode_cancel(episode_id=episode.pk)
    episode.refresh_from_db()
    assert (episode.stop_reason, episode.steps.count(), episode.grades.count()) == ("cancelled", 1, 0)


def test_a_replayed_episode_stands_where_it_stood(episode: Episode) -> None:
    episode_step(episode_id=episode.pk, given=ORDER, number=1)
    played = episode_step(episode_id=episode.pk, given={"action_type": "compare_quantity"}, number=2)
    restored = episode_restore(Episode.objects.get(pk=episode.pk))
    assert restored.env.state.to_dict() == played.env.state.to_dict()
    assert restored.observation == played.observation


def test_a_revision_is_graded_beside_the_submitted_resolution(episode: Episode) -> None:
    wrong = SUBMIT | {"final_decision": "approve_for_payment", "exception_type": "clean_match"}
    episode_step(episode_id=episode.pk, given=wrong, number=1)
    revised = Resolution(Decision.HOLD, ExceptionType.PARTIAL_RECEIPT, (), "40 are missing.", 0.7)
    revision = episode_revise(episode_id=episode.pk, resolution=revised, reason="The receipt is short.")
    episode.refresh_from_db()
    assert episode.final_decision == "approve_for_payment"
    assert {g.resolved for g in Grade.objects.filter(episode=episode, revision__isnull=True)} == {False}
    assert {g.resolved for g in revision.grades.all()} == {True}


def test_a_revision_needs_a_reason(episode: Episode) -> None:
    episode_step(episode_id=episode.pk, given=SUBMIT, number=1)
    with pytest.raises(DeskError, match="Say why"):
        episode_revise(episode_id=episode.pk, resolution=Resolution(Decision.HOLD), reason=" ")


def test_the_lane_opens_further_and_never_closes(episode: Episode) -> None:
    episode_mode_open(episode_id=episode.pk, mode=EpisodeMode.ALONGSIDE)
    with pytest.raises(DeskError, match="cannot be unseen"):
        episode_mode_open(episode_id=episode.pk, mode=EpisodeMode.BLIND)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE exceptions_step SET result = 'better'",
        "DELETE FROM exceptions_step",
        "UPDATE exceptions_episode SET explanation = 'better'",
        "DELETE FROM exceptions_episode",
        "UPDATE exceptions_grade SET score = 1",
        "UPDATE exceptions_caseversion SET title = 'other'",
        "UPDATE exceptions_groundtruthrecord SET answer = '{}'",
        "DELETE FROM exceptions_document",
    ],
)
def test_the_database_refuses_to_change_what_happened(episode: Episode, change: str) -> None:
    episode_step(episode_id=episode.pk, given=SUBMIT, number=1)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.parametrize("number", [1, 3])
def test_the_database_refuses_steps_out_of_order(episode: Episode, number: int) -> None:
    episode_step(episode_id=episode.pk, given=ORDER, number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.create(episode=episode, number=number, action_type="x", valid=True)


@pytest.mark.parametrize("score", [-0.01, 1.01])
def test_the_database_refuses_a_score_outside_0_to_1(episode: Episode, score: float) -> None:
    with pytest.raises(IntegrityError, match="score_0_to_1"), transaction.atomic():
        Grade.objects.create(
            episode=episode, rubric="x", score=score, criteria={}, decision_right=False, resolved=False
        )


def test_the_database_refuses_a_second_open_episode(episode: Episode) -> None:
    with pytest.raises(IntegrityError, match="one_open_desk_episode_per_reviewer"), transaction.atomic():
        Episode.objects.create(
            case_version=episode.case_version,
            player=episode.player,
            user=episode.user,
            origin="desk",
            status=EpisodeStatus.RUNNING,
        )


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_submit_at_once_submit_once(episode: Episode) -> None:
    outcomes: list[Any] = []
    start = threading.Barrier(6)

    def submit() -> None:
        start.wait()
        try:
            outcomes.append(episode_step(episode_id=episode.pk, given=SUBMIT, number=1).observation.done)
        finally:
            connection.close()

    threads = [threading.Thread(target=submit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [True] * 6
    assert (episode.steps.count(), episode.grades.count()) == (1, 2)
