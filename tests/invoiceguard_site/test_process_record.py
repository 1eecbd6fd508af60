"""`var/processes.json`: the next start ends what a killed one left behind, and nothing else."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from invoiceguard_site.local_run.process_record import (
    AlreadyRunning,
    ProcessRecord,
    RecordedProcess,
    end_orphans,
    lock,
    recorded,
)


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    """A process with a child, in a session of its own, as the supervisor starts them."""
    with subprocess.Popen(["sh", "-c", "sleep 60 & wait"], start_new_session=True) as process:
        yield process
        process.kill()


def written(path: Path, child: RecordedProcess) -> Path:
    ProcessRecord(path, recorded(1), "http://127.0.0.1:1", {"web": child}).write()
    return path


def test_an_orphan_is_ended_with_its_children(tmp_path: Path, sleeper: "subprocess.Popen[bytes]") -> None:
    record = written(tmp_path / "processes.json", recorded(sleeper.pid))

    assert end_orphans(record) == ["web"]

    assert sleeper.wait(5) == -signal.SIGKILL
    assert not record.exists()


def test_a_process_that_got_the_id_later_is_left_alone(tmp_path: Path, sleeper: "subprocess.Popen[bytes]") -> None:
    earlier = RecordedProcess(sleeper.pid, recorded(sleeper.pid).created - 60)

    assert end_orphans(written(tmp_path / "processes.json", earlier)) == []

    assert sleeper.poll() is None


def test_without_a_record_there_is_nothing_to_end(tmp_path: Path) -> None:
    assert end_orphans(tmp_path / "processes.json") == []


def test_one_supervisor_at_a_time_has_the_data(tmp_path: Path) -> None:
    held = lock(tmp_path)
    with pytest.raises(AlreadyRunning, match="already runs on"):
        lock(tmp_path)
    held.close()
    lock(tmp_path).close()
