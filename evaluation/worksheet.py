"""The worksheet that an answer is written on: what the looks showed stands there, with blanks for what it comes to.

A small model that copies figures and comments one token at a time skips some and garbles others. On a worksheet they
are given, in a fixed order, and what is left to it is judgement: whether two numbers agree, what each text comes to,
what is decisive, the type, the decision. Nothing stands there that the episode has not revealed, and nothing of it is
worked out but the limit that a total comes to first, and whether an entry of a list names this order.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from exceptions.environment import Case, DocumentName, Observation
from exceptions.environment.documents import one_line
from exceptions.environment.dossier import dossier_of
from exceptions.environment.fields import brief_decimal
from exceptions.environment.vocabulary import ActionType

Kind = Literal["agreement", "limit", "text"]

#: What can stand in a blank; behind the gist of a text there may be, or is, the order that it is about.
BLANKS: Final[Mapping[Kind, str]] = {
    "agreement": "(same|differ)",
    "limit": "(reached|just under|under)",
    "text": r"[a-z]{2,12}( [a-z]{1,12}){0,3}",
}
#: The longest number of an order, in signs.
LONGEST_NUMBER: Final = 30
#: A word with a digit in it, as numbers of orders are.
_NUMBER: Final = re.compile(r"[^\s,;:()<>\[\]\"']*\d[^\s,;:()<>\[\]\"']*")
#: What a regular expression gives a meaning to, in any dialect; `re.escape` escapes more than others take.
_META: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")
_COMPARISONS: Final = (ActionType.COMPARE_QUANTITY, ActionType.COMPARE_PRICE, ActionType.COMPARE_TOTALS)


@dataclass(frozen=True, slots=True)
class Blank:
    """A place that the player fills in, and what it is about: two numbers, a total and its limit, or a text.

    `orders`: what can stand behind a gist, said of the order that the text is about.
    """

    kind: Kind
    about: tuple[str, ...]
    orders: tuple[str, ...] = ("",)

    @property
    def pattern(self) -> str:
        """A regular expression of what can stand in it."""
        said = "|".join(_escaped(order) for order in self.orders if order)
        orders = f"({said}){'?' if '' in self.orders else ''}" if said else ""
        return BLANKS[self.kind] + orders


Piece = str | Blank


@dataclass(frozen=True, slots=True)
class Looks:
    """What is known of a case: the invoice's summary, the documents that were looked at, what comparisons said (nothing
    where one was not made).
    """

    summary: Mapping[str, Any]
    documents: Mapping[str, Any]
    comparisons: Mapping[ActionType, str]

    @classmethod
    def of(cls, observation: Observation) -> "Looks":
        """What an episode has revealed so far."""
        said = {action: observation.result_of(action) for action in _COMPARISONS}
        return cls(observation.invoice_summary, observation.revealed_documents, said)

    @classmethod
    def all_at(cls, case: Case) -> "Looks":
        """What an episode reveals when everything is looked at."""
        dossier = dossier_of(case)
        documents = {name.value: dossier.document(name).content for name in DocumentName}
        said = {action: dossier.outcome(action).result for action in _COMPARISONS}
        return cls(dossier.invoice_summary, documents, said)

    def document(self, name: DocumentName) -> Any:
        """Its content, or None."""
        return self.documents.get(name.value)

    def comparison(self, action: ActionType) -> list[str]:
        """The lines of a comparison; none if it was not made."""
        said = self.comparisons[action]
        return said.split("\n") if said else []


def worksheet(looks: Looks) -> list[Piece]:
    """The sentences on the papers, then one for each text, then the one on the limit; a look not taken has none."""
    order = (looks.document(DocumentName.PURCHASE_ORDER) or {}).get("number", "")
    entries = set(map(quoted, _listed(looks)))
    texts = [piece for text in texts_of(looks) for piece in text_sentence(text, order, entry=text in entries)]
    return [*sentences_on_papers(looks), *texts, *sentence_on_limit(looks)]


def sentences_on_papers(looks: Looks) -> list[Piece]:
    """On suppliers, currencies, approval, the comparisons, and which lists of other invoices have entries."""
    order = looks.document(DocumentName.PURCHASE_ORDER)
    pieces: list[Piece] = []
    if order:
        pieces += supplier_sentence(looks.summary["supplier_id"], order["supplier_id"])
        pieces += _sentence("", "agreement", (looks.summary["currency"], order["currency"]))
        pieces.append("Approved. " if order["approved"] else "Not approved. ")
    if lines := looks.comparison(ActionType.COMPARE_QUANTITY):
        pieces.append(f"Quantity {_first_not_ok(lines)}. ")
    if lines := looks.comparison(ActionType.COMPARE_PRICE):
        pieces.append(f"Price {_first_not_ok(lines)}. ")
    if lines := looks.comparison(ActionType.COMPARE_TOTALS):
        pieces.append("Totals ok. " if lines[0].endswith(" = sum of lines = PO total") else f"{lines[0]}. ")
    return [*pieces, listed_sentence(looks)]


def sentence_on_limit(looks: Looks) -> list[Piece]:
    """On the invoice's total and the limit that it comes to first."""
    policy, vendor = looks.document(DocumentName.POLICY_RULES), looks.document(DocumentName.VENDOR_PROFILE) or {}
    if not policy:
        return []
    found = policy["high_value_threshold"], policy["mandatory_escalation_above"], vendor.get("escalation_threshold")
    limit = min(Decimal(str(one)) for one in found if one is not None)
    return limit_sentence(Decimal(looks.summary["total"]), limit)


