"""An endpoint that dies half way: its episodes fail with the reason, the run ends, and nothing is made up for them."""

import json
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from evaluation.models import EvaluationRun, RunStatus
from evaluation.players.configs import ApiModelConfig
from evaluation.running import run_play
from evaluation.services.players import model_player_register
from evaluation.services.runs import run_launch, run_resume, run_settle
from exceptions.environment import StopReason
from exceptions.models import Episode, Grade, Player
from tests.evaluation.players.faulty_endpoint import FaultyEndpoint, completion, faulty_endpoint, says

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
SUBMIT = {
    "action_type": "submit_final_resolution",
    "final_decision": "approve_for_payment",
    "exception_type": "clean_match",
    "explanation": "Nothing was found.",
    "confidence": 0.6,
}
ANSWERS = 10


@pytest.fixture
def endpoint() -> Iterator[FaultyEndpoint]:
    """Answers ten times, each time with a resolution, and then never again."""
    good = says(completion(json.dumps(SUBMIT)))
    with faulty_endpoint(*[good] * ANSWERS, says({"error": {"message": "out of memory"}}, status=500)) as server:
        yield server


@pytest.fixture
def player(endpoint: FaultyEndpoint) -> Player:
    config = ApiModelConfig(base_url=endpoint.url, model="some-model", concurrency=1, retries=0, circuit_failures=100)
    return model_player_register(name="Dying", config=config, user=None)


def play(run: EvaluationRun) -> EvaluationRun:
    assert run_play(run_id=run.pk, queue="cpu", worker="here")
    run_settle(run_id=run.pk)
    run.refresh_from_db()
    return run


def test_what_was_answered_is_graded_and_the_rest_fails_with_the_reason(player: Player) -> None:
    run = play(run_launch(players=[player], case_set={"set": "catalogue"}, user=None))
    assert run.status == RunStatus.SUCCEEDED
    played = Episode.objects.filter(entries__run=run)
    failed = played.filter(stop_reason=StopReason.PLAYER_ERROR)
    assert (played.count(), failed.count()) == (22, 22 - ANSWERS)
    assert not Grade.objects.filter(episode__in=failed).exists()
    assert all("500" in error or "circuit" in error.lower() for error in failed.values_list("error", flat=True))
    assert Grade.objects.filter(episode__in=played, rubric="grounded-1").count() == ANSWERS


def test_the_pages_say_how_many_were_played(player: Player) -> None:
    run = play(run_launch(players=[player], case_set={"set": "catalogue"}, user=None))
    user = User.objects.create_user("supervisor")
    user.groups.set([Group.objects.get(name="supervisor")])
    client = Client()
    client.force_login(user)
    page = client.get(f"/evaluations/{run.pk}/").content.decode()
    assert "12 failed" in page
    assert "10 of 22" in client.get("/compare/").content.decode()


def test_when_the_endpoint_is_back_only_the_failed_are_played_again(player: Player, endpoint: FaultyEndpoint) -> None:
    run = play(run_launch(players=[player], case_set={"set": "catalogue"}, user=None))
    first = set(Grade.objects.filter(episode__entries__run=run).values_list("episode", flat=True))
    endpoint.behaviours = [says(completion(json.dumps(SUBMIT)))]
    asked = len(endpoint.requests)
    play(run_resume(run_id=run.pk))
    assert len(endpoint.requests) - asked == 22 - ANSWERS
    graded = set(Grade.objects.filter(episode__entries__run=run).values_list("episode", flat=True))
    assert first < graded
    assert len(graded) == 22
