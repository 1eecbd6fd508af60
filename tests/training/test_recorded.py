"""Training runs as files and folders: what is told plays out here as it says, and what does not is refused whole."""

import gzip
import json
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from evaluation.models import EvaluationRun, RunStatus
from evaluation.players.adapters import ADAPTER_FILES, adapter_sha256
from exceptions.models import Episode, Player
from tests.training.conftest import SHORT, launch
from training.files import FileReporter
from training.material import select_cases, training_traces
from training.models import ModelLineage, TrainingCheckpoint, TrainingRun
from training.recipes import SftRecipe
from training.recorded import SHIPPED, RecordingRefused, recorded_training_load
from training.recorded.reading import file_lines
from training.running import run_train
from training.services.runs import recipe_with

torch = pytest.importorskip("torch", reason="needs the extra `models`")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("catalogue"),
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"),
]
MOST_BYTES = 5_000_000
MOST_BYTES_OF_AN_ADAPTER = 20_000_000
OTHER_ID = "0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a10"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path) -> Path:
    """The folder of a run that was made without a database."""
    from training.sft import train_sft

    folder = tmp_path_factory.mktemp("told") / "run"
    recipe = recipe_with("submit-deep-best", SHORT | {"epochs": 1})
    assert isinstance(recipe, SftRecipe)
    about = {"recipe": recipe.model_dump(mode="json"), "base_model": str(tiny_folder), "code_version": "abc"}
    reporter = FileReporter(folder, about=about)
    train_sft(
        recipe,
        base_model=str(tiny_folder),
        folder=reporter.checkpoints,
        reporter=reporter,
        traces=training_traces(recipe),
        select=select_cases(recipe),
    )
    reporter.ended("succeeded")
    return folder


def said(command: str, *args: Any, **options: Any) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out, **options)
    return out.getvalue()


