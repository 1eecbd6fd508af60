"""What entrants did, case by case, as arrays: read once, kept as long as nothing was added.

Episodes, steps and grades are only ever added, so what an entrant did on a set of cases stays what it was until it has
more episodes there; the number of them is the stamp by which it is kept. PostgreSQL's binary copy is read straight into
an array, which is far smaller than a Python object for every field.
"""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import numpy as np
from django.db import connection

from evaluation.selectors.comparison.entrants import PEOPLE_PLAYING, Entrant
from evaluation.statistics.bootstrap import bootstrap_means, bootstrap_ratios
from evaluation.statistics.calibration import Calibration, calibration
from evaluation.statistics.intervals import Estimate, wilson
from exceptions.environment import RUBRICS, Decision, ExceptionType
from exceptions.models import PlayerKind

if TYPE_CHECKING:
    import numpy.typing as npt

    from evaluation.statistics.intervals import Floats

#: The published definition: submitted, and at least this much by this rubric.
SUCCESS_SCORE: Final = 0.5
SUCCESS_RUBRIC: Final = "seed-1"
#: Codes of what was submitted: 0 is nothing, then the position in these, from 1.
DECISIONS: Final = tuple(Decision)
EXCEPTION_TYPES: Final = tuple(ExceptionType)
#: Entrants × cases that a process keeps; each takes some 100 bytes.
_MOST_KEPT: Final = 150_000

#: Every field of an episode: its name, what it is in SQL, and its type there and here. None of them may be null.
_FIELDS: Final = (
    ("entrant", "episode.place", "int4", ">i4"),
    ("case", "episode.case_version_id", "uuid", "V16"),
    ("id", "episode.id", "uuid", "V16"),
    ("decision", "coalesce(array_position(%(decisions)s::text[], episode.final_decision::text), 0)", "int2", ">i2"),
    ("type", "coalesce(array_position(%(types)s::text[], episode.exception_type::text), 0)", "int2", ">i2"),
    ("submitted", "episode.stop_reason = 'submitted'", "bool", "?"),
    ("steps", "episode.steps_used", "int2", ">i2"),
    ("invalid", "episode.invalid_steps", "int2", ">i2"),
    ("confidence", "coalesce(episode.confidence, 'NaN')", "float4", ">f4"),
    ("cost", "coalesce(episode.cost, 'NaN')", "float8", ">f8"),
    ("resolved", "grade.resolved", "bool", "?"),
    ("right", "grade.decision_right", "bool", "?"),
    ("score", "grade.score", "float4", ">f4"),
    ("success_score", "success.score", "float4", ">f4"),
)
#: Evaluated by their condition, people by what counts as their own, unaided play (`PEOPLE_PLAYING`).
_SOURCE: Final = f"""
    FROM (
        SELECT who.place, episode.*
        FROM unnest(%(players)s::uuid[], %(player_versions)s::int[], %(conditions)s::text[])
            WITH ORDINALITY AS who (player, version, condition, place)
        JOIN exceptions_episode AS episode ON episode.origin = 'evaluation' AND episode.condition = who.condition
            AND episode.player_id = who.player AND episode.player_version = who.version
        UNION ALL
        SELECT who.place + cardinality(%(players)s::uuid[]), episode.*
        FROM unnest(%(people)s::uuid[]) WITH ORDINALITY AS who (player, place)
        JOIN exceptions_episode AS episode ON episode.player_id = who.player
            AND {PEOPLE_PLAYING}
    ) AS episode
    JOIN exceptions_grade AS grade
        ON grade.episode_id = episode.id AND grade.rubric = %(rubric)s AND grade.revision_id IS NULL
    JOIN exceptions_grade AS success
        ON success.episode_id = episode.id AND success.rubric = %(success_rubric)s AND success.revision_id IS NULL
    WHERE episode.status = 'ended' AND episode.case_version_id = ANY(%(cases)s::uuid[])
    ORDER BY episode.id
"""  # noqa: S608 - only what stands above


