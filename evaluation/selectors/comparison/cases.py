"""The cases of a comparison: what they are, what the right answer is, and whose answer the reader may see."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

import numpy as np
from django.contrib.auth.models import User

from evaluation.selectors.case_sets import FEWEST_SEALED, case_versions
from evaluation.selectors.comparison.plays import DECISIONS, EXCEPTION_TYPES
from exceptions.environment import Decision, ExceptionType
from exceptions.selectors.visibility import cases_with_visible_answer

if TYPE_CHECKING:
    import numpy.typing as npt

    Mask = npt.NDArray[np.bool_]

_TWIN_ID: Final = re.compile(r"(?P<pair>t\d+-\d+)(?P<half>[ab])-(?P<family>.+)")


@dataclass(frozen=True, slots=True)
class ComparedCase:
    """One case of the set, at its latest version."""

    version_id: UUID
    case_id: UUID
    reference: str
    title: str
    slice: str
    difficulty: str


class Cases:
    """The cases of a set, in the order of their references; arrays run over them in that order.

    `decision` and `type` are codes of the right answer (`plays.DECISIONS`, from 1); `twins` are places of pairs.
    """

    def __init__(self, name: str, user: User) -> None:
        rows = list(
            case_versions({"set": name}).values_list(
                "pk",
                "case_id",
                "case__reference",
                "title",
                "slice",
                "difficulty",
                "truth__answer__decision",
                "truth__answer__exception_type",
                "case__slug",
            )
        )
        self.name = name
        self.all = [ComparedCase(*row[:6]) for row in rows]
        self.versions = [case.version_id for case in self.all]
        self.decision = np.array([DECISIONS.index(Decision(row[6])) + 1 for row in rows], dtype=np.intp)
        self.type = np.array([EXCEPTION_TYPES.index(ExceptionType(row[7])) + 1 for row in rows], dtype=np.intp)
        self.twins = twin_pairs([row[8] for row in rows])
        visible = cases_with_visible_answer(user, (case.case_id for case in self.all))
        self.visible = np.array([case.case_id in visible for case in self.all], dtype=np.bool_)

    def __len__(self) -> int:
        return len(self.all)

    def tellable(self, some: "Mask") -> bool:
        """Whether a mean over these cases may be told to the reader."""
        return int(some.sum()) >= FEWEST_SEALED or bool(self.visible[some].all())

    def groups(self) -> "list[tuple[str, str, Mask]]":
        """(kind, name, cases) of every slice and difficulty, where there is more than one of the kind."""
        found = []
        for kind, values in (
            ("slice", [case.slice for case in self.all]),
            ("difficulty", [case.difficulty for case in self.all]),
        ):
            names = _in_order(values)
            if len(names) > 1:
                found += [(kind, name, np.array([value == name for value in values])) for name in names]
        return found


def twin_pairs(ids: Sequence[str]) -> list[tuple[int, int]]:
    """The places of both cases of every twin pair that is whole, by their ids: `t7-0003a-…` and `t7-0003b-…`."""
    halves: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for place, case_id in enumerate(ids):
        if found := _TWIN_ID.fullmatch(case_id):
            halves[found["pair"], found["family"]][found["half"]] = place
    return [(pair["a"], pair["b"]) for pair in halves.values() if len(pair) == 2]


def _in_order(values: Iterable[str]) -> list[str]:
    order = ["canonical", "hard", "generated", "imported", "easy", "moderate"]
    return sorted(set(values), key=lambda name: (order.index(name) if name in order else len(order), name))
