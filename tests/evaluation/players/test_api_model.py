"""What an API player asks an endpoint, and what it takes from the answer."""

from decimal import Decimal

import pytest

from evaluation.play import Play, play_batch
from evaluation.players.protocol import PlayerError
from exceptions.catalogue import load_catalogue
from exceptions.environment import StopReason
from tests.evaluation.players.asking import KEY, conversations, one_answer, player_of
from tests.evaluation.players.faulty_endpoint import LOOK, completion, faulty_endpoint, says, waits

SUBMIT = '{"action_type": "submit_final_resolution", "final_decision": "approve_for_payment"}'


def test_it_sends_the_conversation_and_what_is_configured() -> None:
    with faulty_endpoint(says(completion())) as endpoint:
        player = player_of(
            endpoint.url, key=KEY, json_mode=True, top_p=0.9, extra_body={"reasoning_effort": "low"}, max_tokens=64
        )
        [conversation] = conversations(seed=7)
        player.complete([conversation])
    [request] = endpoint.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.body == {
        "model": "some-model",
        "messages": [{"role": message.role, "content": message.content} for message in conversation.messages],
        "max_tokens": 64,
        "temperature": 0.0,
        "top_p": 0.9,
        "seed": 7,
        "response_format": {"type": "json_object"},
        "reasoning_effort": "low",
    }


def test_it_leaves_out_what_an_endpoint_may_refuse() -> None:
    with faulty_endpoint(says(completion())) as endpoint:
        one_answer(player_of(endpoint.url, temperature=None, send_seed=False, max_tokens_field="max_completion_tokens"))
    [request] = endpoint.requests
    assert set(request.body) == {"model", "messages", "max_completion_tokens"}
    assert "Authorization" not in request.headers


def test_it_takes_text_tokens_and_price_from_the_answer() -> None:
    usage = {"prompt_tokens": 1000, "completion_tokens": 50, "prompt_tokens_details": {"cached_tokens": 960}}
    with faulty_endpoint(says(completion(usage=usage))) as endpoint:
        answer = one_answer(
            player_of(endpoint.url, price_per_million_input="0.40", price_per_million_output=Decimal("1.60"))
        )
    assert answer.text == LOOK
    assert (answer.prompt_tokens, answer.computed_tokens, answer.completion_tokens) == (1000, 40, 50)
    assert answer.price == Decimal("0.00048")
    assert answer.stop == "turn_end"
    assert 0 < answer.latency < 10


def test_an_answer_whose_tokens_are_not_told_has_no_price() -> None:
    document = completion()
    del document["usage"]
    with faulty_endpoint(says(document)) as endpoint:
        answer = one_answer(player_of(endpoint.url, price_per_million_input=1, price_per_million_output=1))
    assert (answer.failure, answer.price, answer.prompt_tokens) == ("", None, 0)


def test_reasoning_beside_the_answer_is_left_out() -> None:
    message = completion(reasoning_content="First I look at the order.", reasoning="The same again.")
    with faulty_endpoint(says(message)) as endpoint:
        assert one_answer(player_of(endpoint.url)).text == LOOK


def test_a_model_that_used_its_tokens_up_before_it_answered_said_nothing() -> None:
    with faulty_endpoint(says(completion(None, finish="length"))) as endpoint:
        answer = one_answer(player_of(endpoint.url))
    assert (answer.text, answer.stop, answer.failure) == ("", "length", "")


def test_half_a_surrogate_pair_becomes_text_that_can_be_stored() -> None:
    with faulty_endpoint(says(completion("\ud83d {}"))) as endpoint:
        assert one_answer(player_of(endpoint.url)).text == "\ufffd {}"


def test_the_conversations_of_a_batch_are_asked_at_once_up_to_the_limit() -> None:
    with faulty_endpoint(waits(0.3, says(completion()))) as endpoint:
        player = player_of(endpoint.url, concurrency=3)
        player.complete(conversations(7))
    assert endpoint.most_at_once == 3
    assert len(endpoint.requests) == 7


def test_answers_come_in_the_order_of_the_conversations() -> None:
    with faulty_endpoint(*(says(completion(str(number))) for number in range(5))) as endpoint:
        player = player_of(endpoint.url, concurrency=1)
        assert [answer.text for answer in player.complete(conversations(5))] == ["0", "1", "2", "3", "4"]


def test_it_plays_an_episode_to_its_end() -> None:
    with faulty_endpoint(says(completion(LOOK)), says(completion(SUBMIT))) as endpoint:
        play = Play.begin(load_catalogue()[0], play_id="one")
        play_batch([play], player_of(endpoint.url))
    assert play.env.state.stop_reason == StopReason.SUBMITTED
    assert len(play.env.state.steps) == 2
    first, second = (request.body["messages"] for request in endpoint.requests)
    assert second[: len(first)] == first
    assert second[len(first)] == {"role": "assistant", "content": LOOK}


def test_one_episode_that_gets_no_answer_ends_alone() -> None:
    refused = says({"error": {"message": "too long"}}, status=400)
    with faulty_endpoint(refused, says(completion(SUBMIT))) as endpoint:
        plays = [Play.begin(load_catalogue()[0], play_id=str(number)) for number in range(3)]
        play_batch(plays, player_of(endpoint.url, concurrency=1))
    assert [play.env.state.stop_reason for play in plays] == [
        StopReason.PLAYER_ERROR,
        StopReason.SUBMITTED,
        StopReason.SUBMITTED,
    ]
    assert plays[0].error == f"some-model at {endpoint.url.removesuffix('/v1')}: it answered 400: too long"
    assert plays[0].env.state.steps == []


def test_no_prompt_budget_applies_and_no_prompt_is_cut() -> None:
    with faulty_endpoint(says(completion())) as endpoint:
        player = player_of(endpoint.url)
        [conversation] = conversations()
        assert player.prompt_tokens(conversation) == 0
        conversation.cut_prompt_at = 100
        with pytest.raises(PlayerError, match="cannot be cut"):
            player.complete([conversation])
    assert endpoint.requests == []
