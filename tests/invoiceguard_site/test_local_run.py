"""`make run`'s supervisor: brings everything up, heals what is killed, takes everything down, finds its data again."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import psutil
import pytest

from invoiceguard_site.local_services.temporary import TemporaryServers

ROOT = Path(__file__).resolve().parents[2]
CHILDREN = {"postgres", "valkey", "web", "worker-gpu", "worker-cpu", "beat"}

pytestmark = pytest.mark.timeout(300)


class LocalRun:
    """A supervisor in a process of its own, on a `var/` of its own."""

    def __init__(self, var_dir: Path) -> None:
        self.var_dir = var_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = var_dir / "supervisor.out"
        self.start()

    def start(self) -> None:
        self.output.unlink(missing_ok=True)
        self.process = start_supervisor(self.var_dir, self.port, self.output)

    def wait_until_running(self) -> None:
        wait_until(lambda: "InvoiceGuard is running at" in self.said(), "the supervisor says that it runs", self.said)

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def children(self) -> dict[str, dict[str, Any]]:
        recorded: dict[str, dict[str, Any]] = json.loads((self.var_dir / "processes.json").read_text())["children"]
        return recorded

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def start_supervisor(var_dir: Path, port: int, output: Path) -> "subprocess.Popen[bytes]":
    skipped = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_ALLOW_ASYNC_UNSAFE")
    environment = {name: value for name, value in os.environ.items() if name not in skipped}
    with output.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "invoiceguard_site.local_run", f"--var={var_dir}", f"--port={port}"],
            cwd=ROOT,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(
    condition: Callable[[], bool], what: str, output: Callable[[], str] = lambda: "", timeout: float = 120
) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"not within {timeout} s: {what}\n{output()}"
        time.sleep(0.1)


def processes_of(var_dir: Path) -> list[psutil.Process]:
    """Every living process that was started for this `var/`: by its environment, or by where PostgreSQL works."""
    found = []
    for process in psutil.process_iter(["environ", "cwd", "cmdline", "status"]):
        if process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        environment = process.info["environ"] or {}
        ours = environment.get("INVOICEGUARD_VAR") == str(var_dir) and "celery" in str(process.info["cmdline"])
        if ours or (process.info["cwd"] or "").startswith(str(var_dir)):
            found.append(process)
    return found


@pytest.fixture(scope="module")
def var_dir() -> Iterator[Path]:
    with TemporaryServers() as servers:  # for its folder only, which PostgreSQL's account can reach
        yield servers.var_dir


@pytest.fixture(scope="module")
def run(var_dir: Path) -> Iterator[LocalRun]:
    started = LocalRun(var_dir)
    started.wait_until_running()
    yield started
    if started.process.poll() is None:
        started.process.send_signal(signal.SIGINT)
        started.process.wait(60)


@pytest.fixture(scope="module")
def passwords(run: LocalRun) -> dict[str, str]:
    """The log-ins that the terminal shows."""
    return dict(re.findall(r"^    (\S+) +(\S+)$", run.said(), re.MULTILINE))


def test_it_prints_a_log_in_for_every_role_and_keeps_the_passwords_from_others(
    run: LocalRun, passwords: dict[str, str]
) -> None:
    kept = run.var_dir / "demo-accounts.json"
    assert set(passwords) == {"reviewer", "reviewer2", "supervisor", "admin", "api-reader"}
    assert json.loads(kept.read_text()) == passwords
    assert kept.stat().st_mode & 0o077 == 0
    assert (run.var_dir / "secret-key").stat().st_mode & 0o077 == 0


def test_a_printed_log_in_opens_the_desk(run: LocalRun, passwords: dict[str, str]) -> None:
    assert "reviewer" in sign_in(run.url, "reviewer", passwords["reviewer"])


def test_its_record_names_every_child(run: LocalRun) -> None:
    children = run.children()
    assert set(children) == CHILDREN
    for name, child in children.items():
        assert psutil.pid_exists(child["pid"]), name


def test_a_second_one_on_the_same_data_is_refused(run: LocalRun, tmp_path: Path) -> None:
    output = tmp_path / "second.out"
    second = start_supervisor(run.var_dir, free_port(), output)
    assert second.wait(60) == 1
    assert f"already runs on {run.var_dir} (process {run.process.pid})" in output.read_text()


def test_a_taken_port_is_named(run: LocalRun, tmp_path: Path) -> None:
    output = tmp_path / "other.out"
    other = start_supervisor(tmp_path / "var", run.port, output)
    assert other.wait(60) == 1
    assert f"port {run.port} on 127.0.0.1 cannot be used" in output.read_text()
    assert "make run PORT=" in output.read_text()


@pytest.mark.parametrize("name", sorted(CHILDREN))
def test_a_killed_child_comes_back(run: LocalRun, name: str) -> None:
    wait_until(lambda: psutil.pid_exists(run.children()[name]["pid"]), f"{name} runs", run.said)
    killed = run.children()[name]["pid"]

    os.kill(killed, signal.SIGKILL)

    wait_until(lambda: run.children()[name]["pid"] != killed, f"{name} is started again", run.said)
    wait_until(run.healthy, "the site answers", run.said)
    assert run.children()[name]["restarts"] >= 1


def test_after_the_supervisor_was_killed_the_next_start_clears_up_and_finds_its_data(
    run: LocalRun, passwords: dict[str, str]
) -> None:
    left_behind = [psutil.Process(child["pid"]) for child in run.children().values()]
    run.process.kill()
    run.process.wait()

    run.start()
    run.wait_until_running()

    _, alive = psutil.wait_procs(left_behind, timeout=0)
    assert alive == []
    assert "which a killed run had left behind" in run.said()
    assert "reviewer" in sign_in(run.url, "reviewer", passwords["reviewer"])


def test_ctrl_c_leaves_nothing_running(run: LocalRun) -> None:
    assert processes_of(run.var_dir)

    run.process.send_signal(signal.SIGINT)

    assert run.process.wait(60) == 0
    assert "Everything has stopped." in run.said()
    assert processes_of(run.var_dir) == []
    assert not (run.var_dir / "processes.json").exists()


def test_a_worker_that_is_busy_is_waited_for_and_a_second_ctrl_c_kills_it_at_once(run: LocalRun) -> None:
    run.start()
    run.wait_until_running()
    worker = psutil.Process(run.children()["worker-gpu"]["pid"])
    worker.suspend()
    # Until it has stopped, a worker that still starts would take the signal that follows.
    wait_until(lambda: worker.status() == psutil.STATUS_STOPPED, "it has stopped", run.said)

    run.process.send_signal(signal.SIGINT)

    wait_until(lambda: "leaves what it is at after this turn or optimizer step" in run.said(), "it says so", run.said)
    assert run.process.poll() is None
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(30) == 0, "and not the two minutes that a worker has"
    assert "Killing what is left." in run.said()
    assert processes_of(run.var_dir) == []


def sign_in(url: str, name: str, password: str) -> str:
    """Return the first page after the log-in."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with browser.open(f"{url}/accounts/login/", timeout=30) as page:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
    assert found
    form = {"csrfmiddlewaretoken": found.group(1), "username": name, "password": password}
    with browser.open(f"{url}/accounts/login/", urllib.parse.urlencode(form).encode(), timeout=30) as page:
        assert "/accounts/login/" not in page.url
        return str(page.read().decode())
