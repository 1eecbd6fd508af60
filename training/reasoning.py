"""What a trace says before it answers: what every look came to, always in the same order and words.

A small model that is taught to begin with a verdict recites one. Here it copies first (numbers, currencies, the lines
that are not ok), says what follows from each, then what was decisive, and answers last: each word is a small step from
what stands before it. Only what the looks revealed is said, nothing of the answer but the decisive finding.

Needs neither torch nor Django.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from exceptions.environment import Case
from exceptions.environment.fields import brief_decimal
from exceptions.environment.matching import Comparison, compare_price, compare_quantity, compare_totals

if TYPE_CHECKING:
    from exceptions.generator import Reading

#: A total from this share of a limit on is called just under it.
_JUST_UNDER: Final = Decimal("0.9")
#: The last of the sentences on the papers.
_END_OF_PAPERS: Final = re.compile(r"\bTotal [0-9.]+, limit [0-9.]+: (?:reached|just under|under)\. ")
_COMPARED: Final = re.compile(
    r"\b(?:Supplier [^:\"]+, [^:\"]+|Total [0-9.]+, limit [0-9.]+): (?P<verdict>same|differ|reached|just under|under)\."
)
#: After it come the sentences on texts.
_LISTED: Final = re.compile(r"\bListed: [a-z ]+\. ")
_TEXT: Final = re.compile(
    r"""(?:\\?"(?P<quote>[^"\\]+)\\?"|(?P<invoice>\S[^:"]*?)[ ]on[ ](?P<order>[^:"]+?)):[ ]
        (?P<gist>[a-z ]+)(?:,[ ](?:this|another)[ ]order|,[ ]of[ ][^:"]+?)?\.(?:[ ]|$)""",
    re.VERBOSE,
)


def reasoned_explanation(case: Case, readings: "Iterable[Reading]" = ()) -> str:
    """What the papers show, look by look, what their texts come to, then the first key finding.

    Raises:
        ValueError: the case has no ground truth.
    """
    truth = case.ground_truth
    if truth is None:
        raise ValueError(f"case {case.id} has no ground truth: nobody can say what is decisive")
    *papers, limit = what_papers_show(case)
    texts = [what_a_text_says(case, reading) for reading in readings]
    return " ".join((*papers, *texts, limit, truth.key_findings[0]))


def what_texts_say(case: Case, readings: "Iterable[Reading]") -> str:
    """The part of an explanation that is about texts: which lists have entries, and a sentence on each text."""
    return " ".join((_listed(case), *(what_a_text_says(case, reading) for reading in readings)))


def what_suppliers_say(one: str, other: str) -> str:
    """Whether the invoice is from the supplier whom the order names."""
    return f"Supplier {one}, {other}: {'same' if one == other else 'differ'}."


def what_a_limit_says(total: Decimal, limit: Decimal) -> str:
    """Whether a total reaches a limit."""
    place = "reached" if total >= limit else "just under" if total >= limit * _JUST_UNDER else "under"
    return f"Total {brief_decimal(total)}, limit {brief_decimal(limit)}: {place}."


def verdicts_in(explanation: str) -> Iterator[re.Match[str]]:
    """Each of these sentences; the group `verdict` is what it comes to."""
    return _COMPARED.finditer(explanation)


def what_a_text_says(case: Case, reading: "Reading") -> str:
    """A sentence on a note, a comment or an entry of a list: words of it, its gist, and the order if it is another."""
    other = reading.order != case.purchase_order.number
    if reading.invoice:
        return f"{reading.invoice} on {reading.order}: {reading.gist}, {'another' if other else 'this'} order."
    said = f'"{reading.quote}": {reading.gist}'
    return f"{said}, of {reading.order}." if other else f"{said}."


def parts_of(explanation: str) -> tuple[int, int] | None:
    """Where the finding begins in what `reasoned_explanation` made, and where its last sentence, the conclusion, does.

    `explanation` may be a text that it stands in, if nothing follows it. None: there is no such explanation.
    """
    listed = _LISTED.search(explanation)
    papers = _END_OF_PAPERS.search(explanation, listed.end()) if listed else None
    if papers is None:
        return None
    last = explanation.rstrip(".").rfind(". ")
    return papers.end(), max(papers.end(), last + 2)


def texts_in(explanation: str, start: int = 0) -> Iterator[re.Match[str]]:
    """Each sentence on a text, as `what_a_text_says` wrote it: from `start` on, up to the last one on the papers.

    `explanation` may be a text that it stands in, as for `parts_of`, and quotes may be escaped, as in JSON.
    Groups: `quote`, or `invoice` and `order` of an entry; and `gist`.
    """
    listed = _LISTED.search(explanation, start)
    if listed is None:
        return iter(())
    papers = _END_OF_PAPERS.search(explanation, listed.end())
    return _TEXT.finditer(explanation, listed.end(), papers.start() if papers else len(explanation))


def what_papers_show(case: Case) -> tuple[str, ...]:
    """A sentence for each thing that can be wrong, in a fixed order: what was read, and whether it agrees."""
    invoice, order = case.invoice, case.purchase_order
    return (
        what_suppliers_say(invoice.supplier_id, order.supplier_id),
        f"{invoice.currency}, {order.currency}: {_same(invoice.currency == order.currency)}.",
        "Approved." if order.approved else "Not approved.",
        f"Quantity {_first_not_ok(compare_quantity(case))}.",
        f"Price {_first_not_ok(compare_price(case))}.",
        f"{_sums(compare_totals(case))}.",
        _listed(case),
        what_a_limit_says(invoice.total, _limit(case)),
    )


def _listed(case: Case) -> str:
    lists = {
        "similar": case.history.similar_invoices,
        "processed": case.history.processed_invoices,
        "pending": case.history.pending_invoices,
    }
    return f"Listed: {' '.join(name for name, entries in lists.items() if entries) or 'none'}."


def _same(agree: bool) -> str:
    return "same" if agree else "differ"


def _first_not_ok(comparison: Comparison) -> str:
    """The first line that a comparison does not call ok, word for word."""
    return next((line for line in comparison.lines[1:] if not line.endswith(" ok")), "ok")


def _sums(comparison: Comparison) -> str:
    first = comparison.lines[0]
    return "Totals ok" if first.endswith(" = sum of lines = PO total") else first


def _limit(case: Case) -> Decimal:
    """The limit that the total comes to first."""
    policy, vendor = case.policy, case.vendor
    return min(
        one
        for one in (policy.high_value_threshold, policy.mandatory_escalation_above, vendor.escalation_threshold)
        if one is not None
    )
