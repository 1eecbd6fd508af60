"""Sets of cases that are played and compared together: the latest version of every case in them that has an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet

from exceptions.environment import Slice
from exceptions.models import CaseVersion
from exceptions.services.errors import DeskError


@dataclass(frozen=True, slots=True)
class CaseSet:
    """A named set. `name` is what stands in addresses and in a run's `case_set`."""

    name: str
    words: str
    slices: tuple[Slice, ...]


CASE_SETS: Final = {
    one.name: one
    for one in (
        CaseSet("catalogue", "Catalogue", (Slice.CANONICAL, Slice.HARD)),
        CaseSet("canonical", "Catalogue, canonical cases", (Slice.CANONICAL,)),
        CaseSet("hard", "Catalogue, hard cases", (Slice.HARD,)),
        CaseSet("generated", "Generated cases", (Slice.GENERATED,)),
        CaseSet("imported", "Imported cases with an answer", (Slice.IMPORTED,)),
    )
}
DEFAULT_CASE_SET: Final = "catalogue"
#: A mean over fewer cases is not told to who may not see all of their answers: a constant player's would tell them.
FEWEST_SEALED: Final = 5


class UnknownCases(DeskError):
    """A set or a case that is not there, or has no answer to grade by."""

    status = 404
    title = "There are no such cases"


def case_versions(case_set: Mapping[str, Any]) -> QuerySet[CaseVersion]:
    """The case versions of a run's `case_set`: `{"set": name}` or `{"references": [...]}`, in the order of references.

    Raises:
        UnknownCases: no such set, a reference that is not there, or a case without an answer.
    """
    gradable = CaseVersion.objects.filter(pk=F("case__latest"), truth__isnull=False).order_by("case__reference")
    if "references" in case_set:
        return _named(gradable, case_set["references"])
    name = case_set.get("set", DEFAULT_CASE_SET)
    if name not in CASE_SETS:
        raise UnknownCases(f"There is no case set {name!r}; choose one of {', '.join(CASE_SETS)}.")
    return gradable.filter(slice__in=CASE_SETS[name].slices)


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
    name = case_set.get("set", DEFAULT_CASE_SET)
    return CASE_SETS[name].words if name in CASE_SETS else str(name)


def case_sets_with_counts() -> list[tuple[CaseSet, int]]:
    """Every set with the number of its cases, for choices; one query."""
    gradable = CaseVersion.objects.filter(pk=F("case__latest"), truth__isnull=False)
    by_slice = gradable.aggregate(**{one.value: Count("pk", filter=Q(slice=one.value)) for one in Slice})
    return [(one, sum(by_slice[part.value] for part in one.slices)) for one in CASE_SETS.values()]
