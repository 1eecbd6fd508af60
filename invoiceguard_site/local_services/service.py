"""What a supervisor or a test needs to know of an embedded server in order to run it."""

import signal
import subprocess
import time
from typing import Protocol

from invoiceguard_site.local_services.errors import LocalServiceError
from invoiceguard_site.local_services.system_account import SystemAccount


class EmbeddedServer(Protocol):
    """A server process that keeps its data under `var/`."""

    name: str
    stop_signal: signal.Signals
    #: The system account to run it as; None for whoever starts it.
    account: SystemAccount | None

    def prepare(self) -> None:
        """Before every start: make folders and data, and clear what a killed predecessor left behind."""

    def command(self) -> list[str]:
        """Return the command line, which stays in the foreground and logs to stderr."""

    def is_ready(self) -> bool:
        """Say whether it answers now."""


def wait_until_ready(server: EmbeddedServer, process: "subprocess.Popen[bytes]", timeout: float = 30.0) -> None:
    """Block until `server` answers; `timeout` is in seconds.

    Raises:
        LocalServiceError: its process ended, or the time ran out.
    """
    deadline = time.monotonic() + timeout
    while not server.is_ready():
        if process.poll() is not None:
            raise LocalServiceError(f"{server.name} ended with status {process.returncode} before it answered")
        if time.monotonic() > deadline:
            raise LocalServiceError(f"{server.name} did not answer within {timeout:.0f} s")
        time.sleep(0.02)
