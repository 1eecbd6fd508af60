"""`var/processes.json`: which processes run, for scripts to read, and for the next start to clean up after a
crash.

A process is known by its id and the time it was created, because the system uses ids again.
"""

import contextlib
import fcntl
import itertools
import json
import os
import signal
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

import psutil

from invoiceguard_site.local_services.process_end import wait_until_gone

_ORPHAN_STOP_SECONDS = 3.0
#: The system derives the time of creation from the clock, which may have been set since.
_CLOCK_STEP_SECONDS = 5.0


class AlreadyRunning(Exception):
    """Another supervisor works on the same `var/`."""


@dataclass(slots=True)
class RecordedProcess:
    """`state` is starting, running, restarting or stopped; `created` is in seconds since the epoch."""

    pid: int
    created: float
    state: str = "starting"
    restarts: int = 0


@dataclass(slots=True)
class ProcessRecord:
    """What the file says."""

    path: Path
    supervisor: RecordedProcess
    url: str
    children: dict[str, RecordedProcess] = field(default_factory=dict)

    def write(self) -> None:
        """Replace the file in one step, so that a reader never sees half of it."""
        document = {
            "supervisor": asdict(self.supervisor),
            "url": self.url,
            "children": {name: asdict(child) for name, child in self.children.items()},
        }
        unfinished = self.path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(document, indent=2) + "\n")
        unfinished.replace(self.path)


def recorded(pid: int) -> RecordedProcess:
    """Return the record of a process that runs now (created 0 when it has ended already)."""
    try:
        return RecordedProcess(pid, psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return RecordedProcess(pid, 0.0)


def lock(var_dir: Path) -> IO[str]:
    """Take `var/` for this process until it ends, however it ends.

    Raises:
        AlreadyRunning: another supervisor has it.
    """
    var_dir.mkdir(parents=True, exist_ok=True)
    held = (var_dir / "supervisor.lock").open("a+")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        held.seek(0)
        owner = held.read().strip() or "unknown"
        held.close()
        raise AlreadyRunning(
            f"InvoiceGuard already runs on {var_dir} (process {owner}). Stop it with Ctrl-C in its terminal "
            f"or `kill {owner}`, or give this one another place: INVOICEGUARD_VAR=…"
        ) from error
    held.truncate(0)
    held.write(str(os.getpid()))
    held.flush()
    return held


def end_orphans(record: Path) -> list[str]:
    """End what a killed supervisor left running and return its names; call only with the lock held."""
    if not record.exists():
        return []
    try:
        children: dict[str, dict[str, float]] = json.loads(record.read_text())["children"]
    except (ValueError, KeyError):
        # Written in one step, so only a full disk or an editor leaves it unreadable; it names nothing to end.
        return []
    found = {name: _session_members(int(child["pid"]), child["created"]) for name, child in children.items()}
    for name, members in found.items():
        for member in members:
            with contextlib.suppress(psutil.NoSuchProcess):
                # PostgreSQL's fast shutdown; the others end at once and lose nothing that was acknowledged.
                member.send_signal(signal.SIGINT if name == "postgres" else signal.SIGKILL)
    for stubborn in wait_until_gone(itertools.chain(*found.values()), _ORPHAN_STOP_SECONDS):
        stubborn.kill()
    record.unlink()
    return [name for name, members in found.items() if members]


def _session_members(leader: int, created: float) -> list[psutil.Process]:
    """Return what lives of the session that `leader` opened, unless its id has gone to another process."""
    with contextlib.suppress(psutil.NoSuchProcess):
        if abs(psutil.Process(leader).create_time() - created) > _CLOCK_STEP_SECONDS:
            return []
    members = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                members.append(process)
    return members


def kill_session(leader: int) -> None:
    """`kill -9` everything that is left of the process group of `leader`."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
