"""The environment of everything that `make run` starts, and of management commands on the same data."""

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def default_var_dir() -> Path:
    """Return `INVOICEGUARD_VAR`, or `var/` in the checkout."""
    return Path(os.environ.get("INVOICEGUARD_VAR") or ROOT / "var").resolve()


def local_environment(var_dir: Path) -> dict[str, str]:
    """Return this process's environment with what the site needs on one machine.

    `SECRET_KEY` is generated once and kept in `var/secret-key`, readable by its owner only. `DATABASE_URL`
    and `REDIS_URL` are passed on when set; when not, the settings take the embedded servers of `var_dir`.
    """
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "invoiceguard_site.settings",
        "INVOICEGUARD_LOCAL": "1",
        "INVOICEGUARD_VAR": str(var_dir),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": os.environ.get("SECRET_KEY") or _kept_secret(var_dir / "secret-key"),
    }
    # Libraries are installed without bytecode: keep what the first start compiles.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if os.geteuid() == 0:
        # Celery's advice not to be root: whoever starts this as root on one machine has decided that.
        environment["PYTHONWARNINGS"] = "ignore:::celery.platforms"
    return environment


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        secret = secrets.token_urlsafe(50)
        file.write(secret)
    return secret
