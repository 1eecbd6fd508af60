"""Sets of generated cases: what is asked for, checked; then made, and brought onto the desk."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.contrib.auth.models import User

from exceptions.environment import Case
from exceptions.generator import FAMILIES, Family, family_of, generate_cases, generate_twins
from exceptions.services.cases import ImportResult, cases_store
from exceptions.services.errors import DeskError

#: Cases, or pairs of twins, in one set.
MOST_GENERATED: Final = 10_000
#: The same in one request; more are made by the command.
MOST_IN_A_REQUEST: Final = 2_000
LARGEST_SEED: Final = 10**9


class CannotGenerate(DeskError):
    """A set that cannot be made. `field` is what is at fault: `count`, `seed`, `families` or `hold_out`."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@dataclass(frozen=True)
class GeneratedSet:
    """A set of generated cases: the same fields make the same cases. Made by `generated_set`, which checks them.

    `count` counts cases, or with `twins` pairs of them; `families` are the names of those it is balanced over.
    """

    count: int
    seed: int
    families: tuple[str, ...]
    twins: bool = False

    @property
    def name(self) -> str:
        """What `evaluation.selectors.case_sets` calls all cases of this kind and seed."""
        return f"{'twins' if self.twins else 'generated'}-{self.seed}"

    @property
    def title(self) -> str:
        """As the name of a case pack."""
        kind = "pairs of twins" if self.twins else "generated cases"
        some = "" if len(self.families) == len(possible_families(twins=self.twins)) else ", some families"
        return f"{self.count} {kind}, seed {self.seed}{some}"

    @property
    def size(self) -> int:
        """Its number of cases."""
        return self.count * (2 if self.twins else 1)

    @property
    def of_each(self) -> str:
        """How many cases it has of a family, in words: it is balanced."""
        whole, rest = divmod(self.count, len(self.families))
        each = 2 if self.twins else 1
        return f"{whole * each:,} or {(whole + 1) * each:,}" if rest else f"{whole * each:,}"

    @cached_property
    def cases(self) -> list[Case]:
        """All of them; twins one after the other. Takes about a millisecond a case."""
        return self.first(self.size)

    def first(self, count: int) -> list[Case]:
        """The first so many of them, made without the others: a larger set goes on where a smaller one ends."""
        if not self.twins:
            return generate_cases(min(count, self.count), self.seed, self.families)
        pairs = generate_twins(min(-(-count // 2), self.count), self.seed, self.families)
        return [case for pair in pairs for case in (pair.one, pair.other)][:count]

    @cached_property
    def by_family(self) -> list[tuple[Family, int]]:
        """How many cases of each family it has, in the generator's order."""
        counts = Counter(family_of(case) for case in self.cases)
        return [(FAMILIES[name], counts[name]) for name in FAMILIES if name in counts]


def possible_families(*, twins: bool) -> list[str]:
    """The names of all families, or of those that have twins: the ones with a trap."""
    return [name for name, family in FAMILIES.items() if family.trap or not twins]


def generated_set(
    *, count: int, seed: int, families: Sequence[str] = (), hold_out: Sequence[str] = (), twins: bool = False
) -> GeneratedSet:
    """A set over these families (none: all) without those that are held out.

    Raises:
        CannotGenerate: a number is out of range, a family is not there, or none is left.
    """
    if not 1 <= count <= MOST_GENERATED:
        what = "pairs" if twins else "cases"
        raise CannotGenerate("count", f"Between 1 and {MOST_GENERATED:,} {what} can be made at once, not {count:,}.")
    if not 0 <= seed <= LARGEST_SEED:
        raise CannotGenerate("seed", f"A seed is a number from 0 to {LARGEST_SEED:,}.")
    for field, names in (("families", families), ("hold_out", hold_out)):
        if unknown := sorted(set(names) - set(FAMILIES)):
            raise CannotGenerate(field, f"There is no family {', '.join(unknown)}; known: {', '.join(FAMILIES)}.")
    wanted = set(families or FAMILIES) - set(hold_out)
    chosen = tuple(name for name in possible_families(twins=twins) if name in wanted)
    if not chosen:
        at_fault = "families" if families else "hold_out"
        reason = "none of these families has twins" if twins and wanted else "every family is held out"
        raise CannotGenerate(at_fault, f"No family is left: {reason}.")
    return GeneratedSet(count, seed, chosen, twins)


def generated_set_import(*, generated: GeneratedSet, user: User | None) -> ImportResult:
    """Bring the cases of a set onto the desk; what is there already stays as it is."""
    return cases_store(cases=generated.cases, user=user)
