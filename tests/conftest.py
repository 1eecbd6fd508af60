"""What every test may ask for: a real PostgreSQL, a real broker, a real worker, the real site, a real
browser.

`DATABASE_URL` and `REDIS_URL` choose other servers than the embedded ones. Everything is started when the
first test needs it and stopped at the end.
"""

import asyncio
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import django
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from hypothesis import settings as hypothesis_settings

from invoiceguard_site.local_services.temporary import TemporaryServers
from tests.rows_left import RowsLeft, emptied_again_after_a_deadlock

ROOT = Path(__file__).resolve().parent.parent

# Settings are read once, here, before any test module is imported; the servers behind the addresses start
# later.
_servers = TemporaryServers()
os.environ["DJANGO_SETTINGS_MODULE"] = "invoiceguard_site.settings"
os.environ["INVOICEGUARD_VAR"] = str(_servers.var_dir)
os.environ["INVOICEGUARD_LOCAL"] = "1"
os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
# Desks of tests have no recorded runs, and so no trained model.
os.environ.setdefault("LANE_PLAYERS", "smollm2-135m-instruct,three-way-match")
os.environ.pop("DEBUG", None)
django.setup()

# The algorithm of production at the least cost it allows: tests create hundreds of users.
Argon2PasswordHasher.time_cost = 1
Argon2PasswordHasher.memory_cost = 8
Argon2PasswordHasher.parallelism = 1

# Without deadlines: the machine is shared, and what has to be fast is measured by tests of its own.
hypothesis_settings.register_profile("shared-machine", deadline=None)
hypothesis_settings.load_profile("shared-machine")


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings
    from django.test import override_settings

    # The manifest storage needs `collectstatic` first; `live_site` runs that and serves with the settings of
    # production.
    # Changed as a test changes a setting, because file fields of the models have read it already.
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    override_settings(STORAGES=settings.STORAGES | plain).enable()
    # WhiteNoise warns of a missing folder, and a warning fails a test here.
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let each process of a parallel run read the settings for servers of its own, here above, and not for these."""
    for name in ("DJANGO_SETTINGS_MODULE", "INVOICEGUARD_VAR"):
        os.environ.pop(name, None)
    # There are as many processes as cores: threads of one would only wait for the other's.
    os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let them share the tests out by what takes long to start."""
    from tests.sharing_out import SharingOut

    config.option.loadscopereorder = False
    return SharingOut(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort the tests of a parallel run: in the process that shares them out, which collects none, this does nothing."""
    if hasattr(config, "workerinput"):
        from tests.sharing_out import longest_first

        items[:] = longest_first(items)


def pytest_unconfigure(config: pytest.Config) -> None:
    _servers.close()


@pytest.fixture(scope="session")
def var_dir() -> Path:
    """The `var/` of this test run."""
    return _servers.var_dir


@pytest.fixture(scope="session")
def database_server() -> str:
    """A running PostgreSQL; its URL (of the database that the test database is named after)."""
    if url := os.environ.get("DATABASE_URL"):
        return url
    _servers.start_postgres()
    return _servers.database_url


@pytest.fixture(scope="session")
def broker() -> str:
    """A running Redis or Valkey; its URL."""
    if url := os.environ.get("REDIS_URL"):
        return url
    _servers.start_valkey()
    return _servers.broker_url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(database_server: str, broker: str) -> None:
    """Pytest-django asks for this before it creates the test database."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, database_server: str) -> Iterator[None]:
    """The test database, dropped only when the processes that were stopped have left it: a killed worker's session
    ends a moment after the worker.
    """
    yield
    import psycopg
    from django.db import connection

    connection.close()
    connection.close_pool()
    name = connection.settings_dict["NAME"]
    deadline = time.monotonic() + 10
    with psycopg.connect(database_server, autocommit=True) as server:
        others = "FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        while server.execute(f"SELECT count(*) {others}", [name]).fetchone() != (0,) and time.monotonic() < deadline:
            time.sleep(0.1)
        # What is left belongs to threads of this process that have ended without giving their connection back.
        server.execute(f"SELECT pg_terminate_backend(pid) {others}", [name])


@pytest.fixture(autouse=True)
def _no_loop_of_playwrights(request: pytest.FixtureRequest) -> Iterator[None]:
    """Playwright leaves its event loop running in this thread. A test that opens no browser must not meet it: what it
    calls may start one of its own.
    """
    if "playwright" in request.fixturenames:
        yield
        return
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


@pytest.fixture(scope="session", autouse=True)
def _emptied_again_after_a_deadlock() -> Iterator[None]:
    with emptied_again_after_a_deadlock():
        yield


@pytest.fixture(scope="session")
def rows_left(process_environment: dict[str, str]) -> Iterator[RowsLeft]:
    """What is committed in the test database, seen from a connection of its own."""
    with RowsLeft(process_environment["DATABASE_URL"]) as rows_left:
        yield rows_left


@pytest.fixture
def _nothing_left_behind(rows_left: RowsLeft) -> Iterator[None]:
    """A test that leaves rows fails itself, instead of some other test that meets them."""
    yield
    if tables := rows_left.tables():
        rows_left.remove(tables)
        pytest.fail(f"this test has left rows in {', '.join(tables)}")


@pytest.fixture
def _django_db_helper(_no_loop_of_playwrights: None, _nothing_left_behind: None, _django_db_helper: None) -> None:
    """Pytest-django's own, which begins the transaction of a test: on the connection that the test will have, because
    Django keeps those that are made beside a running loop apart; and ends it before anybody looks for rows.
    """


@pytest.fixture
def no_worker(db: None) -> None:
    """As if no worker had been seen yet, though the session's own may be there."""
    from exceptions.models import Worker

    Worker.objects.all().delete()


@pytest.fixture(autouse=True)
def _forget_cached_values(request: pytest.FixtureRequest) -> None:
    """Every test that may touch the cache (rate limits live there) starts with an empty one; queues stay."""
    if not {"db", "transactional_db"} & set(request.fixturenames) and not request.node.get_closest_marker("django_db"):
        return
    import redis

    client = redis.Redis.from_url(request.getfixturevalue("broker"))
    if keys := list(client.scan_iter(match=":1:*", count=1000)):
        client.delete(*keys)
    client.close()


@pytest.fixture(scope="session")
def process_environment(django_db_setup: None, database_server: str, broker: str) -> dict[str, str]:
    """The environment in which a process works on the test database with the settings of production."""
    from django.db import connection

    parts = urlsplit(database_server)
    test_database = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return environment | {"DATABASE_URL": test_database, "REDIS_URL": broker, "PYTHONUNBUFFERED": "1"}


@dataclass(frozen=True, slots=True)
class BackgroundProcess:
    """A process of the system under test, in a session of its own."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def kill(self) -> None:
        """`kill -9` it and its children."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, timeout: float = 15.0) -> None:
        """Ask it to end; after `timeout` seconds kill it."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()

    def output(self) -> str:
        """What it has written so far."""
        return self.log.read_text(errors="replace")


def start_process(command: list[str], environment: dict[str, str], log: Path) -> BackgroundProcess:
    """Start `command` in the checkout's folder, its output going to `log`."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return BackgroundProcess(process, log)


def wait_for(condition: Callable[[], bool], running: BackgroundProcess, what: str, timeout: float = 60.0) -> None:
    """Wait until `condition` holds; fail with the output when the process ends or `timeout` seconds pass."""
    deadline = time.monotonic() + timeout
    while not condition():
        if running.process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"{what} did not come up (status {running.process.poll()}):\n{running.output()}")
        time.sleep(0.05)


