"""UBL 2.x documents in: bytes become a `TradeDocument`, or a `DocumentError` that says why not."""

from __future__ import annotations

from exceptions.ubl.allowances import TRUTH, read_allowance_charges
from exceptions.ubl.documents import DocumentKind, Remark, TradeDocument
from exceptions.ubl.errors import DocumentError
from exceptions.ubl.fields import DocumentSource, text_of, texts_of
from exceptions.ubl.lines import read_lines
from exceptions.ubl.parties import read_buyer, read_payee, read_supplier
from exceptions.ubl.totals import read_currency, read_totals
from exceptions.ubl.xml_tree import UBL, XmlDocument, parse_xml

KINDS = {
    "Order": DocumentKind.ORDER,
    "ReceiptAdvice": DocumentKind.RECEIPT_ADVICE,
    "DespatchAdvice": DocumentKind.DESPATCH_ADVICE,
    "Invoice": DocumentKind.INVOICE,
    "CreditNote": DocumentKind.CREDIT_NOTE,
    "OrderResponse": DocumentKind.ORDER_RESPONSE,
    "OrderResponseSimple": DocumentKind.ORDER_RESPONSE,
    "OrderChange": DocumentKind.ORDER_CHANGE,
    "OrderCancellation": DocumentKind.ORDER_CANCELLATION,
}
READ = "Order, Receipt Advice, Despatch Advice and Invoice of UBL 2.x are read."
ENVELOPES = ("StandardBusinessDocument", "Envelope")


def read_document(data: bytes, name: str) -> TradeDocument:
    """Read one UBL 2.x document.

    Args:
        data: the file as it came, at most 5 MiB.
        name: what the document is called in errors and problems, usually its file name.

    Returns:
        The document; for a credit note, an order response, an order change or an order cancellation only its
        header, because the desk does not use them yet.

    Raises:
        DocumentError: the bytes are no such document, or it lacks or garbles what a case needs.
    """
    xml = parse_xml(data, name)
    kind = _kind(xml, name)
    source = DocumentSource(name, xml.root)
    remarks: list[Remark] = []
    currency = read_currency(source, kind)
    header_orders = _identifiers(source, "cac:OrderReference/cbc:ID")
    number = source.required_identifier(xml.root, "cbc:ID")
    header_order = header_orders[0] if len(header_orders) == 1 else None
    lines = read_lines(source, kind, currency, header_order, remarks)
    line_orders = tuple(line.order_number for line in lines if line.order_number)
    supplier = read_supplier(source)
    if supplier is None and kind in (DocumentKind.ORDER, DocumentKind.INVOICE):
        party = "cac:SellerSupplierParty" if kind is DocumentKind.ORDER else "cac:AccountingSupplierParty"
        raise DocumentError(
            name,
            "The supplier has neither a name nor an identifier.",
            "Ask the sender for a document that names the supplier.",
            element=f"{xml.root.path}/{party}",
            line=xml.root.line,
        )
    return TradeDocument(
        name=name,
        kind=kind,
        root=xml.name,
        number=number,
        issue_date=source.date(xml.root, "cbc:IssueDate"),
        uuid=text_of(xml.root, "cbc:UUID"),
        order_numbers=(
            (number,) if kind is DocumentKind.ORDER else tuple(dict.fromkeys((*header_orders, *line_orders)))
        ),
        supplier=supplier,
        buyer=read_buyer(source),
        currency=currency,
        lines=lines,
        totals=read_totals(source, kind, currency),
        allowance_charges=read_allowance_charges(source, xml.root, currency) if currency else (),
        payment_terms=_payment_terms(source),
        payment_details=_payment_details(source),
        payee=read_payee(source),
        type_code=text_of(xml.root, f"cbc:{xml.name}TypeCode"),
        is_copy=TRUTH.get(text_of(xml.root, "cbc:CopyIndicator") or "false", False),
        accepted=TRUTH.get(text_of(xml.root, "cbc:AcceptedIndicator") or ""),
        invoice_references=_invoice_references(source),
        despatch_references=_identifiers(source, "cac:DespatchDocumentReference/cbc:ID"),
        notes=texts_of(xml.root, "cbc:Note"),
        remarks=tuple(remarks),
    )


def _kind(xml: XmlDocument, name: str) -> DocumentKind:
    if xml.namespace == f"{UBL}{xml.name}-2" and xml.name in KINDS:
        return KINDS[xml.name]
    if xml.name in ENVELOPES:
        problem, remedy = f"{xml.name} is a transport envelope.", "Take the document out of it and send that."
    elif xml.namespace == f"{UBL}{xml.name}-2":
        problem, remedy = f"The desk has no use for the UBL document {xml.name}.", READ
    elif xml.namespace.startswith(UBL) or "oio" in xml.namespace:
        problem, remedy = f"{xml.name} is not a UBL 2.x document but another version.", READ
    else:
        problem, remedy = f"The root element {xml.name} is not that of a UBL 2.x document.", READ
    raise DocumentError(name, problem, remedy, element=xml.name, line=xml.root.line)


def _identifiers(source: DocumentSource, path: str) -> tuple[str, ...]:
    found = (source.identifier(element) for element in source.root.find_all(path))
    return tuple(dict.fromkeys(value for value in found if value))


def _payment_terms(source: DocumentSource) -> tuple[str, ...]:
    """Terms in words: payment terms, and what an order says in its delivery terms and conditions."""
    return (
        *texts_of(source.root, "cac:PaymentTerms/cbc:Note"),
        *texts_of(source.root, "cac:DeliveryTerms/cbc:SpecialTerms"),
        *texts_of(source.root, "cac:TransactionConditions/cbc:Description"),
    )


def _payment_details(source: DocumentSource) -> tuple[str, ...]:
    """Due dates and the accounts to pay to, in words: a changed account is how payments are diverted."""
    due = (
        *texts_of(source.root, "cbc:DueDate"),
        *texts_of(source.root, "cac:PaymentMeans/cbc:PaymentDueDate"),
        *texts_of(source.root, "cac:PaymentTerms/cbc:PaymentDueDate"),
    )
    details = [f"due {day}" for day in dict.fromkeys(due)]
    for account in source.root.find_all("cac:PaymentMeans/cac:PayeeFinancialAccount"):
        number = text_of(account, "cbc:ID")
        branch = text_of(account, "cac:FinancialInstitutionBranch/cbc:ID")
        holder = text_of(account, "cbc:Name")
        if number:
            details.append(
                f"pay to account {number}" + (f" at {branch}" if branch else "") + (f" of {holder}" if holder else "")
            )
    return tuple(details)


def _invoice_references(source: DocumentSource) -> tuple[str, ...]:
    path = "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"
    return tuple(dict.fromkeys((*_identifiers(source, path), *_identifiers(source, f"cac:CreditNoteLine/{path}"))))
