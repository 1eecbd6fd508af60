"""Generated cases can be chosen by seed, and twins have an accuracy of their own: both right."""

from collections.abc import Callable, Iterable
from typing import Final

import pytest
from django.contrib.auth.models import User

from evaluation.selectors.case_sets import UnknownCases, case_set_named, case_set_words, case_sets_with_counts
from evaluation.selectors.comparison.cases import twin_pairs
from evaluation.selectors.comparison.choice import Choice
from evaluation.selectors.comparison.figures import Comparison
from exceptions.catalogue import load_catalogue
from exceptions.environment import Slice, dump_case_pack
from exceptions.models import CaseVersion
from exceptions.services.cases import case_pack_import
from tests.evaluation.comparison.played import Ending, model, play

#: Ids as the generator gives them: 3 cases of seed 7, one of seed 12, two pairs of twins and half a pair.
IDS: Final = (
    "g7-000000-clean-match",
    "g7-000001-partial-receipt",
    "g7-000002-clean-match",
    "g12-000000-clean-match",
    "t7-0000a-duplicate-invoice",
    "t7-0000b-duplicate-invoice",
    "t7-0001a-currency-swap",
    "t7-0001b-currency-swap",
    "t7-0002a-phantom-receipt",
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def generated() -> list[CaseVersion]:
    """One case of the catalogue under many ids: what is counted here are the ids."""
    case = next(case for case in load_catalogue() if case.id == "partial-receipt")
    made = [case.model_copy(update={"id": one, "reference": None, "slice": Slice.GENERATED}) for one in IDS]
    case_pack_import(source=dump_case_pack(made, "made"), user=None)
    return list(CaseVersion.objects.select_related("case", "truth").order_by("case__slug"))


def played(name: str, versions: Iterable[CaseVersion], endings: dict[str, Ending]) -> None:
    player = model(name)
    for version in versions:
        if ending := endings.get(version.case.slug):
            play(player, version, ending)


def test_a_set_is_narrowed_by_seed_and_to_twins(generated: list[CaseVersion]) -> None:
    counts = {one.name: count for one, count in case_sets_with_counts() if count}
    assert counts == {"generated": 9, "twins": 5, "generated-7": 3, "generated-12": 1, "twins-7": 5}
    assert list(counts).index("generated-7") < list(counts).index("generated-12"), "seeds are in order"
    assert case_set_words({"set": "twins-7"}) == "Generated twins, seed 7"


@pytest.mark.parametrize("name", ["generated-", "generated-x", "twins--1", "g7", "catalogue-7", "generated-7'"])
def test_a_set_that_is_none_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(UnknownCases, match="There is no case set"):
        case_set_named(name)


def test_a_pair_is_two_halves_of_the_same_number_and_family() -> None:
    assert twin_pairs(IDS) == [(4, 5), (6, 7)]
    assert twin_pairs(["t1-0000a-x", "t1-0000b-y", "t2-0000b-x", "clean-match"]) == []


def test_twin_accuracy_counts_pairs_with_both_resolved(generated: list[CaseVersion], admin: User) -> None:
    duplicate, currency = IDS[4:6], IDS[6:8]
    played("both", generated, dict.fromkeys((*duplicate, *currency), "resolved"))
    played("half", generated, {**dict.fromkeys(duplicate, "resolved"), currency[0]: "resolved", currency[1]: "wrong"})
    played("partly", generated, {duplicate[0]: "wrong", duplicate[1]: "wrong", currency[0]: "resolved"})
    found = {one.row.label: one for one in Comparison(Choice(cases="twins"), admin).twins}
    assert [share.value if share else None for share in found["Both"].shares] == [1.0, 0.0, 0.0]
    assert [share.value if share else None for share in found["Half"].shares] == [0.5, 0.5, 0.0]
    assert [share.value if share else None for share in found["Partly"].shares] == [0.0, 0.0, 1.0]
    assert [one.both.n if one.both else None for one in found.values()] == [2, 2, 1]


def test_a_pair_counts_by_the_share_of_its_samples(generated: list[CaseVersion], admin: User) -> None:
    player, pair = model("sampler"), [version for version in generated if version.case.slug in IDS[4:6]]
    for seed, endings in enumerate((("resolved", "resolved"), ("wrong", "resolved"))):
        for version, ending in zip(pair, endings, strict=True):
            play(player, version, ending, seed=seed)  # type: ignore[arg-type]
    [found] = Comparison(Choice(cases="twins"), admin).twins
    assert found.both is not None
    assert (found.both.value, found.both.n) == (0.5, 1)


def test_few_pairs_tell_nothing_to_who_may_not_see_their_answers(
    generated: list[CaseVersion], reviewer: User, admin: User
) -> None:
    played("one", generated, dict.fromkeys(IDS, "resolved"))
    [row] = Comparison(Choice(cases="generated"), reviewer).twins
    assert row.shares == (None, None, None), "4 cases in whole pairs: fewer than may be told"
    [row] = Comparison(Choice(cases="generated"), admin).twins
    assert row.both is not None


def test_the_page_and_its_table_show_twins_only_where_there_are_some(
    generated: list[CaseVersion], admin: User, read: Callable[..., str]
) -> None:
    played("one", generated, dict.fromkeys(IDS, "resolved"))
    page = read(admin, "/compare/?cases=generated")
    assert "Both resolved" in page
    assert 'value="twins-7"' in page
    assert not any(one in page for one in IDS), "an id gives the answer away"
    assert "Both resolved" not in read(admin, "/compare/?cases=generated-7")
    table = read(admin, "/compare/twins.csv?cases=twins").splitlines()
    assert table[0].startswith("player,slug,version,condition,role,pairs in the set,pairs played,both resolved")
    assert ",2,2,1.0," in table[1]
