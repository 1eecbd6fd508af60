"""Label checks: what can be recomputed from the papers of a generated case has to bear its label out."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from exceptions.environment import ActionType, Case, Decision
from exceptions.environment.dossier import Dossier
from exceptions.environment.grounding import Facts, facts, holds, mentions
from exceptions.environment.matching import compare_price, compare_quantity
from exceptions.generator.families.registry import FAMILIES
from exceptions.generator.generate import family_of

#: A total this close below the high-value limit counts as just under it.
NEAR = Decimal("0.9")
MOST_WORDS = 25


@dataclass(frozen=True, slots=True)
class Signature:
    """What the figures of a family show: on its own side and, where it has a twin, on the other one.

    `also` may be there or not on either side.
    """

    own: frozenset[str] = frozenset()
    twin: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()


def _signature(own: str = "", twin: str = "", also: str = "") -> Signature:
    return Signature(frozenset(own.split()), frozenset(twin.split()), frozenset(also.split()))


#: Families that are not named show nothing on either side.
_SIGNATURES: dict[str, Signature] = {
    "partial-receipt": _signature("short"),
    "price-variance": _signature("dear", "inside"),
    "mixed-discrepancy": _signature("short dear", "short"),
    "retroactive-price": _signature(also="dear inside"),
    "rounding-false-alarm": _signature("cents", "sum"),
    "authorized-overship": _signature("over", "over"),
    "currency-swap": _signature("currency"),
    "pending-cosign": _signature(also="high"),
    "rush-premium-authorized": _signature("dear", "dear"),
    "supplier-impersonation": _signature("impostor"),
    "contradicting-signals": _signature("short", "short"),
    "nothing-accepted": _signature("short none"),
    "billed-above-ordered": _signature("over", also="short"),
    "price-inside-tolerance": _signature("inside", "dear"),
    "subtotal-off": _signature("sum"),
    "high-value-unapproved": _signature("unapproved high", "high"),
}
_NEAR_LIMIT = frozenset({"split-invoice-pattern", "threshold-dance"})
#: Families in which a list may name the very order again.
_BILLED_AGAIN = frozenset(
    {
        "duplicate-invoice",
        "corrected-resubmission",
        "corrected-but-paid",
        "phantom-receipt",
        "contradicting-signals",
        "clean-from-risky-vendor",
        "false-positive-duplicate",
    }
)


def problems(case: Case) -> list[str]:
    """What is wrong with a generated case; nothing when its label holds.

    Raises:
        UnknownFamily: the case was not generated.
    """
    return list(_problems(case))


def _problems(case: Case) -> Iterator[str]:
    name = family_of(case)
    family, truth = FAMILIES[name], case.ground_truth
    if truth is None:
        yield "there is no ground truth"
        return
    own = (truth.decision, truth.exception_type) == (family.decision, family.exception_type)
    if not own and not (family.trap and case.id.startswith("t")):
        yield f"labelled {truth.decision} / {truth.exception_type}, which is not the family's answer"
    signature = _SIGNATURES.get(name, Signature())
    shown = frozenset(figures(case))
    wanted = signature.own if own else signature.twin
    if shown - signature.also != wanted - signature.also:
        yield f"the figures show {sorted(shown) or 'nothing'}, expected {sorted(wanted) or 'nothing'}"
    yield from _limit_problems(case, near=name in _NEAR_LIMIT and truth.decision is Decision.ESCALATE)
    yield from _paper_problems(case)
    if name not in _BILLED_AGAIN:
        history = case.history
        entries = (*history.similar_invoices, *history.processed_invoices, *history.pending_invoices)
        if any(case.purchase_order.number in entry for entry in entries):
            yield f"a list names {case.purchase_order.number} again"
    yield from _finding_problems(case)


def figures(case: Case) -> Iterator[str]:
    """What the figures show, by a word each: what a rule engine would find."""
    invoice, order = case.invoice, case.purchase_order
    if invoice.supplier_id != order.supplier_id:
        yield "impostor"
    if invoice.currency != order.currency:
        yield "currency"
    if not order.approved:
        yield "unapproved"
    if invoice.total >= case.policy.high_value_threshold:
        yield "high"
    beyond = [found for found in compare_quantity(case).discrepancies if not found.within_tolerance]
    if any(found.against == "goods_receipt_note" for found in beyond):
        yield "short"
    if any(Decimal(found.values["billed"]) > Decimal(found.values["ordered"]) for found in beyond):
        yield "over"
    if not any(line.accepted for receipt in case.goods_receipts for line in receipt.lines):
        yield "none"
    yield from _price_figures(case)
    gap = abs(invoice.subtotal - sum((line.line_total for line in invoice.lines), Decimal(0)))
    if gap:
        yield "cents" if gap < Decimal("0.1") else "sum"


def _price_figures(case: Case) -> Iterator[str]:
    """`dear` beyond the tolerance that counts (the vendor's own before the policy's), `inside` within it."""
    own = case.vendor.price_tolerance_pct
    policy = case.policy.model_copy(update={} if own is None else {"price_tolerance_pct": own})
    if compare_price(case.model_copy(update={"policy": policy})).discrepancies:
        yield "dear"
        return
    prices = {line.item_code: line.unit_price for line in case.purchase_order.lines}
    if any(line.unit_price != prices.get(line.item_code) for line in case.invoice.lines):
        yield "inside"


def _limit_problems(case: Case, *, near: bool) -> Iterator[str]:
    total, policy = case.invoice.total, case.policy
    if total > policy.mandatory_escalation_above:
        yield "the total must be escalated"
    if policy.high_value_threshold > policy.mandatory_escalation_above:
        yield "the high-value limit is above the one that escalates"
    threshold = case.vendor.escalation_threshold
    if threshold is not None and total > threshold:
        yield "the total is above the vendor's threshold"
    if near and not policy.high_value_threshold * NEAR <= total < policy.high_value_threshold:
        yield f"{total} is not just under {policy.high_value_threshold}"


def _paper_problems(case: Case) -> Iterator[str]:
    invoice, order = case.invoice, case.purchase_order
    if invoice.total != invoice.subtotal + invoice.tax:
        yield "subtotal and tax do not make the total"
    if min((*(receipt.date for receipt in case.goods_receipts), invoice.date)) < order.date:
        yield "a receipt or the invoice is older than the order"
    if any(receipt.date > invoice.date for receipt in case.goods_receipts):
        yield "a receipt is younger than the invoice"
    if any(receipt.po_number != order.number for receipt in case.goods_receipts) or invoice.po_number != order.number:
        yield "the papers name different orders"
    codes = {line.item_code for line in order.lines}
    if len(codes) != len(order.lines) or {line.item_code for line in invoice.lines} != codes:
        yield "order and invoice name different items"
    if any(line.unit_price <= 0 or line.quantity <= 0 for line in invoice.lines):
        yield "a line without quantity or price"


def _finding_problems(case: Case) -> Iterator[str]:
    truth = case.ground_truth
    if truth is None:
        return
    if not 3 <= len(truth.evidence) <= 6 or not 2 <= len(truth.key_findings) <= 4:
        yield f"{len(truth.evidence)} required actions, {len(truth.key_findings)} key findings"
    if len(set(truth.key_findings)) < len(truth.key_findings):
        yield "a finding is there twice"
    dossier = Dossier(case)
    known = _known(dossier, truth.evidence)
    named = False
    for finding in truth.key_findings:
        found = mentions(finding)
        named |= bool(found)
        untold = [sorted(mention[0]) for mention in found if not holds(mention, known)]
        if untold:
            yield f"{finding!r} names {untold}, which the required actions do not reveal"
        if len(finding.split()) > MOST_WORDS:
            yield f"{finding!r} is longer than {MOST_WORDS} words"
    if not named:
        yield "no finding quotes a figure"


def _known(dossier: Dossier, evidence: tuple[ActionType, ...]) -> Facts:
    return facts(()).union(dossier.facts(None), *(dossier.facts(action) for action in evidence))
