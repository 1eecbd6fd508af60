"""What follows from what was played: the leaderboard, paired tests, groups of cases, agreement, answers, calibration.

The page, its downloads and REST all read these.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from django.contrib.auth.models import User

from evaluation.selectors.case_sets import case_set_named
from evaluation.selectors.comparison.cases import Cases
from evaluation.selectors.comparison.choice import AskedPlayer, Choice
from evaluation.selectors.comparison.entrants import Entrant, Role, condition_words, field_of
from evaluation.selectors.comparison.plays import DECISIONS, EXCEPTION_TYPES, Plays, Summary, plays_of, summarize
from evaluation.statistics.agreement import Agreement, agreement
from evaluation.statistics.intervals import Estimate, rate
from evaluation.statistics.paired import FEWEST_CASES, Difference, holm, paired_differences
from evaluation.statistics.verdicts import RESOLVED, SCORE, Outcome, outcome, verdict

if TYPE_CHECKING:
    import numpy.typing as npt

#: Pairs of a person and a model or rule set of which the agreement is shown.
MOST_AGREEMENTS: Final = 24


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the leaderboard. `summary` is None where nothing was played, and where too little may be told."""

    entrant: Entrant
    plays: Plays
    summary: Summary | None
    #: Few cases, not all of which the reader may see: their mean would give answers away.
    withheld: bool

    @property
    def label(self) -> str:
        return self.entrant.label

    @property
    def failed(self) -> int:
        """Episodes without a grade: the player failed, or was stopped."""
        return self.entrant.episodes - self.plays.episodes


