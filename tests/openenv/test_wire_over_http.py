"""OpenEnv over HTTP: what anybody may ask, and playing request by request."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import yaml
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from exceptions.catalogue import load_catalogue
from exceptions.environment import REWARD_SCHEMES, ActionType, Decision, Environment, ExceptionType
from exceptions.models import Case, Episode
from tests.conftest import ROOT

LOOK = {"action_type": "inspect_purchase_order"}
MANIFEST = yaml.safe_load((ROOT / "openenv.yaml").read_text())
Post = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def post(token: str) -> Post:
    """POST as the researcher, or with another token, or with None as nobody."""

    def send(name: str, body: Any, *, sent: str | None = token) -> tuple[int, dict[str, Any]]:
        headers = {} if sent is None else {"Authorization": f"Token {sent}"}
        answer = Client().post(
            f"/openenv/{name}",
            body if isinstance(body, str) else json.dumps(body),
            content_type="application/json",
            headers=headers,
        )
        return answer.status_code, answer.json()

    return send


@pytest.fixture
def get(token: str) -> Callable[..., tuple[int, Any]]:
    def ask(name: str, *, sent: str | None = None) -> tuple[int, Any]:
        headers = {} if sent is None else {"Authorization": f"Token {sent}"}
        answer = Client().get(f"/openenv/{name}", headers=headers)
        return answer.status_code, answer.json()

    return ask


def test_anybody_may_ask_what_this_is(desk: list[Case], get: Any) -> None:
    assert get("health") == (200, {"status": "healthy"})
    assert get("metadata")[1]["name"] == MANIFEST["name"]
    assert set(get("schema")[1]) == {"action", "observation", "state"}
    document = get("openapi.json")[1]
    assert {"/reset", "/step", "/state", "/mcp"} <= set(document["paths"])
    assert MANIFEST["version"] == document["info"]["version"] == get("metadata")[1]["version"]


def test_anybody_may_ask_for_the_tasks(desk: list[Case], get: Any, post: Post) -> None:
    references = [case.reference for case in desk]
    assert get("list_environments")[1] == ["invoiceguard"]
    assert get("invoiceguard/splits")[1] == [{"name": "test", "type": "test"}]
    tasks = post("invoiceguard/tasks", {"split": "test"}, sent=None)[1]
    assert [task["id"] for task in tasks["tasks"]] == references
    declared = MANIFEST["validation"]["capabilities"]["declared_task_count"]["test"]
    assert post("invoiceguard/num_tasks", {"split": "test"}, sent=None)[1] == {"num_tasks": declared}
    assert post("InvoiceGuard/task", {"split": "test", "index": 5})[1]["task"]["id"] == references[5]
    some = post("invoiceguard/task_range", {"split": "test", "start": 2, "stop": 4})[1]["tasks"]
    assert [task["index"] for task in some] == [2, 3]


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("another/tasks", {"split": "test"}, 404),
        ("invoiceguard/tasks", {"split": "train"}, 404),
        ("invoiceguard/tasks", {}, 400),
        ("invoiceguard/task", {"split": "test", "index": 22}, 404),
        ("invoiceguard/task", {"split": "test", "index": -1}, 404),
    ],
)
def test_tasks_that_there_are_not(name: str, body: Any, status: int, desk: list[Case], post: Post) -> None:
    assert post(name, body)[0] == status


def test_an_episode_request_by_request(desk: list[Case], get: Any, post: Post, token: str) -> None:
    _status, first = post("reset", {"index": 4})
    assert first["observation"]["case_reference"] == desk[4].reference
    _status, looked = post("step", {"action": LOOK, "timeout_s": 3.0, "request_id": "a"})
    assert (looked["reward"], looked["done"]) == (0.0, False)
    state = get("state", sent=token)[1]
    assert (state["step_count"], state["task_id"]) == (1, desk[4].reference)
    _status, last = post(
        "step", {"action": {"action_type": "submit_final_resolution", "final_decision": "reject_invoice"}}
    )
    assert last["done"]
    assert last["reward"] is not None
    assert get(f"state?session_id={first['metadata']['session_id']}", sent=token)[1]["done"]


def test_of_several_sessions_one_has_to_be_named(desk: list[Case], get: Any, post: Post, token: str) -> None:
    assert post("step", {"action": LOOK})[0] == 409
    session = post("reset", {"seed": 1})[1]["metadata"]["session_id"]
    post("reset", {"seed": 2})
    assert post("step", {"action": LOOK})[0] == 409
    assert post("step", {"action": LOOK, "session_id": session})[0] == 200
    assert post("reset", {"seed": 3, "session_id": session})[1]["metadata"]["session_id"] == session
    assert get("state?session_id=17", sent=token)[0] == 400


@pytest.mark.parametrize("name", ["reset", "step"])
def test_playing_needs_a_token(name: str, desk: list[Case], post: Post) -> None:
    status, problem = post(name, {"action": LOOK}, sent=None)
    assert status == 401
    assert "Authorization: Token" in problem["detail"]


@pytest.mark.parametrize(
    ("name", "body"),
    [("reset", {"tasks": 1}), ("reset", "["), ("reset", []), ("step", {}), ("step", {"action": "look"})],
)
def test_what_has_another_shape_is_refused(name: str, body: Any, desk: list[Case], post: Post) -> None:
    assert post(name, body)[0] == 400


def test_a_task_that_there_is_not(desk: list[Case], post: Post) -> None:
    assert post("reset", {"task_id": "C-0"})[0] == 404
    assert post("reset", {"index": 22})[0] == 404


def test_too_much_at_once_is_refused(desk: list[Case], post: Post, settings: Settings) -> None:
    settings.OPENENV_SESSIONS_PER_USER = 1
    post("reset", {})
    assert post("reset", {})[0] == 429


def test_a_public_demo_is_played_without_a_token(desk: list[Case], post: Post, settings: Settings) -> None:
    settings.PUBLIC_DEMO = True
    session = post("reset", {}, sent=None)[1]["metadata"]["session_id"]
    assert post("step", {"action": LOOK}, sent=None)[0] == 409
    assert post("step", {"action": LOOK, "session_id": session}, sent=None)[0] == 200
    stranger = Episode.objects.get().user
    assert stranger is not None
    assert (stranger.username, stranger.has_usable_password(), stranger.get_all_permissions()) == (
        "public-demo",
        False,
        set(),
    )
    assert post("reset", {}, sent="not-one")[0] == 401


def call(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": params, "id": 7}


def test_tools_over_http(desk: list[Case], post: Post) -> None:
    tools = post("mcp", call("tools/list"), sent=None)[1]["result"]["tools"]
    assert [tool["name"] for tool in tools] == list(ActionType)
    session = post("mcp", call("openenv/session/create", seed=0))[1]["result"]["session_id"]
    result = post("mcp", call("tools/call", name="compare_price", arguments={}, session_id=session))[1]["result"]
    assert not result["isError"]
    assert result["structuredContent"]["observation"]["case_reference"] == desk[0].reference
    wrong = post("mcp", call("tools/call", name="propose_exception_type", session_id=session))[1]["result"]
    assert wrong["isError"]
    assert post("mcp", call("openenv/session/close", session_id=session))[1]["result"]["closed"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, -32600),
        ("[", -32700),
        (call("tools/dance"), -32601),
        (call("tools/call", name="no_such_tool"), -32602),
        (call("tools/call", name="compare_price", session_id=str(uuid4())), -32000),
        (call("openenv/session/create", seed="x"), -32602),
    ],
)
def test_what_goes_wrong_in_a_call_is_an_error_of_json_rpc(body: Any, code: int, desk: list[Case], post: Post) -> None:
    status, answer = post("mcp", body)
    assert (status, answer["jsonrpc"], answer["error"]["code"]) == (200, "2.0", code)


def test_a_call_without_a_token(desk: list[Case], post: Post) -> None:
    assert post("mcp", call("openenv/session/create"), sent=None)[1]["error"]["code"] == -32000


def test_an_outsider_plays_nothing(desk: list[Case], post: Post) -> None:
    from knox.models import AuthToken

    _row, theirs = AuthToken.objects.create(user=User.objects.create_user("outsider"))
    assert post("reset", {}, sent=theirs)[0] == 403


ACTIONS = st.fixed_dictionaries(
    {"action_type": st.sampled_from([*ActionType, "no_such_action"])},
    optional={
        "exception_type": st.sampled_from(ExceptionType),
        "final_decision": st.sampled_from(Decision),
        "confidence": st.sampled_from([0.0, 0.9, 1.0]),
    },
)


@given(st.sampled_from(load_catalogue()), st.sampled_from(sorted(REWARD_SCHEMES)), st.lists(ACTIONS, max_size=20))
@settings(max_examples=300, deadline=None)
def test_every_reward_is_in_the_range_that_the_manifest_declares(case: Any, scheme: str, actions: Any) -> None:
    low, high = MANIFEST["validation"]["reward"]["range"]
    environment = Environment(case, scheme)
    for action in actions:
        reward = environment.step(action).reward
        assert reward is not None
        assert low <= reward <= high
        if environment.state.done:
            return
