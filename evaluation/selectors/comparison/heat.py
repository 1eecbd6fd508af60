"""Case by case: who resolved what. Only cases whose answer the reader may see."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal
from uuid import UUID

import numpy as np

from evaluation.selectors.comparison.cases import ComparedCase
from evaluation.selectors.comparison.figures import Comparison, Row

if TYPE_CHECKING:
    import numpy.typing as npt

#: Cases on one page of the map.
CASES_SHOWN: Final = 40

State = Literal["resolved", "decision", "wrong", "partly", "not_played"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of one player's episodes on a case, and the newest of them. `partly`: some of several samples."""

    state: State
    episode_id: UUID | None


@dataclass(frozen=True, slots=True)
class HeatMap:
    """One page of players × cases, the hardest cases first."""

    cases: list[ComparedCase]
    #: Of each of the cases: the share of the players who resolved it.
    resolved: list[float]
    rows: list[tuple[Row, list[Cell]]]
    page: int
    pages: int
    #: Cases whose answer the reader may not see now.
    hidden: int


def heat_map(comparison: Comparison, page: int = 1) -> HeatMap:
    """The page of the map; the last one when there are fewer. All cases at once: page 0."""
    cases, rows = comparison.cases, comparison.shown
    order = hardest_first(comparison)
    pages = max(-(-len(order) // CASES_SHOWN), 1)
    page = min(page, pages)
    chosen = order[(page - 1) * CASES_SHOWN : page * CASES_SHOWN] if page else order
    shares = _resolved_shares(comparison)
    return HeatMap(
        cases=[cases.all[at] for at in chosen],
        resolved=[float(shares[at]) for at in chosen],
        rows=[(row, [_cell(row, at) for at in chosen]) for row in rows],
        page=page,
        pages=pages,
        hidden=int((~cases.visible).sum()),
    )


def hardest_first(comparison: Comparison) -> list[int]:
    """The places of the visible cases: those that fewest players resolve first, then by reference."""
    shares = _resolved_shares(comparison)
    return sorted(np.flatnonzero(comparison.cases.visible).tolist(), key=lambda at: (shares[at], at))


def _resolved_shares(comparison: Comparison) -> "npt.NDArray[np.float64]":
    played = np.zeros(len(comparison.cases))
    resolved = np.zeros(len(comparison.cases))
    for row in comparison.shown:
        played += row.plays.played
        resolved += row.plays.resolved
    shares: npt.NDArray[np.float64] = np.divide(resolved, played, out=np.zeros_like(resolved), where=played > 0)
    return shares


def _cell(row: Row, at: int) -> Cell:
    plays = row.plays
    if not plays.played[at]:
        return Cell("not_played", None)
    resolved, right = plays.resolved[at], plays.right[at]
    state: State = "wrong"
    if resolved == 1:
        state = "resolved"
    elif resolved > 0:
        state = "partly"
    elif right > 0:
        state = "decision"
    return Cell(state, plays.episode_id(at))
