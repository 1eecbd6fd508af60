"""The tables of the comparison: what its page shows as tables, and everything that can be downloaded."""

from collections.abc import Callable
from typing import Final

from evaluation.charts.by_player import charts_by_player
from evaluation.charts.chart import Table, Value
from evaluation.charts.quality import calibration_chart, criteria_chart
from evaluation.published import PUBLISHED
from evaluation.selectors.comparison.entrants import Entrant
from evaluation.selectors.comparison.figures import Comparison, Confusion
from evaluation.selectors.comparison.heat import hardest_first
from evaluation.statistics.intervals import Estimate
from evaluation.statistics.paired import Difference

_PLAYER: Final = ("player", "slug", "version", "condition", "role")


def _player(entrant: Entrant) -> tuple[Value, ...]:
    return entrant.label, entrant.slug, entrant.version, entrant.condition, entrant.role.value


def _interval(estimate: Estimate | None) -> tuple[Value, ...]:
    if estimate is None:
        return None, None, None
    return round(estimate.value, 6), round(estimate.low, 6), round(estimate.high, 6)


def leaderboard(comparison: Comparison) -> Table:
    """Every row with all of its means; what was not played is empty."""
    measures = ("resolved", "decision", "score", "success", "steps", "invalid", "cost")
    rows: list[tuple[Value, ...]] = []
    for row in comparison.rows:
        figures = [
            part
            for name in measures
            for part in _interval(getattr(row.summary, name) if row.summary is not None else None)
        ]
        # How many cases few hidden ones are is told, what became of them is not.
        rows.append((*_player(row.entrant), row.plays.count, len(comparison.cases), row.failed, *figures))
    ends = [f"{name}{end}" for name in measures for end in ("", " low", " high")]
    return Table((*_PLAYER, "cases played", "cases", "failed episodes", *ends), rows)


def pairs(comparison: Comparison) -> Table:
    """The subject against everybody else."""
    if comparison.subject is None:
        return Table((), [])
    columns: tuple[str, ...] = (*_PLAYER, "against", "cases in common")
    columns += ("resolved difference", "low", "high", "better on", "worse on", "McNemar p", "Holm p")
    columns += ("score difference", "score low", "score high", "verdict")
    rows: list[tuple[Value, ...]] = []
    for pair in comparison.pairs:
        found, p = pair.resolved, pair.corrected_p
        rows.append(
            (
                *_player(comparison.subject.entrant),
                pair.other.label,
                found.n if found else None,
                *_interval(found.mean if found else None),
                *_discordant(found),
                None if p is None else round(p, 6),
                *_interval(pair.score.mean if pair.score else None),
                comparison.in_words(pair),
            )
        )
    return Table(columns, rows)


def _discordant(found: Difference | None) -> tuple[Value, ...]:
    return (found.more, found.fewer, round(found.p, 6)) if found else (None, None, None)


def cases(comparison: Comparison) -> Table:
    """Every player on every case whose answer the reader may see."""
    columns = (*_PLAYER, "case", "title", "slice", "difficulty", "samples", "resolved", "decision", "score", "steps")
    rows: list[tuple[Value, ...]] = []
    for at in hardest_first(comparison):
        case = comparison.cases.all[at]
        about = case.reference, case.title, case.slice, case.difficulty
        for row in comparison.shown:
            plays = row.plays
            if not plays.played[at]:
                continue
            means = (plays.resolved[at], plays.right[at], plays.score[at], plays.steps[at])
            figures = (int(plays.samples[at]), *(round(float(mean), 6) for mean in means))
            rows.append((*_player(row.entrant), *about, *figures, str(plays.episode_id(at))))
    return Table((*columns, "episode"), rows)


def groups(comparison: Comparison) -> Table:
    """Resolved by slice and difficulty."""
    return Table(
        (*_PLAYER, "kind", "group", "cases", "resolved", "low", "high", "n"),
        [
            (*_player(row.entrant), group.kind, group.name, group.cases, *_interval(found), found.n if found else None)
            for group in comparison.groups
            for row, found in zip(comparison.shown, group.resolved, strict=True)
        ],
    )


def twins(comparison: Comparison) -> Table:
    """Twin accuracy."""
    columns = (*_PLAYER, "pairs in the set", "pairs played", "both resolved", "low", "high")
    return Table(
        (*columns, "only one", "one low", "one high", "neither", "neither low", "neither high"),
        [
            (
                *_player(found.row.entrant),
                len(comparison.cases.twins),
                found.both.n if found.both else None,
                *(part for share in found.shares for part in _interval(share)),
            )
            for found in comparison.twins
        ],
    )


def agreement(comparison: Comparison) -> Table:
    """People and models."""
    columns = ("person", "other", "n", "same decision", "low", "high", "kappa", "kappa low", "kappa high")
    return Table(
        (*columns, "AC1", "AC1 low", "AC1 high"),
        [
            (
                one.person.label,
                one.other.label,
                one.agreement.n,
                *_interval(one.agreement.same),
                *_interval(one.agreement.kappa),
                *_interval(one.agreement.ac1),
            )
            for one in comparison.agreements
        ],
    )


def decisions(comparison: Comparison) -> Table:
    """The subject's decisions."""
    return _confusion(comparison.decisions)


def types(comparison: Comparison) -> Table:
    """The subject's exception types."""
    return _confusion(comparison.types)


def _confusion(found: Confusion) -> Table:
    return Table(
        ("right answer", "nothing submitted", *found.names),
        [(name, *counts) for name, counts in zip(found.names, found.counts, strict=True)],
    )


def published(_comparison: Comparison) -> Table:
    """What others have published."""
    return Table(
        ("player", "n", "cases", "source", "seed-1 score", "decisions right", "resolved", "success rate"),
        [
            (one.player, one.n, one.cases, one.source, one.score, one.decisions_right, one.resolved, one.success)
            for one in PUBLISHED
        ],
    )


def _of_chart(name: str) -> Callable[[Comparison], Table]:
    return lambda comparison: next(chart.table for chart in charts_by_player(comparison) if chart.name == name)


#: Everything that can be downloaded, by the name in its address.
TABLES: Final[dict[str, Callable[[Comparison], Table]]] = {
    "leaderboard": leaderboard,
    "score": _of_chart("score"),
    "success": _of_chart("success"),
    "steps": _of_chart("steps"),
    "resolved": _of_chart("resolved"),
    "pairs": pairs,
    "cases": cases,
    "groups": groups,
    "twins": twins,
    "criteria": lambda comparison: criteria_chart(comparison).table,
    "decisions": decisions,
    "types": types,
    "calibration": lambda comparison: calibration_chart(comparison).table,
    "agreement": agreement,
    "published": published,
}
