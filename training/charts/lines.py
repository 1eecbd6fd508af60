"""One figure with a curve for each run, or for each of several measures of one run."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from evaluation.charts.chart import Figure, axis, layout, short
from training.charts.ranges import SHARE, linear_range, log_range, step_range
from training.charts.smoothing import smoothed, thinned
from training.selectors.curves import Point

if TYPE_CHECKING:
    from evaluation.statistics.intervals import Estimate

HEIGHT: Final = 260
#: What the values are: a share of one, a quantity from 0 up, or one that may be negative.
Scale = Literal["share", "positive", "signed"]
#: Share of an axis beyond its highest round number, for marks and their words.
_ROOM: Final = 0.08
#: Fewer points are shown as they are: an average over them says more of the beginning than of now.
_FEWEST_SMOOTHED: Final = 20
_DASHES: Final = ("solid", "dash", "dot", "dashdot")


@dataclass(frozen=True, slots=True)
class Line:
    """A curve. `place` gives it its colour and dash; `intervals` are drawn where its values have some."""

    name: str
    place: int
    points: Sequence[Point]
    intervals: dict[int, "Estimate"] | None = None
    #: Steps that get a mark of their own, by what they are: `best`, `last`.
    marks: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CurveChart:
    """A chart as a page shows it. `name` is what addresses call it, `now` its newest values, `words` all of it."""

    name: str
    title: str
    words: str
    figure: Figure
    now: str
    note: str = ""

    @property
    def json(self) -> str:
        """The figure, for an attribute."""
        return json.dumps(self.figure, separators=(",", ":"), allow_nan=False)


def curve_figure(
    lines: Sequence[Line],
    *,
    scale: Scale,
    x_title: str,
    total: int,
    whole_steps: bool = False,
    smoothing: float = 0.0,
    log: bool = False,
    legend: bool = False,
) -> Figure:
    """All lines over one axis of steps. With smoothing the raw line stays behind, faint."""
    values = [value for line in lines for _step, value in line.points]
    ends = [end for line in lines for one in (line.intervals or {}).values() for end in (one.low, one.high)]
    newest = max((step for line in lines for step, _value in line.points), default=0)
    return {
        "data": [trace for line in lines for trace in _traces(line, smoothing, max(total, newest), marked=whole_steps)],
        "layout": layout(
            height=HEIGHT,
            showlegend=legend,
            legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "itemclick": False},
            xaxis=axis(
                range=list(step_range(total, newest)),
                title={"text": x_title, "font": {"size": 12}},
                **({"tickformat": "d", "dtick": _whole_tick(max(total, newest))} if whole_steps else {}),
            ),
            yaxis=_value_axis([*values, *ends], scale, log=log),
        ),
    }


def _value_axis(values: Sequence[float | None], scale: Scale, *, log: bool) -> Figure:
    if log:
        low, high = log_range(values)
        return axis(type="log", range=[low, high], dtick=1 if high - low > 1 else "D2", exponentformat="none")
    if scale == "share":
        return axis(range=list(SHARE), tickformat=".1f")
    low, high = linear_range(values, from_zero=scale == "positive")
    room = _ROOM * (high - low)
    return axis(range=[low - room if low < 0 else low, high + room])


def _whole_tick(steps: int) -> int:
    return max(1, -(-steps // 10))


def _traces(line: Line, smoothing: float, total: int, *, marked: bool) -> Iterator[Figure]:
    dash = _DASHES[line.place // 6 % len(_DASHES)]
    smoothing = smoothing if len(line.points) >= _FEWEST_SMOOTHED else 0.0
    common: Figure = {"type": "scatter", "name": short(line.name), "meta": {"place": line.place}, "cliponaxis": False}
    shown = smoothed(line.points, smoothing) if smoothing else line.points
    if smoothing:
        yield (
            common
            | _steps_and_values(line.points)
            | {
                "mode": "lines",
                "line": {"width": 1},
                "opacity": 0.3,
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
    hover = f"%{{x}}: %{{y:.4~g}}<extra>{short(line.name)}</extra>"
    main = (
        common
        | _steps_and_values(shown)
        | {
            "mode": "lines+markers" if marked else "lines",
            "line": {"width": 2, "dash": dash},
            "hovertemplate": hover,
        }
    )
    if marked:
        main["marker"] = {"symbol": "circle", "size": 6}
    if line.intervals:
        main["error_y"] = _error_bars(shown, line.intervals)
    yield main
    yield from _marks(line, shown, total)


def _steps_and_values(points: Sequence[Point]) -> Figure:
    kept = thinned(points)
    return {"x": [step for step, _value in kept], "y": [_short(value) for _step, value in kept]}


def _short(value: float | None) -> float | None:
    """Six digits are more than a chart shows, and a third of what a float takes."""
    return None if value is None else float(f"{value:.6g}")


def _error_bars(points: Sequence[Point], intervals: dict[int, "Estimate"]) -> Figure:
    known = [intervals.get(step) for step, _value in points]
    return {
        "type": "data",
        "symmetric": False,
        "array": [_short(max(one.high - one.value, 0.0)) if one else 0 for one in known],
        "arrayminus": [_short(max(one.value - one.low, 0.0)) if one else 0 for one in known],
        "thickness": 1.5,
        "width": 0,
    }


_SYMBOLS: Final = {"best": ("star", 15), "last": ("square-open", 12)}


def _marks(line: Line, shown: Sequence[Point], total: int) -> Iterator[Figure]:
    """Best and last, each with its word beside it, on the side where there is room."""
    by_step = dict(shown)
    told: dict[int, list[str]] = {}
    for name, step in line.marks:
        if by_step.get(step) is not None:
            told.setdefault(step, []).append(name)
    for step, names in told.items():
        symbol, size = _SYMBOLS[names[0]]
        yield {
            "type": "scatter",
            "mode": "markers+text",
            "name": " and ".join(names),
            "meta": {"place": line.place},
            "x": [step],
            "y": [_short(by_step[step])],
            "text": [" and ".join(names)],
            "textposition": "top left" if step > 0.6 * total else "top right",
            "marker": {"symbol": symbol, "size": size},
            "hoverinfo": "skip",
            "showlegend": False,
            "cliponaxis": False,
        }
