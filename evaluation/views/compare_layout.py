"""The comparison as its page shows it: figures written out, intervals as coordinates, cells as signs."""

from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.urls import reverse

from evaluation.charts.by_player import charts_by_player
from evaluation.charts.quality import calibration_chart, criteria_chart
from evaluation.published import OTHER_CASES, PUBLISHED
from evaluation.selectors.comparison.entrants import Role
from evaluation.selectors.comparison.figures import Comparison, Confusion, Pair, Row
from evaluation.selectors.comparison.heat import Cell, State, heat_map
from evaluation.statistics.intervals import Estimate
from evaluation.statistics.paired import FEWEST_CASES
from evaluation.statistics.verdicts import Outcome, p_words
from evaluation.views.figure_words import Figure, difference, dollars, percent, plain, resolved
from exceptions.environment import Decision, ExceptionType
from exceptions.models import PlayerKind
from exceptions.views.names import DECISION_NAMES, type_name

#: An interval is drawn this wide and high, with a margin for the mark.
_WIDTH, _MARGIN = 200, 6
_REFERENCE: Final = PUBLISHED[0]
#: A sign, the class of its cell, and the word for it.
_SIGNS: Final[dict[State, tuple[str, str, str]]] = {
    "resolved": ("●", "heat-yes", "resolved"),
    "partly": ("◕", "heat-half", "resolved in some samples"),
    "decision": ("◐", "heat-half", "decision right"),
    "wrong": ("○", "heat-no", "wrong"),
    "not_played": ("·", "heat-none", "not played"),
}
_OUTCOMES: Final[dict[Outcome, tuple[str, str]]] = {
    "first": ("better", "ok"),
    "second": ("worse", "bad"),
    "open": ("open", ""),
    "too_few": ("too few cases", ""),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval on a line from 0 to 1: its ends and its value, in pixels, and in words for who does not see it."""

    low: float
    at: float
    high: float
    words: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A row of the leaderboard."""

    label: str
    slug: str
    person: bool
    role: str
    css: str
    is_subject: bool
    of_address: str
    condition: str
    newer_version: int | None
    played: int
    #: Episodes on each of them, on average, when that is more than one.
    samples: str
    cases: int
    failed: int
    withheld: bool
    resolved: Figure | None = None
    bar: Bar | None = None
    others: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class PairRow:
    """A row of the paired tests."""

    label: str
    of_address: str
    n: int | None
    resolved: Figure | None
    discordant: str
    p: str
    corrected_p: str
    resolved_verdict: tuple[str, str]
    score: Figure | None
    score_verdict: tuple[str, str]


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A cell of the map."""

    sign: str
    css: str
    words: str
    url: str


def laid_out(comparison: Comparison) -> dict[str, Any]:
    """The context of the page."""
    choice = comparison.choice
    subject = comparison.subject
    return {
        "choice": choice,
        "address": choice.address(page=1),
        "case_set": comparison.case_set,
        "cases": len(comparison.cases),
        "visible": int(comparison.cases.visible.sum()),
        "notes": comparison.notes,
        "complete": comparison.complete,
        "mixed_conditions": comparison.mixed_conditions,
        "conditions": sorted(comparison.conditions.items()),
        "any_played": any(row.plays.count or row.failed for row in comparison.rows),
        "any_figures": bool(comparison.shown),
        "any_model": any(row.entrant.role == Role.MODEL for row in comparison.shown),
        "verdicts": comparison.verdicts,
        "subject": subject.label if subject else "",
        "board": [_board_row(comparison, row) for row in comparison.rows],
        "priced": any(row.summary is not None and row.summary.cost is not None for row in comparison.rows),
        "reference": _REFERENCE,
        "reference_at": _x(_share(_REFERENCE.resolved, _REFERENCE.n)),
        "pairs": [_pair_row(comparison, pair) for pair in comparison.pairs],
        "fewest": FEWEST_CASES,
        "charts": charts_by_player(comparison),
        "criteria": criteria_chart(comparison),
        "calibration": calibration_chart(comparison) if subject and subject.plays.calibration else None,
        "groups": comparison.groups,
        "group_rows": [
            (row.label, [percent(found) if (found := group.resolved[at]) else None for group in comparison.groups])
            for at, row in enumerate(comparison.shown)
        ],
        "twin_pairs": len(comparison.cases.twins),
        "twins": [
            (
                one.row.label,
                one.both.n if one.both else None,
                [percent(found) if found else None for found in one.shares],
            )
            for one in comparison.twins
        ],
        "decisions": _confusion(comparison.decisions, [DECISION_NAMES[decision] for decision in Decision]),
        "types": _confusion(comparison.types, [type_name(kind) for kind in ExceptionType]),
        "agreements": [
            (
                one.person.label,
                one.other.label,
                one.agreement.n,
                *(plain(one_of, 2) if one_of else None for one_of in one.agreement.estimates),
            )
            for one in comparison.agreements
        ],
        "people": any(row.entrant.role == Role.PERSON for row in comparison.shown),
        "published": PUBLISHED,
        "other_cases": OTHER_CASES,
    } | _heat(comparison)


def _board_row(comparison: Comparison, row: Row) -> BoardRow:
    entrant, summary = row.entrant, row.summary
    fixed = BoardRow(
        label=row.label,
        slug=entrant.slug,
        person=entrant.kind == PlayerKind.HUMAN,
        role=entrant.role.value,
        css="person" if entrant.role == Role.PERSON else "model" if entrant.role == Role.MODEL else "script",
        is_subject=row is comparison.subject,
        of_address=comparison.choice.address(of=entrant.key, page=1),
        condition=entrant.condition if entrant.role == Role.MODEL and not entrant.several_conditions else "",
        newer_version=entrant.newer_version,
        played=row.plays.count,
        samples=_samples(row),
        cases=len(comparison.cases),
        failed=row.failed,
        withheld=row.withheld,
    )
    if summary is None:
        return fixed
    return replace(
        fixed,
        resolved=resolved(row, summary.resolved),
        bar=_bar(summary.resolved),
        others=(
            percent(summary.decision),
            plain(summary.score, 3),
            percent(summary.success),
            plain(summary.steps, 1),
            percent(summary.invalid),
            *([dollars(summary.cost)] if summary.cost is not None else []),
        ),
    )


def _samples(row: Row) -> str:
    if row.plays.episodes == row.plays.count:
        return ""
    return f"{row.plays.episodes / row.plays.count:.1f}".removesuffix(".0")


def _bar(estimate: Estimate) -> Bar:
    words = f"{estimate.value:.2f} of {estimate.n} cases, 95 % interval {estimate.low:.2f} to {estimate.high:.2f}"
    return Bar(_x(estimate.low), _x(estimate.value), _x(estimate.high), words)


def _x(share: float) -> float:
    return round(_MARGIN + share * (_WIDTH - 2 * _MARGIN), 1)


def _share(count: int | None, n: int) -> float:
    return (count or 0) / n


def _pair_row(comparison: Comparison, pair: Pair) -> PairRow:
    found, score = pair.resolved, pair.score
    return PairRow(
        label=pair.other.label,
        of_address=comparison.choice.address(of=pair.other.entrant.key, page=1),
        n=found.n if found else None,
        resolved=difference(found.mean, 2) if found else None,
        discordant=f"{found.more} : {found.fewer}" if found else "–",
        p=p_words(found.p).removeprefix("p ").removeprefix("= ") if found else "–",
        corrected_p=p_words(pair.corrected_p).removeprefix("p ").removeprefix("= ")
        if pair.corrected_p is not None
        else "–",
        resolved_verdict=_OUTCOMES[pair.by_resolved],
        score=difference(score.mean, 3) if score else None,
        score_verdict=_OUTCOMES[pair.by_score],
    )


def _confusion(found: Confusion, names: list[str]) -> dict[str, Any]:
    """Rows of right answers that occur; the share of each cell in its row decides how strongly it is shaded."""
    rows = []
    for at, (name, counts) in enumerate(zip(names, found.counts, strict=True)):
        total = sum(counts)
        if total:
            shades = [0 if not count else 1 + min(int(4 * count / total), 3) for count in counts]
            cells = [
                (count, shade, column == at + 1)
                for column, (count, shade) in enumerate(zip(counts, shades, strict=True))
            ]
            rows.append((name, [*cells[1:], cells[0]], total))
    return {"columns": [*names, "Nothing submitted"], "rows": rows, "total": found.total}


def _heat(comparison: Comparison) -> dict[str, Any]:
    found = heat_map(comparison, comparison.choice.page)
    # One address with a place for the key: `reverse` for each of a thousand cells would take as long as all the rest.
    before, after = reverse("episode", args=[UUID(int=0)]).split(str(UUID(int=0)))
    return {
        "heat": found,
        "heat_rows": [(row.label, [_heat_cell(cell, before, after) for cell in cells]) for row, cells in found.rows],
        "heat_cases": [(case, f"{100 * share:.0f} %") for case, share in zip(found.cases, found.resolved, strict=True)],
        "heat_before": comparison.choice.address(page=found.page - 1) if found.page > 1 else None,
        "heat_after": comparison.choice.address(page=found.page + 1) if found.page < found.pages else None,
    }


def _heat_cell(cell: Cell, before: str, after: str) -> HeatCell:
    sign, css, words = _SIGNS[cell.state]
    return HeatCell(sign, css, words, f"{before}{cell.episode_id}{after}" if cell.episode_id else "")
