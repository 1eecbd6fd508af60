"""Which code trained: a setting, the commit of the checkout, or the package's version."""

import os
from importlib import metadata
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parent.parent
_DIGITS: Final = 12


def code_version() -> str:
    """`CODE_VERSION` of the environment, else twelve digits of the commit, else the version of the package."""
    if given := os.environ.get("CODE_VERSION", "").strip():
        return given[:60]
    return _commit(_ROOT / ".git") or _package()


def _commit(git: Path) -> str:
    """What HEAD points to; read from the files, because git need not be installed where the site runs."""
    try:
        head = (git / "HEAD").read_text().strip()
        if not head.startswith("ref: "):
            return head[:_DIGITS]
        name = head.removeprefix("ref: ")
        if (git / name).is_file():
            return (git / name).read_text().strip()[:_DIGITS]
        for line in (git / "packed-refs").read_text().splitlines():
            if line.endswith(f" {name}"):
                return line[:_DIGITS]
    except OSError:
        return ""
    return ""


def _package() -> str:
    try:
        return metadata.version("invoiceguard")
    except metadata.PackageNotFoundError:
        return ""
