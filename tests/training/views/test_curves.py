"""Curves as data: smoothing, thinning, axes that hold still, and what is drawn of which run."""

import json
import math
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.statistics.intervals import Estimate
from training.charts.lines import Line, curve_figure
from training.charts.of_run import BY_NAME, CurveView, DrawnRun, curve_chart, curve_table, measures_of, metric_names
from training.charts.ranges import linear_range, log_range, step_range
from training.charts.smoothing import smoothed, thinned
from training.models import RecipeKind
from training.selectors.curves import Point

numbers = st.floats(-1e6, 1e6)
curves = st.lists(st.none() | numbers, max_size=200).map(lambda values: list(enumerate(values, start=1)))


def drawn(place: int = 0, **curves: list[Point]) -> DrawnRun:
    named = {name.replace("__", "/"): points for name, points in curves.items()}
    return DrawnRun(uuid4(), f"run {place}", place, named, rounds=3, total=100)


def test_smoothing_is_tensorboards_with_the_bias_of_the_beginning_taken_out() -> None:
    assert smoothed([(1, 2.0), (2, 4.0)], 0.5) == [(1, 2.0), (2, (0.5 * 1.0 + 0.5 * 4.0) / 0.75)]


def test_no_smoothing_leaves_values_as_they_are() -> None:
    points: list[Point] = [(1, 3.0), (2, None), (3, 5.0)]
    assert smoothed(points, 0.0) == points


def test_a_value_that_is_no_number_is_a_gap_and_does_not_spoil_what_follows() -> None:
    assert smoothed([(1, 1.0), (2, None), (3, 1.0)], 0.9) == [(1, 1.0), (2, None), (3, pytest.approx(1.0))]


@given(curves, st.floats(0, 0.99))
def test_a_smoothed_curve_stays_within_what_was_measured(points: list[Point], weight: float) -> None:
    measured = [value for _step, value in points if value is not None]
    for _step, value in smoothed(points, weight):
        assert value is None or min(measured) - 1e-3 <= value <= max(measured) + 1e-3


@given(curves)
def test_thinning_keeps_ends_and_spikes_and_is_short(points: list[Point]) -> None:
    kept = thinned(points, most=40)
    assert len(kept) <= 42
    assert [point for point in points if point in kept] == kept, "a part of it, in its order"
    if points:
        assert (kept[0], kept[-1]) == (points[0], points[-1])
        measured = [value for _step, value in points if value is not None]
        assert {max(measured, default=None), min(measured, default=None)} <= {value for _step, value in kept} | {None}


@given(st.lists(numbers, min_size=1))
def test_an_axis_holds_all_values_between_round_ends(values: list[float]) -> None:
    low, high = linear_range(values, from_zero=False)
    assert low <= min(values) + 1e-6
    assert high >= max(values) - 1e-6
    for end in filter(None, (low, high)):
        assert round(abs(end) / 10 ** math.floor(math.log10(abs(end)) + 1e-9), 6) in (1, 2, 2.5, 5, 10)


def test_an_axis_holds_still_while_values_come_in_below_its_end() -> None:
    assert linear_range([2.31]) == linear_range([2.31, 1.7, 2.49]) == (0, 2.5)


@pytest.mark.parametrize(
    ("values", "ends"),
    [([0.02, 3.0], (-2, 1)), ([1.0], (0, 1)), ([None, -1.0, 0.0], (-1, 1)), ([], (-1, 1)), ([1e-30, 1.0], (-9, 0))],
)
def test_a_logarithmic_axis_is_whole_decades(values: list[float | None], ends: tuple[float, float]) -> None:
    assert log_range(values) == ends


def test_the_axis_of_steps_reaches_to_the_end_of_the_run_from_its_beginning() -> None:
    assert step_range(60, 3) == step_range(60, 59) == pytest.approx((-1.8, 61.8))
    assert step_range(0, 7)[1] > 7, "a run that has not said yet how long it is"


def test_with_smoothing_the_raw_line_stays_behind_faint() -> None:
    points: list[Point] = [(step, float(step % 5)) for step in range(1, 60)]
    raw, smooth = curve_figure([Line("a", 0, points)], scale="positive", x_title="step", total=60, smoothing=0.9)[
        "data"
    ]
    assert (raw["opacity"], raw["hoverinfo"]) == (0.3, "skip")
    assert raw["y"] == [value for _step, value in points]
    assert max(smooth["y"]) < 4
    assert [smooth["x"][0], smooth["x"][-1]] == [1, 59]


def test_few_points_are_not_smoothed() -> None:
    figure = curve_figure([Line("a", 0, [(1, 0.0), (2, 1.0)])], scale="share", x_title="epoch", total=3, smoothing=0.9)
    [only] = figure["data"]
    assert only["y"] == [0.0, 1.0]


