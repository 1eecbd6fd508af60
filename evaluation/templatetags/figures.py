"""The tables of the comparison that are too long for the template language.

What is not ours in them is escaped here, with the standard library's `escape`, which is quicker than Django's.
"""

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from django import template
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from evaluation.charts.chart import Table, Value
    from evaluation.views.compare_layout import HeatCell

register = template.Library()


@register.simple_tag
def table_rows(table: "Table") -> SafeString:
    """The rows of a table, numbers with at most four digits after the point."""
    rows = ("".join(f"<td>{escape(plain(value))}</td>" for value in row) for row in table.rows)
    return mark_safe("".join(f"<tr>{cells}</tr>" for cells in rows))  # noqa: S308 - escaped above


@register.simple_tag
def heat_cells(cells: "Iterable[HeatCell]") -> SafeString:
    """One player's cells of the map of cases."""
    return mark_safe("".join(map(_heat_cell, cells)))  # noqa: S308 - escaped below


def _heat_cell(cell: "HeatCell") -> str:
    if not cell.url:
        return f'<td class="{escape(cell.css)}"><span class="soft">{escape(cell.sign)}</span></td>'
    link = f'<a href="{escape(cell.url)}" aria-label="{escape(cell.words)}">{escape(cell.sign)}</a>'
    return f'<td class="{escape(cell.css)}">{link}</td>'


def plain(value: "Value") -> str:
    """A value of a table; nothing as an en dash."""
    if value is None or value == "":
        return "–"
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
