"""A throw-away PostgreSQL and Valkey for a test run or a measurement."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from invoiceguard_site.local_services.addresses import (
    embedded_broker_url,
    embedded_database_url,
    socket_folder,
)
from invoiceguard_site.local_services.errors import LocalServiceError
from invoiceguard_site.local_services.postgres import EmbeddedPostgres
from invoiceguard_site.local_services.postgres_program import data_folder
from invoiceguard_site.local_services.service import EmbeddedServer, wait_until_ready
from invoiceguard_site.local_services.valkey import EmbeddedValkey

_PREFIX = "invoiceguard-temporary-"
_STOP_SECONDS = 10.0


class TemporaryServers:
    """Both servers in a new folder under the system's temporary folder; a context manager that removes all of
    it.

    Nothing is started before `start`, so the addresses can be put into the environment first.
    """

    def __init__(self) -> None:
        _remove_abandoned()
        self.var_dir = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
        # mkdtemp closes the folder to the account that PostgreSQL runs as when root starts it.
        self.var_dir.chmod(0o711)
        (self.var_dir / "owner.pid").write_text(str(os.getpid()))
        self.database_url = embedded_database_url(self.var_dir)
        self.broker_url = embedded_broker_url(self.var_dir)
        self._running: list[tuple[EmbeddedServer, subprocess.Popen[bytes]]] = []

    def start_postgres(self, *, durable: bool = False) -> None:
        """Start PostgreSQL and create its database; by default without waiting for the disk."""
        server = EmbeddedPostgres(self.var_dir, durable=durable)
        self._start(server)
        server.ensure_database()

    def start_valkey(self) -> None:
        """Start Valkey."""
        self._start(EmbeddedValkey(self.var_dir))

    def log(self, name: str) -> str:
        """Return what the server `name` has written so far."""
        return (self.var_dir / f"{name}.log").read_text(errors="replace")

    def close(self) -> None:
        """Stop what was started and delete the folder."""
        for server, process in reversed(self._running):
            process.send_signal(server.stop_signal)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()
        _remove(self.var_dir)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self, server: EmbeddedServer) -> None:
        server.prepare()
        account = server.account
        with (self.var_dir / f"{server.name}.log").open("ab") as log:
            process = subprocess.Popen(
                server.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                # Out of reach of the Ctrl-C that ends the test run: it is stopped in order, by `close`.
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        self._running.append((server, process))
        try:
            wait_until_ready(server, process)
        except LocalServiceError as error:
            raise LocalServiceError(f"{error}; its log:\n{self.log(server.name)}") from error


def _remove_abandoned() -> None:
    """Clear what test runs left behind that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            owned_by_other = folder.stat().st_uid != os.geteuid()
            if owned_by_other or psutil.pid_exists(int((folder / "owner.pid").read_text())):
                continue
        except (FileNotFoundError, ValueError):
            # Another run is making it, or removing it, at this moment.
            continue
        for process in psutil.process_iter(["name", "cwd"]):
            place = process.info["cwd"]
            if place and Path(place).is_relative_to(folder) and process.info["name"] in ("postgres", "valkey-server"):
                process.kill()
        _remove(folder)


def _remove(var_dir: Path) -> None:
    sockets, data = socket_folder(var_dir), data_folder(var_dir)
    shutil.rmtree(var_dir, ignore_errors=True)
    shutil.rmtree(sockets, ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)