def test_intervals_are_drawn_where_they_are_known() -> None:
    line = Line("a", 0, [(0, 0.5), (1, 0.7)], intervals={1: Estimate(0.7, 0.4, 0.9, 12)})
    [trace] = curve_figure([line], scale="share", x_title="epoch", total=1, whole_steps=True)["data"]
    assert trace["error_y"]["array"] == [0, 0.2]
    assert trace["error_y"]["arrayminus"] == [0, 0.3]


def test_best_and_last_are_marked_with_their_words() -> None:
    line = Line("a", 0, [(0, 0.1), (1, 0.7), (2, 0.6)], marks=(("best", 1), ("last", 2)))
    _curve, best, last = curve_figure([line], scale="share", x_title="epoch", total=2, whole_steps=True)["data"]
    assert (best["text"], best["x"], best["marker"]["symbol"]) == (["best"], [1], "star")
    assert (last["text"], last["x"]) == (["last"], [2])
    both = Line("a", 0, [(0, 0.1), (1, 0.7)], marks=(("best", 1), ("last", 1)))
    *_curve, mark = curve_figure([both], scale="share", x_title="epoch", total=1, whole_steps=True)["data"]
    assert mark["text"] == ["best and last"]


def test_a_figure_has_no_colour_in_it_and_no_number_that_is_none() -> None:
    points: list[Point] = [(1, 1.0), (2, None)]
    chart = curve_chart(BY_NAME["loss"], [drawn(train__loss=points)], CurveView(), of_set="")
    assert "color" not in chart.json
    assert json.loads(chart.json)["data"][0]["y"] == [1.0, None]


def test_the_loss_gets_a_logarithmic_axis_when_asked_and_its_parts_always() -> None:
    run = drawn(train__loss=[(1, 2.0)], train__loss_submit=[(1, 1.0)], train__loss_decision=[(1, 0.1)])
    plain = curve_chart(BY_NAME["loss"], [run], CurveView(), of_set="").figure["layout"]["yaxis"]
    asked = curve_chart(BY_NAME["loss"], [run], CurveView(log=True), of_set="").figure["layout"]["yaxis"]
    parts = curve_chart(BY_NAME["loss-parts"], [run], CurveView(), of_set="").figure
    assert "type" not in plain
    assert asked["type"] == "log"
    assert parts["layout"]["yaxis"]["type"] == "log"
    assert [trace["name"] for trace in parts["data"]] == ["submit turn", "decision and type"]


def test_runs_laid_over_have_a_colour_of_their_own_and_only_the_first_is_marked() -> None:
    points: list[Point] = [(0, 0.1), (1, 0.5)]
    own = DrawnRun(uuid4(), "own", 0, {"eval/score": points}, 3, 100, best=1, last=1)
    other = DrawnRun(uuid4(), "other", 1, {"eval/score": points}, 5, 100, best=1, last=1)
    figure = curve_chart(BY_NAME["score-seed"], [own, other], CurveView(), of_set="on something").figure
    assert [(trace["name"], trace["meta"]["place"]) for trace in figure["data"]] == [
        ("own", 0),
        ("best and last", 0),
        ("other", 1),
    ]
    assert figure["layout"]["xaxis"]["range"][1] > 5, "as long as the longest of them"


def test_a_chart_says_in_words_what_it_shows_and_of_which_cases() -> None:
    run = drawn(eval__resolved_rate=[(0, 0.1), (1, 0.5), (2, 0.4)])
    chart = curve_chart(BY_NAME["resolved"], [run], CurveView(), of_set="on the holdout")
    assert chart.now == "0.4"
    assert chart.words == (
        "Resolved by epoch: share of cases with decision and exception type both right, on the holdout. "
        "run 0: 0.4 at epoch 2, least 0.1 at 0, most 0.5 at 1."
    )
    nothing = curve_chart(BY_NAME["loss"], [drawn()], CurveView(), of_set="")
    assert nothing.words.endswith("Nothing measured yet.")


def test_the_table_of_a_chart_is_whole_and_as_measured() -> None:
    points: list[Point] = [(step, float(step)) for step in range(1, 3000)]
    table = curve_table(BY_NAME["loss"], [drawn(train__loss=points), drawn(1, train__loss=points[:2])])
    assert len(table.rows) == 2999 + 2
    assert table.rows[7][:1] + table.rows[7][2:5] == ("run 0", "train/loss", 8, 8.0)


def test_each_kind_of_run_has_the_charts_of_its_signals() -> None:
    supervised, reinforced = ({one.name for one in measures_of(kind)} for kind in RecipeKind)
    assert {"score", "success", "steps", "loss", "loss-parts"} <= supervised
    assert {"score", "success", "steps", "reward", "reward-spread", "flat-groups", "policy-parts"} <= reinforced
    assert not supervised & {"reward", "flat-groups"}
    assert set(metric_names(RecipeKind.GRPO)) >= {"grpo/kl", "grpo/entropy", "grpo/clip_fraction", "grpo/policy_loss"}
