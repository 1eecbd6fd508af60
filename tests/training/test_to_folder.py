"""A run without a database, by its command: trained, stopped, gone on with, tested, and brought in."""

import json
import os
import signal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from exceptions.generator import FAMILIES
from exceptions.models import Player
from training.material import FAMILIES_SEED, TWINS_SEED
from training.models import EvaluatedSet, TrainingRun
from training.recipes import SFT_RECIPES
from training.reporting import TrainingFailed
from training.services.runs import recipe_with
from training.to_folder import train_to_folder

pytestmark = [
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"),
]
TINY: dict[str, Any] = {
    "case_count": 4,
    "drills_per_case": 0,
    "sheets_per_case": 0,
    "traces_per_step": 2,
    "select_count": 2,
    "max_new_tokens": 8,
    "worksheet": False,
    "precision": "float32",
}


def command(folder: Path, tiny_folder: Path, *more: str) -> str:
    out = StringIO()
    settings = [part for name, value in TINY.items() for part in ("--set", f"{name}={json.dumps(value)}")]
    call_command(
        "train_to_folder", "generated", str(folder), "--base-model", str(tiny_folder), *settings, *more, stdout=out
    )
    return out.getvalue()


def about(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "run.json").read_text())
    return found


def test_a_run_is_trained_tested_and_brought_in(tmp_path: Path, tiny_folder: Path, tiny: Player) -> None:
    folder = tmp_path / "run"
    said = command(folder, tiny_folder, "--test", "--name", "Away")
    assert "2 of 2 steps" in said
    assert "Test on 60 cases (twins)" in said
    assert "Test on 22 cases (catalogue)" in said
    assert about(folder)["status"] == "succeeded"
    assert about(folder)["worked_seconds"] > 0
    call_command("import_training_run", str(folder), stdout=StringIO())
    run = TrainingRun.objects.get()
    assert run.name == "Away"
    tested = [one.evaluation for one in run.evaluations.filter(set_name=EvaluatedSet.TEST)]
    assert sum(evaluation.entries.count() for evaluation in tested) == 82
    # What was tested is what is brought in: the adapter in bfloat16.
    assert run.lineage.get().player.config["adapter"]["sha256"] in {one.sha256 for one in run.checkpoints.all()}
    with pytest.raises(CommandError, match="trained to its end"):
        command(folder, tiny_folder)


def test_ctrl_c_stops_it_and_the_same_call_goes_on(tmp_path: Path, tiny_folder: Path) -> None:
    folder, recipe = tmp_path / "run", recipe_with("generated", TINY)
    # A shell that starts the tests in the background has them ignore Ctrl-C.
    before = signal.getsignal(signal.SIGINT)

    def stop(words: str) -> None:
        if words.startswith("1 of 2"):
            os.kill(os.getpid(), signal.SIGINT)

    outcome = train_to_folder(recipe, folder, base_model=str(tiny_folder), tell=stop)
    stopped = about(folder)
    assert outcome.status == "stopped"
    assert stopped["status"] == "running"
    assert signal.getsignal(signal.SIGINT) is before
    assert train_to_folder(recipe, folder, base_model=str(tiny_folder)).status == "succeeded"
    ended = about(folder)
    assert ended["started_at"] == stopped["started_at"]
    assert ended["worked_seconds"] > stopped["worked_seconds"] > 0
    assert ended["steps"] == 2


def test_families_that_are_left_out_are_what_it_is_tested_on(tmp_path: Path, tiny_folder: Path, tiny: Player) -> None:
    folder, left_out = tmp_path / "run", {"currency-swap", "threshold-dance"}
    families = json.dumps([name for name in FAMILIES if name not in left_out])
    said = command(folder, tiny_folder, "--test", "--set", f"families={families}")
    assert "Test on 40 cases (families left out)" in said
    assert "catalogue" not in said
    assert [path.name for path in folder.glob("episodes-test-*")] == ["episodes-test-families-left-out-0001.ndjson"]
    call_command("import_training_run", str(folder), stdout=StringIO())
    entries = TrainingRun.objects.get().evaluations.get(set_name=EvaluatedSet.TEST).evaluation.entries
    slugs = entries.values_list("case_version__case__slug", flat=True)
    assert {slug.removeprefix(f"g{FAMILIES_SEED}-").partition("-")[2] for slug in slugs} == left_out