class Plays:
    """What one entrant did on a set of cases. Arrays run over the cases; samples of a case are averaged.

    `played` says which cases there is a graded episode of; the other arrays are 0 where there is none.
    """

    def __init__(self, episodes: "npt.NDArray[np.void]", case: "npt.NDArray[np.intp]", cases: int, rubric: str) -> None:
        self.case = case
        self.samples = np.bincount(self.case, minlength=cases)
        self.played = self.samples > 0
        self.count = int(self.played.sum())
        self.episodes = len(episodes)
        self.resolved = self._mean(episodes["resolved"])
        self.right = self._mean(episodes["right"])
        self.score = self._mean(episodes["score"])
        self.success = self._mean(episodes["submitted"] & (episodes["success_score"] >= SUCCESS_SCORE))
        self.steps = self._mean(episodes["steps"])
        self.invalid = self._mean(episodes["invalid"])
        self.cost = self._mean(episodes["cost"])
        self.criteria = {name: self._mean(episodes[f"criterion {name}"]) for name in RUBRICS[rubric].weights}
        # By episode, not by case: what was answered, with which confidence.
        self.decision = episodes["decision"].astype(np.intp)
        self.type = episodes["type"].astype(np.intp)
        self.confidence = episodes["confidence"].astype(np.float64)
        self.was_right = episodes["right"].astype(np.float64)
        self._last = np.full(cases, -1, dtype=np.intp)
        self._last[self.case] = np.arange(len(episodes))
        self._ids = episodes["id"].copy()
        #: Filled in by `summarize`, for many at once.
        self.summary: Summary | None = None

    @classmethod
    def none(cls, cases: int, rubric: str) -> "Plays":
        """Of somebody who has played nothing."""
        return cls(_rows(b"", _fields(rubric)), np.empty(0, dtype=np.intp), cases, rubric)

    @property
    def averaged(self) -> "list[Floats]":
        """What is averaged with a bootstrap interval."""
        return [self.score, self.steps, self.cost, *self.criteria.values()]

    def episode_id(self, case: int) -> UUID | None:
        """The newest graded episode on a case."""
        at = self._last[case]
        return UUID(bytes=bytes(self._ids[at])) if at >= 0 else None

    def answers(self) -> "npt.NDArray[np.intp]":
        """The decision's code on every case, by its newest episode; −1 where there is none."""
        answered: npt.NDArray[np.intp] = (
            np.where(self._last >= 0, self.decision[self._last], -1)
            if self.episodes
            else (np.full(len(self.played), -1, dtype=np.intp))
        )
        return answered

    @cached_property
    def calibration(self) -> Calibration | None:
        """Of the answers that stated a confidence."""
        stated = ~np.isnan(self.confidence) & (self.decision > 0)
        return calibration(self.confidence[stated], self.was_right[stated])

    def _mean(self, values: "npt.NDArray[Any]") -> "Floats":
        total = np.bincount(self.case, weights=values, minlength=len(self.samples))
        return np.divide(total, self.samples, out=np.zeros(len(self.samples)), where=self.samples > 0)


@dataclass(frozen=True, slots=True)
class Summary:
    """The means of one entrant, each with its interval; steps and cost (US dollars) are by episode."""

    resolved: Estimate
    decision: Estimate
    success: Estimate
    score: Estimate
    steps: Estimate
    invalid: Estimate
    #: None for a player that has no price.
    cost: Estimate | None
    criteria: dict[str, Estimate]


def summarize(plays: Iterable[Plays]) -> None:
    """Fill in `summary` where it is missing: one matrix product for all that have played equally many cases."""
    by_count: defaultdict[int, list[Plays]] = defaultdict(list)
    for one in plays:
        if one.summary is None and one.count:
            by_count[one.count].append(one)
    for count, group in by_count.items():
        # Per entrant the same columns, side by side: score, steps, cost, then the criteria.
        columns = np.column_stack([column[one.played] for one in group for column in one.averaged])
        means = _estimates(bootstrap_means(columns), count)
        invalid = np.column_stack([one.invalid[one.played] for one in group])
        steps = np.column_stack([one.steps[one.played] for one in group])
        shares = _estimates(bootstrap_ratios(invalid, steps), count)
        width = len(means) // len(group)
        for at, one in enumerate(group):
            score, steps_mean, cost, *criteria = means[at * width : (at + 1) * width]
            one.summary = Summary(
                resolved=_rate(one.resolved[one.played]),
                decision=_rate(one.right[one.played]),
                success=_rate(one.success[one.played]),
                score=score,
                steps=steps_mean,
                cost=None if np.isnan(cost.value) else cost,
                invalid=shares[at] if shares[at].value else _none_invalid(count),
                criteria=dict(zip(one.criteria, criteria, strict=True)),
            )


def _estimates(ends: "tuple[Floats, Floats, Floats]", cases: int) -> list[Estimate]:
    values = zip(*ends, strict=True)
    return [Estimate(float(mean), float(low), float(high), cases) for mean, low, high in values]


def _rate(shares: "Floats") -> Estimate:
    low, high = wilson(total := float(shares.sum()), len(shares))
    return Estimate(total / len(shares), float(low), float(high), len(shares))


