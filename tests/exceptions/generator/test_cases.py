"""Sets of generated cases: the same for the same seed, balanced, each case once, whole as a case pack."""

import json
import subprocess
import sys
from collections import Counter

import pytest

from exceptions.environment import Case, Slice, dump_case_pack, load_case_pack
from exceptions.generator import FAMILIES, UnknownFamily, family_of, generate_cases, generate_mixture, siblings_of
from exceptions.generator.checks import problems


def test_there_are_thirty_families() -> None:
    assert len(FAMILIES) == 30
    assert all(name == family.name for name, family in FAMILIES.items())


def test_the_same_seed_gives_the_same_cases() -> None:
    assert generate_cases(120, seed=5) == generate_cases(120, seed=5)


def test_another_process_gives_the_same_cases() -> None:
    script = (
        "from exceptions.generator import generate_cases; print([c.model_dump_json() for c in generate_cases(40, 9)])"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "77"}
    )
    assert told.stdout.strip() == str([case.model_dump_json() for case in generate_cases(40, 9)])


def test_another_seed_gives_other_cases() -> None:
    one, other = generate_cases(300, seed=1), generate_cases(300, seed=2)
    assert {case.id for case in one}.isdisjoint(case.id for case in other)
    numbers = Counter((case.invoice.supplier_name, case.invoice.number) for case in (*one, *other))
    assert max(numbers.values()) == 1


def test_more_cases_continue_fewer() -> None:
    assert generate_cases(200, seed=3)[:77] == generate_cases(77, seed=3)


def test_a_set_is_balanced_over_the_families() -> None:
    counts = Counter(map(family_of, generate_cases(615, seed=4)))
    assert set(counts) == set(FAMILIES)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_whole_families_can_be_held_out() -> None:
    held_out = {"phantom-receipt", "inflated-po"}
    cases = generate_cases(140, seed=6, families=FAMILIES.keys() - held_out)
    assert held_out.isdisjoint(map(family_of, cases))
    assert {family_of(case) for case in generate_cases(10, seed=6, families=held_out)} == held_out


def test_the_order_in_which_families_are_named_does_not_matter() -> None:
    assert generate_cases(8, 1, ["currency-swap", "clean-match"]) == generate_cases(
        8, 1, ["clean-match", "currency-swap"]
    )


@pytest.mark.parametrize("families", [["no-such-family"], []])
def test_a_family_that_does_not_exist_is_named(families: list[str]) -> None:
    with pytest.raises(UnknownFamily, match="no family"):
        generate_cases(3, seed=1, families=families)


def test_a_case_that_was_not_generated_has_no_family() -> None:
    case = generate_cases(1, seed=1)[0].model_copy(update={"id": "clean-match"})
    with pytest.raises(UnknownFamily, match="clean-match"):
        family_of(case)


def test_cases_survive_the_way_through_a_case_pack() -> None:
    cases = generate_cases(300, seed=8)
    pack = json.dumps(dump_case_pack(cases, "generated"))
    assert load_case_pack(pack.encode()) == cases


def test_cases_say_that_they_are_generated_and_how_hard_they_are() -> None:
    for case in generate_cases(60, seed=10):
        assert case.slice is Slice.GENERATED
        assert case.max_steps == (12 if case.difficulty == "hard" else 10)


def test_the_world_is_wide() -> None:
    cases = generate_cases(1500, seed=11)

    def different(values: list[object]) -> int:
        return len(set(values))

    assert different([case.invoice.supplier_name for case in cases]) > 1350
    assert different([case.invoice.currency for case in cases]) >= 10
    assert different([line.description for case in cases for line in case.invoice.lines]) > 250
    assert {len(case.invoice.lines) for case in cases} >= {1, 2, 3, 4, 5}
    assert {len(case.goods_receipts) for case in cases} >= {1, 2}
    assert different([case.policy.price_tolerance_pct for case in cases]) >= 8
    totals = sorted(case.invoice.total for case in cases)
    assert totals[15] < 200
    assert totals[-15] > 100_000


def test_a_mixture_holds_cases_and_both_halves_of_twins() -> None:
    cases = generate_mixture(200, seed=12, twin_share=0.5)
    twins = [case for case in cases if case.id.startswith("t")]
    assert len(cases) == 200
    assert len(twins) == 100
    assert len({case.id for case in cases}) == 200
    assert cases == generate_mixture(200, seed=12, twin_share=0.5)


def test_a_mixture_of_simple_families_has_no_twins() -> None:
    assert all(case.id.startswith("g") for case in generate_mixture(20, 1, ["clean-match"], twin_share=0.5))


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_a_share_of_twins_is_a_share(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        generate_mixture(10, 1, twin_share=share)


def test_a_twin_can_be_told_in_several_wordings() -> None:
    cases = generate_mixture(240, seed=12, twin_share=1, wordings=3)
    sets: dict[str, list[Case]] = {}
    for case in cases:
        sets.setdefault(siblings_of(case), []).append(case)
    assert len({case.id for case in cases}) == 240
    assert all(len(siblings) == 6 for siblings in sets.values())
    reworded = 0
    for siblings in sets.values():
        assert cases[cases.index(siblings[0]) :][:6] == siblings
        for half in (siblings[:3], siblings[3:]):
            first, *others = half
            assert not problems(first)
            assert not [found for other in others for found in problems(other)]
            for other in others:
                assert other.purchase_order.lines == first.purchase_order.lines
                assert other.invoice.lines == first.invoice.lines
                assert outcome(other) == outcome(first)
            reworded += len({case.history.comments for case in half}) > 1
    assert reworded > 40


def test_a_case_that_is_no_twin_has_no_siblings() -> None:
    [case] = generate_cases(1, 5)
    assert siblings_of(case) == case.id


def test_a_twin_is_told_at_least_once() -> None:
    with pytest.raises(ValueError, match="1 wording or more"):
        generate_mixture(10, 1, wordings=0)


def outcome(case: Case) -> tuple[object, object]:
    assert case.ground_truth is not None
    return case.ground_truth.decision, case.ground_truth.exception_type
