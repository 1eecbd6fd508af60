"""Cases and twins without end: the same ones for the same seed, on any machine."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from random import Random

from exceptions.environment import Case
from exceptions.generator.families.family import Family
from exceptions.generator.families.registry import FAMILIES
from exceptions.generator.wording.noise import add_noise
from exceptions.generator.world.drawing import pick
from exceptions.generator.world.trade import lay_out

_ID = re.compile(r"[gt][0-9]+-[0-9]+[ab]?-(.+)\Z")


class UnknownFamily(ValueError):
    """A family that does not exist, or one that cannot do what was asked of it."""


@dataclass(frozen=True, slots=True)
class TwinPair:
    """Two cases equal but for the one fact that flips the answer. `one` is the family's own."""

    family: str
    one: Case
    other: Case


def generate_cases(count: int, seed: int, families: Collection[str] | None = None) -> list[Case]:
    """So many labelled cases, balanced over the families (all thirty when None); more are a continuation of fewer.

    Raises:
        UnknownFamily: a name in `families` is no family, or there is none.
    """
    chosen = _chosen(families, trap=False)
    return [
        _make(family, f"{seed}/case/{position}", f"g{seed}-{position:06d}-{family.name}", flipped=False)
        for position, family in enumerate(_order(chosen, count, seed))
    ]


def generate_twins(count: int, seed: int, families: Collection[str] | None = None) -> list[TwinPair]:
    """So many pairs, balanced over the families with a trap (or those of them that are named).

    Raises:
        UnknownFamily: a name in `families` is no family with a trap, or there is none.
    """
    chosen = _chosen(families, trap=True)
    return [
        TwinPair(
            family.name,
            _make(family, f"{seed}/twin/{position}", f"t{seed}-{position:04d}a-{family.name}", flipped=False),
            _make(family, f"{seed}/twin/{position}", f"t{seed}-{position:04d}b-{family.name}", flipped=True),
        )
        for position, family in enumerate(_order(chosen, count, seed))
    ]


def generate_mixture(
    count: int, seed: int, families: Collection[str] | None = None, *, twin_share: float = 0.4
) -> list[Case]:
    """Cases and twins in one shuffled set, for training: about `twin_share` of it are twins, both halves of each pair.

    Raises:
        UnknownFamily: a name in `families` is no family, or there is none.
        ValueError: `twin_share` is not between 0 and 1.
    """
    if not 0 <= twin_share <= 1:
        raise ValueError(f"the share of twins is between 0 and 1, not {twin_share}")
    trapped = [family.name for family in _chosen(families, trap=False) if family.trap]
    pairs = round(count * twin_share / 2) if trapped else 0
    cases = generate_cases(count - 2 * pairs, seed, families)
    for pair in generate_twins(pairs, seed, trapped) if pairs else ():
        cases += [pair.one, pair.other]
    Random(f"{seed}/mixture").shuffle(cases)
    return cases


def family_of(case: Case) -> str:
    """The family of a generated case or twin, read off its id.

    Raises:
        UnknownFamily: the case was not generated.
    """
    match = _ID.match(case.id)
    if match is None or match[1] not in FAMILIES:
        raise UnknownFamily(f"{case.id} is not the id of a generated case")
    return match[1]


def _chosen(names: Collection[str] | None, *, trap: bool) -> list[Family]:
    if names is None:
        return [family for family in FAMILIES.values() if family.trap or not trap]
    unknown = sorted(set(names) - FAMILIES.keys())
    if unknown:
        raise UnknownFamily(f"there is no family {', '.join(unknown)}; the families are {', '.join(FAMILIES)}")
    plain = [name for name in names if trap and not FAMILIES[name].trap]
    if plain:
        raise UnknownFamily(f"{', '.join(plain)} has no trap and therefore no twins")
    if not names:
        raise UnknownFamily("no family was named")
    return [family for name, family in FAMILIES.items() if name in set(names)]


def _order(families: list[Family], count: int, seed: int) -> list[Family]:
    """Every family once in a block, in an order that differs by block."""
    order: list[Family] = []
    random = Random(f"{seed}/order")
    while len(order) < count:
        block = list(families)
        random.shuffle(block)
        order += block
    return order[:count]


def _make(family: Family, key: str, case_id: str, *, flipped: bool) -> Case:
    random = Random(f"{key}/{family.name}")
    lines = pick(random, family.lines) if family.lines else None
    draft = lay_out(random.getrandbits(64), lines=lines)
    draft.difficulty = family.difficulty
    family.build(draft, flipped)
    add_noise(draft)
    draft.find_put_aside()
    return draft.case(case_id)
