"""`kill -9` while a run plays, learns, evaluates or is between iterations: resumed, it ends with the same metrics."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.training.grpo.recording import Recorder, read_metrics
from tests.training.grpo.toy_run import toy_run

pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")


@pytest.fixture(scope="module")
def undisturbed(speaking_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, str], float]:
    recorder = Recorder()
    assert toy_run(speaking_folder, tmp_path_factory.mktemp("undisturbed"), recorder).status == "succeeded"
    return recorder.values


@pytest.mark.timeout(300)
@pytest.mark.parametrize("moment", ["playing", "learning", "evaluating", "between"])
def test_a_killed_run_ends_with_exactly_the_metrics_of_one_that_was_not(
    undisturbed: dict[tuple[int, str], float], speaking_folder: Path, tmp_path: Path, moment: str
) -> None:
    folder, metrics = tmp_path / "run", tmp_path / "metrics"
    command = [sys.executable, "-W", "ignore", "-m", "tests.training.grpo.toy_run"]
    victim = subprocess.run([*command, str(speaking_folder), str(folder), str(metrics), moment], cwd=ROOT, check=False)
    assert victim.returncode == -signal.SIGKILL
    said_before = read_metrics(metrics)
    assert said_before.items() < undisturbed.items()

    recorder = Recorder()
    outcome = toy_run(speaking_folder, folder, recorder)

    assert outcome.status == "succeeded"
    assert said_before | recorder.values == undisturbed
    assert len(recorder.values) < len(undisturbed), "it went on; it did not begin again"


def test_a_run_that_was_told_to_stop_goes_on_where_it_stopped(
    undisturbed: dict[tuple[int, str], float], speaking_folder: Path, tmp_path: Path
) -> None:
    said: dict[tuple[int, str], float] = {}
    for stop_after in (8, 12, None):
        recorder = Recorder(stop_after=stop_after)
        outcome = toy_run(speaking_folder, tmp_path, recorder)
        assert outcome.status == ("succeeded" if stop_after is None else "stopped")
        said |= recorder.values

    assert said == undisturbed
