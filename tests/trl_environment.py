"""A virtual environment with TRL, on top of this one: what both need (torch, transformers) is not installed twice."""

import fcntl
import subprocess
import sys
import sysconfig
from pathlib import Path

#: The version that the tests were made with.
TRL = "trl==1.16.0"


class NoTrl(Exception):
    """TRL cannot be had here; says why."""


def trl_python(folder: Path) -> Path:
    """The Python of an environment in `folder` that has TRL; made when it is not there.

    Raises:
        NoTrl: the registry cannot be reached, or has no such version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    environment, ready = folder / "venv", folder / f"ready-{TRL}"
    python = environment / "bin" / "python"
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
            [packages] = environment.glob("lib/python*/site-packages")
            (packages / "beside.pth").write_text(sysconfig.get_path("purelib") + "\n")
            install = [str(python), "-m", "pip", "install", "--quiet", "--no-compile", "--no-input", TRL]
            done = subprocess.run(install, capture_output=True, text=True, check=False)
            if done.returncode:
                raise NoTrl(f"TRL cannot be installed here: {done.stderr.strip()[-300:]}")
            ready.touch()
    return python
