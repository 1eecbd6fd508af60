"""The session over a WebSocket, as the messages go over the wire."""

import contextlib
import json
import socket as socket_module
import time
import urllib.request
from typing import Any

import pytest
from django.contrib.auth.models import User
from knox.models import AuthToken
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from exceptions.models import Case, Episode, EpisodeOrigin, EpisodeStatus
from tests.conftest import LiveSite
from tests.openenv.conftest import Connect, Say

LOOK = {"action_type": "inspect_purchase_order"}
pytestmark = pytest.mark.django_db(transaction=True)


def submit(case: Case) -> dict[str, Any]:
    """The right answer, poorly argued."""
    assert case.latest is not None
    truth = case.latest.truth.answer
    return {
        "action_type": "submit_final_resolution",
        "final_decision": truth["decision"],
        "exception_type": truth["exception_type"],
        "explanation": "So it is.",
    }


def error_code(answer: dict[str, Any]) -> str:
    assert answer["type"] == "error", answer
    assert answer["data"]["message"]
    return str(answer["data"]["code"])


def eventually_ended(episode: Episode) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        episode.refresh_from_db()
        if episode.ended:
            return True
        time.sleep(0.05)
    return False


def test_an_episode_from_reset_to_grade(desk: list[Case], connected: Connect, say: Say) -> None:
    with connected() as socket:
        first = say(socket, "reset", task_id=desk[3].reference, seed=1, episode_id="rollout-17")
        looked = say(socket, "step", **LOOK)
        state = say(socket, "state")
        last = say(socket, "step", **submit(desk[3]))
    assert first["type"] == looked["type"] == last["type"] == "observation"
    assert first["data"]["observation"]["case_reference"] == desk[3].reference
    assert (first["data"]["reward"], first["data"]["done"]) == (None, False)
    assert looked["data"]["observation"]["revealed_documents"]["purchase_order"]
    assert looked["data"]["reward"] == 0.0
    assert state["type"] == "state"
    assert (state["data"]["episode_id"], state["data"]["step_count"]) == ("rollout-17", 1)
    assert last["data"]["done"]
    assert 0.5 < last["data"]["reward"] < 1.0
    assert last["data"]["observation"]["grade"]["criteria"]["decision"] == 1.0
    episode = Episode.objects.get()
    assert episode.origin == EpisodeOrigin.OPENENV
    assert str(episode.pk) == last["data"]["metadata"]["episode"]


def test_what_is_no_action_is_an_invalid_step(desk: list[Case], connected: Connect, say: Say) -> None:
    with connected() as socket:
        say(socket, "reset", seed=0)
        answer = say(socket, "step", action_type="pay_at_once", metadata={})
    assert answer["type"] == "observation"
    assert answer["data"]["reward"] == -0.05
    assert "pay_at_once" in answer["data"]["observation"]["last_error"]


def test_the_metadata_of_typed_clients_is_no_part_of_the_action(desk: list[Case], connected: Connect, say: Say) -> None:
    with connected() as socket:
        say(socket, "reset", seed=0)
        answer = say(socket, "step", **LOOK, metadata={"from": "a typed client"})
    assert answer["data"]["observation"]["last_error"] is None


def test_a_seed_chooses_a_case(desk: list[Case], connected: Connect, say: Say) -> None:
    with connected() as socket:
        played = [
            say(socket, "reset", seed=seed)["data"]["observation"]["case_reference"] for seed in (0, 21, 22, 10**20)
        ]
    assert played == [desk[index].reference for index in (0, 21, 0, 10**20 % 22)]