def supplier_sentence(one: str, other: str) -> list[Piece]:
    """On the supplier whom the invoice names and the one whom the order names."""
    return _sentence("Supplier ", "agreement", (one, other))


def limit_sentence(total: Decimal, limit: Decimal) -> list[Piece]:
    """On a total and the limit that it comes to first."""
    about = brief_decimal(total), brief_decimal(limit)
    return [f"Total {about[0]}, limit {about[1]}: ", Blank("limit", about), ". "]


def text_sentence(text: str, order: str, *, entry: bool = False) -> list[Piece]:
    """On a text, which is given whole. `order`: this order's number, which is no other order's; empty if not known.

    An `entry` of a list is about this order or another one, and about this one where it names it; other texts are about
    this order unless a number in them is said to be that of another one.
    """
    found = [number for word in _NUMBER.findall(text) if len(number := word.strip(".")) <= LONGEST_NUMBER]
    # People write po-4711, too.
    named = order.upper() in [number.upper() for number in found]
    others = dict.fromkeys(each for one in found if one.upper() != order.upper() for each in (one, one.upper()))
    orders = ["", *(f", of {other}" for other in others)]
    if entry:
        orders = [", this order"] if named else [", this order", ", another order"]
    return [f'"{text}": ', Blank("text", (text,), tuple(orders)), ". "]


def listed_sentence(looks: Looks) -> str:
    """Which lists of other invoices have entries."""
    check = looks.document(DocumentName.DUPLICATE_CHECK) or {}
    lists = [name for name in ("similar", "processed", "pending") if check.get(f"{name}_invoices")]
    return f"Listed: {' '.join(lists) or 'none'}. "


def texts_of(looks: Looks) -> list[str]:
    """Every text that was revealed, as it is quoted: terms, notes, entries of the lists, comments."""
    order = looks.document(DocumentName.PURCHASE_ORDER) or {}
    receipts = (looks.document(DocumentName.GOODS_RECEIPT_NOTE) or {}).get("receipts", ())
    items = looks.document(DocumentName.INVOICE_LINE_ITEMS) or {}
    comments = (looks.document(DocumentName.DUPLICATE_CHECK) or {}).get("comments", ())
    notes = (receipt["note"] for receipt in receipts)
    texts = (order.get("payment_terms", ""), *notes, items.get("note", ""), *_listed(looks), *comments)
    return [quoted(text) for text in texts if text.strip()]


def _listed(looks: Looks) -> list[str]:
    """The entries of the lists of other invoices."""
    check = looks.document(DocumentName.DUPLICATE_CHECK) or {}
    return [entry for name in ("similar", "processed", "pending") for entry in check.get(f"{name}_invoices", ())]


def quoted(text: str) -> str:
    """A text as it stands between quotation marks: on one line, without any of its own."""
    return one_line(text).replace('"', "'")


def filled(pieces: Iterable[Piece], fill: Callable[[Blank], str]) -> str:
    """The worksheet with its blanks filled in."""
    return "".join(piece if isinstance(piece, str) else fill(piece) for piece in pieces)


def worksheet_pattern(pieces: Iterable[Piece]) -> str:
    """A regular expression of the filled worksheet, as it stands in a JSON string."""
    return "".join(_escaped(piece) if isinstance(piece, str) else piece.pattern for piece in pieces)


def json_text(text: str) -> str:
    """As it stands between the quotation marks of a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _escaped(text: str) -> str:
    """A regular expression of the text, as it stands in a JSON string."""
    return _META.sub(r"\\\g<0>", json_text(text))


def _sentence(before: str, kind: Kind, about: tuple[str, str]) -> list[Piece]:
    return [f"{before}{about[0]}, {about[1]}: ", Blank(kind, about), ". "]


def _first_not_ok(lines: Sequence[str]) -> str:
    """The first line that a comparison does not call ok, word for word."""
    return next((line for line in lines[1:] if not line.endswith(" ok")), "ok")
