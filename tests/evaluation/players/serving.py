"""`transformers serve`, an OpenAI-compatible server that we did not write, on loopback."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import answers, free_port, start_process, wait_for

#: What `transformers serve` needs beside what the project installs anyway (its extra `serving`).
SERVING_NEEDS: Final = ("openai==3.51.0", "fastapi==0.163.2")
_ROOT: Final = Path(__file__).resolve().parents[3]
_START: Final = "import sys; from transformers.cli.transformers import main; sys.argv[0] = 'transformers'; main()"


def serving_python(cache: pytest.Cache) -> Path:
    """A Python that has these packages, and torch and transformers from the one that runs the tests; kept in `cache`.

    Skips the test when they cannot be installed here.
    """
    folder = cache.mkdir("serving-" + "-".join(need.replace("==", "-") for need in SERVING_NEEDS))
    python, done = folder / "bin" / "python", folder / "installed"
    if done.exists():
        return python
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--clear", str(folder)], check=True)
    [site_packages] = folder.glob("lib/python3*/site-packages")
    (site_packages / "desk.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-compile", "--no-input"]
    installed = subprocess.run(
        [*pip, "--constraint", str(_ROOT / "constraints.txt"), *SERVING_NEEDS],
        capture_output=True,
        text=True,
        timeout=100,
    )
    if installed.returncode != 0:
        pytest.skip(f"transformers serve needs {', '.join(SERVING_NEEDS)}; pip says: {installed.stderr.strip()[-300:]}")
    done.touch()
    return python


@contextmanager
def serving(python: Path, model: Path, log: Path) -> Iterator[str]:
    """Serve the model while the block runs; its base URL."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    server = start_process(
        [str(python), "-c", _START, "serve", str(model), "--host=127.0.0.1", f"--port={port}", "--device=cpu"],
        environment | {"HF_HUB_OFFLINE": "1", "OMP_WAIT_POLICY": "PASSIVE"},
        log,
    )
    try:
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/health"), server, "transformers serve", timeout=90)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.stop()