def test_a_reset_leaves_nothing_open_behind_it(desk: list[Case], connected: Connect, say: Say) -> None:
    with connected() as socket:
        say(socket, "reset", seed=0)
        say(socket, "reset", seed=1)
        states = list(Episode.objects.order_by("created_at").values_list("status", "stop_reason"))
    assert states == [(EpisodeStatus.ENDED, "cancelled"), (EpisodeStatus.RUNNING, "")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "INVALID_JSON"),
        ("[" * 40 + "]" * 40, "INVALID_JSON"),
        ("[]", "VALIDATION_ERROR"),
        ('{"type": "reset", "data": {"task": "C-1"}}', "VALIDATION_ERROR"),
        ('{"type": "reset", "data": {"seed": -1}}', "VALIDATION_ERROR"),
        ('{"type": "reset", "data": {"rewards": "gold"}}', "VALIDATION_ERROR"),
        ('{"type": "step", "data": "inspect"}', "VALIDATION_ERROR"),
        ('{"type": "step", "data": {"explanation": "\\u0000"}}', "VALIDATION_ERROR"),
        ('{"type": "dance"}', "UNKNOWN_TYPE"),
        ('{"type": "reset", "data": {"task_id": "C-0"}}', "SESSION_ERROR"),
        ('{"type": "step", "data": {"action_type": "inspect_purchase_order"}}', "SESSION_ERROR"),
    ],
)
def test_what_is_wrong_gets_an_error_and_the_connection_goes_on(
    text: str, code: str, desk: list[Case], connected: Connect, say: Say
) -> None:
    with connected() as socket:
        socket.send(text)
        assert error_code(json.loads(socket.recv(timeout=30))) == code
        assert say(socket, "reset", seed=0)["type"] == "observation"


def test_a_message_that_is_too_large_ends_the_connection(desk: list[Case], connected: Connect, say: Say) -> None:
    with connected() as socket:
        assert error_code(say(socket, "step", explanation="x" * 300_000)) == "VALIDATION_ERROR"
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=30)


def test_an_ended_episode_takes_no_step(desk: list[Case], connected: Connect, say: Say) -> None:
    with connected() as socket:
        say(socket, "reset", task_id=desk[0].reference)
        say(socket, "step", **submit(desk[0]))
        assert error_code(say(socket, "step", **LOOK)) == "SESSION_ERROR"
        assert say(socket, "state")["data"]["done"]
        assert say(socket, "reset", seed=0)["type"] == "observation"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Token not-one"}, {"Authorization": "Bearer x"}])
def test_playing_needs_a_token(headers: dict[str, str], desk: list[Case], connected: Connect, say: Say) -> None:
    with connected(headers=headers) as socket:
        assert error_code(say(socket, "reset")) == "SESSION_ERROR"
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=30)
    assert not Episode.objects.exists()


def test_a_client_that_can_set_no_header_sends_its_token_with_reset(
    desk: list[Case], connected: Connect, say: Say, token: str
) -> None:
    with connected(headers={}) as socket:
        assert say(socket, "reset", token=token, seed=0)["type"] == "observation"
        assert say(socket, "step", **LOOK)["type"] == "observation"
    assert token not in json.dumps(Episode.objects.get().settings)


def test_somebody_in_no_role_does_not_play(desk: list[Case], connected: Connect, say: Say) -> None:
    _row, outsiders = AuthToken.objects.create(user=User.objects.create_user("outsider"))
    with connected(headers={"Authorization": f"Token {outsiders}"}) as socket:
        assert error_code(say(socket, "reset")) == "SESSION_ERROR"


def test_the_session_of_a_page_opens_nothing(
    desk: list[Case], connected: Connect, say: Say, researcher: User, client: Any
) -> None:
    client.force_login(researcher)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    with connected(headers={"Cookie": cookie}) as socket:
        assert error_code(say(socket, "reset")) == "SESSION_ERROR"


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
def test_pages_of_other_sites_are_refused(origin: str, connected: Connect, token: str) -> None:
    headers = {"Origin": origin, "Authorization": f"Token {token}"}
    with pytest.raises(InvalidStatus) as refused, connected(headers=headers):
        pass
    assert refused.value.response.status_code == 403


def test_another_name_for_this_address_is_refused(live_site: LiveSite) -> None:
    port = int(live_site.url.rpartition(":")[2])
    with (
        contextlib.closing(socket_module.create_connection(("127.0.0.1", port))) as plain,
        pytest.raises(InvalidStatus) as refused,
        connect("ws://rebound.example/openenv/ws", sock=plain, proxy=None),
    ):
        pass
    assert refused.value.response.status_code == 403


def test_there_is_one_websocket(live_site: LiveSite) -> None:
    address = live_site.url.replace("http", "ws") + "/cases/"
    with pytest.raises(InvalidStatus) as refused, connect(address, proxy=None):
        pass
    assert refused.value.response.status_code == 403


