"""What a trace says before it answers: the worksheet of all looks, its blanks filled in, then the conclusion.

A small model that is taught to begin with a verdict recites one. Here it says first what the looks came to, always in
the same order and words, then what follows, and answers last: each word is a small step from what stands before it.
Nothing of the answer is said but that.

Needs neither torch nor Django.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from evaluation.worksheet import Blank, Looks, filled, quoted, text_sentence, verdicts, worksheet
from exceptions.environment import Case, Decision, ExceptionType, GroundTruth

if TYPE_CHECKING:
    from exceptions.generator import Reading

#: What a worksheet concludes: what is decisive in the words of its finding, or a verdict on every matter. With the
#: latter, texts come to the words of verdicts, too, so that all families end in the same ones.
Conclusion = Literal["finding", "matters"]

#: What stands against an invoice, by the type of its exception.
_AGAINST: Final[Mapping[ExceptionType, Mapping[str, str]]] = MappingProxyType(
    {
        ExceptionType.CLEAN_MATCH: {},
        ExceptionType.QUANTITY_MISMATCH: {"quantity": "wrong"},
        ExceptionType.PRICE_MISMATCH: {"price": "wrong"},
        ExceptionType.TOTAL_AMOUNT_MISMATCH: {"sum": "wrong"},
        ExceptionType.TAX_VARIANCE: {"sum": "wrong"},
        ExceptionType.PARTIAL_RECEIPT: {"delivery": "short"},
        ExceptionType.MISSING_RECEIPT: {"delivery": "missing"},
        ExceptionType.DUPLICATE_INVOICE: {"payment": "made"},
        ExceptionType.POLICY_VIOLATION: {"policy": "broken"},
    }
)
#: Where two things stand against it, by the last sentence of the finding.
_TWO_AGAINST: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "Price and quantity.": {"delivery": "short", "price": "wrong"},
        "Two open questions.": {"delivery": "short", "payment": "unclear"},
    }
)
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


def reasoned_explanation(case: Case, readings: "Sequence[Reading]", conclusion: Conclusion = "finding") -> str:
    """The worksheet of a case, filled in, then the conclusion: the last sentence of its first key finding, or a verdict
    on every matter.

    The figures and words that prove it stand on the worksheet.

    Raises:
        ValueError: the case has no ground truth, or a text that `readings` do not speak of.
    """
    truth = case.ground_truth
    if truth is None:
        raise ValueError(f"case {case.id} has no ground truth: nobody can say what is decisive")
    meanings = {quoted(one.text): meaning(case, one, conclusion) for one in readings}
    sheet = filled(worksheet(Looks.all_at(case)), lambda blank: _answer(blank, meanings))
    return sheet + (conclusion_of(truth.key_findings[0]) if conclusion == "finding" else verdicts(against(truth)))


def conclusion_of(finding: str) -> str:
    """The last sentence of a key finding, without the figures in it: they stand on the worksheet, or are worked out.

    `FF9: 18 billed, 11 accepted. 7 missing.` → `Part missing.`
    """
    *_proof, conclusion = finding.split(". ")
    return _FIGURES_CONCLUDED.sub(
        lambda match: "Part missing." if match["missing"] else "More than allowed.", conclusion
    )


def against(truth: GroundTruth) -> Mapping[str, str]:
    """What stands against an invoice: the matters that its exception is about, each with the verdict on it.

    Raises:
        KeyError: two things do, and the first key finding does not say which, as those of generated cases do.
    """
    if truth.exception_type is ExceptionType.MIXED_DISCREPANCY:
        *_proof, last = truth.key_findings[0].split(". ")
        return _TWO_AGAINST[last]
    if truth.exception_type is ExceptionType.POLICY_VIOLATION and truth.decision is Decision.REJECT:
        return {"supplier": "wrong"}
    return _AGAINST[truth.exception_type]


def what_texts_say(case: Case, readings: "Iterable[Reading]", conclusion: Conclusion = "finding") -> str:
    """A sentence on each of these texts."""
    meanings = {quoted(one.text): meaning(case, one, conclusion) for one in readings}
    pieces = [piece for text in meanings for piece in text_sentence(text, case.purchase_order.number)]
    return filled(pieces, lambda blank: _answer(blank, meanings))


def meaning(case: Case, reading: "Reading", conclusion: Conclusion = "finding") -> str:
    """What stands on the worksheet behind a text: its gist, and the order that it is about if that has to be said."""
    from exceptions.generator import MATTERS

    gist = MATTERS.get(reading.gist, reading.gist) if conclusion == "matters" else reading.gist
    other = reading.order != case.purchase_order.number
    if reading.invoice:
        return f"{gist}, {'another' if other else 'this'} order"
    return f"{gist}, of {reading.order}" if other else gist


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
