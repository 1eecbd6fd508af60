"""Recorded runs: what is shipped plays out here as it says, and what does not is refused whole."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.models import EvaluationRun, RunStatus
from evaluation.recorded import SHIPPED, RecordingRefused, recorded_run_lines, recorded_run_load
from evaluation.running import run_play
from evaluation.services.runs import run_launch, run_settle
from exceptions.catalogue import CATALOGUE_PATH
from exceptions.models import Episode, Player
from exceptions.services.cases import case_pack_import
from exceptions.services.players import known_players_register
from training.recorded import SHIPPED as TRAINED
from training.recorded import recorded_training_load
from training.recorded.reading import file_lines

pytestmark = pytest.mark.django_db
MOST_BYTES = 3_000_000


@pytest.fixture(autouse=True)
def desk(db: None) -> None:
    case_pack_import(source=CATALOGUE_PATH, user=None)
    known_players_register()


def lines_of(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def written(path: Path, lines: list[dict[str, Any]]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    return path


@pytest.fixture
def shortened(tmp_path: Path) -> list[dict[str, Any]]:
    """The first shipped run with three episodes."""
    return lines_of(SHIPPED[0])[:4]


def test_what_is_shipped_is_small_and_holds_scripts_and_an_untrained_model() -> None:
    assert sum(path.stat().st_size for path in SHIPPED) < MOST_BYTES
    players = {slug for path in SHIPPED for slug in lines_of(path)[0]["players"]}
    assert {"expert", "three-way-match", "keyword", "random", "investigator", "smollm2-135m-instruct"} <= players
    assert sum(slug.startswith("constant-") for slug in players) >= 4


def trained_model_load() -> None:
    """The trained model that has played some of them, as it comes with its training run."""
    (path,) = (path for path in TRAINED if path.name == "generated-worksheet-resolver.ndjson.gz")
    recorded_training_load(file_lines(path), adapters_in=path.parent)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_run_is_replayed_and_graded_here_with_the_scores_that_it_states(path: Path) -> None:
    if not Player.objects.filter(slug__in=lines_of(path)[0]["players"]).exists():
        assert "left out" in recorded_run_load(path)[1]
        trained_model_load()
    run, words = recorded_run_load(path)
    assert run is not None, words
    assert (run.status, run.recorded) == (RunStatus.SUCCEEDED, True)
    lines = lines_of(path)
    assert run.planned == Episode.objects.filter(entries__run=run, status="ended").count() == len(lines) - 1
    again = [json.loads(line) for line in recorded_run_lines(run, played_on=lines[0]["played_on"])]
    assert again[1:] == lines[1:]


def test_loading_twice_changes_nothing() -> None:
    recorded_run_load(SHIPPED[0])
    before = Episode.objects.count()
    assert recorded_run_load(SHIPPED[0])[1] == "known"
    assert Episode.objects.count() == before


def test_what_was_recorded_is_not_played_again() -> None:
    for path in SHIPPED:
        recorded_run_load(path)
    players = [Player.objects.get(slug="keyword"), Player.objects.get(slug="smollm2-135m-instruct")]
    run = run_launch(players=players, case_set={"set": "catalogue"}, user=None)
    assert run.status == RunStatus.SUCCEEDED
    assert run.entries.filter(reused=True).count() == 44


def test_a_line_that_states_another_score_is_refused_and_nothing_is_stored(
    tmp_path: Path, shortened: list[dict[str, Any]]
) -> None:
    shortened[2]["scores"]["seed-1"] += 0.01
    with pytest.raises(RecordingRefused, match="line 3: the episode scored"):
        recorded_run_load(written(tmp_path / "run.ndjson.gz", shortened))
    assert not EvaluationRun.objects.exists()
    assert not Episode.objects.exists()


def test_an_answer_that_was_changed_is_found_out(tmp_path: Path, shortened: list[dict[str, Any]]) -> None:
    shortened[1]["steps"] = shortened[1]["steps"][:-1]
    with pytest.raises(RecordingRefused, match="line 2: the episode"):
        recorded_run_load(written(tmp_path / "run.ndjson.gz", shortened))


def test_a_file_that_is_cut_off_is_refused_with_nothing_stored(tmp_path: Path) -> None:
    cut = tmp_path / "cut.ndjson.gz"
    cut.write_bytes(SHIPPED[0].read_bytes()[:-1000])
    with pytest.raises(RecordingRefused, match="cannot be read to its end"):
        recorded_run_load(cut)
    assert not EvaluationRun.objects.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"not gzip", gzip.compress(b""), gzip.compress(b"{}"), gzip.compress(b"\xff")],
    # gzip writes the time, and both processes of a parallel run must collect the same tests.
    ids=["nothing", "no gzip", "no line", "no header", "no text"],
)
def test_what_is_no_recorded_run_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.ndjson.gz"
    path.write_bytes(content)
    with pytest.raises(RecordingRefused):
        recorded_run_load(path)


def test_a_player_configured_otherwise_here_is_not_taken_for_the_recorded_one(
    tmp_path: Path, shortened: list[dict[str, Any]]
) -> None:
    slug = next(iter(shortened[0]["players"]))
    shortened[0]["players"][slug] = {"script": "another"}
    run, words = recorded_run_load(written(tmp_path / "run.ndjson.gz", shortened))
    assert run is None
    assert slug in words
    assert not Episode.objects.exists()


def test_a_run_played_here_can_be_written_and_says_what_it_was_played_on() -> None:
    run = run_launch(players=[Player.objects.get(slug="keyword")], case_set={"set": "catalogue"}, user=None, samples=2)
    run_play(run_id=run.pk, queue="cpu", worker="here")
    run_settle(run_id=run.pk)
    run.refresh_from_db()
    lines = [json.loads(line) for line in recorded_run_lines(run, played_on="a test")]
    assert len(lines) == 45
    assert lines[0]["played_on"] == "a test"
    assert {line["sample"] for line in lines[1:]} == {0, 1}
