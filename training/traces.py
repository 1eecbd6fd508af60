"""Traces: what is to be said on a case, turn by turn. The material of supervised training.

Needs neither torch nor Django.
"""

import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from evaluation.players.action_texts import TASK_ORDER, action_text
from evaluation.worksheet import Looks, Piece, filled, limit_sentence, listed_sentence, supplier_sentence
from exceptions.environment import Action, ActionType, Case, Slice
from training.reasoning import comparison, reasoned_explanation, what_texts_say

#: The fixed order in which a trace investigates.
INVESTIGATION_ORDER: Final = (
    ActionType.INSPECT_PURCHASE_ORDER,
    ActionType.INSPECT_GOODS_RECEIPT_NOTE,
    ActionType.INSPECT_INVOICE_LINE_ITEMS,
    ActionType.INSPECT_VENDOR_PROFILE,
    ActionType.COMPARE_QUANTITY,
    ActionType.COMPARE_PRICE,
    ActionType.COMPARE_TOTALS,
    ActionType.CHECK_FOR_DUPLICATE_INVOICE,
    ActionType.INSPECT_POLICY_RULES,
)
#: What was found, then what it is called, then what to do: the answer is read off what was just written.
REASONED_ORDER: Final = (
    "action_type",
    "explanation",
    "exception_type",
    "final_decision",
    "evidence_references",
    "confidence",
)
_HOLDOUT_OF_EACH: Final = 2
CASES_ON_A_SHEET: Final = 20
_TEXTS_ON_A_SHEET: Final = 60
_COMPARED_ON_A_SHEET: Final = 12
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Trace:
    """A case and the answers of its player, the submit last: each the JSON text of one action.

    A `drill` is for practice: without a look, most of its answer is given, and only what follows from that is trained.
    """

    case: Case
    answers: tuple[str, ...]
    drill: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        fields = {"case": self.case.model_dump(mode="json"), "answers": list(self.answers)}
        return fields | ({"drill": True} if self.drill else {})

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> "Trace":
        """Read what `to_dict` wrote.

        Raises:
            pydantic.ValidationError, KeyError: it is no trace.
        """
        return cls(Case.model_validate(fields["case"]), tuple(fields["answers"]), fields.get("drill") is True)


def expert_trace(
    case: Case,
    actions: Sequence[ActionType],
    field_order: Sequence[str] = TASK_ORDER,
    explanation: str | None = None,
) -> Trace:
    """Take these investigating actions in turn, then submit the ground truth with its key findings or `explanation`.

    What is cited is what is required and was looked at.

    Raises:
        ValueError: the case has no ground truth, or too few steps for them.
    """
    truth = case.ground_truth
    if truth is None:
        raise ValueError(f"case {case.id} has no ground truth: nobody can be an expert on it")
    if len(actions) >= case.max_steps:
        raise ValueError(f"case {case.id} has {case.max_steps} steps: no room for {len(actions)} looks and a submit")
    submit = Action(
        action_type=ActionType.SUBMIT_FINAL_RESOLUTION,
        final_decision=truth.decision,
        exception_type=truth.exception_type,
        evidence_references=tuple(action for action in actions if action in truth.evidence),
        explanation=" ".join(truth.key_findings) if explanation is None else explanation,
    )
    looks = [action_text(Action(action_type=action)) for action in actions]
    return Trace(case, (*looks, action_text(submit, field_order)))


def catalogue_traces(cases: Sequence[Case], lengths: Sequence[int]) -> list[Trace]:
    """Each case with so many looks in the fixed order, for every length: what the published attempts trained on."""
    return [expert_trace(case, INVESTIGATION_ORDER[:length]) for case in cases for length in lengths]


def generated_traces(cases: Sequence[Case], *, seed: int, shuffled_share: float = 0.0) -> list[Trace]:
    """Each case once, all nine looks, the answer reasoned.

    A share of the traces looks in another order, so that a fact is found wherever it stands in the conversation.
    What is said speaks of every look and of what each text comes to, so a case without room for all nine is refused
    (ValueError), and so is one that the generator did not make (UnknownFamily).
    Siblings go by one reference and are looked at in one order: what they have in common is computed once.
    """
    traces = []
    for case, siblings in _told_alike(cases):
        order, drawn = list(INVESTIGATION_ORDER), random.Random(f"{seed}/{siblings}")
        if drawn.random() < shuffled_share:
            drawn.shuffle(order)
        traces.append(expert_trace(case, order, REASONED_ORDER, _reasoned(case)))
    return traces


def drill_traces(cases: Sequence[Case]) -> list[Trace]:
    """Each case once, as a drill: without a look, since what the looks show stands in the answer itself."""
    return [
        replace(expert_trace(case, (), REASONED_ORDER, _reasoned(case)), drill=True)
        for case, _siblings in _told_alike(cases)
    ]