@dataclass(frozen=True, slots=True)
class Pair:
    """The subject of the comparison against another row, on the cases that both played; None: nothing to tell."""

    other: Row
    resolved: Difference | None
    score: Difference | None
    #: The exact test's p, corrected for the number of rows that the subject is compared with.
    corrected_p: float | None

    @property
    def by_resolved(self) -> Outcome:
        return outcome(self.resolved, by_test=True) if self.resolved else "too_few"

    @property
    def by_score(self) -> Outcome:
        return outcome(self.score, by_test=False) if self.score else "too_few"


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the cases, and the resolved rate of every row on them, in the order of the leaderboard."""

    kind: str
    name: str
    cases: int
    resolved: list[Estimate | None]


@dataclass(frozen=True, slots=True)
class TwinRow:
    """What a player made of twin pairs, two cases that differ in the one fact that flips the answer.

    Shares of the pairs of which it has played both: both right is twin accuracy. All None where too little may be told.
    """

    row: Row
    both: Estimate | None
    one: Estimate | None
    neither: Estimate | None

    @property
    def shares(self) -> tuple[Estimate | None, Estimate | None, Estimate | None]:
        return self.both, self.one, self.neither


@dataclass(frozen=True, slots=True)
class PersonAndModel:
    """How a person's decisions agree with a model's or rule set's."""

    person: Row
    other: Row
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each right answer (rows) was answered how (columns; the first is *nothing submitted*)."""

    names: list[str]
    counts: list[list[int]]

    @property
    def total(self) -> int:
        return sum(map(sum, self.counts))


class Comparison:
    """Everything that the page shows, each part computed when it is first asked for."""

    def __init__(self, choice: Choice, user: User) -> None:
        self.choice = choice
        self.cases = Cases(choice.cases, user)
        self.case_set = case_set_named(choice.cases)
        found = field_of(choice, self.cases.versions)
        self.notes = list(found.notes)
        plays = plays_of(found.entrants, self.cases.versions, choice.rubric)
        summarize(plays)
        rows = [self._row(*pair) for pair in zip(found.entrants, plays, strict=True)]
        self.rows = sorted(rows, key=_rank)
        self.conditions = condition_words(row.entrant.condition for row in self.rows)
        self.subject = self._subject(choice.of)

    def _row(self, entrant: Entrant, plays: Plays) -> Row:
        tellable = self.cases.tellable(plays.played)
        return Row(entrant, plays, plays.summary if tellable else None, withheld=not tellable)

    def _subject(self, of: AskedPlayer | None) -> Row | None:
        if of is not None:
            for row in self.rows:
                key = row.entrant.key
                if of.slug == key.slug and of.version in (None, key.version) and of.condition in (None, key.condition):
                    return row
            self.notes.append(f"{of} is not among the players compared here; the best one takes its place.")
        others = [row for row in self.shown if row.entrant.role != Role.CEILING]
        return next((row for row in others if row.entrant.role == Role.MODEL), others[0] if others else None)

    @property
    def shown(self) -> list[Row]:
        """The rows that have figures, best first."""
        return [row for row in self.rows if row.summary is not None]

    @cached_property
    def complete(self) -> bool:
        """Whether all rows with figures have played every case, so that their means are about the same thing."""
        return all(row.plays.count == len(self.cases) for row in self.shown)

    @cached_property
    def mixed_conditions(self) -> bool:
        """Whether models played under different conditions. Scripts see nothing of them, people have none."""
        return len({row.entrant.condition for row in self.shown if row.entrant.role == Role.MODEL}) > 1

    @cached_property
    def pairs(self) -> list[Pair]:
        """The subject against every other row with figures, best first."""
        if self.subject is None:
            return []
        others = [row for row in self.shown if row is not self.subject]
        differences = self._differences(self.subject, others)
        tested = [found[0].p if found else 1.0 for found in differences]
        return [
            Pair(row, found[0], found[1], corrected) if found else Pair(row, None, None, None)
            for row, found, corrected in zip(others, differences, holm(tested), strict=True)
        ]

    def _differences(self, subject: Row, others: Sequence[Row]) -> list[tuple[Difference, Difference] | None]:
        """(resolved, score) for each of the others; those who share the same cases in one matrix product."""
        by_cases: defaultdict[bytes, list[int]] = defaultdict(list)
        commons = [subject.plays.played & row.plays.played for row in others]
        for at, common in enumerate(commons):
            if common.any() and self.cases.tellable(common):
                by_cases[common.tobytes()].append(at)
        found: dict[int, tuple[Difference, Difference]] = {}
        for group in by_cases.values():
            common = commons[group[0]]
            own = [subject.plays.resolved[common], subject.plays.score[common]] * len(group)
            theirs = [column[common] for at in group for column in (others[at].plays.resolved, others[at].plays.score)]
            both = paired_differences(np.column_stack(own), np.column_stack(theirs))
            found |= {at: (both[2 * place], both[2 * place + 1]) for place, at in enumerate(group)}
        return [found.get(at) for at in range(len(others))]

    @cached_property
    def verdicts(self) -> list[str]:
        """In words: the subject against the next best, the best rules and the best floor, by what is resolved."""
        if self.subject is None:
            return []
        said, against = [], []
        for wanted in (tuple(Role), (Role.RULES,), (Role.FLOOR,)):
            pair = next(
                (
                    one
                    for one in self.pairs
                    if one.other.entrant.role in wanted and one.other.entrant.role != Role.CEILING
                ),
                None,
            )
            if pair is not None and pair.other not in against:
                against.append(pair.other)
                said.append(self.in_words(pair))
        return said

    def in_words(self, pair: Pair) -> str:
        """One paired comparison as a sentence: by what is resolved, and when that is open by score."""
        first = self.subject.label if self.subject else ""
        if pair.resolved is None or pair.by_resolved != "open":
            return verdict(first, pair.other.label, pair.resolved, RESOLVED)
        by_resolved = verdict(first, pair.other.label, pair.resolved, RESOLVED)
        return by_resolved if pair.by_score == "open" else verdict(first, pair.other.label, pair.score, SCORE)

    @cached_property
    def groups(self) -> list[Group]:
        """Slices and difficulties of the set."""
        found = []
        for kind, name, mask in self.cases.groups():
            resolved = []
            for row in self.shown:
                at = row.plays.played & mask
                resolved.append(rate(row.plays.resolved[at]) if self.cases.tellable(at) else None)
            found.append(Group(kind, name, int(mask.sum()), resolved))
        return found

    @cached_property
    def twins(self) -> list[TwinRow]:
        """Twin accuracy of every row with figures; empty for a set without twins.

        A case played several times is right by its share, and both of a pair by the product of the two.
        """
        pairs = np.array(self.cases.twins, dtype=np.intp).reshape(-1, 2)
        return [self._twin_row(row, pairs) for row in self.shown] if len(pairs) else []

    def _twin_row(self, row: Row, pairs: "npt.NDArray[np.intp]") -> TwinRow:
        played = pairs[row.plays.played[pairs].all(axis=1)]
        first, second = row.plays.resolved[played[:, 0]], row.plays.resolved[played[:, 1]]
        cases = np.zeros(len(self.cases), dtype=np.bool_)
        cases[played] = True
        if not self.cases.tellable(cases):
            return TwinRow(row, None, None, None)
        both, neither = first * second, (1 - first) * (1 - second)
        return TwinRow(row, rate(both), rate(1 - both - neither), rate(neither))

    @cached_property
    def agreements(self) -> list[PersonAndModel]:
        """Every person with every model and rule set that have played at least `FEWEST_CASES` common cases."""
        people = [row for row in self.shown if row.entrant.role == Role.PERSON]
        others = [row for row in self.shown if row.entrant.role in (Role.MODEL, Role.RULES)]
        answers = {id(row): row.plays.answers() for row in (*people, *others)}
        found: list[PersonAndModel] = []
        for person in people:
            for other in others:
                first, second = answers[id(person)], answers[id(other)]
                both = (first >= 0) & (second >= 0)
                if both.sum() < FEWEST_CASES or not self.cases.tellable(both) or len(found) == MOST_AGREEMENTS:
                    continue
                # Nothing submitted is an answer like the four others.
                agreed = agreement(first[both], second[both], len(DECISIONS) + 1)
                if agreed is not None:
                    found.append(PersonAndModel(person, other, agreed))
        return found

    @cached_property
    def decisions(self) -> Confusion:
        """What the subject decided, on the cases whose answers the reader may see; by episode."""
        return self._confusion("decision", [str(decision) for decision in DECISIONS])

    @cached_property
    def types(self) -> Confusion:
        """Which type the subject gave, on the cases whose answers the reader may see; by episode."""
        return self._confusion("type", [str(kind) for kind in EXCEPTION_TYPES])

    def _confusion(self, what: str, names: list[str]) -> Confusion:
        size = len(names) + 1
        if self.subject is None:
            return Confusion(names, [[0] * size for _name in names])
        plays = self.subject.plays
        seen = self.cases.visible[plays.case]
        truth: npt.NDArray[np.intp] = getattr(self.cases, what)[plays.case[seen]]
        given: npt.NDArray[np.intp] = getattr(plays, what)[seen]
        counts = np.bincount((truth - 1) * size + given, minlength=len(names) * size).reshape(len(names), size)
        return Confusion(names, counts.tolist())


def _rank(row: Row) -> tuple[bool, float, float, str]:
    if row.summary is None:
        return True, 0.0, 0.0, row.label
    return False, -row.summary.resolved.value, -row.summary.score.value, row.label
