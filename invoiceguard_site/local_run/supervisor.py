"""Brings everything up in order, keeps it up, and takes it down in the opposite order."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Any

from invoiceguard_site.local_run import site_processes
from invoiceguard_site.local_run.child import Child, ChildSpec, StartFailed
from invoiceguard_site.local_run.environment import local_environment
from invoiceguard_site.local_run.output import ProcessLog, Terminal
from invoiceguard_site.local_run.process_record import ProcessRecord, recorded
from invoiceguard_site.local_services.postgres import EmbeddedPostgres
from invoiceguard_site.local_services.service import EmbeddedServer
from invoiceguard_site.local_services.valkey import EmbeddedValkey

_SERVER_STOP_SECONDS = 20.0


class Supervisor:
    """All processes of one `var/`. Call `run` once, with the lock of `var/` held."""

    def __init__(self, var_dir: Path, port: int, terminal: Terminal, on_ready: Callable[[str], None]) -> None:
        self._var_dir = var_dir
        self._port = port
        self._terminal = terminal
        self._on_ready = on_ready
        self._url = f"http://{site_processes.HOST}:{port}"
        self._record = ProcessRecord(var_dir / "processes.json", recorded(os.getpid()), self._url)
        self._children: list[Child] = []
        self._keepers: list[asyncio.Task[None]] = []
        self._asked_to_stop = asyncio.Event()

    async def run(self) -> None:
        """Start everything, wait for a signal to stop, stop everything.

        Raises:
            StartFailed: a process did not come up; what had been started is stopped again.
            LocalServiceError: an embedded server cannot run here.
        """
        self._listen_to_signals()
        starting = asyncio.create_task(self._start())
        stop = asyncio.create_task(self._asked_to_stop.wait())
        try:
            await asyncio.wait([starting, stop], return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                await self._watch(stop)
        finally:
            starting.cancel()
            stop.cancel()
            await asyncio.gather(starting, stop, return_exceptions=True)
            await self._stop_everything()

    async def _start(self) -> None:
        # In a log a progress bar is a line for each of its states.
        environment = {"TQDM_DISABLE": "1"} | local_environment(self._var_dir)
        postgres = None if os.environ.get("DATABASE_URL") else EmbeddedPostgres(self._var_dir)
        valkey = None if os.environ.get("REDIS_URL") else EmbeddedValkey(self._var_dir)
        servers = [self._adopt(_server_spec(server)) for server in (postgres, valkey) if server]
        await _all(child.start() for child in servers)
        self._keep(servers)
        if postgres:
            await asyncio.to_thread(postgres.ensure_database)

        await self._run_to_end(site_processes.preparation(environment))
        web = self._adopt(site_processes.web(environment, self._port))
        await web.start()
        self._keep([web])
        # After the first page can be had: importing torch keeps a core busy for seconds.
        workers = [self._adopt(spec) for spec in site_processes.workers(environment)]
        await _all(child.start() for child in workers)
        self._keep(workers)
        self._record.supervisor.state = "running"
        self._record.write()
        self._on_ready(self._url)

    async def _watch(self, stop: "asyncio.Task[bool]") -> None:
        """Wait for the signal; a keeper that fails (a server cannot be prepared again) ends the run too."""
        await asyncio.wait([stop, *self._keepers], return_when=asyncio.FIRST_COMPLETED)
        for keeper in self._keepers:
            if keeper.done():
                keeper.result()

    def _adopt(self, spec: ChildSpec) -> Child:
        log = ProcessLog(self._var_dir / "log" / f"{spec.name}.log")
        child = Child(spec, log, self._terminal, self._record)
        self._children.append(child)
        return child

    def _keep(self, children: Sequence[Child]) -> None:
        self._keepers += [asyncio.create_task(child.keep()) for child in children]

    async def _run_to_end(self, spec: ChildSpec) -> None:
        child = self._adopt(spec)
        await child.start()
        status = await child.wait()
        self._children.remove(child)
        del self._record.children[spec.name]
        if status != 0:
            raise StartFailed(f"{spec.name} failed{child.last_words()}")

    async def _stop_everything(self) -> None:
        servers = [child for child in self._children if child.spec.name in ("postgres", "valkey")]
        others = [child for child in self._children if child not in servers]
        for group in (others, servers):
            await asyncio.gather(*(child.stop() for child in group))
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for child in self._children:
            child.log.close()
        self._record.path.unlink(missing_ok=True)

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._on_signal)

    def _on_signal(self) -> None:
        if self._asked_to_stop.is_set():
            self._terminal.plain("Killing what is left.")
            for child in self._children:
                child.kill()
        else:
            self._terminal.plain("\nStopping (Ctrl-C again kills at once) …")
            self._asked_to_stop.set()


def _server_spec(server: EmbeddedServer) -> ChildSpec:
    return ChildSpec(
        server.name,
        server.command,
        # Nothing of ours: a server needs no secrets, and PGDATA or PGOPTIONS would mislead it.
        {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        is_ready=server.is_ready,
        prepare=server.prepare,
        account=server.account,
        stop_signal=server.stop_signal,
        stop_timeout=_SERVER_STOP_SECONDS,
        on_terminal=False,
    )


async def _all(starts: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Start several at once; the first that fails is reported when all have come to an end."""
    outcomes = await asyncio.gather(*starts, return_exceptions=True)
    for outcome in outcomes:
        if outcome is not None:
            raise outcome
