"""`kill -9` in mid-episode: every acknowledged step is there, none twice, and the episode goes on by itself."""

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.faults.conftest import Desk, RunningSite, eventually

MINE = ["inspect_invoice_line_items", "inspect_purchase_order", "inspect_goods_receipt_note", "compare_quantity"]
STEPS = "SELECT number, action_type FROM exceptions_step WHERE episode_id = %s ORDER BY number"
THEIRS = "SELECT id, status, steps_used, stop_reason FROM exceptions_episode WHERE beside_id = %s"

Query = Callable[..., list[tuple[Any, ...]]]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("victim", ["web", "worker-gpu", "valkey", "postgres"])
def test_nothing_acknowledged_is_lost_and_both_episodes_go_on(
    site: RunningSite, desk: Desk, query: Query, victim: str
) -> None:
    episode = desk.open_next_case()
    for number, action in enumerate(MINE[:2], start=1):
        desk.step(episode, action, number)
    eventually(lambda: query(THEIRS, episode)[0][2] >= 1, "the model's first step")
    acknowledged = query(STEPS, episode)
    model_episode, _status, played, _reason = query(THEIRS, episode)[0]
    model_steps = query("SELECT number, raw_output FROM exceptions_step WHERE episode_id = %s", model_episode)

    site.kill(victim)
    for number, action in enumerate(MINE[2:], start=3):
        desk.step(episode, action, number)

    assert acknowledged == [(1, MINE[0]), (2, MINE[1])]
    eventually(lambda: _ask(query, STEPS, episode) == list(enumerate(MINE, start=1)), "all my steps, once each")
    eventually(lambda: _ask(query, THEIRS, episode)[0][1] == "ended", "the model's episode to end")
    ended = query("SELECT number, raw_output FROM exceptions_step WHERE episode_id = %s", model_episode)
    assert ended[:played] == model_steps[:played]
    assert [number for number, _output in ended] == list(range(1, query(THEIRS, episode)[0][2] + 1))
    assert query(THEIRS, episode)[0][3] in ("out_of_steps", "submitted", "prompt_budget_exceeded")


def _ask(query: Query, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """As `query`; nothing while the database is coming back."""
    try:
        return query(sql, *values)
    except psycopg.OperationalError:
        return [(None,) * 4]


def test_the_supervisor_counts_what_it_started_again(site: RunningSite) -> None:
    children = json.loads((site.var / "processes.json").read_text())["children"]
    assert all(children[name]["restarts"] >= 1 for name in ("web", "worker-gpu", "valkey", "postgres"))
