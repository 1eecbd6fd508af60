"""What every chart is: a figure, its table, and its words."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

Figure = dict[str, Any]
Value = str | int | float | None

#: Pixels of a row of a chart whose rows are players.
ROW_HEIGHT: Final = 24
#: Longer names are cut in charts; tables have them whole.
LONGEST_NAME: Final = 30


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns and rows; numbers as numbers, None where there is nothing."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Value, ...]]

    def csv(self) -> str:
        """As RFC 4180, with a header. A text that a spreadsheet would take for a formula gets an apostrophe."""
        written = io.StringIO()
        writer = csv.writer(written)
        writer.writerow(self.columns)
        writer.writerows([_harmless(value) for value in row] for row in self.rows)
        return written.getvalue()


def _harmless(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart. `name` is what addresses call it, `words` what it shows, in one sentence; `note` stands below it."""

    name: str
    title: str
    words: str
    figure: Figure
    table: Table
    note: str = ""

    @property
    def json(self) -> str:
        """The figure as the page carries it: in an attribute, because htmx lets no script element through."""
        return json.dumps(self.figure, separators=(",", ":"), allow_nan=False)


def dashed_at(value: float) -> Figure:
    """A dashed line from top to bottom: where a published value is."""
    return {
        "type": "line",
        "name": "published",
        "xref": "x",
        "yref": "paper",
        "x0": value,
        "x1": value,
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"dash": "dash", "width": 1},
    }


def plain(text: str) -> str:
    """A text that plotly.js shows as it is: it reads a few HTML tags in what it is given."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def short(name: str) -> str:
    """A name as charts show it."""
    return plain(name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…")


def layout(*, height: int, **parts: Any) -> Figure:
    """What all figures have in common."""
    return {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
    } | parts


def axis(**parts: Any) -> Figure:
    """An axis with a fixed range."""
    return {"fixedrange": True, "automargin": True, "zeroline": False} | parts
