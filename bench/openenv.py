"""OpenEnv over WebSockets on this machine: `python -m bench.openenv [seconds]`.

Prints steps a second over one connection and over fifty (resets are in the time, not in the count; the client shares
the machine with one web process and a PostgreSQL that waits for the disk), and the memory that a session takes in the
web process.
"""

import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
from websockets.asyncio.client import ClientConnection, connect

from invoiceguard_site.local_services.temporary import TemporaryServers

_ROOT = Path(__file__).resolve().parent.parent
_MANY = 50
_SECONDS = 10.0


def main() -> None:
    """Measure and print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else _SECONDS
    with TemporaryServers() as servers, _site(servers) as (address, token, process):
        asyncio.run(_measure(address, token, process, seconds))


async def _measure(address: str, token: str, process: psutil.Process, seconds: float) -> None:
    async with AsyncExitStack() as stack:
        headers = {"Authorization": f"Token {token}"}

        async def opened() -> ClientConnection:
            return await stack.enter_async_context(connect(address, additional_headers=headers, proxy=None))

        sockets = [await opened()]
        # What the first messages load is no session's.
        await _play([sockets[0]], 2.0)
        rate = await _play(sockets, seconds)
        print(f"OpenEnv over one WebSocket: {rate:.0f} steps/s ({1000 / rate:.1f} ms a step)")
        await _say(sockets[0], "reset", seed=0)
        before = process.memory_info().rss
        for seed in range(1, _MANY):
            sockets.append(await opened())
            await _say(sockets[-1], "reset", seed=seed)
        grown = process.memory_info().rss - before
        print(f"memory of a session with an episode in play: {grown / (_MANY - 1) / 1024:.0f} KiB", end=" ")
        print(f"(web process {before / 2**20:.0f} MiB with one, {(before + grown) / 2**20:.0f} MiB with {_MANY})")
        rate = await _play(sockets, seconds)
        print(f"OpenEnv over {_MANY} WebSockets: {rate:.0f} steps/s (one web process)")
        print(f"web process after that: {process.memory_info().rss / 2**20:.0f} MiB")


async def _play(sockets: list[ClientConnection], seconds: float) -> float:
    """Play one episode after the other on each connection; steps a second over all."""
    steps = 0
    began = time.perf_counter()

    async def play(socket_: ClientConnection, seed: int) -> None:
        nonlocal steps
        while time.perf_counter() < began + seconds:
            await _say(socket_, "reset", seed=seed)
            for action in _episode():
                await _say(socket_, "step", **action)
                steps += 1
            seed += 1

    await asyncio.gather(*(play(socket_, seed) for seed, socket_ in enumerate(sockets)))
    return steps / (time.perf_counter() - began)


def _episode() -> list[dict[str, Any]]:
    """Nine looks and a submit, as an expert's median episode has."""
    from exceptions.environment import INVESTIGATIONS

    looks = [{"action_type": kind.value} for kind in list(INVESTIGATIONS)[:9]]
    submit = {"action_type": "submit_final_resolution", "final_decision": "place_on_hold", "explanation": "As seen."}
    return [*looks, submit]


async def _say(socket_: ClientConnection, kind: str, **data: Any) -> None:
    await socket_.send(json.dumps({"type": kind, "data": data}))
    answer = json.loads(await socket_.recv())
    if answer["type"] != "observation":
        raise SystemExit(f"{kind} was answered with {answer}")


@contextmanager
def _site(servers: TemporaryServers) -> Iterator[tuple[str, str, psutil.Process]]:
    """One web process with the catalogue: the WebSocket's address, a reviewer's token, the process."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "invoiceguard_site.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "INVOICEGUARD_LOCAL": "1",
        "INVOICEGUARD_VAR": str(servers.var_dir),
        "LOG_LEVEL": "ERROR",
        "RATE_OPENENV_STEPS": "100000000/min",
        "RATE_OPENENV_RESETS": "100000000/min",
    }
    for server in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(server, None)
    servers.start_postgres(durable=True)
    servers.start_valkey()
    token = _filled_desk()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "invoiceguard_site.asgi:application", f"--port={port}"]
    web = subprocess.Popen([*command, "--lifespan=off", "--log-level=warning"], cwd=_ROOT)
    try:
        _wait_for(f"http://127.0.0.1:{port}/openenv/health", web)
        yield f"ws://127.0.0.1:{port}/openenv/ws", token, psutil.Process(web.pid)
    finally:
        web.terminate()
        web.wait(30)


def _filled_desk() -> str:
    """The catalogue, and the token of a reviewer."""
    import django

    django.setup()
    from django.contrib.auth.models import Group, User
    from django.core.management import call_command
    from knox.models import AuthToken

    from exceptions.catalogue import CATALOGUE_PATH
    from exceptions.services.cases import case_pack_import

    for command in (["migrate"], ["collectstatic", "--noinput"]):
        call_command(*command, verbosity=0)
    case_pack_import(source=CATALOGUE_PATH, user=None)
    user = User.objects.create_user("researcher")
    user.groups.set(Group.objects.filter(name="reviewer"))
    return str(AuthToken.objects.create(user=user)[1])


def _wait_for(address: str, web: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and web.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the site did not get ready")


if __name__ == "__main__":
    main()
