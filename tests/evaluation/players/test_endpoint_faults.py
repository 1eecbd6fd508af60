"""Endpoints that fail: attempts, pauses, time-outs, and in the end the reason instead of a made-up action."""

import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

import pytest

from evaluation.players.endpoint_limits import Backoff, Circuit, Pace
from tests.evaluation.players.asking import KEY, conversations, one_answer, player_of
from tests.evaluation.players.faulty_endpoint import (
    LOOK,
    Behaviour,
    completion,
    drips,
    faulty_endpoint,
    hangs,
    hangs_up,
    says,
    sends,
)

WORKS: Final = says(completion())
WHOLE: Final = b'{"choices": [{"message": {"role": "assistant", "content": "{}"}}]}'
#: Faults after which another attempt is worth it, and what is said when none helps.
PASSING: Final[dict[str, tuple[Behaviour, str]]] = {
    "429": (says({"error": {"message": "slow down"}}, status=429), "it answered 429: slow down"),
    "500": (sends(b"Internal Server Error", status=500), "it answered 500: Internal Server Error"),
    "503 with an empty body": (sends(b"", status=503), "it answered 503"),
    "half a body": (sends(WHOLE[:30], announced=len(WHOLE)), "the connection broke in the middle of its answer"),
    "half a document": (sends(WHOLE[:30]), "it answered something that is no JSON: it begins “{"),
    "nonsense": (sends(b"<html>Welcome</html>"), "it answered something that is no JSON: it begins “<html>Welcome"),
    "nothing": (sends(b""), "it answered something that is no JSON: it is empty"),
    "hung up": (hangs_up, "the connection broke in the middle of its answer"),
    "another shape": (says({"result": "ok"}), "it answered JSON that is no chat completion (choices: Field required)"),
    "a list": (says([1, 2]), "it answered JSON that is no chat completion"),
    "no choice": (says({"choices": []}), "it answered JSON that is no chat completion (choices: "),
    "a message without content": (says({"choices": [{"message": {}}]}), "(choices.0.message.content: Field required)"),
    "content that is no text": (says(completion([{"type": "text"}])), "(choices.0.message.content: "),  # type: ignore[arg-type]
    "deeply nested nonsense": (sends(b"[" * 100_000), "it answered something that is no JSON"),
    "tokens below zero": (says(completion(usage={"prompt_tokens": -1})), "(usage.prompt_tokens: "),
}
#: Faults after which the same request would only fail again.
LASTING: Final[dict[str, tuple[Behaviour, str]]] = {
    "400": (says({"error": {"message": "context too long"}}, status=400), "it answered 400: context too long"),
    "401": (says({"error": "no such key"}, status=401), "it answered 401 (check its key): no such key"),
    "404": (says({"detail": "Not Found"}, status=404), "it answered 404 (check the base URL and the model's name)"),
    "filtered": (says(completion(None, finish="content_filter")), "its content filter kept the answer back"),
}


@pytest.mark.parametrize("what", PASSING)
def test_a_fault_that_passes_is_tried_again_and_the_answer_is_taken(what: str) -> None:
    with faulty_endpoint(PASSING[what][0], WORKS) as endpoint:
        assert one_answer(player_of(endpoint.url, retries=1)).text == LOOK
    assert len(endpoint.requests) == 2


@pytest.mark.parametrize("what", PASSING)
def test_a_fault_that_stays_fails_the_answer_with_the_reason(what: str) -> None:
    behaviour, words = PASSING[what]
    with faulty_endpoint(behaviour) as endpoint:
        answer = one_answer(player_of(endpoint.url, retries=2))
    assert answer.text == ""
    assert f"some-model at {endpoint.url.removesuffix('/v1')}: " in answer.failure
    assert words in answer.failure
    assert "(3 attempts)" in answer.failure
    assert len(endpoint.requests) == 3


@pytest.mark.parametrize("what", LASTING)
def test_a_fault_that_would_come_again_is_not_tried_again(what: str) -> None:
    behaviour, words = LASTING[what]
    with faulty_endpoint(behaviour, WORKS) as endpoint:
        answer = one_answer(player_of(endpoint.url))
    assert words in answer.failure
    assert len(endpoint.requests) == 1


def test_a_redirect_is_not_followed_and_the_key_stays_here() -> None:
    with faulty_endpoint(WORKS) as elsewhere:
        location = f"{elsewhere.url}/chat/completions"
        with faulty_endpoint(sends(b"", status=307, headers={"Location": location})) as endpoint:
            answer = one_answer(player_of(endpoint.url, key=KEY))
    assert f"it redirects (307) to {location}, which is not followed" in answer.failure
    assert elsewhere.requests == []


def test_silence_ends_an_attempt() -> None:
    with faulty_endpoint(hangs(), WORKS) as endpoint:
        assert one_answer(player_of(endpoint.url, read_timeout=0.2, retries=1)).text == LOOK
    with faulty_endpoint(hangs()) as endpoint:
        answer = one_answer(player_of(endpoint.url, read_timeout=0.2, retries=1))
    assert "it said nothing for 0.2 s (2 attempts)" in answer.failure


