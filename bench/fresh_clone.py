"""How long a stranger waits: `git clone`, `make run` with an empty `.venv`, the first page.

    python bench/fresh_clone.py

Needs the package index, or pip's cache. Prints seconds for the installation and until the first page.
"""

import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from socket import socket

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="invoiceguard-fresh-") as folder:
        Path(folder).chmod(0o711)
        clone = Path(folder).resolve() / "invoiceguard"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        with socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        skipped = ("DATABASE_URL", "REDIS_URL", "INVOICEGUARD_VAR", "VIRTUAL_ENV")
        environment = {name: value for name, value in os.environ.items() if name not in skipped} | {"PORT": port}
        began = time.perf_counter()
        run = subprocess.Popen(["make", "run"], cwd=clone, env=environment, start_new_session=True)
        try:
            installed = _first_page(f"http://127.0.0.1:{port}/accounts/login/", run, clone / "var", began)
            total = time.perf_counter() - began
        finally:
            if run.poll() is None:
                os.killpg(run.pid, signal.SIGINT)
                run.wait(60)
    print(f"make run, fresh clone, empty .venv: {total:.0f} s to the first page ({installed:.0f} s of it installing)")


def _first_page(url: str, run: "subprocess.Popen[bytes]", var_dir: Path, began: float) -> float:
    """Wait for the page; return the seconds until the installation had ended (`var/` was made)."""
    installed: float | None = None
    while True:
        if installed is None and var_dir.exists():
            installed = time.perf_counter() - began
        try:
            with urllib.request.urlopen(url, timeout=30):
                return installed or 0.0
        except (urllib.error.URLError, ConnectionError):
            if run.poll() is not None:
                raise SystemExit("make run ended before the first page") from None
        time.sleep(0.1)


if __name__ == "__main__":
    main()
