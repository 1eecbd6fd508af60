"""How long a reviewer waits: server time of a step, and SmolLM2's pace in the lane of a running site.

    python bench/workspace.py

Prints: milliseconds of server time for a step of the workspace (median and 95th percentile; limit 100 ms), seconds from
opening a case until SmolLM2's first step is on the page (warm worker; limit 10 s), and its seconds per turn.
"""

import itertools
import json
import os
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
_ROUNDS = 3


def main() -> None:
    """Measure and print."""
    milliseconds = sorted(1000 * seconds for seconds in _step_times())
    median, tail = statistics.median(milliseconds), milliseconds[int(0.95 * len(milliseconds))]
    print(
        f"workspace step, server time: median {median:.0f} ms, 95th percentile {tail:.0f} ms "
        f"(n = {len(milliseconds)}, limit 100 ms)"
    )
    with tempfile.TemporaryDirectory(prefix="invoiceguard-bench-") as folder, _site(Path(folder)) as browser:
        first, turns = browser.watch_a_case()
        print(f"SmolLM2-135M in the lane: first step on the page {first:.1f} s after opening a case (limit 10 s)")
        print(
            f"SmolLM2-135M in the lane: {statistics.median(turns):.1f} s a turn "
            f"(median of {len(turns)}, longest {max(turns):.1f} s)"
        )


def _step_times() -> Iterator[float]:
    """Seconds of every step of every catalogue case: the request from the first middleware to the rendered fragment."""
    from invoiceguard_site.local_services.temporary import TemporaryServers

    with TemporaryServers() as servers:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "invoiceguard_site.settings",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "INVOICEGUARD_LOCAL": "1",
            "INVOICEGUARD_VAR": str(servers.var_dir),
            "LOG_LEVEL": "ERROR",
        }
        servers.start_postgres()
        servers.start_valkey()
        import django

        django.setup()
        from django.contrib.auth.models import Group, User
        from django.core.management import call_command
        from django.test import Client

        from exceptions.models import Case, Episode
        from exceptions.views.names import COMPARE, LOOK

        for command in (["migrate"], ["collectstatic", "--noinput"]):
            call_command(*command, verbosity=0)
        for command in (["import_case_pack", "--catalogue"], ["register_players"]):
            with Path(os.devnull).open("w") as nowhere:
                call_command(*command, stdout=nowhere)
        for number in range(_ROUNDS):
            user = User.objects.create_user(f"reviewer-{number}")
            user.groups.set(Group.objects.filter(name="reviewer"))
            client = Client(headers={"HX-Request": "true", "Host": "localhost"})
            client.force_login(user)
            for case in Case.objects.all():
                client.get(f"/cases/{case.reference}/")
                episode = Episode.objects.get(user=user, origin="desk", case_version__case=case)
                for step, action in enumerate((*LOOK, *COMPARE), start=1):
                    fields = {"action_type": action.value, "expected_step": step}
                    began = time.perf_counter()
                    answer = client.post(f"/episodes/{episode.pk}/step/", fields)
                    yield time.perf_counter() - began
                    if answer.status_code != 200:
                        raise SystemExit(f"step {step} of {case.reference} answered {answer.status_code}")


class _Browser:
    """A signed-in reviewer: cookies and forms."""

    def __init__(self, url: str, password: str) -> None:
        self._url = url
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar())).open
        self._post("/accounts/login/", self._get("/accounts/login/"), username="reviewer", password=password)

    def watch_a_case(self) -> tuple[float, list[float]]:
        """Open a case beside the model and poll as the page does: seconds to its first step, and between its steps."""
        listing = self._get("/cases/")
        began = time.perf_counter()
        page = self._get(_found(r"/cases/C-\d+/", listing))
        episode = _found(r"/episodes/[0-9a-f-]{36}/", page)
        self._post(f"{episode}mode/", page, mode="assist")
        seen: list[float] = []
        while time.perf_counter() - began < 240:
            lane = self._get(f"{episode}lane/?after=x").split("Three-way match")[0]
            steps = len(re.findall(r'class="step[ "]', lane))
            if steps > len(seen):
                seen += [time.perf_counter()] * (steps - len(seen))
            if "playing" not in lane and seen:
                break
            time.sleep(0.1)
        if not seen:
            raise SystemExit("SmolLM2 made no step within 240 s; see the worker's log")
        return seen[0] - began, [later - earlier for earlier, later in itertools.pairwise(seen)]

    def _get(self, path: str) -> str:
        with self._open(self._url + path, timeout=60) as answer:
            return str(answer.read().decode())

    def _post(self, path: str, page: str, **fields: str) -> None:
        token = _found(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        data = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": token}).encode()
        with self._open(self._url + path, data, timeout=60) as answer:
            answer.read()


def _found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    if match is None:
        raise SystemExit(f"{pattern} is not on the page")
    return match.group(match.lastindex or 0)


@contextmanager
def _site(var_dir: Path) -> Iterator[_Browser]:
    """A site as `make run` starts it, with its worker warm."""
    var_dir.chmod(0o711)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    skipped = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "INVOICEGUARD_VAR")
    environment = {name: value for name, value in os.environ.items() if name not in skipped} | {"LOG_LEVEL": "INFO"}
    command = [sys.executable, "-m", "invoiceguard_site.local_run", f"--var={var_dir.resolve()}", f"--port={port}"]
    with (var_dir / "bench.log").open("wb") as log:
        supervisor = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=environment)
    try:
        _wait_for_line("a lane player is ready", var_dir / "log" / "worker-gpu.log", supervisor)
        password = json.loads((var_dir / "demo-accounts.json").read_text())["reviewer"]
        yield _Browser(f"http://127.0.0.1:{port}", password)
    finally:
        supervisor.send_signal(signal.SIGINT)
        supervisor.wait(60)


def _wait_for_line(line: str, log: Path, supervisor: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if log.exists() and line in log.read_text():
            return
        if supervisor.poll() is not None:
            break
        time.sleep(0.2)
    raise SystemExit("the site or its model did not get ready; see bench.log")


if __name__ == "__main__":
    main()
