"""`python -m invoiceguard_site.local_run`: run the site, or `manage …` for a management command."""

import argparse
import asyncio
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from invoiceguard_site.local_run.child import StartFailed
from invoiceguard_site.local_run.environment import default_var_dir, local_environment
from invoiceguard_site.local_run.output import Terminal
from invoiceguard_site.local_run.process_record import AlreadyRunning, end_orphans, lock
from invoiceguard_site.local_run.site_processes import HOST
from invoiceguard_site.local_run.supervisor import Supervisor
from invoiceguard_site.local_services.errors import LocalServiceError


class PortTaken(Exception):
    """Another program listens on the port."""


def main(arguments: list[str] | None = None) -> int:
    """Run until stopped; returns the exit status."""
    options = _parser().parse_args(arguments)
    var_dir = options.var.resolve()
    if options.manage is not None:
        command = [sys.executable, "-m", "django", *options.manage]
        os.execve(sys.executable, command, local_environment(var_dir))  # noqa: S606 - no shell is wanted
    terminal = Terminal()
    began = time.monotonic()

    def on_ready(url: str) -> None:
        terminal.plain(_welcome(url, var_dir, time.monotonic() - began))

    try:
        held = lock(var_dir)
        for name in end_orphans(var_dir / "processes.json"):
            terminal.plain(f"Ended {name}, which a killed run had left behind.")
        _check_port(options.port)
        asyncio.run(_supervise(var_dir, options.port, terminal, on_ready))
        held.close()
    except (AlreadyRunning, PortTaken, StartFailed, LocalServiceError) as error:
        terminal.plain(f"InvoiceGuard did not start: {error}")
        return 1
    terminal.plain("Everything has stopped.")
    return 0


async def _supervise(var_dir: Path, port: int, terminal: Terminal, on_ready: Callable[[str], None]) -> None:
    await Supervisor(var_dir, port, terminal, on_ready).run()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m invoiceguard_site.local_run", description=__doc__)
    parser.add_argument(
        "--port",
        type=int,
        default=os.environ.get("PORT", "8000"),
        help="port on 127.0.0.1 (PORT; default 8000)",
    )
    parser.add_argument(
        "--var",
        type=Path,
        default=default_var_dir(),
        help="folder of all data (INVOICEGUARD_VAR; default var/)",
    )
    commands = parser.add_subparsers()
    manage = commands.add_parser("manage", help="run a management command, e.g. manage import_case_pack FILE")
    manage.add_argument("manage", nargs=argparse.REMAINDER)
    parser.set_defaults(manage=None)
    return parser


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTaken(
                f"port {port} on {HOST} cannot be used ({error.strerror}). Choose another: make run PORT={port + 1}"
            ) from error


def _welcome(url: str, var_dir: Path, seconds: float) -> str:
    accounts: dict[str, str] = json.loads((var_dir / "demo-accounts.json").read_text())
    lines = ["", f"InvoiceGuard is running at {url}  (started in {seconds:.1f} s)", "", "Sign in as"]
    lines += [f"    {name:<12} {password}" for name, password in accounts.items()]
    lines += ["", f"Logs are in {var_dir / 'log'}. Ctrl-C stops everything.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
