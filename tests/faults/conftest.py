"""The whole site as `make run` starts it, with a tiny model in the lane, so that its processes can be killed."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from invoiceguard_site.local_services import embedded_database_url
from tests.conftest import ROOT, BackgroundProcess, answers, free_port, start_process, wait_for

TINY_PLAYER = """
from exceptions.models import Player
config = {'base_model': %r}
Player.objects.create(slug='tiny-qwen3', name='Tiny Qwen3', kind='local_model', config=config)
"""


@dataclass
class RunningSite:
    """What `make run` started."""

    url: str
    var: Path
    process: BackgroundProcess

    def pid(self, name: str) -> int:
        """The process id of a child by its name in `processes.json`."""
        record = json.loads((self.var / "processes.json").read_text())
        return int(record["children"][name]["pid"])

    def kill(self, name: str) -> None:
        """`kill -9` one process with its children, and wait until another one has taken its place."""
        before = self.pid(name)
        for victim in [psutil.Process(before), *psutil.Process(before).children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.send_signal(signal.SIGKILL)
        eventually(lambda: self.pid(name) != before, f"{name} to be started again")

    def password(self, account: str) -> str:
        return str(json.loads((self.var / "demo-accounts.json").read_text())[account])


@dataclass
class Desk:
    """A reviewer's browser without a browser: cookies, tokens, forms, and retries as a person would."""

    site: RunningSite
    http: requests.Session = field(default_factory=requests.Session)

    def sign_in(self) -> None:
        page = self.http.get(f"{self.site.url}/accounts/login/", timeout=20).text
        fields = {
            "username": "reviewer",
            "password": self.site.password("reviewer"),
            "csrfmiddlewaretoken": _token(page),
        }
        answer = self.http.post(f"{self.site.url}/accounts/login/", fields, timeout=20)
        assert "/accounts/login/" not in answer.url, answer.text[:500]

    def open_next_case(self) -> str:
        """Open the first case of the queue that is not done; returns the episode's id."""
        queue = self.http.get(f"{self.site.url}/cases/?state=open", timeout=20).text
        reference = re.search(r"/cases/(C-\d+)/", queue)
        assert reference is not None
        page = self.http.get(f"{self.site.url}/cases/{reference.group(1)}/", timeout=20).text
        found = re.search(r"/episodes/([0-9a-f-]{36})/step/", page)
        assert found is not None
        self._csrf = _token(page)
        return found.group(1)

    def step(self, episode: str, action: str, number: int) -> None:
        """Send a step until it is acknowledged, as somebody does whose page says that the site does not answer."""
        fields = {"action_type": action, "expected_step": number, "csrfmiddlewaretoken": self._csrf}

        def acknowledged() -> bool:
            try:
                answer = self.http.post(
                    f"{self.site.url}/episodes/{episode}/step/", fields, headers={"HX-Request": "true"}, timeout=20
                )
            except requests.RequestException:
                return False
            assert answer.status_code in (200, 500, 502, 503), answer.text[:500]
            return answer.status_code == 200

        eventually(acknowledged, f"step {number} to be acknowledged")


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def eventually(condition: Callable[[], bool], what: str, timeout: float = 90.0) -> None:
    """Wait until `condition` holds; fail when it does not within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {timeout:.0f} s in vain for {what}")
        time.sleep(0.2)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    pytest.importorskip("torch", reason="needs the extra `models`")
    from tests.tiny_model import build_tiny_model

    folder = tmp_path_factory.mktemp("faults")
    var = folder / "var"
    model = build_tiny_model(folder / "tiny-qwen3")
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")}
    environment |= {
        "INVOICEGUARD_VAR": str(var),
        "PORT": str(free_port()),
        "LANE_PLAYERS": "tiny-qwen3",
        "EPISODE_LEASE_SECONDS": "4",
        "TRAINING_LEASE_SECONDS": "4",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "invoiceguard_site.local_run"]
    process = start_process(command, environment, folder / "run.log")
    url = f"http://127.0.0.1:{environment['PORT']}"
    wait_for(lambda: answers(f"{url}/healthz"), process, "the site", timeout=120)
    subprocess.run(
        [*command, "manage", "shell", "--no-imports", "-c", TINY_PLAYER % str(model)],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
    )
    yield RunningSite(url, var, process)
    process.stop(timeout=30)


@pytest.fixture(scope="session")
def desk(site: RunningSite) -> Desk:
    desk = Desk(site)
    desk.sign_in()
    return desk


@pytest.fixture
def query(site: RunningSite) -> Callable[..., list[tuple[Any, ...]]]:
    """Read the site's own database, past all of its code."""
    import psycopg

    def run(sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(embedded_database_url(site.var)) as connection:
            return connection.execute(sql, values).fetchall()

    return run