def sheet_traces(cases: Sequence[Case]) -> list[Trace]:
    """Drills in reading alone: each gives what many cases tell in words, and says of every text what it comes to.

    Without a look: what is read stands in the answer itself. A text that does not name its order is about this one.
    """
    from exceptions.generator import PLAIN_TERMS, readings_of

    traces = []
    for start in range(0, len(cases), CASES_ON_A_SHEET):
        together = cases[start : start + CASES_ON_A_SHEET]
        first = together[0]
        here = first.purchase_order.number
        read = (one for case in together for one in readings_of(case) if not one.invoice and one.gist != PLAIN_TERMS)
        told = {one.text: one for one in read}
        readings = [one if one.order in one.text else replace(one, order=here) for one in told.values()]
        random.Random(f"sheet/{first.id}").shuffle(readings)
        texts = what_texts_say(first, readings[:_TEXTS_ON_A_SHEET])
        explanation = f"{_comparisons(together)}{listed_sentence(Looks.all_at(first))}{texts}".rstrip()
        submit = {"action_type": ActionType.SUBMIT_FINAL_RESOLUTION, "explanation": explanation}
        traces.append(Trace(first, (json.dumps(submit, ensure_ascii=False),), drill=True))
    return traces


def _comparisons(cases: Sequence[Case]) -> str:
    """Suppliers who are the same or go by a number much like theirs, and totals near limits or far from them."""
    drawn = random.Random(f"comparisons/{cases[0].id}")
    pieces: list[Piece] = []
    for case in cases[:_COMPARED_ON_A_SHEET]:
        supplier, limit = case.invoice.supplier_id, case.policy.high_value_threshold
        pieces += supplier_sentence(supplier, drawn.choice((supplier, _look_alike(supplier, drawn))))
        share = drawn.choice((drawn.uniform(0.8, 1.1), 10 ** drawn.uniform(-2, 1)))
        pieces += limit_sentence((limit * Decimal(share)).quantize(_CENT), limit)
    return filled(pieces, comparison)


def _look_alike(number: str, drawn: random.Random) -> str:
    """The number with two neighbouring characters exchanged, or one digit in place of another."""
    places = [at for at in range(1, len(number)) if number[at - 1] != number[at]]
    digits = [at for at, one in enumerate(number) if one.isdigit()]
    if digits and (not places or drawn.random() < 0.5):
        at = drawn.choice(digits)
        return number[:at] + drawn.choice([one for one in "0123456789" if one != number[at]]) + number[at + 1 :]
    at = drawn.choice(places)
    return number[: at - 1] + number[at] + number[at - 1] + number[at + 1 :]


def _reasoned(case: Case) -> str:
    from exceptions.generator import readings_of

    return reasoned_explanation(case, readings_of(case))


def _told_alike(cases: Sequence[Case]) -> Iterator[tuple[Case, str]]:
    """Each case under the reference that it shares with its siblings, and what these are called."""
    from exceptions.generator import siblings_of

    references: dict[str, str] = {}
    for case in cases:
        siblings = siblings_of(case)
        reference = references.setdefault(siblings, case.opaque_reference)
        yield case.model_copy(update={"reference": reference}), siblings


def catalogue_split(cases: Sequence[Case], seed: int = 42) -> tuple[list[Case], list[Case]]:
    """The catalogue as the published attempts split it: 18 to train on and 4 held out, two of them canonical, two hard.

    Returns:
        (train, holdout), each in the order of the catalogue.
    """
    drawn = random.Random(seed)
    held: set[str] = set()
    for part in (Slice.CANONICAL, Slice.HARD):
        held.update(drawn.sample([case.id for case in cases if case.slice is part], _HOLDOUT_OF_EACH))
    return [case for case in cases if case.id not in held], [case for case in cases if case.id in held]


def dump_traces(traces: Iterable[Trace]) -> Iterator[bytes]:
    """One line of canonical JSON for each."""
    for trace in traces:
        text = json.dumps(trace.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        yield text.encode() + b"\n"


def load_traces(lines: Iterable[bytes]) -> list[Trace]:
    """What `dump_traces` wrote.

    Raises:
        ValueError: a line is no trace; says which.
    """
    traces = []
    for number, line in enumerate(lines, start=1):
        try:
            traces.append(Trace.from_dict(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"line {number} is no trace: {error}") from error
    return traces


def traces_sha256(traces: Iterable[Trace]) -> str:
    """The name that a data set's content gives it."""
    digest = hashlib.sha256()
    for line in dump_traces(traces):
        digest.update(line)
    return digest.hexdigest()
