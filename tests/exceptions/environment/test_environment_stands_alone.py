"""The environment needs neither Django nor a database nor torch, and keeps its pace."""

import subprocess
import sys
import time

from bench.environment import catalogue_plays, play_actions

_FOREIGN = ("django", "rest_framework", "celery", "psycopg", "redis", "torch", "transformers", "numpy")


def test_importing_it_imports_only_the_standard_library_and_pydantic() -> None:
    program = f"import sys, exceptions.environment; print([name for name in {_FOREIGN!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_it_keeps_its_pace() -> None:
    """The floor of 50 000 steps a second is the benchmark's; a shared machine may be slower, but not by much."""
    plays = catalogue_plays()
    play_actions(plays)
    started = time.process_time()
    steps = sum(play_actions(plays) for _ in range(20))
    assert steps / (time.process_time() - started) > 20_000
