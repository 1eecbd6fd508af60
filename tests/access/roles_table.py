"""docs/roles.md as data."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.urls import URLPattern, URLResolver, get_resolver

ROLES_PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "roles.md"
#: The address of whatever is nowhere else under /api/v1/.
REST_OF_THE_API: Final = "/api/v1/…"


@dataclass(frozen=True)
class Row:
    """One row: what each column gets at an address with a method."""

    address: str
    method: str
    outcomes: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.address}"


def table_rows(text: str) -> list[Row]:
    """The rows of every table that begins with the columns `address` and `method`."""
    rows: list[Row] = []
    header: list[str] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            header = []
        elif cells[:2] == ["address", "method"]:
            header = cells
        elif header and set(cells[0]) != {"-"}:
            rows.append(Row(cells[0].strip("`"), cells[1], dict(zip(header[2:], cells[2:], strict=True))))
    return rows


def site_addresses() -> dict[str, str]:
    """Every address of the site as the table writes it, with the name of its URL pattern."""
    return {_readable(route): name for route, name in _patterns(get_resolver())}


def _patterns(resolver: URLResolver, before: str = "") -> list[tuple[str, str]]:
    found = []
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            found.append((route, entry.name or ""))
        else:
            found.extend(_patterns(entry, route))
    return found


def _readable(route: str) -> str:
    """`cases/<str:reference>/` → `/cases/<reference>/`."""
    if route == "api/v1/":
        return REST_OF_THE_API
    return "/" + re.sub(r"<\w+:", "<", route)
