"""What a document prints about its sums: currency, line total, tax, allowances, prepaid and payable."""

from __future__ import annotations

from decimal import Decimal

from exceptions.ubl.documents import DocumentKind, Totals
from exceptions.ubl.fields import CURRENCY, EXACT, DocumentSource, shown
from exceptions.ubl.xml_tree import Element

SUMS = {
    DocumentKind.ORDER: "cac:AnticipatedMonetaryTotal",
    DocumentKind.INVOICE: "cac:LegalMonetaryTotal",
    DocumentKind.CREDIT_NOTE: "cac:LegalMonetaryTotal",
}
# Where the currency is looked for when the document has no DocumentCurrencyCode (UBL 2.0 makes it optional).
LINE_AMOUNTS = (
    "cac:OrderLine/cac:LineItem/cbc:LineExtensionAmount",
    "cac:OrderLine/cac:LineItem/cac:Price/cbc:PriceAmount",
    "cac:InvoiceLine/cbc:LineExtensionAmount",
)


def read_currency(source: DocumentSource, kind: DocumentKind) -> str | None:
    """The document's currency: its ``DocumentCurrencyCode``, else that of its first amount.

    None for kinds without money.

    Raises:
        DocumentError: a kind with money names no currency, or something that is no ISO 4217 code.
    """
    if kind not in SUMS:
        return None
    code = source.root.find("cbc:DocumentCurrencyCode")
    if code is not None and code.text:
        return _checked(source, code, code.text)
    for amount in _amounts(source, kind):
        if stated := amount.attributes.get("currencyID", "").strip():
            return _checked(source, amount, stated)
    raise source.error(
        source.root,
        "The document names no currency, neither in cbc:DocumentCurrencyCode nor at an amount.",
        "Ask the sender for a document that does.",
    )


def read_totals(source: DocumentSource, kind: DocumentKind, currency: str | None) -> Totals:
    """The sums that the document prints.

    Tax totals in the document's currency are added up (OIOUBL gives one per tax); those in another currency
    (UBL 2.1 repeats the tax in the tax currency) are kept in words. ``tax_exclusive`` is as printed and not
    to be calculated with: OIOUBL puts the tax amount there.

    Raises:
        DocumentError: an amount cannot be read, or an invoice has no payable amount.
    """
    if kind not in SUMS or currency is None:
        return Totals()
    sums = source.root.find(SUMS[kind])
    if kind is DocumentKind.INVOICE:
        sums = source.required(source.root, SUMS[kind])
        source.required(sums, "cbc:PayableAmount")
    tax, elsewhere = _tax(source, currency)

    def amount(name: str) -> Decimal | None:
        return None if sums is None else source.optional_amount(sums, f"cbc:{name}", currency)

    return Totals(
        line_extension=amount("LineExtensionAmount"),
        tax=tax,
        tax_exclusive=amount("TaxExclusiveAmount"),
        tax_inclusive=amount("TaxInclusiveAmount"),
        allowances=amount("AllowanceTotalAmount"),
        charges=amount("ChargeTotalAmount"),
        prepaid=amount("PrepaidAmount"),
        rounding=amount("PayableRoundingAmount"),
        payable=amount("PayableAmount"),
        tax_in_other_currencies=elsewhere,
    )


def _checked(source: DocumentSource, element: Element, code: str) -> str:
    if not CURRENCY.fullmatch(code):
        raise source.error(
            element,
            f"{shown(code)} is not a currency code.",
            "Write three capital letters of ISO 4217, like EUR.",
        )
    return code


def _amounts(source: DocumentSource, kind: DocumentKind) -> list[Element]:
    sums = source.root.find(SUMS[kind])
    found = [child for child in sums.children if child.tag.endswith("Amount")] if sums is not None else []
    for path in LINE_AMOUNTS:
        found += source.root.find_all(path)
    return found


def _tax(source: DocumentSource, currency: str) -> tuple[Decimal | None, tuple[str, ...]]:
    total: Decimal | None = None
    elsewhere = []
    for element in source.root.find_all("cac:TaxTotal/cbc:TaxAmount"):
        stated = element.attributes.get("currencyID", "").strip()
        if stated and stated != currency:
            elsewhere.append(f"{source.decimal(element):f} {_checked(source, element, stated)}")
        else:
            total = EXACT.add(total or Decimal(0), source.decimal(element))
    return total, tuple(elsewhere)
