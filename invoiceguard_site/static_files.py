"""Static files are collected (hashed, compressed) when they have changed, not at every start."""

import hashlib
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

_DIGEST_FILE = ".digest"


def static_files_collect(*, target: Path) -> bool:
    """Run `collectstatic` unless `target` already holds what the apps ship now; say whether it ran."""
    digest = _sources_digest()
    kept = target / _DIGEST_FILE
    if kept.exists() and kept.read_text() == digest:
        return False
    call_command("collectstatic", interactive=False, clear=target.exists(), verbosity=0)
    kept.write_text(digest)
    return True


def _sources_digest() -> str:
    """Return a digest of names, sizes and times of all files that the finders know."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            source = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{source.st_size}\0{source.st_mtime_ns}\n".encode())
    return digest.hexdigest()
