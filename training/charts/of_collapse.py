"""How long prompts become turn by turn, as published and ours; and the table of single episodes."""

from collections.abc import Sequence, Set
from statistics import median
from typing import Final
from uuid import UUID

from evaluation.charts.chart import Chart, Figure, Table, Value, axis, layout, plain
from training.charts.lines import HEIGHT
from training.charts.ranges import linear_range
from training.selectors.study.collapse import BUDGET, PlayedPrompts, Replay

_SHOWN: Final = (("cumulative, cut at 2,048", 4, "dash"), ("append-only, ours", 0, "solid"))


def prompts_chart(replay: Replay, name: str = "collapse-prompts") -> Chart:
    """The median length of the prompt at each turn over the episodes that came so far; the budget is dashed."""
    lines = _lines(replay)
    longest = [tokens for line in lines for _turn, tokens, _count in line]
    turns = max((turn for line in lines for turn, _tokens, _count in line), default=1)
    return Chart(
        name=name,
        title="Length of the prompt by turn",
        words="Median tokens of a prompt before it is cut, over the episodes that reached the turn, "
        f"{replay.player.name}. The budget of {BUDGET:,} tokens is dashed.",
        figure={
            "data": [
                _trace(line, name, place, dash) for line, (name, place, dash) in zip(lines, _SHOWN, strict=True) if line
            ],
            "layout": layout(
                height=HEIGHT,
                showlegend=True,
                legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "itemclick": False},
                xaxis=axis(range=[0.5, turns + 0.5], tickformat="d", title={"text": "turn", "font": {"size": 12}}),
                yaxis=axis(range=list(linear_range([*longest, BUDGET * 1.1])), tickformat=",d"),
                shapes=[
                    {
                        "type": "line",
                        "xref": "paper",
                        "yref": "y",
                        "x0": 0,
                        "x1": 1,
                        "y0": BUDGET,
                        "y1": BUDGET,
                        "line": {"dash": "dash", "width": 1},
                    }
                ],
            ),
        },
        table=prompts_table([replay]),
    )


def prompts_table(replays: Sequence[Replay]) -> Table:
    """The medians of every replay."""
    return Table(
        ("player", "version", "demonstration", "rendering", "turn", "median tokens", "episodes"),
        [
            (replay.player.name, replay.version, int(replay.demonstration), name, *point)
            for replay in replays
            for (name, _place, _dash), line in zip(_SHOWN, _lines(replay), strict=True)
            for point in line
        ],
    )


def _lines(replay: Replay) -> list[list[tuple[int, float, int]]]:
    """As published, and ours."""
    ours = [pair.ours for pair in replay.pairs if pair.ours is not None]
    return [_medians([pair.cut for pair in replay.pairs]), _medians(ours)]


def _medians(episodes: Sequence[PlayedPrompts]) -> list[tuple[int, float, int]]:
    """Turn, median tokens, episodes that reached it."""
    found = []
    for turn in range(1, max((len(one.tokens) for one in episodes), default=0) + 1):
        reached = [one.tokens[turn - 1] for one in episodes if len(one.tokens) >= turn]
        found.append((turn, float(median(reached)), len(reached)))
    return found


def _trace(line: Sequence[tuple[int, float, int]], name: str, place: int, dash: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": plain(name),
        "meta": {"place": place},
        "x": [turn for turn, _tokens, _count in line],
        "y": [tokens for _turn, tokens, _count in line],
        "line": {"width": 2, "dash": dash},
        "marker": {"symbol": "circle", "size": 6},
        "text": [f"turn {turn}: {tokens:,.0f} tokens, {count} episodes" for turn, tokens, count in line],
        "hovertemplate": "%{text}<extra></extra>",
        "cliponaxis": False,
    }


def collapse_table(replays: Sequence[Replay], visible: Set[UUID]) -> Table:
    """An episode as published in each row, ours beside it; cases whose answer the reader may not see are left out."""
    rows: list[tuple[Value, ...]] = []
    for replay in replays:
        for pair in replay.pairs:
            if pair.case in visible:
                about = (replay.player.name, replay.version, int(replay.demonstration), pair.reference)
                rows.append((*about, *_episode(pair.cut), *_episode(pair.ours)))
    columns: tuple[str, ...] = ("player", "version", "demonstration", "case")
    for name in ("cut", "ours"):
        columns += tuple(f"{name} {word}" for word in ("first cut at turn", "seed-1 score", "steps", "stop", "episode"))
    return Table(columns, rows)


def _episode(one: PlayedPrompts | None) -> tuple[Value, ...]:
    if one is None:
        return (None,) * 5
    return one.cut_at, round(one.score, 6), one.steps, one.stop_reason, str(one.episode)
