"""How long the site takes to start, and how much memory its web process holds.

    python bench/startup.py

Prints: seconds until the web process answers and its memory (limits: 3 s, 200 MB, no torch), and seconds of
`make run` with everything installed until the first page (limit: 15 s), for an empty `var/` and for one with data.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

import psutil

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="invoiceguard-bench-") as folder:
        var_dir = Path(folder).resolve()
        var_dir.chmod(0o711)
        print(f"make run, installed, empty var/: {_time_to_first_page(var_dir):.1f} s to the first page")
        print(f"make run, installed, with data: {_time_to_first_page(var_dir):.1f} s to the first page (limit 15 s)")
        with _running(var_dir) as (url, supervisor):
            _wait_for(f"{url}/accounts/login/", supervisor)
            _wait_until_idle(supervisor)
            web = _web_process(supervisor)
            seconds = _restart(web, url, supervisor)
            web = _web_process(supervisor)
            megabytes = web.memory_info().rss / 1e6
            torch = any("torch" in mapped.path for mapped in web.memory_maps())
        print(f"web process: answers {seconds:.2f} s after its start (limit 3 s)")
        print(f"web process: {megabytes:.0f} MB resident (limit 200 MB), torch {'IS' if torch else 'is not'} loaded")


def _time_to_first_page(var_dir: Path) -> float:
    began = time.perf_counter()
    with _running(var_dir) as (url, supervisor):
        _wait_for(f"{url}/accounts/login/", supervisor)
        return time.perf_counter() - began


@contextmanager
def _running(var_dir: Path) -> "Iterator[tuple[str, subprocess.Popen[bytes]]]":
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "invoiceguard_site.local_run", f"--var={var_dir}", f"--port={port}"]
    with (var_dir / "bench.log").open("ab") as log:
        supervisor = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=_environment())
    try:
        yield f"http://127.0.0.1:{port}", supervisor
    finally:
        supervisor.send_signal(signal.SIGINT)
        supervisor.wait(60)


def _environment() -> dict[str, str]:
    skipped = ("DATABASE_URL", "REDIS_URL", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if name not in skipped}


def _wait_for(url: str, supervisor: "subprocess.Popen[bytes]") -> None:
    while True:
        try:
            with urllib.request.urlopen(url, timeout=30) as page:
                if page.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            if supervisor.poll() is not None:
                raise SystemExit("the site did not start; see its log") from None
        time.sleep(0.02)


def _wait_until_idle(supervisor: "subprocess.Popen[bytes]") -> None:
    """Wait until the workers have imported torch and loaded their model: they would slow the next figure."""
    spent = -1.0
    while (now := _processor_seconds(supervisor)) - spent > 0.2:
        spent = now
        time.sleep(1)


def _processor_seconds(supervisor: "subprocess.Popen[bytes]") -> float:
    times = [child.cpu_times() for child in psutil.Process(supervisor.pid).children(recursive=True)]
    return sum(used.user + used.system for used in times)


def _web_process(supervisor: "subprocess.Popen[bytes]") -> psutil.Process:
    children = psutil.Process(supervisor.pid).children()
    return next(child for child in children if "uvicorn" in child.cmdline())


def _restart(web: psutil.Process, url: str, supervisor: "subprocess.Popen[bytes]") -> float:
    """Kill the web process and return the seconds from the appearance of the next one to its first answer."""
    web.kill()
    while True:
        try:
            if _web_process(supervisor).pid != web.pid:
                break
        except (StopIteration, psutil.NoSuchProcess):
            # Between the two.
            time.sleep(0.005)
    began = time.perf_counter()
    _wait_for(f"{url}/healthz", supervisor)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
