"""`kill -9` in mid-epoch: the run goes on from its last checkpoint by itself, and its figures are those of no fault."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.conftest import ROOT
from tests.faults.conftest import RunningSite, eventually

Query = Callable[..., list[tuple[Any, ...]]]
STATE = "SELECT status, done, total, attempts FROM training_trainingrun WHERE id = %s"
METRICS = """SELECT name, step, value FROM training_trainingmetric
             WHERE run_id = %s AND name <> 'train/tokens_per_second' ORDER BY name, step"""
CHECKPOINTS = (
    "SELECT epoch, step, sha256 FROM training_trainingcheckpoint WHERE run_id = %s AND kind = 'epoch' ORDER BY 1"
)
EPISODES = """SELECT t.epoch, count(*) FROM training_trainingevaluation t
              JOIN evaluation_evaluationentry e ON e.run_id = t.evaluation_id WHERE t.run_id = %s
              GROUP BY t.epoch ORDER BY t.epoch"""
ENDED = "SELECT error, phase FROM training_trainingrun WHERE id = %s"
#: Two epochs of thirty-six steps: long enough to be met in the middle.
SETTINGS = ("traces_per_step=2", "epochs=2", "checkpoint_every=5", "max_new_tokens=8")


@pytest.fixture(scope="module")
def undisturbed(site: RunningSite) -> str:
    """A run that nothing happens to; its id."""
    return _launch(site)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("victim", ["worker-gpu", "valkey", "postgres"])
def test_a_killed_run_ends_by_itself_with_exactly_the_figures_of_one_that_nothing_happened_to(
    site: RunningSite, query: Query, undisturbed: str, victim: str
) -> None:
    eventually(lambda: _state(query, undisturbed)[0] == "succeeded", "the undisturbed run to end", timeout=200)
    run = _launch(site)
    eventually(lambda: 5 < _state(query, run)[1] < 66, "the middle of the run")

    site.kill(victim)

    eventually(lambda: _state(query, run)[0] in ("succeeded", "failed"), "the run to end", timeout=200)
    assert _state(query, run)[0] == "succeeded", query(ENDED, run)
    assert query(METRICS, run) == query(METRICS, undisturbed)
    assert query(CHECKPOINTS, run) == query(CHECKPOINTS, undisturbed)
    assert query(EPISODES, run) == query(EPISODES, undisturbed) == [(0, 4), (1, 4), (2, 4)]


def _launch(site: RunningSite) -> str:
    command = [sys.executable, "-m", "invoiceguard_site.local_run", "--var", str(site.var), "manage"]
    changes = [part for setting in SETTINGS for part in ("--set", setting)]
    answer = subprocess.run(
        [*command, "train", "submit-only", "--base", "tiny-qwen3", "--queue", *changes],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return answer.stdout.split()[-1]


def _state(query: Query, run: str) -> tuple[Any, ...]:
    """Status, steps and attempts; nothing while the database is coming back."""
    try:
        return query(STATE, run)[0]
    except psycopg.OperationalError:
        return ("away", 0, 0, 0)
