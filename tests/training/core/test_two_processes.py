"""Several processes take the steps that one would take."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import free_port

SCRIPT = Path(__file__).parent / "two_processes.py"


def test_two_cpu_processes_give_the_loss_curve_of_one(tiny_folder: Path, tmp_path: Path) -> None:
    alone = _metrics([sys.executable, str(SCRIPT)], tiny_folder, tmp_path / "one")
    # What accelerate launches on several cards; without a card it starts one process only, unless there is MPI.
    launch = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node=2", f"--master_port={free_port()}"]
    together = _metrics([*launch, str(SCRIPT)], tiny_folder, tmp_path / "two")
    assert together.pop("processes") == 2
    assert alone.pop("processes") == 1
    assert alone.keys() == together.keys()
    assert len([name for name in alone if name.startswith("train/loss@")]) == 6
    for name, value in alone.items():
        assert together[name] == pytest.approx(value, abs=1e-5), name


def _metrics(command: list[str], base: Path, folder: Path) -> dict[str, float]:
    folder.mkdir()
    metrics = folder / "metrics.json"
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, str(base), str(folder / "run"), str(metrics)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, float] = json.loads(metrics.read_text())
    return found
