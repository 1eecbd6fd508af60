"""The newest openenv from the registry, unmodified, against the real site: its validator, its graders, its clients.

It lives in an environment of its own, kept in pytest's cache: nothing of the project needs it.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from evaluation.players.scripts import script_player
from exceptions.catalogue import load_catalogue
from exceptions.environment import ActionType
from exceptions.models import Case, Episode, EpisodeOrigin, EpisodeStatus
from tests.conftest import ROOT, LiveSite
from tests.evaluation.script_episodes import play

PROGRAMS: Final = Path(__file__).with_name("package_programs")
#: The first run installs a hundred packages.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


@pytest.fixture(scope="session")
def openenv_python(request: pytest.FixtureRequest) -> Path:
    """A Python with the newest openenv that the registry has."""
    cache = request.config.cache
    assert cache is not None
    folder = cache.mkdir("openenv") / "venv"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    install = [python, "-m", "pip", "install", "--quiet", "--upgrade", "--disable-pip-version-check", "openenv"]
    installed = subprocess.run(install, capture_output=True, text=True)
    assert installed.returncode == 0, installed.stderr
    return python


def run(python: Path, program: str, *arguments: str, given: Any = None) -> Any:
    """What one of the programs prints, decoded."""
    finished = subprocess.run(
        [python, PROGRAMS / program, *arguments],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def validated(python: Path, *arguments: str | Path) -> tuple[int, dict[str, Any]]:
    """The exit status and the report of `openenv validate`."""
    command = [python.with_name("openenv"), "validate", *arguments, "--json"]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert finished.stdout, finished.stderr
    return finished.returncode, json.loads(finished.stdout)


def test_its_validator_passes_every_criterion(openenv_python: Path, desk: list[Case], live_site: LiveSite) -> None:
    status, report = validated(openenv_python, "--url", f"{live_site.url}/openenv", "--timeout", "30")
    failed = [criterion for criterion in report["criteria"] if not criterion["passed"]]
    assert (status, failed) == (0, [])
    assert len(report["criteria"]) >= 6
    assert (report["mode"], report["standard_profile"]) == ("simulation", "openenv-http/1.x")


def test_its_static_check_accepts_the_manifest(openenv_python: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / "openenv.yaml", tmp_path)
    status, report = validated(openenv_python, tmp_path, "--level", "static", "--skip-build")
    assert status == 0, report
    assert {result["check_id"]: result["status"] for result in report["results"]}["static.manifest"] == "pass"


def test_its_runtime_graders_pass(openenv_python: Path, desk: list[Case], another_site: Any) -> None:
    """They send no token: the site is a public demo."""
    site = another_site(PUBLIC_DEMO="true")
    graded = run(openenv_python, "run_graders.py", f"{site.url}/openenv", str(ROOT))
    wanted = ("runtime.reward_well_formed", "runtime.observation_schema", "runtime.state_contract")
    assert {name: graded[name][0] for name in wanted} == dict.fromkeys(wanted, "pass"), graded


def test_its_client_plays_the_catalogue_four_sessions_at_once(
    openenv_python: Path, desk: list[Case], live_site: LiveSite, token: str
) -> None:
    references = {case.slug: case.reference for case in desk}
    episodes = {
        references[case.id]: [
            step.action.to_dict() for step in play(case, script_player("expert")).state.steps if step.action
        ]
        for case in load_catalogue()
    }
    given = {"site": live_site.url, "token": token, "episodes": episodes}
    played = run(openenv_python, "play_catalogue.py", given=given)
    assert len(played) == 22
    for task, result in played.items():
        assert result["case"] == task
        assert result["done"]
        assert result["rewards"][-1] == 1.0
        assert (result["state"]["episode_id"], result["state"]["step_count"]) == (f"of {task}", len(episodes[task]))
    assert Episode.objects.filter(origin=EpisodeOrigin.OPENENV, status=EpisodeStatus.ENDED).count() == 22


def test_the_five_lines_of_the_documentation_run(
    openenv_python: Path, desk: list[Case], live_site: LiveSite, token: str
) -> None:
    text = (ROOT / "docs" / "openenv.md").read_text()
    lines = text.split("```python\n")[1].split("```")[0].replace("http://127.0.0.1:8000", live_site.url)
    program = f"token = {token!r}\n{lines}"
    finished = subprocess.run([openenv_python, "-c", program], capture_output=True, text=True, timeout=120)
    assert finished.returncode == 0, finished.stderr
    assert "'criteria'" in finished.stdout


def test_its_tool_client_lists_and_calls(
    openenv_python: Path, desk: list[Case], live_site: LiveSite, token: str
) -> None:
    answer = run(openenv_python, "call_tools.py", f"{live_site.url}/openenv", token)
    assert answer["tools"] == list(ActionType)
    assert answer["called"]["structuredContent"]["observation"]["case_reference"] == desk[0].reference
    assert answer["steps"] == 1
