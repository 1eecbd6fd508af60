"""The headline table says of a recorded run what its trainer said of it."""

import gzip
import json
from pathlib import Path

import pytest

from bench.headline import evaluations_of, played_by, row_of, shipped_evaluations, untrained_players
from bench.recorded import kind_of, shipped_runs
from evaluation.rollout import rollout
from exceptions.catalogue import load_catalogue
from exceptions.environment import grade
from exceptions.generator import generate_cases
from training.holdout import evaluation_metrics
from training.material import FAMILIES_SEED
from training.recorded.reading import file_lines


@pytest.mark.parametrize("name", ["submit-deep-44", "grpo-generated-42"])
def test_episodes_of_a_recording_give_the_figures_that_the_trainer_told(name: str) -> None:
    (path,) = (path for path in shipped_runs() if path.name.startswith(f"{name}."))
    points = {line.name: dict(line.points) for line in file_lines(path) if line.line == "metric"}
    found = list(evaluations_of(path))
    assert len(found) > 1
    for epoch, (_kind, _name, ended) in enumerate(found):
        figures = evaluation_metrics(ended)
        told = {metric: values[epoch] for metric, values in points.items() if metric in figures}
        assert told == pytest.approx({metric: figures[metric] for metric in told}, abs=1e-9)
        assert set(told) == set(figures)


def test_recorded_evaluations_of_models_give_the_scores_that_they_state() -> None:
    paths = shipped_evaluations()
    assert paths
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as text:
            stated = [json.loads(line)["scores"] for line in list(text)[1:]]
        ended = [env for _kind, _name, some in evaluations_of(path) for env in some]
        for rubric in ("seed-1", "grounded-1"):
            scores = [grade(env.case, env.state, rubric=rubric).score for env in ended]
            assert scores == pytest.approx([one[rubric] for one in stated])


def test_a_recorded_evaluation_on_cases_that_are_not_here_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.ndjson.gz"
    head = {"format": "invoiceguard.recorded-run/1", "name": "Elsewhere", "cases": {"c-1": "0"}}
    path.write_bytes(gzip.compress(json.dumps(head).encode()))
    with pytest.raises(SystemExit, match="Elsewhere: c-1 cannot be played again"):
        list(evaluations_of(path))


def test_the_untrained_model_plays_freely_and_on_a_worksheet(tiny_folder: Path, tmp_path: Path) -> None:
    players = untrained_players(str(tiny_folder), tmp_path)
    assert [name.partition(", ")[2] for name in players] == ["untrained", "untrained, on a worksheet"]
    ended = [[one.play.env for one in rollout(player, load_catalogue()[:2])] for player in players.values()]
    freely, on_worksheet = ([step.valid for env in envs for step in env.state.steps] for envs in ended)
    assert not any(freely), "a model with random weights writes no action"
    assert all(on_worksheet), "a worksheet leaves nothing else to write"


def test_kinds_of_cases_stand_apart() -> None:
    cases = (*generate_cases(1, 1007), *generate_cases(1, FAMILIES_SEED), load_catalogue()[0])
    assert [kind_of(case) for case in cases] == ["generated", "families left out", "catalogue"]


def test_a_row_counts_with_intervals() -> None:
    row = row_of("expert", played_by("expert", load_catalogue()))
    assert row.startswith("| expert | 22 | 22: 1.00 [0.85, 1.00] | 22 |")
    assert row.endswith("| 0.000 |")
