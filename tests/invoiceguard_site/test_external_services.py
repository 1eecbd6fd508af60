"""The commands of docker-compose.yml, without Docker, on Debian's PostgreSQL and Redis.

The servers are named by `DATABASE_URL` and `REDIS_URL` alone, so this is also what an installation by hand runs on.
"""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from invoiceguard_site.local_services.system_account import postgres_account
from invoiceguard_site.local_services.temporary import TemporaryServers

ROOT = Path(__file__).resolve().parents[2]
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
REDIS = shutil.which("redis-server")

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        not INSTALLED or REDIS is None,
        reason="NOT TESTED: a PostgreSQL and a Redis that the project did not bring. "
        "Install them: apt-get install postgresql redis-server",
    ),
]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryServers() as servers:  # for its folder only, which PostgreSQL's account can reach
        yield servers.var_dir


@pytest.fixture(scope="module")
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture(scope="module")
def database_url(folder: Path, stack: ExitStack) -> str:
    """Debian's PostgreSQL on TCP with a password, as a server elsewhere would be."""
    programs, data, port, password = INSTALLED[-1].parent, folder / "debian", free_port(), secrets.token_hex(16)
    account = postgres_account()
    user: dict[str, Any] = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    data.mkdir()
    password_file = folder / "password"
    password_file.write_text(password)
    if account:
        account.own(data)
        os.chown(password_file, account.uid, account.gid)
    subprocess.run(
        [
            programs / "initdb",
            "--pgdata",
            data,
            "--username=desk",
            "--auth=scram-sha-256",
            "--pwfile",
            password_file,
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        **user,
    )
    options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off", "port": str(port)}
    command = [str(programs / "postgres"), "-D", str(data)]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    server = start(command, folder / "debian-postgres.log", cwd="/", **user)
    stop_at_the_end(stack, server, signal.SIGINT)
    url = f"postgresql://desk:{password}@127.0.0.1:{port}"
    wait_until(lambda: connects(f"{url}/postgres"), "PostgreSQL answers")
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE invoiceguard")
    return f"{url}/invoiceguard"


@pytest.fixture(scope="module")
def redis_url(folder: Path, stack: ExitStack) -> str:
    port = free_port()
    assert REDIS
    server = subprocess.Popen(
        [REDIS, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    stop_at_the_end(stack, server, signal.SIGTERM)
    return f"redis://127.0.0.1:{port}/0"


@pytest.fixture(scope="module")
def environment(folder: Path, database_url: str, redis_url: str) -> dict[str, str]:
    """What the containers get: nothing of a local start in it."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return inherited | {
        "PATH": f"{Path(sys.executable).parent}:{inherited['PATH']}",
        "DJANGO_SETTINGS_MODULE": "invoiceguard_site.settings",
        "INVOICEGUARD_VAR": str(folder / "var"),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "desk.example",
        "BEHIND_TLS_PROXY": "true",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PYTHONWARNINGS": "ignore:::celery.platforms",
    }


@pytest.fixture(scope="module")
def web_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def site(
    environment: dict[str, str], folder: Path, web_port: int, stack: ExitStack
) -> dict[str, "subprocess.Popen[bytes]"]:
    """Everything that the compose file starts, in its order."""
    (folder / "var" / "beat").mkdir(parents=True)
    subprocess.run(
        ["python", "manage.py", "collectstatic", "--noinput", "--verbosity=0"], cwd=ROOT, env=environment, check=True
    )
    subprocess.run(SERVICES["migrate"]["command"], cwd=ROOT, env=environment, check=True)
    started = {}
    for name in ("web", "worker-cpu", "worker-gpu", "beat"):
        command = [here(part, folder, web_port) for part in SERVICES[name]["command"]]
        started[name] = start(command, folder / f"{name}.log", cwd=ROOT, env=environment)
        stop_at_the_end(stack, started[name], signal.SIGTERM)
    return started


def start(command: list[str], log: Path, **options: Any) -> "subprocess.Popen[bytes]":
    with log.open("ab") as output:
        return subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **options)


def here(part: str, folder: Path, web_port: int) -> str:
    """What is different without a container: the port is not its own, and neither is /var/lib."""
    part = part.replace("/var/lib/invoiceguard", str(folder / "var"))
    return re.sub(r"\b8000\b", str(web_port), part).replace("0.0.0.0", "127.0.0.1")


def test_the_server_is_debians(site: Any, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        version = connection.info.server_version // 10000
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'exceptions_case'").fetchone()
    assert version == int(INSTALLED[-1].parts[4])
    assert version >= 15
    assert tables == (1,)


@pytest.mark.parametrize("name", ["web", "worker-cpu", "worker-gpu", "beat"])
def test_a_service_becomes_healthy_by_its_own_check(
    site: dict[str, "subprocess.Popen[bytes]"], environment: dict[str, str], folder: Path, web_port: int, name: str
) -> None:
    kind, *check = SERVICES[name]["healthcheck"]["test"]
    command = [here(part, folder, web_port) for part in check]
    if kind == "CMD-SHELL":
        command = ["sh", "-c", *command]

    def healthy() -> bool:
        assert site[name].poll() is None, (folder / f"{name}.log").read_text()
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True).returncode == 0

    wait_until(healthy, f"{name} is healthy", lambda: (folder / f"{name}.log").read_text())


def test_behind_a_proxy_that_ends_tls_the_log_in_page_is_served_with_hsts(site: Any, web_port: int) -> None:
    headers = {"Host": "desk.example", "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(f"http://127.0.0.1:{web_port}/accounts/login/", headers=headers)
    with urllib.request.urlopen(request) as page:
        assert page.status == 200
        assert "max-age=" in page.headers["Strict-Transport-Security"]
        assert all("Secure" in cookie for cookie in page.headers.get_all("Set-Cookie"))


def connects(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stop_at_the_end(stack: ExitStack, process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    def stop() -> None:
        process.send_signal(number)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    stack.callback(stop)


def wait_until(condition: Callable[[], bool], what: str, output: Callable[[], str] = lambda: "") -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, f"not within 120 s: {what}\n{output()}"
        time.sleep(0.2)
