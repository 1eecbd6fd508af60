"""The scripts in docs/examples do what the documentation says, on the real site."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.contrib.auth.models import User
from knox.models import AuthToken

from exceptions.models import Case, Episode

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token(member: User) -> str:
    _row, token = AuthToken.objects.create(user=member)
    return str(token)


def run(script: str, *arguments: str, token: str) -> "subprocess.CompletedProcess[str]":
    """The script as a stranger runs it."""
    return subprocess.run(
        [sys.executable, str(EXAMPLES / script), *arguments],
        env={"PATH": os.environ["PATH"], "INVOICEGUARD_TOKEN": token},
        capture_output=True,
        text=True,
        timeout=60,
    )


def loaded(script: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(script, EXAMPLES / f"{script}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_script_plays_a_case_with_a_token(live_site: Any, case: Case, token: str) -> None:
    played = run("play_a_case.py", live_site.url, case.reference, token=token)
    assert played.returncode == 0, played.stderr
    assert f"Playing {case.reference}" in played.stdout
    assert "by grounded-1" in played.stdout
    episode = Episode.objects.get()
    assert (episode.stop_reason, episode.steps_used, episode.invalid_steps) == ("submitted", 7, 0)
    assert episode.final_decision == "place_on_hold"


def test_it_says_why_it_was_refused(live_site: Any, case: Case, token: str) -> None:
    refused = run("play_a_case.py", live_site.url, "C-0", token=token)
    assert refused.returncode == 1
    assert "There is no case C-0" in refused.stdout
    refused = run("play_a_case.py", live_site.url, token="nonsense")
    assert (refused.returncode, refused.stdout.split(":")[0]) == (1, "Unauthorized")


def test_episodes_become_a_frame_in_five_lines(live_site: Any, case: Case, token: str) -> None:
    run("play_a_case.py", live_site.url, case.reference, token=token)
    printed = run("episodes_into_pandas.py", live_site.url, "origin=api", token=token)
    assert printed.returncode == 0, printed.stderr
    assert "score grounded-1" in printed.stdout
    assert "human-" in printed.stdout
    program = (EXAMPLES / "episodes_into_pandas.py").read_text().split('"""')[2]
    assert len([line for line in program.splitlines() if line and "import" not in line]) <= 5


def test_the_client_reads_episodes_players_and_comparisons(live_site: Any, case: Case, token: str) -> None:
    run("play_a_case.py", live_site.url, case.reference, token=token)
    client = loaded("invoiceguard_client")
    desk = client.InvoiceGuard(live_site.url, token)
    [row] = map(client.flat, desk.episodes(status="ended"))
    assert (row["case"], row["steps_used"], row["final_decision"]) == (case.reference, 7, "place_on_hold")
    assert 0 < row["score grounded-1"] < 1
    assert row["grounded-1 decision"] == 1
    assert list(desk.episodes(status="running")) == []
    assert "human" in {player["kind"] for player in desk.players()}
    assert desk.comparison(rubric="seed-1")["rubric"] == "seed-1"


def test_the_client_says_why_it_was_refused(live_site: Any, case: Case, token: str) -> None:
    client = loaded("invoiceguard_client")
    desk = client.InvoiceGuard(live_site.url, token)
    with pytest.raises(client.Refused, match="400: cases"):
        desk.comparison(cases="moon")
    with pytest.raises(client.Refused, match="403: This needs one of the roles"):
        desk.evaluate(["expert"])
