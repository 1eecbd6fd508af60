"""What a trace says before it answers: the worksheet of all looks, its blanks filled in, then the conclusion.

A small model that is taught to begin with a verdict recites one. Here it says first what the looks came to, always in
the same order and words, then what follows, and answers last: each word is a small step from what stands before it.
Nothing of the answer is said but that.

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
_FIGURES_CONCLUDED: Final = re.compile(r"^(?P<missing>[0-9.]+ missing)\.$|^More than the [0-9.]+ % allowed\.$")
#: After it come the sentences on texts.
_LISTED: Final = re.compile(r"\bListed: [a-z ]+\. ")
_TEXT: Final = re.compile(
    r"""\\?"(?P<text>[^"]+?)\\?":[ ](?P<gist>[a-z ]+)(?:,[ ](?:this|another)[ ]order|,[ ]of[ ][^:"]+?)?\.(?:[ ]|$)""",
)


def reasoned_explanation(case: Case, readings: "Sequence[Reading]") -> str:
    """The worksheet of a case, filled in, then the conclusion: the last sentence of its first key finding.

    The figures and words that prove it stand on the worksheet.

    Raises:
        ValueError: the case has no ground truth, or a text that `readings` do not speak of.
    """
    truth = case.ground_truth
    if truth is None:
        raise ValueError(f"case {case.id} has no ground truth: nobody can say what is decisive")
    meanings = {quoted(one.text): meaning(case, one) for one in readings}
    sheet = filled(worksheet(Looks.all_at(case)), lambda blank: _answer(blank, meanings))
    return sheet + conclusion_of(truth.key_findings[0])


def conclusion_of(finding: str) -> str:
    """The last sentence of a key finding, without the figures in it: they stand on the worksheet, or are worked out.

    `FF9: 18 billed, 11 accepted. 7 missing.` → `Part missing.`
    """
    *_proof, conclusion = finding.split(". ")
    return _FIGURES_CONCLUDED.sub(
        lambda match: "Part missing." if match["missing"] else "More than allowed.", conclusion
    )


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


def conclusion_in(explanation: str) -> int | None:
    """Where the conclusion begins in what `reasoned_explanation` made; None: there is no such explanation.

    `explanation` may be a text that it stands in, if nothing follows it.
    """
    listed = _LISTED.search(explanation)
    papers = _END_OF_PAPERS.search(explanation, listed.end()) if listed else None
    return papers.end() if papers else None


def texts_in(explanation: str, start: int = 0) -> Iterator[re.Match[str]]:
    """Each sentence on a text: from `start` on, up to the last one on the papers.

    `explanation` may be a text that it stands in, as for `conclusion_in`, and quotes may be escaped, as in JSON.
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