def test_a_test_that_is_stopped_is_not_done_and_is_played_by_the_next_call(tmp_path: Path, tiny_folder: Path) -> None:
    folder, recipe = tmp_path / "run", recipe_with("generated", TINY)

    def stop(words: str) -> None:
        if words.startswith("Test on 60 cases (twins)"):
            os.kill(os.getpid(), signal.SIGINT)

    outcome = train_to_folder(recipe, folder, base_model=str(tiny_folder), test=True, tell=stop)
    assert (outcome.status, about(folder)["status"]) == ("stopped", "running")
    assert [path.name for path in folder.glob("episodes-test-*")] == ["episodes-test-twins-0001.ndjson"]
    assert train_to_folder(recipe, folder, base_model=str(tiny_folder), test=True).status == "succeeded"
    assert len(list(folder.glob("episodes-test-*"))) == 2
    # Its last step was made by the first call.
    assert about(folder)["steps"] == about(folder)["total_steps"] == 2


def test_a_run_that_failed_goes_on_when_the_fault_is_mended(tmp_path: Path, tiny_folder: Path) -> None:
    folder, recipe = tmp_path / "run", recipe_with("generated", TINY)
    folder.mkdir()
    (folder / "checkpoints").write_text("in the way of the checkpoints")
    with pytest.raises(TrainingFailed):
        train_to_folder(recipe, folder, base_model=str(tiny_folder))
    assert about(folder)["status"] == "failed"
    (folder / "checkpoints").unlink()
    assert train_to_folder(recipe, folder, base_model=str(tiny_folder)).status == "succeeded"
    assert "error" not in about(folder)


def test_a_folder_holds_one_run(tmp_path: Path, tiny_folder: Path) -> None:
    folder = tmp_path / "run"
    command(folder, tiny_folder)
    other = recipe_with("generated", TINY | {"seed": 8})
    with pytest.raises(TrainingFailed, match=r"Another run stands in .*, which has another recipe\."):
        train_to_folder(other, folder, base_model=str(tiny_folder))


def test_what_is_trained_on_the_catalogue_is_tested_on_other_cases(
    tmp_path: Path, tiny_folder: Path, tiny: Player
) -> None:
    folder, out = tmp_path / "run", StringIO()
    settings = ("epochs=1", "trace_lengths=[9]", "traces_per_step=18", "evaluate_first=false", "max_new_tokens=8")
    call_command(
        "train_to_folder",
        "full-trace",
        str(folder),
        "--base-model",
        str(tiny_folder),
        *(part for one in settings for part in ("--set", one)),
        "--test",
        "--test-cases",
        "2",
        stdout=out,
    )
    assert "Test on 2 cases (twins)" in out.getvalue()
    assert "Test on 2 cases (generated)" in out.getvalue()
    call_command("import_training_run", str(folder), stdout=StringIO())
    tested = TrainingRun.objects.get().evaluations.filter(set_name=EvaluatedSet.TEST)
    slugs = tested.values_list("evaluation__entries__case_version__case__slug", flat=True)
    assert {slug[:5] for slug in slugs} == {f"t{TWINS_SEED}", f"g{SFT_RECIPES['full-trace'].select_seed}"}


def test_what_cannot_be_is_said_before_anything_is_trained(tmp_path: Path) -> None:
    for wrong in (("--test-cases", "2"), ("--test", "--test-cases", "0")):
        with pytest.raises(CommandError, match="--test-cases goes with --test"):
            call_command("train_to_folder", "full-trace", str(tmp_path / "run"), *wrong)
    with pytest.raises(CommandError, match="epochs: "):
        call_command("train_to_folder", "full-trace", str(tmp_path / "run"), "--set", "epochs=0")
    assert not (tmp_path / "run").exists()