def test_a_page_of_this_site_may_connect(connected: Connect, live_site: LiveSite, say: Say, token: str) -> None:
    with connected(headers={"Origin": live_site.url, "Authorization": f"Token {token}"}) as socket:
        assert say(socket, "state") == {
            "type": "state",
            "data": {
                "episode_id": None,
                "step_count": 0,
                "session_id": None,
                "task_id": None,
                "rewards": None,
                "done": False,
            },
        }


def test_closing_cancels_what_is_open(desk: list[Case], connected: Connect, say: Say) -> None:
    with connected() as socket:
        say(socket, "reset", seed=0)
        socket.send('{"type": "close"}')
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=30)
    assert Episode.objects.get().stop_reason == "cancelled"


def test_hanging_up_cancels_what_is_open(desk: list[Case], connected: Connect, say: Say) -> None:
    with connected() as socket:
        say(socket, "reset", seed=0)
    assert eventually_ended(Episode.objects.get())


def test_who_was_cut_off_goes_on_where_it_was(desk: list[Case], connected: Connect, say: Say) -> None:
    with connected() as socket:
        session = say(socket, "reset", seed=0)["data"]["metadata"]["session_id"]
        say(socket, "step", **LOOK)
        socket.socket.close()
    with connected(f"?session_id={session}") as socket:
        assert say(socket, "state")["data"]["step_count"] == 1
        answer = say(socket, "step", action_type="inspect_goods_receipt_note")
    assert set(answer["data"]["observation"]["revealed_documents"]) == {"purchase_order", "goods_receipt_note"}


def test_the_session_of_somebody_else_is_not_there(desk: list[Case], connected: Connect, say: Say) -> None:
    colleague = User.objects.create_user("colleague", is_superuser=True)
    _row, theirs = AuthToken.objects.create(user=colleague)
    with connected() as socket:
        session = say(socket, "reset", seed=0)["data"]["metadata"]["session_id"]
        with connected(f"?session_id={session}", headers={"Authorization": f"Token {theirs}"}) as other:
            assert error_code(say(other, "step", **LOOK)) == "SESSION_ERROR"
            assert say(other, "state")["data"]["episode_id"] is None


def test_two_web_processes_serve_one_session(
    desk: list[Case], connected: Connect, say: Say, token: str, live_site: LiveSite, another_site: Any
) -> None:
    other = another_site()

    def post(site: LiveSite, name: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{site.url}/openenv/{name}", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            read: dict[str, Any] = json.load(answer)
            return read

    session = post(live_site, "reset", {"task_id": desk[0].reference})["metadata"]["session_id"]
    post(other, "step", {"action": LOOK, "session_id": session})
    live_then = post(live_site, "step", {"action": {"action_type": "compare_price"}, "session_id": session})
    assert live_then["observation"]["remaining_steps"] == desk[0].latest.max_steps - 2  # type: ignore[union-attr]
    with connected(f"?session_id={session}", site=other) as socket:
        assert say(socket, "state")["data"]["step_count"] == 2
        assert say(socket, "step", **submit(desk[0]))["data"]["done"]


def test_a_revoked_token_ends_the_connection_in_a_while(
    desk: list[Case], connected: Connect, say: Say, researcher: User
) -> None:
    with connected() as socket:
        say(socket, "reset", seed=0)
        AuthToken.objects.filter(user=researcher).delete()
        deadline = time.monotonic() + 20
        while (answer := say(socket, "state"))["type"] == "state" and time.monotonic() < deadline:
            time.sleep(0.5)
        assert error_code(answer) == "SESSION_ERROR"


def test_tools_over_the_websocket(desk: list[Case], connected: Connect, say: Say) -> None:
    with connected() as socket:
        say(socket, "reset", seed=0)
        tools = say(socket, "mcp", jsonrpc="2.0", method="tools/list", id=1)
        call = {"name": "inspect_purchase_order", "arguments": {}}
        called = say(socket, "mcp", jsonrpc="2.0", method="tools/call", params=call, id=2)
    assert len(tools["data"]["result"]["tools"]) == 12
    assert called["data"]["id"] == 2
    assert "PO" in called["data"]["result"]["content"][0]["text"]
