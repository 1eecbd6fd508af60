"""`accelerate launch manage.py train`: one run, told by one process, with the steps that one alone would take."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from evaluation.models import RunStatus
from exceptions.catalogue import CATALOGUE_PATH
from exceptions.services.cases import case_pack_import
from tests.conftest import ROOT, free_port, start_process, wait_for
from tests.training.conftest import SHORT, local_model
from training.models import TrainingRun

pytest.importorskip("torch", reason="needs the extra `models`")
#: What `accelerate launch` does on several cards; without a card it starts one process only, unless there is MPI.
LAUNCH = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node=2"]


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_two_processes_train_one_run_with_the_figures_of_one(
    tiny_folder: Path, process_environment: dict[str, str]
) -> None:
    case_pack_import(source=CATALOGUE_PATH, user=None)
    local_model("tiny-qwen3", str(tiny_folder))
    environment = process_environment | {"OMP_NUM_THREADS": "1"}
    alone = _trained([sys.executable], environment)
    assert len(alone) > 20
    together = _trained([*LAUNCH, f"--master_port={free_port()}"], environment)
    assert together == pytest.approx(alone, abs=1e-5)


@pytest.mark.timeout(200)
@pytest.mark.django_db(transaction=True)
def test_ctrl_c_ends_all_of_them_at_the_same_step_with_a_checkpoint(
    tiny_folder: Path, process_environment: dict[str, str], tmp_path: Path
) -> None:
    case_pack_import(source=CATALOGUE_PATH, user=None)
    local_model("tiny-qwen3", str(tiny_folder))
    environment = process_environment | {"OMP_NUM_THREADS": "1"}
    command = [*LAUNCH, f"--master_port={free_port()}", *_command(SHORT | {"epochs": 100})]
    launched = start_process(command, environment, tmp_path / "launch.log")
    wait_for(lambda: "/200," in launched.output(), launched, "the first step", timeout=120)
    launched.process.send_signal(signal.SIGINT)
    launched.process.wait(40)
    run = TrainingRun.objects.get()
    assert (run.status, run.lease_token) == (RunStatus.CANCELLED, None)
    assert run.checkpoints.filter(step=run.done).exists()
    assert "Stopped after" in launched.output()


def test_reinforcement_and_a_worker_take_no_part_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(CommandError, match="one process"):
        call_command("train", "grpo-cold")
    with pytest.raises(CommandError, match="without accelerate launch"):
        call_command("train", "submit-deep-best", queue=True)


def _trained(how: list[str], environment: dict[str, str]) -> dict[tuple[str, int], float]:
    """Train a new run; its figures by name and step."""
    known = set(TrainingRun.objects.values_list("pk", flat=True))
    command = [*how, *_command(SHORT | {"micro_batch_tokens": 1})]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=140)
    assert done.returncode == 0, done.stderr[-3000:]
    run = TrainingRun.objects.exclude(pk__in=known).get()
    assert (run.status, run.error, run.done) == (RunStatus.SUCCEEDED, "", 4)
    assert [line.count("4/4") for line in done.stdout.splitlines() if "4/4" in line] == [1], "one shows the bar"
    assert done.stdout.count("Registered as") == 1
    assert list(run.checkpoints.filter(kind="epoch").values_list("epoch", flat=True).order_by("epoch")) == [1, 2]
    rows = run.metrics.exclude(name="train/tokens_per_second").values_list("name", "step", "value")
    return {(name, step): value for name, step, value in rows}


def _command(changes: dict[str, Any]) -> list[str]:
    settings = [part for name, value in changes.items() for part in ("--set", f"{name}={json.dumps(value)}")]
    return ["manage.py", "train", "submit-deep-best", "--base", "tiny-qwen3", *settings]
