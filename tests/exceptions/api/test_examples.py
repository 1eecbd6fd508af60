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


def test_episodes_become_rows(live_site: Any, case: Case, token: str) -> None:
    run("play_a_case.py", live_site.url, case.reference, token=token)
    example = loaded("episodes_into_pandas")
    rows = [example.row(episode) for episode in example.episodes(live_site.url, token, status="ended")]
    assert len(rows) == 1
    assert (rows[0]["case"], rows[0]["steps_used"]) == (case.reference, 7)
    assert 0 < rows[0]["score grounded-1"] < 1
    assert list(example.episodes(live_site.url, token, status="running")) == []
