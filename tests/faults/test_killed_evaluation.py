"""`kill -9` in the middle of an evaluation run: it ends by itself, with every episode there once."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.conftest import ROOT
from tests.faults.conftest import RunningSite, eventually

Query = Callable[..., list[tuple[Any, ...]]]
PROGRESS = (
    "SELECT count(episode_id), count(DISTINCT episode_id), count(*) FROM evaluation_evaluationentry WHERE run_id = %s"
)
STATUS = "SELECT status FROM evaluation_evaluationrun WHERE id = %s"
STEPS = """SELECT count(*) FROM exceptions_episode e JOIN evaluation_evaluationentry n ON n.episode_id = e.id
           WHERE n.run_id = %s AND e.steps_used <> (SELECT count(*) FROM exceptions_step s WHERE s.episode_id = e.id)"""


@pytest.mark.timeout(400)
@pytest.mark.parametrize("victim", ["worker-gpu", "valkey", "postgres"])
def test_a_run_ends_by_itself_with_every_episode_once(site: RunningSite, query: Query, victim: str) -> None:
    seed = {"worker-gpu": "101", "valkey": "201", "postgres": "301"}[victim]
    run = _launch(site, seed)
    eventually(lambda: _ask(query, STATUS, run) == [("running",)], "a worker to take the run")

    site.kill(victim)

    eventually(lambda: _ask(query, STATUS, run) == [("succeeded",)], "the run to end", timeout=200)
    assert query(PROGRESS, run) == [(20, 20, 20)]
    assert query(STEPS, run) == [(0,)]


def _launch(site: RunningSite, seed: str) -> str:
    command = [sys.executable, "-m", "invoiceguard_site.local_run", "--var", str(site.var), "manage"]
    answer = subprocess.run(
        [*command, "evaluate", "tiny-qwen3", "--cases", "hard", "--samples", "2", "--seed", seed],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return answer.stdout.split()[-1]


def _ask(query: Query, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """As `query`; nothing while the database is coming back."""
    try:
        return query(sql, *values)
    except psycopg.OperationalError:
        return []
