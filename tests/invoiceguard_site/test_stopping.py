"""How a process under the supervisor is stopped: it has its time, whoever waits is told for what, and may end it."""

import asyncio
import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from invoiceguard_site.local_run.child import Child, ChildSpec
from invoiceguard_site.local_run.output import ProcessLog, Terminal
from invoiceguard_site.local_run.process_record import ProcessRecord, recorded
from invoiceguard_site.local_run.site_processes import workers

#: Takes three seconds to leave what it is at.
SLOW = """
import signal, sys, time
def leave(*_):
    time.sleep(3)
    open(sys.argv[1], "w").write("left cleanly")
    sys.exit()
signal.signal(signal.SIGTERM, leave)
print("ready", flush=True)
while True:
    time.sleep(0.1)
"""


class Run:
    """One slow process, with what the terminal says of it."""

    def __init__(self, folder: Path, stop_timeout: float) -> None:
        self.left, self._said = folder / "left", io.StringIO()
        command = [sys.executable, "-c", SLOW, str(self.left)]
        self.log = ProcessLog(folder / "slow.log")
        spec = ChildSpec(
            "slow", lambda: command, os.environ, self._ready, stop_timeout=stop_timeout, finishes="leaves after a step"
        )
        record = ProcessRecord(folder / "processes.json", recorded(os.getpid()), "")
        self.child = Child(spec, self.log, Terminal(self._said), record)

    def _ready(self) -> bool:
        return "ready" in self.log.tail()

    def said(self) -> str:
        return self._said.getvalue()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[float], Run]]:
    started: list[Run] = []

    def one(stop_timeout: float) -> Run:
        started.append(Run(tmp_path, stop_timeout))
        return started[-1]

    yield one
    for run in started:
        run.log.close()


def test_a_process_has_the_time_that_it_needs_and_it_is_said_what_for(start: Callable[[float], Run]) -> None:
    run = start(60)

    async def start_and_stop() -> None:
        await run.child.start()
        await run.child.stop()

    asyncio.run(start_and_stop())
    assert run.left.read_text() == "left cleanly"
    assert "leaves after a step; it has 58 s for that (Ctrl-C kills at once)" in run.said()
    assert "killed" not in run.said().replace("kills", "")


def test_one_that_takes_longer_than_it_may_is_killed(start: Callable[[float], Run]) -> None:
    run = start(1)

    async def start_and_stop() -> None:
        await run.child.start()
        await run.child.stop()

    asyncio.run(start_and_stop())
    assert not run.left.exists()
    assert "did not end within 1 s; killed" in run.said()


def test_one_that_is_waited_for_can_be_killed_at_once(start: Callable[[float], Run]) -> None:
    run = start(60)

    async def start_stop_and_kill() -> float:
        await run.child.start()
        stopping = asyncio.create_task(run.child.stop())
        await asyncio.sleep(0.3)
        began = time.monotonic()
        run.child.kill()
        await stopping
        return time.monotonic() - began

    assert asyncio.run(start_stop_and_kill()) < 2
    assert not run.left.exists()


def test_a_worker_has_time_for_an_optimizer_step_on_two_cores() -> None:
    by_name = {spec.name: spec for spec in workers({})}
    for name in ("worker-gpu", "worker-cpu"):
        assert by_name[name].stop_timeout >= 90
        assert "leaves what it is at" in by_name[name].finishes
    assert by_name["beat"].stop_timeout <= 10
