"""One process under the supervisor: started, watched, started again when it ends by itself, stopped."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from invoiceguard_site.local_run.output import ProcessLog, Terminal
from invoiceguard_site.local_run.process_record import ProcessRecord, kill_session, recorded
from invoiceguard_site.local_services.system_account import SystemAccount

_READY_POLL_SECONDS = 0.03
_FIRST_DELAY_SECONDS = 0.5
_LONGEST_DELAY_SECONDS = 10.0
#: Seconds after which it is said that a process is waited for, and between one such line and the next.
_SAY_AFTER_SECONDS = 2.0
_SAY_AGAIN_SECONDS = 15.0
#: A process that has run this long starts again at once, and its earlier crashes are forgotten.
_STEADY_SECONDS = 15.0


class StartFailed(Exception):
    """A process that ended, or did not answer in time, when it was first started: with the end of its log."""


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """What to run. `is_ready` may block; `prepare` runs before every start."""

    name: str
    command: Callable[[], list[str]]
    environment: Mapping[str, str]
    is_ready: Callable[[], bool] | None = None
    prepare: Callable[[], None] | None = None
    account: SystemAccount | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    #: Seconds between `stop_signal` and `kill -9`.
    stop_timeout: float = 10.0
    #: What it does before it ends, where that can take a while: for whoever waits.
    finishes: str = "has not ended yet"
    #: Whether its lines are for the terminal too, or for its log file only.
    on_terminal: bool = True


@dataclass(slots=True)
class Child:
    """The running side of a `ChildSpec`."""

    spec: ChildSpec
    log: ProcessLog
    terminal: Terminal
    record: ProcessRecord
    process: asyncio.subprocess.Process | None = None
    stopping: bool = False
    restarts: int = 0
    _reader: asyncio.Task[None] | None = field(default=None, repr=False)

    async def start(self, timeout: float = 60.0) -> None:
        """Start the process for the first time and wait until it is ready, at most `timeout` seconds.

        Raises:
            StartFailed: it ended or did not answer.
        """
        await self._spawn()
        deadline = time.monotonic() + timeout
        while self.spec.is_ready and not await asyncio.to_thread(self.spec.is_ready):
            if self._running().returncode is not None:
                await self._drain()
                raise StartFailed(f"{self.spec.name} ended before it was ready{self.last_words()}")
            if time.monotonic() > deadline:
                raise StartFailed(f"{self.spec.name} was not ready after {timeout:.0f} s{self.last_words()}")
            await asyncio.sleep(_READY_POLL_SECONDS)
        self._note("running")

    async def wait(self) -> int:
        """Wait until the process ends by itself and return its status."""
        status = await self._running().wait()
        await self._drain()
        return status

    async def keep(self) -> None:
        """Start the process again whenever it ends, until `stop` is called."""
        delay = 0.0
        while True:
            started = time.monotonic()
            status = await self.wait()
            if self.is_stopping():
                return
            delay = 0.0 if time.monotonic() - started > _STEADY_SECONDS else _next_delay(delay)
            self.restarts += 1
            self.terminal.line(
                self.spec.name,
                f"ended ({_ending(status)}); starting again{f' in {delay:.1f} s' if delay else ''}",
            )
            self._note("restarting")
            await asyncio.sleep(delay)
            if not self.is_stopping():
                await self._spawn()
                self._note("running")
            if self.is_stopping():  # it may have been asked for while the process was being started
                await self.stop()
                return

    def is_stopping(self) -> bool:
        """Say whether it is to end; asked again after every wait, in which that may have changed."""
        return self.stopping

    async def stop(self) -> None:
        """Ask the process to end, wait, and kill it when it does not."""
        self.stopping = True
        process = self.process
        if process is None:
            return
        if process.returncode is None:
            _send(process, self.spec.stop_signal)
            if not await self._ends(process):
                self.terminal.line(self.spec.name, f"did not end within {self.spec.stop_timeout:.0f} s; killed")
                kill_session(process.pid)
                await process.wait()
        await self._drain()
        self._note("stopped")

    def last_words(self) -> str:
        """Return where its log is, with its end unless that has just been on the terminal."""
        return f" (see {self.log.path})" if self.spec.on_terminal else f"; its last words:\n{self.log.tail()}"

    def kill(self) -> None:
        """End the process and its children at once."""
        self.stopping = True
        if self.process is not None and self.process.returncode is None:
            kill_session(self.process.pid)

    async def _ends(self, process: asyncio.subprocess.Process) -> bool:
        """Wait for its end, as long as it may take, and say so. False: it goes on."""
        deadline, patience = time.monotonic() + self.spec.stop_timeout, _SAY_AFTER_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            try:
                await asyncio.wait_for(process.wait(), min(left, patience))
            except TimeoutError:
                left, patience = deadline - time.monotonic(), _SAY_AGAIN_SECONDS
                if left > 0:
                    words = f"{self.spec.finishes}; it has {left:.0f} s for that (Ctrl-C kills at once)"
                    self.terminal.line(self.spec.name, words)
            else:
                return True
        return False

    async def _spawn(self) -> None:
        spec = self.spec
        if spec.prepare:
            await asyncio.to_thread(spec.prepare)
        account = spec.account
        self.process = await asyncio.create_subprocess_exec(
            *spec.command(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=dict(spec.environment),
            # Ctrl-C in the terminal reaches the supervisor only, which then stops everything in order.
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        self._reader = asyncio.create_task(self._read(self.process))
        self._note("starting")

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            raise RuntimeError("the process was started with a pipe")
        while chunk := await process.stdout.read(65536):
            for line in self.log.take(chunk):
                if self.spec.on_terminal:
                    self.terminal.line(self.spec.name, line)

    async def _drain(self) -> None:
        """After the process has ended: end what it left behind, and read the rest of what it wrote."""
        kill_session(self._running().pid)
        if self._reader is not None:
            # A process that left the group may hold the pipe open; its words are not worth waiting for.
            await asyncio.wait([self._reader], timeout=1.0)
            self._reader.cancel()

    def _running(self) -> asyncio.subprocess.Process:
        if self.process is None:
            raise RuntimeError(f"{self.spec.name} has not been started")
        return self.process

    def _note(self, state: str) -> None:
        process = recorded(self._running().pid)
        process.state, process.restarts = state, self.restarts
        self.record.children[self.spec.name] = process
        self.record.write()


def _next_delay(delay: float) -> float:
    return min(_LONGEST_DELAY_SECONDS, delay * 2) if delay else _FIRST_DELAY_SECONDS


def _ending(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"


def _send(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    try:
        os.kill(process.pid, number)
    except ProcessLookupError:
        # It ended in the meantime, which is what was wanted.
        return