def _none_invalid(cases: int) -> Estimate:
    # Resampling none gives none. No more of the steps can be expected to be invalid than of the cases to have an
    # invalid step, and Wilson bounds that.
    return Estimate(0.0, 0.0, float(wilson(0, cases)[1]), cases)


def plays_of(entrants: Sequence[Entrant], versions: Sequence[UUID], rubric: str) -> list[Plays]:
    """What each of the entrants did on these case versions, graded by the rubric. One query, or none."""
    digest = sha256(b"".join(version.bytes for version in versions)).digest()
    keys = [(one.player_id, one.version, one.condition, one.episodes, rubric, digest) for one in entrants]
    kept = {key: plays for key in keys if (plays := _kept.get(key)) is not None}
    missing = [(key, one) for key, one in zip(keys, entrants, strict=True) if key not in kept]
    for (key, _one), plays in zip(missing, _read([one for _key, one in missing], versions, rubric), strict=True):
        kept[key] = plays
        _kept.put(key, plays)
    return [kept[key] for key in keys]


def _read(entrants: Sequence[Entrant], versions: Sequence[UUID], rubric: str) -> list[Plays]:
    if not any(one.episodes for one in entrants):
        return [Plays.none(len(versions), rubric) for _one in entrants]
    # People last: the query numbers them behind all others.
    order = sorted(range(len(entrants)), key=lambda at: entrants[at].kind == PlayerKind.HUMAN)
    people = [one.player_id for one in entrants if one.kind == PlayerKind.HUMAN]
    others = [one for one in entrants if one.kind != PlayerKind.HUMAN]
    fields = _fields(rubric)
    query = f"SELECT {', '.join(f'({sql})::{kind}' for _name, sql, kind, _here in fields)} {_SOURCE}"
    values = {
        "players": [one.player_id for one in others],
        "player_versions": [one.version for one in others],
        "conditions": [one.condition for one in others],
        "people": people,
        "cases": list(versions),
        "rubric": rubric,
        "success_rubric": SUCCESS_RUBRIC,
        "decisions": [str(decision) for decision in DECISIONS],
        "types": [str(kind) for kind in EXCEPTION_TYPES],
    }
    statement = f"COPY ({query}) TO STDOUT (FORMAT BINARY)"
    # psycopg's own cursor: the one that Django puts around it to log queries takes no values for a copy.
    with connection.cursor() as cursor, cursor.cursor.copy(statement, values) as copy:
        rows = _rows(b"".join(copy), fields)
    places = {version.bytes: place for place, version in enumerate(versions)}
    case = np.fromiter((places[version] for version in rows["case"].tolist()), dtype=np.intp, count=len(rows))
    plays: dict[int, Plays] = {}
    for number, at in enumerate(order, start=1):
        own = rows["entrant"] == number
        plays[at] = Plays(rows[own], case[own], len(versions), rubric)
    return [plays[at] for at in range(len(entrants))]


def _fields(rubric: str) -> list[tuple[str, str, str, str]]:
    criteria = [
        (f"criterion {name}", f"coalesce(grade.criteria -> '{name}', '0')", "float4", ">f4")
        for name in RUBRICS[rubric].weights
    ]
    return [*_FIELDS, *criteria]


#: A binary copy begins with a signature of 11 bytes and two empty words, and ends with −1 in place of a tuple.
_HEADER: Final = 19
_TRAILER: Final = 2


def _rows(copied: bytes, fields: Iterable[tuple[str, str, str, str]]) -> "npt.NDArray[np.void]":
    """The tuples of a binary copy: 2 bytes for the number of fields, and before each field 4 for its length.

    Without nulls and fields of variable length all tuples are laid out alike.
    Source: PostgreSQL, COPY, binary format.
    """
    layout: list[tuple[str, str]] = [("", ">i2")]
    for number, (name, _sql, _kind, here) in enumerate(fields):
        layout += [(f"length {number}", ">i4"), (name, here)]
    return np.frombuffer(copied[_HEADER:-_TRAILER], dtype=np.dtype(layout))


class _Kept:
    """The plays last asked for, up to a number of entrants × cases; safe among threads."""

    def __init__(self) -> None:
        self._plays: OrderedDict[Any, Plays] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: Any) -> Plays | None:
        with self._lock:
            if key in self._plays:
                self._plays.move_to_end(key)
            return self._plays.get(key)

    def put(self, key: Any, plays: Plays) -> None:
        with self._lock:
            if key in self._plays:
                return
            self._plays[key] = plays
            self._size += len(plays.played)
            while self._size > _MOST_KEPT and len(self._plays) > 1:
                _key, oldest = self._plays.popitem(last=False)
                self._size -= len(oldest.played)


_kept = _Kept()