def lines_of(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def written(path: Path, lines: list[dict[str, Any]]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    return path


@pytest.fixture
def recorded(told: Path, tiny: Player, tmp_path: Path) -> list[dict[str, Any]]:
    """The lines of that run, as they would stand in a file; the database has it too, under its own id."""
    said("import_training_run", told)
    path = tmp_path / "run.ndjson.gz"
    said("record_training_run", str(TrainingRun.objects.get().pk), path)
    lines = lines_of(path)
    lines[0]["id"] = OTHER_ID
    return lines


def test_a_run_of_a_folder_comes_in_with_its_figures_episodes_adapters_and_model(told: Path, tiny: Player) -> None:
    assert "curves, 8 episodes" in said("import_training_run", told)
    run = TrainingRun.objects.get()
    assert (run.status, run.recorded, run.code_version, run.base) == (RunStatus.SUCCEEDED, True, "abc", tiny)
    assert run.created_at == run.started_at
    assert run.pk.version == 7
    assert list(run.metrics.filter(name="eval/score").values_list("step", flat=True)) == [0, 1]
    assert list(run.evaluations.values_list("epoch", "set_name")) == [(0, "holdout"), (1, "holdout")]
    assert Episode.objects.filter(origin="training", status="ended").count() == 8
    model = ModelLineage.objects.get(run=run).player
    assert (model.retired_at, run.checkpoints.get(best=True).kept) == (None, True)
    assert "known" in said("import_training_run", told)
    assert TrainingRun.objects.count() == 1


def test_an_adapter_that_was_brought_without_its_checkpoint_and_several_tests_come_in_too(
    told: Path, tiny: Player, tmp_path: Path
) -> None:
    folder = tmp_path / "brought"
    shutil.copytree(told, folder)
    (checkpoint,) = (folder / "checkpoints").glob("epoch-*")
    (folder / "adapter").mkdir()
    for name in ADAPTER_FILES:
        (checkpoint / name).rename(folder / "adapter" / name)
    lines = (folder / "episodes-holdout-0001.ndjson").read_text().splitlines()
    (folder / "episodes-holdout-0001.ndjson").unlink()
    for name, part in (("one", lines[:3]), ("two-seed-9", lines[3:])):
        (folder / f"episodes-test-{name}-0001.ndjson").write_text("\n".join(part) + "\n")
    said("import_training_run", folder)
    run = TrainingRun.objects.get()
    model = ModelLineage.objects.get(run=run)
    assert (model.checkpoint.epoch, model.checkpoint.kept, model.player.retired_at) == (1, True, None)
    tests = run.evaluations.get(set_name="test").evaluation
    assert (tests.planned, tests.training_run) == (4, None)


def test_a_recorded_run_is_the_same_run_on_another_desk(recorded: list[dict[str, Any]], tmp_path: Path) -> None:
    path = written(tmp_path / "other.ndjson.gz", recorded)
    assert "loaded" in said("load_recorded_training_runs", path)
    assert "known" in said("load_recorded_training_runs", path)
    run = TrainingRun.objects.get(pk=OTHER_ID)
    first = TrainingRun.objects.exclude(pk=OTHER_ID).get()
    for name in ("config", "machine", "started_at", "done", "total", "worked_seconds"):
        assert getattr(run, name) == getattr(first, name)
    assert run.metrics.count() == first.metrics.count()
    assert not run.checkpoints.filter(kept=True).exists(), "weights are not in the file"
    model = ModelLineage.objects.get(run=run).player
    assert model.retired_at is not None, "it cannot play without its adapter"
    again = tmp_path / "again.ndjson.gz"
    said("record_training_run", OTHER_ID, again)
    assert lines_of(again) == recorded


def test_a_recorded_run_says_which_adapter_it_began_with(
    recorded: list[dict[str, Any]], tmp_path: Path, admin_client: Client
) -> None:
    model = ModelLineage.objects.get().player
    again = tmp_path / "again.ndjson.gz"
    for number, (sha256, start, missing) in enumerate(
        [(model.config["adapter"]["sha256"], model, ""), ("f" * 64, None, "f" * 64)]
    ):
        recorded[0] |= {"id": OTHER_ID[:-1] + str(number), "adapter": sha256}
        said("load_recorded_training_runs", written(tmp_path / "run.ndjson.gz", recorded))
        run = TrainingRun.objects.get(pk=recorded[0]["id"])
        assert (run.start_from, run.start_adapter) == (start, missing)
        page = admin_client.get(f"/training/{run.pk}/").content.decode()
        assert ("from an adapter that is not here" in page) == bool(missing)
        assert admin_client.get(f"/api/v1/training-runs/{run.pk}/").json()["start_adapter"] == missing
        trained = admin_client.get(f"/models/{ModelLineage.objects.get(run=run).player.slug}/").content.decode()
        assert ("an adapter that is not here" in trained) == bool(missing)
        said("record_training_run", str(run.pk), again)
        assert lines_of(again)[0]["adapter"] == sha256


def test_a_model_whose_adapter_lies_beside_the_file_can_play(
    recorded: list[dict[str, Any]], told: Path, tmp_path: Path
) -> None:
    (checkpoint,) = (told / "checkpoints").glob("epoch-*")
    shutil.copytree(checkpoint, tmp_path / "adapters" / "one")
    line = next(line for line in recorded if line["line"] == "checkpoint" and line["kind"] == "epoch")
    line["folder"] = "adapters/one"
    said("load_recorded_training_runs", written(tmp_path / "run.ndjson.gz", recorded))
    lineage = ModelLineage.objects.get(run=OTHER_ID)
    assert (lineage.checkpoint.kept, lineage.player.retired_at) == (True, None)


def test_a_run_is_recorded_with_its_models_adapter_in_half_the_bytes(told: Path, tiny: Player, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    said("import_training_run", told)
    run = TrainingRun.objects.get()
    path = tmp_path / "shipped.ndjson.gz"
    said("record_training_run", str(run.pk), path, adapter=True)
    beside = tmp_path / "adapters" / "shipped"
    before, after = (
        load_file(folder / "adapter_model.safetensors") for folder in (next(told.glob("checkpoints/epoch-*")), beside)
    )
    assert before.keys() == after.keys()
    for name, weight in before.items():
        assert after[name].dtype == torch.bfloat16
        assert torch.allclose(after[name].float(), weight, rtol=2**-7)
    lines = lines_of(path)
    lines[0]["id"] = OTHER_ID
    said("load_recorded_training_runs", written(path, lines))
    lineage = ModelLineage.objects.get(run=OTHER_ID)
    assert (lineage.checkpoint.kept, lineage.player.retired_at) == (True, None)
    assert lineage.checkpoint.sha256 == adapter_sha256(beside)
    TrainingCheckpoint.objects.filter(run=run).update(kept=False)
    with pytest.raises(CommandError, match="record the run without it"):
        said("record_training_run", str(run.pk), path, adapter=True)


def test_the_test_of_a_recorded_model_stands_in_comparisons(recorded: list[dict[str, Any]], tmp_path: Path) -> None:
    for line in recorded:
        if line["line"] == "episode" and line["epoch"] == 1:
            line["set"] = "test"
    said("load_recorded_training_runs", written(tmp_path / "tested.ndjson.gz", recorded))
    model = ModelLineage.objects.get(run=OTHER_ID).player
    assert Episode.objects.filter(player=model, origin="evaluation").count() == 4
    assert EvaluationRun.objects.get(training_run=None).name == f"Test of {model.name}"


def test_what_does_not_play_out_as_it_says_is_refused_and_nothing_is_stored(
    recorded: list[dict[str, Any]], tmp_path: Path
) -> None:
    runs = TrainingRun.objects.count()

    def refused(lines: list[dict[str, Any]], words: str) -> None:
        with pytest.raises(RecordingRefused, match=words):
            recorded_training_load(file_lines(written(tmp_path / "x.ndjson.gz", lines)))
        assert TrainingRun.objects.count() == runs

    def changed(line: str, **fields: Any) -> list[dict[str, Any]]:
        lines = json.loads(json.dumps(recorded))
        found = next(one for one in lines if one["line"] == line and one.get("name", "eval/score") == "eval/score")
        found.update(fields)
        return list(lines)

    refused(changed("metric", points=[[0, 0.99], [1, 0.99]]), "states eval/score 0.99")
    refused(changed("episode", answers=[]), "its episodes are graded")
    refused(changed("episode", stop="submitted"), "is said to have ended")
    refused(changed("episode", case="no-such-case"), "not among the lines")
    refused(changed("checkpoint", kind="monthly"), r"line \d+: checkpoint.kind")
    refused(recorded[1:], "first line")
    refused([*recorded, recorded[0]], "second run")
    cut = tmp_path / "cut.ndjson.gz"
    cut.write_bytes(written(tmp_path / "x.ndjson.gz", recorded).read_bytes()[:-500])
    with pytest.raises(CommandError, match="cannot be read to its end"):
        said("load_recorded_training_runs", cut)


def test_a_run_whose_base_model_nobody_has_is_left_out(recorded: list[dict[str, Any]], tmp_path: Path) -> None:
    recorded[0]["base_model"] = "Nobody/Has-this"
    assert "left out" in said("load_recorded_training_runs", written(tmp_path / "x.ndjson.gz", recorded))


def test_a_run_that_goes_or_a_folder_that_is_none_is_not_brought_in(tiny: Player, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no folder of a training run"):
        said("import_training_run", tmp_path)
    about = {"recipe": recipe_with("submit-only").model_dump(mode="json"), "base_model": "x"}
    FileReporter(tmp_path / "going", about=about)
    with pytest.raises(CommandError, match="has ended"):
        said("import_training_run", tmp_path / "going")
    with pytest.raises(CommandError, match="only one that was trained"):
        said("record_training_run", str(launch(tiny).pk), tmp_path / "x")


def test_what_is_shipped_is_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED) < MOST_BYTES
    adapters = list((SHIPPED[0].parent / "adapters").glob("*/adapter_model.safetensors"))
    assert adapters
    assert all(path.stat().st_size < MOST_BYTES_OF_AN_ADAPTER for path in adapters)


def test_the_model_of_the_lane_comes_with_its_weights(settings: Any) -> None:
    from exceptions.services.lane import lane_players
    from exceptions.services.players import known_players_register

    settings.LANE_PLAYERS = settings.SHIPPED_LANE
    known_players_register()
    said("load_recorded_training_runs")
    assert [player.slug for player in lane_players()] == settings.SHIPPED_LANE
    model = lane_players()[0]
    assert model.retired_at is None
    assert ModelLineage.objects.get(player=model).checkpoint.kept


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_run_is_replayed_and_graded_here_with_the_figures_that_it_states(path: Path) -> None:
    from exceptions.services.players import known_players_register

    known_players_register()
    run, words = recorded_training_load(file_lines(path))
    assert run is not None, words
    assert run.recorded


def test_a_model_is_trained_by_command_with_a_table_at_the_end(tiny: Player, settings: Any) -> None:
    changes = [f"{name}={json.dumps(value)}" for name, value in SHORT.items()]
    text = said("train", "submit-deep-best", base="tiny-qwen3", epochs=1, seed=44, set=changes)
    run = TrainingRun.objects.get()
    assert (run.status, run.seed, run.config["epochs"]) == (RunStatus.SUCCEEDED, 44, 1)
    assert "] 2/2" in text
    assert "epoch          score  grounded  resolved" in text
    assert f"Registered as {ModelLineage.objects.get(run=run).player.slug}" in text
    with pytest.raises(CommandError, match="There is no player nobody"):
        said("train", "submit-only", base="nobody")
    assert not run_train(run_id=run.pk, worker="another")


def test_a_queued_run_is_left_to_a_worker(tiny: Player) -> None:
    text = said("train", "submit-only", base="tiny-qwen3", queue=True)
    run = TrainingRun.objects.get()
    assert (text.strip(), run.status) == (str(run.pk), RunStatus.QUEUED)
