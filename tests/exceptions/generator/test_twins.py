"""Twins: two cases equal but for the one fact that flips the answer."""

from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import Any

import pytest

from exceptions.environment import Case
from exceptions.generator import FAMILIES, TwinPair, UnknownFamily, family_of, generate_twins

TRAPS = [name for name, family in FAMILIES.items() if family.trap]


@pytest.fixture(scope="module")
def pairs() -> list[TwinPair]:
    return generate_twins(20 * len(TRAPS), seed=3)


def answer(case: Case) -> tuple[str, str]:
    assert case.ground_truth is not None
    return case.ground_truth.decision, case.ground_truth.exception_type


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, object]]:
    """Every single value of a case with its place."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, f"{path}.{name}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from leaves(part, f"{path}[{place}]")
    else:
        yield path, value


def papers(case: Case) -> dict[str, object]:
    return dict(leaves(case.model_dump(mode="json", exclude={"id", "ground_truth"})))


def test_all_but_the_simple_families_have_twins(pairs: list[TwinPair]) -> None:
    assert len(TRAPS) == 27
    assert Counter(pair.family for pair in pairs) == dict.fromkeys(TRAPS, 20)


def test_the_answers_of_twins_differ(pairs: list[TwinPair]) -> None:
    for pair in pairs:
        family = FAMILIES[pair.family]
        assert answer(pair.one) == (family.decision, family.exception_type)
        assert answer(pair.other) != answer(pair.one), pair.one.id


def test_twins_share_vendor_goods_and_papers(pairs: list[TwinPair]) -> None:
    for pair in pairs:
        one, other = pair.one, pair.other
        assert one.invoice.supplier_name == other.invoice.supplier_name
        assert one.purchase_order.number == other.purchase_order.number
        assert [line.description for line in one.invoice.lines] == [line.description for line in other.invoice.lines]
        assert one.title == other.title


@pytest.mark.parametrize("family", TRAPS)
def test_twins_differ_in_little(pairs: list[TwinPair], family: str) -> None:
    """A changed quantity or price takes the totals with it, a changed delivery its receipt."""
    differences = []
    for pair in pairs:
        if pair.family == family:
            one, other = papers(pair.one), papers(pair.other)
            differences.append(sum(one.get(path) != other.get(path) for path in one.keys() | other.keys()))
    assert min(differences) >= 1
    assert median(differences) <= 8


def test_the_ids_of_twins_tell_family_and_side(pairs: list[TwinPair]) -> None:
    assert pairs[0].one.id == f"t3-0000a-{pairs[0].family}"
    assert pairs[0].other.id == f"t3-0000b-{pairs[0].family}"
    for pair in pairs:
        assert family_of(pair.one) == family_of(pair.other) == pair.family


def test_the_same_seed_gives_the_same_twins(pairs: list[TwinPair]) -> None:
    assert generate_twins(60, seed=3) == pairs[:60]
    assert generate_twins(60, seed=4) != pairs[:60]


def test_a_family_without_a_trap_has_no_twins() -> None:
    with pytest.raises(UnknownFamily, match="has no trap"):
        generate_twins(2, seed=1, families=["clean-match"])
