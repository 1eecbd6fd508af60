"""What a trace says before it answers: the worksheet of all looks, its blanks filled in, then what follows from it.

A small model that is taught to begin with a verdict recites one. Here it says first what the looks came to, always in
the same order and words, then what follows, and answers last: each word is a small step from what stands before it.
Nothing of the answer is said but the decisive finding.

Needs neither torch nor Django.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from evaluation.worksheet import Blank, Looks, filled, quoted, text_sentence, worksheet
from exceptions.environment import Case

if TYPE_CHECKING:
    from exceptions.generator import Reading

#: A total from this share of a limit on is called just under it.
_JUST_UNDER: Final = Decimal("0.9")
#: The last of the sentences on the papers.
_END_OF_PAPERS: Final = re.compile(r"\bTotal [0-9.]+, limit [0-9.]+: (?:reached|just under|under)\. ")
_COMPARED: Final = re.compile(
    r"\b(?:Supplier [^:\"]+, [^:\"]+|[A-Z]{3}, [A-Z]{3}|Total [0-9.]+, limit [0-9.]+): "
    r"(?P<verdict>same|differ|reached|just under|under)\."
)
#: After it come the sentences on texts.
_LISTED: Final = re.compile(r"\bListed: [a-z ]+\. ")
_TEXT: Final = re.compile(
    r"""\\?"(?P<text>[^"]+?)\\?":[ ](?P<gist>[a-z ]+)(?:,[ ](?:this|another)[ ]order|,[ ]of[ ][^:"]+?)?\.(?:[ ]|$)""",
)


def reasoned_explanation(case: Case, readings: "Sequence[Reading]") -> str:
    """The worksheet of a case, filled in, then its first key finding, of which the last sentence, the conclusion, is
    said first.

    The conclusion follows from what stands on the worksheet; the figures and words that prove it are copied after it.

    Raises:
        ValueError: the case has no ground truth, or a text that `readings` do not speak of.
    """
    truth = case.ground_truth
    if truth is None:
        raise ValueError(f"case {case.id} has no ground truth: nobody can say what is decisive")
    meanings = {quoted(one.text): meaning(case, one) for one in readings}
    sheet = filled(worksheet(Looks.all_at(case)), lambda blank: _answer(blank, meanings))
    proof, _, conclusion = truth.key_findings[0].removesuffix(".").rpartition(". ")
    return f"{sheet}{conclusion}. {proof}." if proof else f"{sheet}{conclusion}."


def what_texts_say(case: Case, readings: "Iterable[Reading]") -> str:
    """A sentence on each of these texts."""
    meanings = {quoted(one.text): meaning(case, one) for one in readings}
    pieces = [piece for text in meanings for piece in text_sentence(text, case.purchase_order.number)]
    return filled(pieces, lambda blank: _answer(blank, meanings))


def meaning(case: Case, reading: "Reading") -> str:
    """What stands on the worksheet behind a text: its gist, and the order that it is about if that has to be said."""
    other = reading.order != case.purchase_order.number
    if reading.invoice:
        return f"{reading.gist}, {'another' if other else 'this'} order"
    return f"{reading.gist}, of {reading.order}" if other else reading.gist


def comparison(blank: Blank) -> str:
    """What belongs into a blank on two numbers, or on a total and its limit."""
    one, other = blank.about
    if blank.kind == "agreement":
        return "same" if one == other else "differ"
    total, limit = Decimal(one), Decimal(other)
    return "reached" if total >= limit else "just under" if total >= limit * _JUST_UNDER else "under"


def verdicts_in(explanation: str) -> Iterator[re.Match[str]]:
    """Each sentence on two figures; the group `verdict` is what it comes to."""
    return _COMPARED.finditer(explanation)


def parts_of(explanation: str) -> tuple[int, int] | None:
    """Where the finding begins in what `reasoned_explanation` made, and where its first sentence, the conclusion, ends.

    `explanation` may be a text that it stands in, if nothing follows it. None: there is no such explanation.
    """
    listed = _LISTED.search(explanation)
    papers = _END_OF_PAPERS.search(explanation, listed.end()) if listed else None
    if papers is None:
        return None
    end = explanation.find(". ", papers.end())
    return papers.end(), len(explanation) if end < 0 else end + 1


def texts_in(explanation: str, start: int = 0) -> Iterator[re.Match[str]]:
    """Each sentence on a text: from `start` on, up to the last one on the papers.

    `explanation` may be a text that it stands in, as for `parts_of`, and quotes may be escaped, as in JSON.
    Groups: `text` and `gist`.
    """
    listed = _LISTED.search(explanation, start)
    if listed is None:
        return iter(())
    papers = _END_OF_PAPERS.search(explanation, listed.end())
    return _TEXT.finditer(explanation, listed.end(), papers.start() if papers else len(explanation))


def _answer(blank: Blank, meanings: Mapping[str, str]) -> str:
    if blank.kind != "text":
        return comparison(blank)
    (text,) = blank.about
    if text not in meanings:
        raise ValueError(f"nobody says what this text comes to: {text}")
    return meanings[text]
