"""The catalogue on a desk, somebody with a token, and the site in processes of its own, spoken to over WebSockets."""

import json
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from knox.models import AuthToken
from websockets.sync.client import ClientConnection, connect

from exceptions.catalogue import CATALOGUE_PATH
from exceptions.models import Case
from exceptions.services.cases import case_pack_import
from tests.conftest import LiveSite, answers, free_port, start_process, wait_for

Say = Callable[..., dict[str, Any]]
Connect = Callable[..., AbstractContextManager[ClientConnection]]


@pytest.fixture
def desk(transactional_db: None) -> list[Case]:
    """The 22 catalogue cases, in the order of their references."""
    case_pack_import(source=CATALOGUE_PATH, user=None)
    return list(Case.objects.select_related("latest__truth").order_by("reference"))


@pytest.fixture
def researcher(transactional_db: None) -> User:
    user = User.objects.create_user("researcher")
    user.groups.set(Group.objects.filter(name="reviewer"))
    return user


@pytest.fixture
def token(researcher: User) -> str:
    return str(AuthToken.objects.create(user=researcher)[1])


@pytest.fixture
def another_site(process_environment: dict[str, str], var_dir: Path) -> Iterator[Callable[..., LiveSite]]:
    """Start another web process on the same database: `another_site(PUBLIC_DEMO="true")`."""
    started = []

    def start(**environment: str) -> LiveSite:
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", "invoiceguard_site.asgi:application", f"--port={port}"]
        process = start_process(
            [*command, "--lifespan=off", "--ws-max-size=1048576"],
            process_environment | environment,
            var_dir / f"web-{secrets.token_hex(4)}.log",
        )
        site = LiveSite(f"http://127.0.0.1:{port}", process)
        started.append(site)
        # No health check: a test may have taken the database away.
        wait_for(lambda: answers(f"{site.url}/openenv/metadata"), process, "another web process")
        return site

    yield start
    for site in started:
        site.process.stop()


@pytest.fixture
def connected(live_site: LiveSite, token: str) -> Connect:
    """Open a WebSocket; with the researcher's token unless told otherwise."""

    def open_socket(
        query: str = "", site: LiveSite = live_site, headers: dict[str, str] | None = None
    ) -> AbstractContextManager[ClientConnection]:
        sent = {"Authorization": f"Token {token}"} if headers is None else headers
        address = site.url.replace("http", "ws", 1) + f"/openenv/ws{query}"
        return connect(address, additional_headers=sent, proxy=None, open_timeout=30, close_timeout=5)

    return open_socket


@pytest.fixture
def say() -> Say:
    """Send a message and return the answer."""

    def exchange(socket: ClientConnection, kind: str, **data: Any) -> dict[str, Any]:
        socket.send(json.dumps({"type": kind, "data": data}))
        answer: dict[str, Any] = json.loads(socket.recv(timeout=30))
        return answer

    return exchange
