"""The embedded PostgreSQL and Valkey: data outlive a kill, and what a killed one left behind is no obstacle."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import redis

from invoiceguard_site.local_services import embedded_broker_url, embedded_database_url
from invoiceguard_site.local_services.errors import LocalServiceError
from invoiceguard_site.local_services.postgres import EmbeddedPostgres
from invoiceguard_site.local_services.private_folder import make_socket_folder
from invoiceguard_site.local_services.service import EmbeddedServer, wait_until_ready
from invoiceguard_site.local_services.temporary import TemporaryServers
from invoiceguard_site.local_services.valkey import EmbeddedValkey

Start = Callable[[EmbeddedServer], "subprocess.Popen[bytes]"]


@pytest.fixture
def place() -> Iterator[Path]:
    with TemporaryServers() as servers:
        yield servers.var_dir


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def started(server: EmbeddedServer) -> "subprocess.Popen[bytes]":
            server.prepare()
            account = server.account
            process = subprocess.Popen(
                server.command(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
            stack.callback(process.wait)
            stack.callback(process.send_signal, signal.SIGINT)
            wait_until_ready(server, process)
            return process

        yield started


def test_rows_outlive_a_killed_postgres(place: Path, start: Start) -> None:
    server = EmbeddedPostgres(place)
    process = start(server)
    server.ensure_database()
    with psycopg.connect(embedded_database_url(place)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 41 AS number")
    process.kill()
    process.wait()

    start(EmbeddedPostgres(place))

    with psycopg.connect(embedded_database_url(place)) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (41,)


def test_messages_outlive_a_killed_valkey(place: Path, start: Start) -> None:
    process = start(EmbeddedValkey(place))
    with redis.Redis.from_url(embedded_broker_url(place)) as client:
        client.lpush("queue", "message")
    process.kill()
    process.wait()

    start(EmbeddedValkey(place))

    with redis.Redis.from_url(embedded_broker_url(place)) as client:
        assert client.lrange("queue", 0, -1) == [b"message"]


def test_a_lock_file_that_names_an_unrelated_process_is_no_obstacle(place: Path, start: Start) -> None:
    server = EmbeddedPostgres(place)
    server.prepare()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")

    assert start(server).poll() is None


def test_a_server_that_lost_its_supervisor_is_ended_before_another_starts(place: Path, start: Start) -> None:
    orphan = start(EmbeddedPostgres(place))

    successor = start(EmbeddedPostgres(place))

    assert orphan.poll() == 0
    assert successor.poll() is None


def test_an_interrupted_initdb_is_done_again(place: Path, start: Start) -> None:
    server = EmbeddedPostgres(place)
    unfinished = server.data.with_name(f"{server.data.name}.unfinished")
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")

    assert start(server).poll() is None


def test_data_of_another_major_version_are_refused_in_words(place: Path) -> None:
    server = EmbeddedPostgres(place)
    server.prepare()
    (server.data / "PG_VERSION").write_text("16\n")

    with pytest.raises(LocalServiceError, match=r"written by PostgreSQL 16, but 18\.\d+ is installed"):
        server.prepare()


def test_nobody_else_may_enter_the_folders(place: Path, start: Start) -> None:
    server = EmbeddedPostgres(place)
    start(server)
    start(EmbeddedValkey(place))

    for folder in (server.data, place / "valkey"):
        assert folder.stat().st_mode & 0o077 == 0, folder


def test_a_socket_folder_made_by_somebody_else_is_refused(tmp_path: Path) -> None:
    trap = tmp_path / "invoiceguard-0-abc"
    trap.symlink_to("/tmp")

    with pytest.raises(LocalServiceError, match="belongs to somebody else"):
        make_socket_folder(trap)


def test_a_server_that_does_not_come_up_is_named() -> None:
    server = EmbeddedValkey(Path("/proc/nowhere"))
    process = subprocess.Popen(["false"])

    with pytest.raises(LocalServiceError, match="valkey ended with status 1 before it answered"):
        wait_until_ready(server, process)


def test_a_test_run_that_was_killed_leaves_nothing_for_the_next(tmp_path: Path) -> None:
    abandoned = TemporaryServers()
    abandoned.start_valkey()
    process = abandoned._running[0][1]
    gone = subprocess.Popen(["true"])
    gone.wait()
    (abandoned.var_dir / "owner.pid").write_text(str(gone.pid))

    TemporaryServers().close()

    assert process.wait(5) == -signal.SIGKILL
    assert not abandoned.var_dir.exists()
