"""Where the embedded servers listen: a pure computation from the place of `var/`.

Both listen on Unix sockets only, in folders that nobody but their owner may enter, so no port is taken and no
password is needed.
"""

import hashlib
import os
import stat
from pathlib import Path
from urllib.parse import quote, urlencode

#: The shortest limit of the supported systems: macOS has 104 bytes for a socket's path with its NUL, Linux
#: 108.
SOCKET_PATH_MAX_BYTES = 103
DATABASE_NAME = "invoiceguard"
DATABASE_USER = "postgres"
#: Only names the socket's file (`.s.PGSQL.5432`): no port is opened.
DATABASE_PORT = 5432
_LONGEST_SOCKET_NAME = f"postgres/.s.PGSQL.{DATABASE_PORT}"


def socket_folder(var_dir: Path) -> Path:
    """Return the folder for the sockets: `var/run`, or one under `/tmp` named by user and a hash of `var/`.

    The second is taken when a socket's path in the first would be too long for the system, and for root,
    whose embedded PostgreSQL runs as another user, when that user could not reach the first.
    """
    var_dir = Path(var_dir).resolve()
    inside = var_dir / "run"
    too_long = len(os.fsencode(inside / _LONGEST_SOCKET_NAME)) > SOCKET_PATH_MAX_BYTES
    if too_long or (os.geteuid() == 0 and not everyone_may_enter(var_dir.parent)):
        digest = hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:12]
        # Not tempfile.gettempdir(): it follows TMPDIR, and a shell with another one would look in another
        # place.
        return Path("/tmp") / f"invoiceguard-{os.geteuid()}-{digest}"  # noqa: S108 - owner and mode are checked before use
    return inside


def everyone_may_enter(folder: Path) -> bool:
    """Say whether every user of the system may pass through `folder` and all folders above it."""
    return all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents) if place.exists())


def database_socket_folder(var_dir: Path) -> Path:
    """Return the folder that holds the embedded PostgreSQL's socket."""
    return socket_folder(var_dir) / "postgres"


def broker_socket(var_dir: Path) -> Path:
    """Return the path of the embedded Valkey's socket."""
    return socket_folder(var_dir) / "valkey" / "valkey.sock"


def embedded_database_url(var_dir: Path | str, database: str = DATABASE_NAME) -> str:
    """Return the URL of the embedded PostgreSQL that keeps its data under `var_dir`, in libpq's spelling.

    Nothing is started or written, and the server need not exist.
    """
    host = urlencode({"host": database_socket_folder(Path(var_dir))}, safe="/", quote_via=quote)
    return f"postgresql://{DATABASE_USER}@/{database}?{host}"


def embedded_broker_url(var_dir: Path | str) -> str:
    """Return the URL of the embedded Valkey that keeps its data under `var_dir`, as redis-py spells a Unix
    socket.

    Nothing is started or written, and the server need not exist.
    """
    return f"unix://{quote(str(broker_socket(Path(var_dir))))}"
