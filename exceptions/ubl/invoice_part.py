"""The invoice of a case out of an invoice document: exact sums, and a note on what has no field."""

from __future__ import annotations

from decimal import Decimal

from exceptions.environment.case import Invoice, InvoiceLine
from exceptions.ubl.documents import Party, TradeDocument
from exceptions.ubl.fields import EXACT
from exceptions.ubl.pairing import Match
from exceptions.ubl.prices import CENT
from exceptions.ubl.trade import TradeLog
from exceptions.ubl.wording import MAX_LABEL, fit, sentences

SUMS = "Invoice/cac:LegalMonetaryTotal"
# UN/CEFACT code list 1001: the types that say more than "an invoice".
TYPE_WORDS = {
    "325": "a pro-forma invoice",
    "326": "a partial invoice",
    "381": "a credit note",
    "383": "a debit note",
    "384": "a corrected invoice",
    "386": "a prepayment invoice",
    "389": "a self-billed invoice",
}


def invoice_part(
    document: TradeDocument, supplier_id: str, order_number: str, matches: list[Match], log: TradeLog
) -> Invoice | None:
    """The case's invoice; None, with the error logged, when a line has no price.

    ``subtotal`` is the printed sum of the lines, ``total`` the printed payable amount.
    What lies between them besides tax (allowances, charges, prepayments, rounding) is spelt out in the note.
    """
    lines = []
    for match in matches:
        line = match.line
        if line.unit_price is None or line.line_total is None:
            log.error(document, line.element, f"line {line.id} has neither a price nor a total that gives one")
            continue
        lines.append(
            InvoiceLine(
                item_code=match.case_code,
                description=fit(line.description),
                quantity=line.quantity.value,
                unit_price=line.unit_price,
                line_total=line.line_total,
                unit=line.quantity.unit,
            )
        )
    if log.failed:
        return None
    supplier = document.supplier or Party(supplier_id)
    subtotal = _subtotal(document)
    line_notes = [f"Line {line.id}: {note}" for line in document.lines for note in line.notes]
    return Invoice(
        number=document.number,
        supplier_id=supplier_id,
        supplier_name=fit(supplier.name, MAX_LABEL),
        date=document.issue_date,
        currency=document.currency or "",
        po_number=order_number,
        lines=tuple(lines),
        subtotal=subtotal,
        tax=document.totals.tax or Decimal(0),
        total=document.totals.payable or Decimal(0),
        note=sentences(
            [
                *document.notes,
                *_nature(document),
                *_sums(document, subtotal, log),
                *_payment(document),
                *line_notes,
            ]
        ),
    )


def _subtotal(document: TradeDocument) -> Decimal:
    if document.totals.line_extension is not None:
        return document.totals.line_extension
    total = Decimal(0)
    for line in document.lines:
        total = EXACT.add(total, line.line_total or Decimal(0))
    return total


def _nature(document: TradeDocument) -> list[str]:
    said = []
    code = document.type_code
    if code in TYPE_WORDS:
        said.append(f"Type {code}: {TYPE_WORDS[code]}")
    if document.is_copy:
        said.append("Marked as a copy")
    if document.invoice_references:
        said.append(f"Refers to invoice {', '.join(document.invoice_references)}")
    return said


def _sums(document: TradeDocument, subtotal: Decimal, log: TradeLog) -> list[str]:
    """How the subtotal becomes the payable amount, when there is more to it than tax."""
    totals = document.totals
    said = []
    if totals.line_extension is None:
        said.append("The invoice prints no sum of its lines; the subtotal is their sum")
    if totals.tax is None:
        said.append("The invoice prints no tax in its currency; tax is shown as 0")
    if totals.tax_in_other_currencies:
        said.append(f"Tax is also given as {', '.join(totals.tax_in_other_currencies)}")
    steps = _steps(document)
    explained = subtotal
    words = [f"Subtotal {subtotal:f}"]
    for word, amount in steps:
        explained = EXACT.add(explained, amount)
        words.append(f"{'less' if amount < 0 else 'plus'} {word} {abs(amount):f}")
    payable = totals.payable or Decimal(0)
    if EXACT.abs(EXACT.subtract(explained, payable)) >= CENT:
        left = EXACT.subtract(payable, explained)
        words.append(f"is {explained:f}, but payable is {payable:f}: {left:f} is not explained")
        log.caution(document, SUMS, " ".join(words))
    elif len(steps) > 1:
        said.append(f"{' '.join(words)} is payable {payable:f}")
    return said


def _steps(document: TradeDocument) -> list[tuple[str, Decimal]]:
    """What stands between subtotal and payable amount: words and signed amounts."""
    totals = document.totals
    steps: list[tuple[str, Decimal]] = []
    for charge, printed, word in ((False, totals.allowances, "allowance"), (True, totals.charges, "charge")):
        entries = [entry for entry in document.allowance_charges if entry.charge is charge]
        listed = Decimal(0)
        for entry in entries:
            listed = EXACT.add(listed, entry.amount)
        amount = listed if printed is None else printed
        reasons = ", ".join(entry.reason for entry in entries if entry.reason)
        if amount or reasons:
            steps.append((f"{word} ({reasons})" if reasons else word, amount if charge else -amount))
    steps.append(("tax", totals.tax or Decimal(0)))
    if totals.prepaid:
        steps.append(("prepaid", -totals.prepaid))
    if totals.rounding:
        steps.append(("rounding", totals.rounding))
    return steps


def _payment(document: TradeDocument) -> list[str]:
    said = list(document.payment_terms)
    if document.payment_details:
        details = "; ".join(document.payment_details)
        said.append(details[:1].upper() + details[1:])
    if document.payee:
        identifiers = ", ".join(str(identifier) for identifier in document.payee.identifiers)
        said.append(f"To be paid to {document.payee.name}" + (f" ({identifiers})" if identifiers else ""))
    return said
