"""The processes of the site: what `docker-compose.yml` starts in containers, `make run` starts from here."""

import http.client
import sys
from collections.abc import Callable, Mapping

from invoiceguard_site.local_run.child import ChildSpec

HOST = "127.0.0.1"
_CELERY = [sys.executable, "-m", "celery", "--quiet", "-A", "invoiceguard_site"]
#: A worker leaves what it is at between two turns or optimizer steps, and writes a checkpoint: on two cores that can
#: take a minute.
_WORKER_STOP_SECONDS = 120.0
_LEAVES = "leaves what it is at after this turn"
_WORKER = ["worker", "--loglevel=INFO", "--without-gossip", "--without-mingle"]


def preparation(environment: Mapping[str, str]) -> ChildSpec:
    """Migrations, catalogue, players, demo accounts and static files: runs to its end before the others."""
    return _spec("prepare", [sys.executable, "-m", "django", "prepare_local"], environment)


def web(environment: Mapping[str, str], port: int) -> ChildSpec:
    """Pages and API."""
    command = [sys.executable, "-m", "uvicorn", "invoiceguard_site.asgi:application"]
    command += [f"--host={HOST}", f"--port={port}", "--lifespan=off", "--no-access-log"]
    command += ["--timeout-graceful-shutdown=3", "--ws-max-size=1048576"]
    return _spec("web", command, environment, is_ready=lambda: _healthy(port), stop_timeout=6.0)


def workers(environment: Mapping[str, str]) -> list[ChildSpec]:
    """Both queues, and beat for what recurs."""
    cpu = [*_CELERY, *_WORKER, "--queues=cpu", "--pool=threads", "--concurrency=4", "--hostname=cpu@%h"]
    # CUDA does not survive a fork, hence the solo pool.
    gpu = [*_CELERY, *_WORKER, "--queues=gpu", "--pool=solo", "--hostname=gpu@%h"]
    beat = [*_CELERY, "beat", "--loglevel=WARNING", "--pidfile="]
    return [
        # A worker killed in the middle loses nothing that is stored; another waits for its lease to run out, and does
        # what it was at again.
        _spec(
            "worker-gpu", gpu, environment, stop_timeout=_WORKER_STOP_SECONDS, finishes=f"{_LEAVES} or optimizer step"
        ),
        _spec("worker-cpu", cpu, environment, stop_timeout=_WORKER_STOP_SECONDS, finishes=_LEAVES),
        _spec("beat", beat, environment),
    ]


def _spec(
    name: str,
    command: list[str],
    environment: Mapping[str, str],
    is_ready: Callable[[], bool] | None = None,
    stop_timeout: float = 5.0,
    finishes: str = "has not ended yet",
) -> ChildSpec:
    return ChildSpec(
        name, lambda: command, environment, is_ready=is_ready, stop_timeout=stop_timeout, finishes=finishes
    )


def _healthy(port: int) -> bool:
    """Say whether the site answers `/healthz`, which asks the database and the broker, with 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
