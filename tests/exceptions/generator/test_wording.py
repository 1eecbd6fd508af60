"""The grammar, and how many ways there are to say each cue."""

import re
from random import Random

import pytest

from exceptions.generator import generate_cases
from exceptions.generator.wording.counting import Count, count_ways
from exceptions.generator.wording.cue import CUES
from exceptions.generator.wording.grammar import FormError, Lexicon, Phrases, saying_of
from exceptions.generator.wording.voice import finish, name_vendor, speak

#: Cues that carry an answer: each in at least this many ways, of at least this many structures.
WAYS, STRUCTURES = 100, 20
#: Words around the answer: at least the forty that are asked for.
LEAST = 40

DECISIVE = (
    "paid, status",
    "paid, said",
    "rejected unpaid, status",
    "rejected unpaid, said",
    "recurring order, said",
    "amendment lowers the price",
    "amendment does not apply",
    "overship allowed, said",
    "overship not allowed",
    "new list refused",
    "new list accepted",
    "rush surcharge allowed",
    "rush surcharge refused",
    "goods returned",
    "goods kept",
    "audit finding",
    "audit without findings",
    "second signature missing",
    "second signature given",
    "nothing came for this cycle",
    "split order, said",
    "not the real vendor",
)

LEXICON = Lexicon({"order": "order|PO"})


def ways(form: str) -> set[str]:
    random = Random(1)
    phrases = Phrases("test", (form,), LEXICON)
    return {phrases.say(random, {"n": "7", "who": "Kim"}) for _ in range(200)}


def test_a_form_offers_its_alternatives() -> None:
    assert ways("[we|they] paid") == {"we paid", "they paid"}


def test_alternatives_nest() -> None:
    assert ways("a[ b[ c|]|]") == {"a", "a b", "a b c"}


def test_facts_stand_in_their_places() -> None:
    assert ways("{who} took {n}") == {"Kim took 7"}


def test_rules_of_the_lexicon_are_alternatives() -> None:
    assert ways("the <order>") == {"the order", "the PO"}


def test_no_space_is_left_before_a_mark() -> None:
    assert ways("done [|] , all ( [|] right )") == {"done, all (right)"}


@pytest.mark.parametrize("form", ["[a|b", "a]", "{N}", "<nothing>", "a < b"])
def test_a_form_that_cannot_be_read_is_refused(form: str) -> None:
    with pytest.raises(FormError):
        Phrases("test", (form,), LEXICON)


def test_a_fact_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError, match="when"):
        Phrases("test", ("paid {when}",), LEXICON).say(Random(1), {})


def test_marked_words_can_be_quoted() -> None:
    saying = saying_of("so «nothing was paid», they say")
    assert (saying.text, saying.quote) == ("so nothing was paid, they say", "nothing was paid")


def test_typing_errors_leave_numbers_alone() -> None:
    random = Random(3)
    for _ in range(300):
        assert "PO-4471" in finish(random, "returned against PO-4471 yesterday").text.upper()


def test_the_vendor_goes_by_its_name_now_and_then() -> None:
    random = Random(3)
    named = {name_vendor(random, "the vendor knows", "Falkner Dichtungen KG") for _ in range(50)}
    assert named == {"the vendor knows", "Falkner knows"}


def test_comments_come_in_many_layouts() -> None:
    random = Random(4)
    case = generate_cases(1, 1)[0]
    layouts = {re.sub(r"\w+", "w", speak(random, "all fine", case.invoice.date, "ap")) for _ in range(400)}
    assert len(layouts) > 25


@pytest.mark.parametrize("name", CUES)
def test_every_cue_has_at_least_forty_ways(name: str) -> None:
    count = count_ways(CUES[name])
    assert count.skeletons >= LEAST, count


@pytest.mark.parametrize("name", DECISIVE)
def test_a_cue_that_decides_has_many_ways_and_structures(name: str) -> None:
    count = count_ways(CUES[name])
    assert count.skeletons >= WAYS, count
    assert count.structures >= STRUCTURES, count


def test_ways_are_counted_without_names_and_numbers() -> None:
    phrases = Phrases("test", ("[paid|settled] {when}", "{when} [paid|settled]"), LEXICON)
    assert count_ways(phrases) == Count("test", forms=2, skeletons=4, structures=2)
