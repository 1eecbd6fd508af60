"""Cases and twins without end: the same ones for the same seed, on any machine."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from random import Random

from exceptions.environment import Case
from exceptions.generator.draft import Draft
from exceptions.generator.families.family import Family
from exceptions.generator.families.registry import FAMILIES
from exceptions.generator.readings import Reading, read_texts
from exceptions.generator.wording.noise import add_noise
from exceptions.generator.world.drawing import pick
from exceptions.generator.world.trade import lay_out

_ID = re.compile(
    r"(?P<place>(?P<kind>[gt])(?P<seed>[0-9]+)-(?P<position>[0-9]+))"
    r"(?:(?P<half>[ab])(?P<wording>[0-9]*))?-(?P<family>.+)\Z"
)


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
            _twin(family, seed, position, flipped=False),
            _twin(family, seed, position, flipped=True),
        )
        for position, family in enumerate(_order(chosen, count, seed))
    ]


def generate_mixture(
    count: int, seed: int, families: Collection[str] | None = None, *, twin_share: float = 0.4, wordings: int = 1
) -> list[Case]:
    """Cases and twins in one shuffled set, for training: about `twin_share` of it are twins, both halves of each pair.

    Each half is told in so many `wordings`: the same papers and the same fact in other words. Siblings (`siblings_of`)
    stand beside each other, own side first.

    Raises:
        UnknownFamily: a name in `families` is no family, or there is none.
        ValueError: `twin_share` is not between 0 and 1, or there would be no wording.
    """
    if not 0 <= twin_share <= 1:
        raise ValueError(f"the share of twins is between 0 and 1, not {twin_share}")
    if wordings < 1:
        raise ValueError(f"a twin is told in 1 wording or more, not {wordings}")
    trapped = [family.name for family in _chosen(families, trap=False) if family.trap]
    pairs = round(count * twin_share / (2 * wordings)) if trapped else 0
    sets = [[case] for case in generate_cases(count - 2 * wordings * pairs, seed, families)]
    for position, family in enumerate(_order(_chosen(trapped, trap=True), pairs, seed) if pairs else ()):
        sets.append(
            [
                _twin(family, seed, position, flipped=flipped, wording=wording)
                for flipped in (False, True)
                for wording in range(wordings)
            ]
        )
    Random(f"{seed}/mixture").shuffle(sets)
    return [case for siblings in sets for case in siblings]


def siblings_of(case: Case) -> str:
    """What twins and their other wordings have in common, read off the id; of any other case its whole id."""
    match = _ID.match(case.id)
    return match["place"] if match and match["half"] else case.id


def family_of(case: Case) -> str:
    """The family of a generated case or twin, read off its id.

    Raises:
        UnknownFamily: the case was not generated.
    """
    return _place_of(case)["family"]


def readings_of(case: Case) -> tuple[Reading, ...]:
    """What the texts of a generated case come to, each told once; the case is made again from its id to know.

    Raises:
        UnknownFamily: the case was not generated, or is no longer as it was.
    """
    place = _place_of(case)
    key = f"{place['seed']}/{'twin' if place['half'] else 'case'}/{int(place['position'])}"
    wording = int(place["wording"]) - 1 if place["wording"] else 0
    draft = _drafted(FAMILIES[place["family"]], key, flipped=place["half"] == "b", wording=wording)
    if draft.case(case.id) != case.model_copy(update={"reference": None}):
        raise UnknownFamily(f"{case.id} is not as it was generated")
    return read_texts(case, draft.composed)


def _place_of(case: Case) -> re.Match[str]:
    """The parts of a generated case's id: kind, seed, position, the half of a twin with its wording, and family."""
    match = _ID.match(case.id)
    if match is None or match["family"] not in FAMILIES or (match["kind"] == "t") != bool(match["half"]):
        raise UnknownFamily(f"{case.id} is not the id of a generated case")
    return match


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


def _twin(family: Family, seed: int, position: int, *, flipped: bool, wording: int = 0) -> Case:
    half = ("b" if flipped else "a") + (str(wording + 1) if wording else "")
    case_id = f"t{seed}-{position:04d}{half}-{family.name}"
    return _make(family, f"{seed}/twin/{position}", case_id, flipped=flipped, wording=wording)


def _make(family: Family, key: str, case_id: str, *, flipped: bool, wording: int = 0) -> Case:
    return _drafted(family, key, flipped=flipped, wording=wording).case(case_id)


def _drafted(family: Family, key: str, *, flipped: bool, wording: int) -> Draft:
    random = Random(f"{key}/{family.name}")
    lines = pick(random, family.lines) if family.lines else None
    draft = lay_out(random.getrandbits(64), lines=lines)
    if wording:
        draft.words = Random(f"{key}/{family.name}/wording/{wording}")
    draft.difficulty = family.difficulty
    family.build(draft, flipped)
    add_noise(draft)
    draft.find_put_aside()
    return draft