def test_an_answer_that_drips_for_ever_is_given_up_in_the_end() -> None:
    with faulty_endpoint(drips()) as endpoint:
        started = time.monotonic()
        answer = one_answer(player_of(endpoint.url, total_timeout=0.5, read_timeout=10))
    assert "it did not finish its answer within 0.5 s" in answer.failure
    assert time.monotonic() - started < 5


def test_nobody_there() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    answer = one_answer(player_of(f"http://127.0.0.1:{port}/v1", retries=1))
    assert "it cannot be reached: " in answer.failure
    assert "refused" in answer.failure
    assert "(2 attempts)" in answer.failure


@pytest.mark.parametrize(
    "retry_after",
    [lambda: "1", lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)],
    ids=["seconds", "date"],
)
def test_it_waits_as_long_as_retry_after_says(retry_after: Callable[[], str]) -> None:
    busy = sends(b"", status=429, headers={"Retry-After": retry_after()})
    with faulty_endpoint(busy, WORKS) as endpoint:
        assert one_answer(player_of(endpoint.url)).text == LOOK
    first, second = endpoint.requests
    assert second.at - first.at >= 0.9


def test_a_pause_holds_for_all_conversations_of_the_endpoint() -> None:
    busy = sends(b"", status=429, headers={"Retry-After": "1"})
    with faulty_endpoint(busy, WORKS) as endpoint:
        player = player_of(endpoint.url, concurrency=1)
        answers = player.complete(conversations(3))
    assert [answer.failure for answer in answers] == ["", "", ""]
    assert endpoint.requests[1].at - endpoint.requests[0].at >= 0.9


def test_a_pause_that_is_longer_than_an_answer_may_take_fails_at_once() -> None:
    busy = sends(b"", status=429, headers={"Retry-After": "3600"})
    with faulty_endpoint(busy) as endpoint:
        started = time.monotonic()
        answers = player_of(endpoint.url, concurrency=1).complete(conversations(2))
    assert "another attempt would wait 3600 s, past the 300 s that one answer may take" in answers[0].failure
    assert "it asked for a pause, of which 3600 s are left" in answers[1].failure
    assert len(endpoint.requests) == 1
    assert time.monotonic() - started < 5


def test_after_so_many_failures_in_a_row_nothing_is_sent_any_more() -> None:
    with faulty_endpoint(sends(b"", status=500)) as endpoint:
        player = player_of(endpoint.url, circuit_failures=3, retries=1, concurrency=1)
        answers = player.complete(conversations(10))
    assert len(endpoint.requests) == 6
    assert [("Nothing is sent to it" in answer.failure) for answer in answers] == [False] * 3 + [True] * 7
    assert "after 3 failures in a row; the last: it answered 500" in answers[-1].failure


def test_a_request_that_is_at_fault_itself_does_not_count_against_the_endpoint() -> None:
    with faulty_endpoint(sends(b"", status=400)) as endpoint:
        player_of(endpoint.url, circuit_failures=2, concurrency=1).complete(conversations(5))
    assert len(endpoint.requests) == 5


class Time:
    """A clock that the test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_rested_circuit_lets_one_try_and_closes_when_that_works() -> None:
    clock = Time()
    circuit = Circuit(2, rest=60, clock=clock)
    assert circuit.refusal() == ""
    circuit.failed("down")
    circuit.failed("still down")
    assert "the last: still down" in circuit.refusal()
    clock.now += 61
    assert circuit.refusal() == ""
    assert circuit.refusal() != ""
    circuit.failed("down again")
    assert circuit.refusal() != ""
    clock.now += 61
    assert circuit.refusal() == ""
    circuit.succeeded()
    assert (circuit.refusal(), circuit.is_open) == ("", False)


def test_requests_are_spaced_evenly() -> None:
    clock = Time()
    pace = Pace(120, clock=clock)
    assert [pace.take() for _ in range(4)] == [0.0, 0.5, 1.0, 1.5]
    clock.now += 100
    assert pace.take() == 0.0
    pace.pause(30)
    assert (pace.paused, pace.take(), pace.take()) == (30.0, 30.0, 30.5)


def test_a_rate_limit_is_kept() -> None:
    with faulty_endpoint(WORKS) as endpoint:
        player_of(endpoint.url, requests_per_minute=300).complete(conversations(5))
    times = sorted(request.at for request in endpoint.requests)
    assert times[-1] - times[0] >= 0.6


def test_pauses_between_attempts_grow_and_vary() -> None:
    backoff = Backoff(first=1.0, most=10.0)
    for attempt, full in enumerate([1, 2, 4, 8, 10, 10]):
        drawn = {backoff.seconds(attempt) for _ in range(20)}
        assert len(drawn) > 1
        assert all(full / 2 <= seconds <= full for seconds in drawn)
