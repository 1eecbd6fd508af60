"""A case in the making: papers that a family may still change, and the case that they become."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from exceptions.environment import ActionType, Case, Decision, ExceptionType
from exceptions.generator.readings import Composed
from exceptions.generator.wording.cues.pleas import CLERK_SMALLTALK
from exceptions.generator.wording.findings import Finding
from exceptions.generator.wording.gists import GISTS
from exceptions.generator.wording.grammar import Phrases, Saying
from exceptions.generator.wording.voice import finish, frame, name_vendor, sentence, speak
from exceptions.generator.world.calendar import later
from exceptions.generator.world.drawing import chance, pick
from exceptions.generator.world.money import cents, plain
from exceptions.generator.world.papers import Numbering

#: Facts that stand in words only, if they were told at all: a finding may name them only when they were.
_FRAGILE = (
    "report",
    "amendment",
    "return_no",
    "earlier",
    "now",
    "form",
    "market",
    "new_price",
    "new_account",
    "when",
    "job",
)
#: A finding that is put aside is not worth more words.
_MOST_WORDS = 22


@dataclass(slots=True)
class Line:
    """One item: as ordered and as billed. `billed_total` is set where the paper says another total."""

    code: str
    description: str
    unit: str | None
    ordered: Decimal
    order_price: Decimal
    billed: Decimal
    billed_price: Decimal
    billed_total: Decimal | None = None
    on_order: bool = True

    @property
    def total(self) -> Decimal:
        """What the invoice says for the line."""
        return cents(self.billed * self.billed_price) if self.billed_total is None else self.billed_total


@dataclass(slots=True)
class Receipt:
    """One delivery: by item code what was received, accepted and rejected."""

    number: str
    order_number: str
    day: datetime.date
    lines: dict[str, tuple[Decimal, Decimal, Decimal]]
    note: str = ""


@dataclass(slots=True)
class Draft:
    """Everything of a case that families and noise may change.

    The four random streams are apart so that a change of one part leaves the wording of the others as it was: `world`
    for the papers, `words` for what the family says, `noise` for what does not matter, `telling` for the key findings.
    """

    world: Random
    words: Random
    noise: Random
    telling: Random
    vendor_name: str
    supplier_id: str
    order_supplier_id: str
    currency: str
    order_currency: str
    order_number: str
    order_day: datetime.date
    invoice_number: str
    invoice_day: datetime.date
    terms: str
    lines: list[Line]
    receipts: list[Receipt]
    tax_rate: Decimal
    invoices: Numbering
    orders: Numbering
    deliveries: Numbering
    policy: dict[str, Any]
    vendor: dict[str, Any]
    scale: int = 1
    approved: bool = True
    subtotal_shift: Decimal = Decimal(0)
    invoice_note: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    comments: list[tuple[datetime.date, str]] = field(default_factory=list)
    similar: list[str] = field(default_factory=list)
    processed: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    #: What the family is about: noise on these subjects stays away.
    subjects: frozenset[str] = frozenset()
    decision: Decision = Decision.APPROVE
    exception_type: ExceptionType = ExceptionType.CLEAN_MATCH
    evidence: tuple[ActionType, ...] = ()
    findings: list[str] = field(default_factory=list)
    #: Findings that could be made of noise, with their facts: what was looked at and does not count.
    put_aside: list[tuple[Finding, dict[str, str]]] = field(default_factory=list)
    #: What was composed for it, told or not, with its gist.
    composed: list[Composed] = field(default_factory=list)
    difficulty: str = "hard"
    title: str = ""

    # Figures

    @property
    def line(self) -> Line:
        """The line that the family is about: the first."""
        return self.lines[0]

    @property
    def receipt(self) -> Receipt:
        """The last delivery."""
        return self.receipts[-1]

    @property
    def subtotal(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0)) + self.subtotal_shift

    @property
    def tax(self) -> Decimal:
        return cents(self.subtotal * self.tax_rate / 100)

    @property
    def total(self) -> Decimal:
        return self.subtotal + self.tax

    def accepted(self, code: str) -> Decimal:
        """Accepted of an item over all receipts."""
        return sum((receipt.lines[code][1] for receipt in self.receipts if code in receipt.lines), Decimal(0))

    # Words

    def hand(self) -> Random:
        """A stream for one text: however much it draws, the texts after it stay as they were."""
        return Random(self.words.getrandbits(64))

    def say(self, phrases: Phrases, **facts: str) -> Saying:
        """One way to say something of the case, in some hand: the item or the vendor may go by a plain name."""
        hand = self.hand()
        given = self.facts | facts
        if chance(hand, 0.3) and self.name:
            given["item"] = self.name
        saying = finish(hand, frame(hand, name_vendor(hand, phrases.say(hand, given), self.vendor_name)))
        self.compose(phrases, saying)
        return saying

    def state(self, phrases: Phrases, **facts: str) -> Saying:
        """The same as printed terms or an entry of a system has it: codes, no abbreviations, no typing errors."""
        hand = self.hand()
        saying = finish(hand, phrases.say(hand, self.facts | facts if facts else self.facts), tidy=True)
        self.compose(phrases, saying)
        return saying

    def entry(self, layout: Phrases, status: Phrases | str, **facts: str) -> Saying:
        """An entry of a list: an earlier invoice, and what became of it (a plain text says nothing of that)."""
        given = self.facts | facts
        text = status if isinstance(status, str) else status.say(self.hand(), given)
        hand = self.hand()
        saying = finish(hand, layout.say(hand, given | {"status": text}), tidy=True)
        self.compose(status, saying, order=given["other_po"], invoice=given["other"])
        return saying

    def compose(self, phrases: Phrases | str, saying: Saying, *, order: str = "", invoice: str = "") -> None:
        """Keeps what was composed, with its gist; `order`: the one that it is about, if it is not this one."""
        gist = "not said" if isinstance(phrases, str) else GISTS[phrases.name]
        self.composed.append(Composed(saying.text, gist, order or self.order_number, invoice))

    def comment(self, saying: Saying, day: datetime.date, role: str, *, anywhere: bool = False) -> None:
        """Adds a comment to the history, as somebody of that role leaves it, now and then beside other talk.

        `anywhere`: it may also stand on the receipt; for families that require both to be looked at.
        """
        hand = self.hand()
        if chance(hand, 0.07) and anywhere and not self.receipt.note:
            self.receipt.note = sentence(hand, saying.text)
            return
        text = saying.text
        if chance(hand, 0.1):
            talk = CLERK_SMALLTALK.say(hand, self.facts)
            text = f"{talk}. {text}" if chance(hand, 0.4) else f"{text.rstrip('.')}. {talk}"
        self.comments.append((day, speak(hand, text, day, role)))

    @property
    def name(self) -> str:
        """The plain name of the first item, such as `safety shoe`; empty when it has none."""
        words: list[str] = []
        for word in self.line.description.replace(",", " ,").split():
            if not word.isalpha() or len(words) == 3:
                break
            words.append(word.lower())
        return " ".join(words)

    def note_receipt(self, text: str) -> None:
        """Writes a note on the last receipt."""
        self.receipt.note = text

    def find(self, finding: Finding, **facts: str) -> None:
        """Adds a key finding, by the first of its templates that names only what the papers tell."""
        given = self.facts | facts
        told = self._told()
        for template in finding:
            text = template.format_map(given)
            fragile = [given[name].lower() for name in _FRAGILE if f"{{{name}}}" in template]
            if all(fact in told for fact in fragile):
                break
        self.findings.append(f"{text[0].upper()}{text[1:]}.")

    def find_put_aside(self) -> None:
        """Before an approval: says last what was looked at and does not count."""
        if self.decision is not Decision.APPROVE or ActionType.CHECK_FOR_DUPLICATE_INVOICE not in self.evidence:
            return
        if self.put_aside and len(self.findings) < 3:
            finding, facts = pick(self.telling, self.put_aside)
            self.find(finding, **facts)
            if len(self.findings[-1].split()) > _MOST_WORDS:
                self.findings.pop()

    def _told(self) -> str:
        """What the required actions (all, while there are none) bring to light in words, in lower case."""
        texts: list[str] = []
        required = self.evidence or tuple(ActionType)
        if ActionType.INSPECT_PURCHASE_ORDER in required:
            texts.append(self.terms)
        if ActionType.INSPECT_INVOICE_LINE_ITEMS in required:
            texts.append(self.invoice_note)
        if ActionType.INSPECT_GOODS_RECEIPT_NOTE in required:
            texts += [receipt.note for receipt in self.receipts]
        if ActionType.CHECK_FOR_DUPLICATE_INVOICE in required:
            texts += [text for _day, text in self.comments]
            texts += [*self.similar, *self.processed, *self.pending]
        return " ".join(texts).lower()

    def days_after_invoice(self, days: int) -> datetime.date:
        return later(self.invoice_day, days)

    def answer(self, decision: Decision, exception_type: ExceptionType, *evidence: ActionType) -> None:
        """What is right, and what proves it."""
        self.decision = decision
        self.exception_type = exception_type
        self.evidence = evidence

    def refresh_facts(self) -> None:
        """Writes the figures of the papers as they are now into the facts."""
        line = self.line
        self.facts.update(
            inv=self.invoice_number,
            po=self.order_number,
            vendor=self.vendor_name,
            supplier=self.supplier_id,
            cur=self.currency,
            item=line.code,
            billed=plain(line.billed),
            ordered=plain(line.ordered),
            price=plain(line.billed_price),
            order_price=plain(line.order_price),
            total=plain(self.total),
            subtotal=plain(self.subtotal),
            order_day=self.order_day.isoformat(),
            inv_day=self.invoice_day.isoformat(),
        )
        if self.receipts:
            self.facts.update(
                grn=self.receipt.number,
                grn_day=self.receipt.day.isoformat(),
                accepted=plain(self.accepted(line.code)),
            )

    def case(self, case_id: str, slice_name: str = "generated") -> Case:
        """The case, validated."""
        return Case.model_validate(self._papers(case_id, slice_name))

    def _papers(self, case_id: str, slice_name: str) -> Mapping[str, Any]:
        comments = [text for _day, text in sorted(self.comments, key=lambda entry: entry[0])]
        return {
            "id": case_id,
            "title": self.title,
            "slice": slice_name,
            "difficulty": self.difficulty,
            "max_steps": 12 if self.difficulty == "hard" else 10,
            "invoice": {
                "number": self.invoice_number,
                "supplier_id": self.supplier_id,
                "supplier_name": self.vendor_name,
                "date": self.invoice_day,
                "currency": self.currency,
                "po_number": self.order_number,
                "lines": [
                    {
                        "item_code": line.code,
                        "description": line.description,
                        "quantity": line.billed,
                        "unit_price": line.billed_price,
                        "line_total": line.total,
                        "unit": line.unit,
                    }
                    for line in self.lines
                ],
                "subtotal": self.subtotal,
                "tax": self.tax,
                "total": self.total,
                "note": self.invoice_note,
            },
            "purchase_order": {
                "number": self.order_number,
                "supplier_id": self.order_supplier_id,
                "date": self.order_day,
                "currency": self.order_currency,
                "approved": self.approved,
                "payment_terms": self.terms,
                "lines": [
                    {
                        "item_code": line.code,
                        "description": line.description,
                        "quantity": line.ordered,
                        "unit_price": line.order_price,
                        "line_total": cents(line.ordered * line.order_price),
                        "unit": line.unit,
                    }
                    for line in self.lines
                    if line.on_order
                ],
            },
            "goods_receipts": [
                {
                    "number": receipt.number,
                    "po_number": receipt.order_number,
                    "date": receipt.day,
                    "lines": [
                        {"item_code": code, "received": received, "accepted": accepted, "rejected": rejected}
                        for code, (received, accepted, rejected) in receipt.lines.items()
                    ],
                    "note": receipt.note,
                }
                for receipt in self.receipts
            ],
            "vendor": self.vendor,
            "policy": self.policy,
            "history": {
                "comments": comments,
                "similar_invoices": self.similar,
                "processed_invoices": self.processed,
                "pending_invoices": self.pending,
            },
            "ground_truth": {
                "decision": self.decision,
                "exception_type": self.exception_type,
                "evidence": self.evidence,
                "key_findings": self.findings,
            },
        }