def _start_worker(environment: dict[str, str], log: Path) -> BackgroundProcess:
    command = [sys.executable, "-m", "celery", "-A", "invoiceguard_site", "worker"]
    command += [
        "--queues=gpu,cpu",
        "--pool=solo",
        "--loglevel=INFO",
        f"--hostname=test-{secrets.token_hex(4)}@%h",
    ]
    worker = start_process(command, environment, log)
    wait_for(lambda: " ready." in worker.output(), worker, "the Celery worker")
    return worker


@pytest.fixture(scope="session")
def celery_worker(process_environment: dict[str, str], var_dir: Path) -> Iterator[BackgroundProcess]:
    """One real worker for the whole run, on queues `gpu` and `cpu`.

    It sees committed rows only: use `transactional_db`.
    """
    worker = _start_worker(process_environment, var_dir / "worker.log")
    yield worker
    worker.stop()


@pytest.fixture
def start_celery_worker(
    process_environment: dict[str, str], var_dir: Path
) -> Iterator[Callable[..., BackgroundProcess]]:
    """Start workers of the test's own, to be killed by it: `start(EPISODE_LEASE_SECONDS="2")`."""
    started: list[BackgroundProcess] = []

    def start(**environment: str) -> BackgroundProcess:
        log = var_dir / f"worker-{secrets.token_hex(4)}.log"
        started.append(_start_worker(process_environment | environment, log))
        return started[-1]

    yield start
    for worker in started:
        worker.stop()


@dataclass(frozen=True, slots=True)
class LiveSite:
    """The real ASGI application under uvicorn."""

    url: str
    process: BackgroundProcess


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Say whether an HTTP server answers at `url`, whatever the status."""
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session")
def live_site(process_environment: dict[str, str], var_dir: Path) -> Iterator[LiveSite]:
    """The site in a process of its own on the test database.

    It sees committed rows only: use `transactional_db`.
    """
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"],
        cwd=ROOT,
        env=process_environment,
        check=True,
    )
    site = _start_web(process_environment, var_dir / "web.log")
    yield site
    site.process.stop()


@pytest.fixture
def fresh_site(live_site: LiveSite, process_environment: dict[str, str], var_dir: Path) -> Iterator[LiveSite]:
    """A web process that nobody has asked anything yet, beside that of the other tests."""
    site = _start_web(process_environment, var_dir / "web-fresh.log")
    yield site
    site.process.stop()


def _start_web(environment: dict[str, str], log: Path) -> LiveSite:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "invoiceguard_site.asgi:application", f"--port={port}"]
    process = start_process([*command, "--lifespan=off"], environment, log)
    url = f"http://127.0.0.1:{port}"
    wait_for(lambda: answers(f"{url}/healthz"), process, "the site")
    return LiveSite(url, process)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium where there is one, otherwise what `playwright install chromium` fetched."""
    # Playwright keeps an event loop in this thread, which Django takes for an asynchronous caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    arguments = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
    ]
    arguments += ["--no-first-run", "--disable-gpu"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    chosen: dict[str, Any] = {**browser_type_launch_args, "args": arguments}
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            chosen["executable_path"] = found
            break
    return chosen
