"""Folders that only their owner may enter."""

import os
import stat
from pathlib import Path

from invoiceguard_site.local_services.errors import LocalServiceError
from invoiceguard_site.local_services.system_account import SystemAccount


def make_private(folder: Path, account: SystemAccount | None = None) -> None:
    """Make `folder` with mode 0700, owned by `account` (None: by whoever runs this).

    Raises:
        LocalServiceError: it cannot be made, or the file system keeps no modes or owners.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if account is None:
            folder.chmod(0o700)
        else:
            account.own(folder)
    except OSError as error:
        raise LocalServiceError(
            f"{folder} cannot be made a private folder ({error.strerror}). Choose a place for the data with "
            "INVOICEGUARD_VAR, on a local file system that belongs to you."
        ) from error


def make_socket_folder(folder: Path) -> None:
    """Make the folder above the sockets' own folders: everyone may pass through, only its owner may write.

    Raises:
        LocalServiceError: somebody else made a folder or link of that name first (`/tmp` is open to all).
    """
    folder.mkdir(parents=True, mode=0o711, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise LocalServiceError(f"{folder} belongs to somebody else: remove it, or choose another INVOICEGUARD_VAR")
    folder.chmod(0o711)
