"""Sets of cases that are played and compared together: the latest version of every case in them that has an answer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, Count, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce

from exceptions.environment import Slice
from exceptions.models import CaseVersion
from exceptions.services.errors import DeskError


@dataclass(frozen=True, slots=True)
class CaseSet:
    """A named set. `name` is what stands in addresses and in a run's `case_set`.

    `ids` narrows it to cases whose ids match this regular expression. Ids of generated cases say how they were made
    (`g7-000012-partial-receipt`: seed 7), and so does the answer with them: they are for choosing only, never shown.
    """

    name: str
    words: str
    slices: tuple[Slice, ...]
    ids: str = ""

    @property
    def query(self) -> Q:
        """The case versions in it."""
        inside = Q(slice__in=self.slices)
        return inside & Q(case__slug__regex=self.ids) if self.ids else inside


CASE_SETS: Final = {
    one.name: one
    for one in (
        CaseSet("catalogue", "Catalogue", (Slice.CANONICAL, Slice.HARD)),
        CaseSet("canonical", "Catalogue, canonical cases", (Slice.CANONICAL,)),
        CaseSet("hard", "Catalogue, hard cases", (Slice.HARD,)),
        CaseSet("generated", "Generated cases", (Slice.GENERATED,)),
        CaseSet("twins", "Generated twins", (Slice.GENERATED,), r"^t[0-9]+-"),
        CaseSet("imported", "Imported cases with an answer", (Slice.IMPORTED,)),
    )
}
DEFAULT_CASE_SET: Final = "catalogue"
#: Generated cases, or twins, of one seed.
_OF_A_SEED: Final = re.compile(r"(?P<kind>generated|twins)-(?P<seed>\d{1,18})")
CASE_SETS_OF_A_SEED: Final = "generated-<seed>, twins-<seed>"
#: A mean over fewer cases is not told to who may not see all of their answers: a constant player's would tell them.
FEWEST_SEALED: Final = 5


class UnknownCases(DeskError):
    """A set or a case that is not there, or has no answer to grade by."""

    status = 404
    title = "There are no such cases"


def case_set_named(name: str) -> CaseSet:
    """The set of that name: one of `CASE_SETS`, or `generated-7` and `twins-7`, those of one seed.

    Raises:
        UnknownCases: there is none.
    """
    if name in CASE_SETS:
        return CASE_SETS[name]
    found = _OF_A_SEED.fullmatch(name)
    if found is None:
        known = f"{', '.join(CASE_SETS)}, {CASE_SETS_OF_A_SEED}"
        raise UnknownCases(f"There is no case set {name[:60]!r}; choose one of {known}.")
    kind, seed = found["kind"], int(found["seed"])
    letter, words = ("g", "Generated cases") if kind == "generated" else ("t", "Generated twins")
    return CaseSet(f"{kind}-{seed}", f"{words}, seed {seed}", (Slice.GENERATED,), f"^{letter}{seed}-")


def case_versions(case_set: Mapping[str, Any]) -> QuerySet[CaseVersion]:
    """The case versions of a run's `case_set`: `{"set": name}` or `{"references": [...]}`, in the order of references.

    Raises:
        UnknownCases: no such set, a reference that is not there, or a case without an answer.
    """
    gradable = CaseVersion.objects.filter(pk=F("case__latest"), truth__isnull=False).order_by("case__reference")
    if "references" in case_set:
        return _named(gradable, case_set["references"])
    return gradable.filter(case_set_named(str(case_set.get("set", DEFAULT_CASE_SET))).query)


def _named(gradable: QuerySet[CaseVersion], references: Sequence[str]) -> QuerySet[CaseVersion]:
    found = gradable.filter(case__reference__in=references)
    missing = sorted(set(references) - set(found.values_list("case__reference", flat=True)))
    if missing:
        raise UnknownCases(f"Not there, or without an answer to grade by: {', '.join(missing)}.")
    return found


def case_set_words(case_set: Mapping[str, Any]) -> str:
    """The set in words, as pages show it."""
    if "references" in case_set:
        count = len(case_set["references"])
        return f"{count} chosen case{'s' if count != 1 else ''}"
    name = str(case_set.get("set", DEFAULT_CASE_SET))
    try:
        return case_set_named(name).words
    except UnknownCases:
        return name


def case_sets_with_counts() -> list[tuple[CaseSet, int]]:
    """Every set with the number of its cases, for choices: the fixed ones, then those of each seed. One query."""
    # What an id begins with, where that says how the case was made.
    prefix = Func(F("case__slug"), Value("^[gt][0-9]{1,18}-"), function="substring", output_field=TextField())
    nothing = Value("", output_field=TextField())
    rows = list(
        CaseVersion.objects.filter(pk=F("case__latest"), truth__isnull=False)
        .annotate(prefix=Case(When(slice=Slice.GENERATED, then=Coalesce(prefix, nothing)), default=nothing))
        .values_list("slice", "prefix")
        .annotate(count=Count("pk"))
    )
    counted = [
        (one, sum(count for part, begins, count in rows if part in one.slices and re.match(one.ids, begins)))
        for one in CASE_SETS.values()
    ]
    kinds = {"g": "generated", "t": "twins"}
    seeds = sorted((begins[0], int(begins[1:-1]), count) for _slice, begins, count in rows if begins)
    return counted + [(case_set_named(f"{kinds[letter]}-{seed}"), count) for letter, seed, count in seeds]
