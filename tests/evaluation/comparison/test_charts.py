"""Charts as data."""

from typing import Any

import plotly.graph_objects as go
import pytest
from django.contrib.auth.models import User

from evaluation.charts.by_player import charts_by_player
from evaluation.charts.chart import Chart, Table
from evaluation.charts.quality import calibration_chart, criteria_chart
from evaluation.charts.tables import TABLES
from evaluation.published import PUBLISHED
from evaluation.selectors.comparison.choice import Choice
from evaluation.selectors.comparison.figures import Comparison
from exceptions.models import CaseVersion, Player
from tests.evaluation.comparison.played import model, play, play_all, script

pytestmark = pytest.mark.django_db


@pytest.fixture
def comparison(cases: list[CaseVersion], admin: User) -> Comparison:
    play_all(script("expert", "expert"), cases, "resolved")
    play_all(model("worse"), cases, "wrong")
    player = model("better")
    for at, version in enumerate(cases):
        play(player, version, "resolved" if at % 2 else "decision", confidence=0.8)
    return Comparison(Choice(rubric="seed-1"), admin)


def every_chart(comparison: Comparison) -> list[Chart]:
    return [*charts_by_player(comparison), criteria_chart(comparison), calibration_chart(comparison)]


def chart(comparison: Comparison, name: str) -> Chart:
    return next(one for one in every_chart(comparison) if one.name == name)


def test_plotly_takes_every_figure(comparison: Comparison) -> None:
    for one in every_chart(comparison):
        go.Figure(one.figure)  # raises on anything that is not in Plotly's schema


def test_score_success_and_steps_come_first(comparison: Comparison) -> None:
    assert [one.name for one in every_chart(comparison)][:3] == ["score", "success", "steps"]


def test_the_axes_are_fixed(comparison: Comparison) -> None:
    for one in every_chart(comparison):
        for name in ("xaxis", "yaxis"):
            axis = one.figure["layout"][name]
            assert axis["fixedrange"] is True
            assert len(axis["range"]) == 2
    for name in ("score", "success", "resolved", "criteria"):
        assert chart(comparison, name).figure["layout"]["xaxis"]["range"] == [-0.02, 1.02]


def test_every_value_stands_in_its_interval_and_in_the_table(comparison: Comparison) -> None:
    for one in charts_by_player(comparison):
        drawn = {
            (round(x, 6), round(x - less, 6), round(x + more, 6))
            for trace in one.figure["data"]
            if "error_x" in trace
            for x, less, more in zip(trace["x"], trace["error_x"]["arrayminus"], trace["error_x"]["array"], strict=True)
        }
        measured = {row[4:7] for row in one.table.rows if row[3] == "measured here"}
        assert drawn == measured
        assert len([row for row in one.table.rows if row[3] == "measured here"]) == 3


def published_trace(one: Chart) -> dict[str, Any]:
    return next(trace for trace in one.figure["data"] if trace["meta"]["role"] == "published")


def test_published_values_are_dashed_and_named_with_their_n(comparison: Comparison) -> None:
    score = chart(comparison, "score")
    expected = [one.score for one in PUBLISHED if one.score is not None]
    assert published_trace(score)["x"] == expected
    shapes = score.figure["layout"]["shapes"]
    assert [shape["x0"] for shape in shapes] == expected
    assert {shape["line"]["dash"] for shape in shapes} == {"dash"}
    names = score.figure["layout"]["yaxis"]["ticktext"]
    assert "gpt-4o (API), published, n 22" in names
    assert "Qwen3-4B, untrained, published, n 4" in names
    assert "not on ours" in score.note
    assert len(published_trace(chart(comparison, "resolved"))["x"]) == 5
    assert published_trace(chart(comparison, "success"))["x"] == [0.36]


def test_published_scores_are_shown_by_their_own_rubric_only(cases: list[CaseVersion], admin: User) -> None:
    play_all(model(), cases, "resolved")
    score = chart(Comparison(Choice(rubric="grounded-1"), admin), "score")
    assert all(trace["meta"]["role"] != "published" for trace in score.figure["data"])
    assert "choose that rubric" in score.note


def test_the_roles_are_told_apart_by_shape_as_well(comparison: Comparison) -> None:
    traces = chart(comparison, "score").figure["data"]
    assert len({trace["marker"]["symbol"] for trace in traces}) == len(traces) == 3


def test_a_name_is_shown_as_it_is(cases: list[CaseVersion], admin: User) -> None:
    play_all(model(), cases, "resolved")
    Player.objects.filter(slug="model").update(name="<b>bold</b> & <i>more</i>")
    for one in every_chart(Comparison(Choice(), admin)):
        assert "<b>" not in str(one.figure)
        assert "<i>" not in str(one.figure)


def test_nothing_played_gives_empty_charts(cases: list[CaseVersion], admin: User) -> None:
    for one in every_chart(Comparison(Choice(), admin)):
        go.Figure(one.figure)


def test_every_table_has_rows_as_wide_as_its_header(comparison: Comparison) -> None:
    for name, make in TABLES.items():
        table = make(comparison)
        assert all(len(row) == len(table.columns) for row in table.rows), name
        assert name in ("agreement", "twins") or table.rows, name


def test_a_download_is_no_formula() -> None:
    assert Table(("name", "x"), [("=1+1", -0.5)]).csv() == "name,x\r\n'=1+1,-0.5\r\n"
