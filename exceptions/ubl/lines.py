"""The lines of a document: what, how much, at what price, and which order line they speak of."""

from __future__ import annotations

from decimal import Decimal

from exceptions.environment.case import MAX_LINES
from exceptions.ubl.allowances import read_allowance_charges
from exceptions.ubl.documents import DocumentKind, ItemCodes, Quantity, Remark, TradeLine
from exceptions.ubl.fields import EXACT, MAX_LINE_ID, DocumentSource, shown, text_of, texts_of
from exceptions.ubl.prices import LineAmounts, read_unit_price
from exceptions.ubl.xml_tree import Element

LINES = {
    DocumentKind.ORDER: "cac:OrderLine",
    DocumentKind.INVOICE: "cac:InvoiceLine",
    DocumentKind.RECEIPT_ADVICE: "cac:ReceiptLine",
    DocumentKind.DESPATCH_ADVICE: "cac:DespatchLine",
}


def read_lines(
    source: DocumentSource,
    kind: DocumentKind,
    currency: str | None,
    header_order: str | None,
    remarks: list[Remark],
) -> tuple[TradeLine, ...]:
    """The lines of an order, invoice, receipt or despatch advice; none for other kinds.

    Args:
        currency: the document's currency; None for documents without money.
        header_order: the order number of lines that name none of their own, when there is exactly one.
        remarks: what is odd but readable is added here.

    Raises:
        DocumentError: there is no line or more than ``MAX_LINES``, or one lacks or garbles what a case needs.
    """
    if kind not in LINES:
        return ()
    elements = list(source.root.find_all(LINES[kind]))
    if not elements:
        source.required(source.root, LINES[kind])
    if len(elements) > MAX_LINES:
        raise source.error(
            elements[MAX_LINES],
            f"The document has {len(elements):,} lines; at most {MAX_LINES:,} are read.",
            "Split it into several documents.",
        )
    if kind is DocumentKind.RECEIPT_ADVICE:
        return tuple(_receipt_line(source, element, header_order) for element in elements)
    if kind is DocumentKind.DESPATCH_ADVICE:
        return tuple(_despatch_line(source, element, header_order) for element in elements)
    money = currency or ""
    if kind is DocumentKind.INVOICE:
        return tuple(_invoice_line(source, element, money, header_order, remarks) for element in elements)
    lines = tuple(_order_line(source, element, money, remarks) for element in elements)
    _require_distinct_ids(source, elements, lines)
    return lines


def _order_line(source: DocumentSource, element: Element, currency: str, remarks: list[Remark]) -> TradeLine:
    item = source.required(element, "cac:LineItem")
    quantity = source.counted(source.required(item, "cbc:Quantity"))
    total = source.optional_amount(item, "cbc:LineExtensionAmount", currency)
    adjustment, words = _adjustment(source, item, currency)
    amounts = LineAmounts(quantity, total, adjustment)
    return TradeLine(
        id=source.required_identifier(item, "cbc:ID", MAX_LINE_ID),
        item=_item_codes(source, item),
        description=_description(item),
        quantity=quantity,
        unit_price=read_unit_price(source, item, currency, amounts, remarks),
        line_total=total,
        notes=(*texts_of(element, "cbc:Note"), *texts_of(item, "cbc:Note"), *words),
        element=item.path,
        source_line=item.line,
    )


def _invoice_line(
    source: DocumentSource, element: Element, currency: str, header_order: str | None, remarks: list[Remark]
) -> TradeLine:
    quantity = source.counted(source.required(element, "cbc:InvoicedQuantity"))
    total = source.amount(source.required(element, "cbc:LineExtensionAmount"), currency)
    adjustment, words = _adjustment(source, element, currency)
    amounts = LineAmounts(quantity, total, adjustment)
    return TradeLine(
        id=source.required_identifier(element, "cbc:ID", MAX_LINE_ID),
        item=_item_codes(source, element),
        description=_description(element),
        quantity=quantity,
        order_number=_order_number(source, element) or header_order,
        order_line_id=_single_reference(source, element, "cac:OrderLineReference/cbc:LineID"),
        unit_price=read_unit_price(source, element, currency, amounts, remarks),
        line_total=total,
        notes=(*texts_of(element, "cbc:Note"), *words),
        element=element.path,
        source_line=element.line,
    )


def _receipt_line(source: DocumentSource, element: Element, header_order: str | None) -> TradeLine:
    received = source.counted(source.required(element, "cbc:ReceivedQuantity"))
    rejected = _optional_count(source, element, "cbc:RejectedQuantity", received)
    if rejected and rejected.value > received.value:
        raise source.error(
            source.required(element, "cbc:RejectedQuantity"),
            f"{rejected} were rejected, but only {received} received.",
            "Accepted is received less rejected: ask the warehouse for a correct receipt.",
        )
    reasons = (*texts_of(element, "cbc:RejectReason"), *texts_of(element, "cbc:RejectReasonCode"))
    despatch_id = _single_reference(source, element, "cac:DespatchLineReference/cbc:LineID")
    despatch_number = source.optional_identifier(element, "cac:DespatchLineReference/cac:DocumentReference/cbc:ID")
    return TradeLine(
        id=source.required_identifier(element, "cbc:ID", MAX_LINE_ID),
        item=_item_codes(source, element),
        description=_description(element),
        quantity=received,
        order_number=_order_number(source, element) or header_order,
        order_line_id=_single_reference(source, element, "cac:OrderLineReference/cbc:LineID"),
        despatch_line=(despatch_number, despatch_id) if despatch_id else None,
        rejected=rejected,
        short=_optional_count(source, element, "cbc:ShortQuantity"),
        oversupply=_optional_count(source, element, "cbc:OversupplyQuantity"),
        notes=(*(f"rejected: {reason}" for reason in reasons), *texts_of(element, "cbc:Note")),
        element=element.path,
        source_line=element.line,
    )


def _despatch_line(source: DocumentSource, element: Element, header_order: str | None) -> TradeLine:
    reasons = (*texts_of(element, "cbc:BackorderReason"), *texts_of(element, "cbc:OutstandingReason"))
    return TradeLine(
        id=source.required_identifier(element, "cbc:ID", MAX_LINE_ID),
        item=_item_codes(source, element),
        description=_description(element),
        quantity=source.counted(source.required(element, "cbc:DeliveredQuantity")),
        order_number=_order_number(source, element) or header_order,
        order_line_id=_single_reference(source, element, "cac:OrderLineReference/cbc:LineID"),
        oversupply=_optional_count(source, element, "cbc:OversupplyQuantity"),
        backorder=_optional_count(source, element, "cbc:BackorderQuantity"),
        notes=(*reasons, *texts_of(element, "cbc:Note")),
        element=element.path,
        source_line=element.line,
    )


def _optional_count(
    source: DocumentSource, parent: Element, path: str, same_unit_as: Quantity | None = None
) -> Quantity | None:
    element = parent.find(path)
    if element is None:
        return None
    quantity = source.counted(element)
    if same_unit_as and quantity.unit and same_unit_as.unit and quantity.unit != same_unit_as.unit:
        raise source.error(
            element,
            f"{quantity} stand beside {same_unit_as}: the units differ.",
            "Units are not converted: ask for a document with one unit per line.",
        )
    return quantity


def _item_codes(source: DocumentSource, line: Element) -> ItemCodes:
    return ItemCodes(
        seller=source.optional_identifier(line, "cac:Item/cac:SellersItemIdentification/cbc:ID"),
        buyer=source.optional_identifier(line, "cac:Item/cac:BuyersItemIdentification/cbc:ID"),
        standard=source.optional_identifier(line, "cac:Item/cac:StandardItemIdentification/cbc:ID"),
    )


def _description(line: Element) -> str:
    return " ".join(texts_of(line, "cac:Item/cbc:Description")) or text_of(line, "cac:Item/cbc:Name") or ""


def _order_number(source: DocumentSource, line: Element) -> str | None:
    return _single(
        source,
        line,
        "cac:OrderLineReference/cac:OrderReference/cbc:ID",
        "orders",
        "Ask for one line for each order.",
    )


def _single_reference(source: DocumentSource, line: Element, path: str) -> str | None:
    return _single(source, line, path, "lines", "Ask for one line for each line that it refers to.")


def _single(source: DocumentSource, line: Element, path: str, what: str, remedy: str) -> str | None:
    found = {value: element for element in line.find_all(path) if (value := source.identifier(element))}
    if len(found) > 1:
        raise source.error(line, f"The line refers to several {what}: {', '.join(map(shown, found))}.", remedy)
    return next(iter(found), None)


def _adjustment(source: DocumentSource, line: Element, currency: str) -> tuple[Decimal, tuple[str, ...]]:
    """Charges less allowances of a line, and each of them in words."""
    total, words = Decimal(0), []
    for entry in read_allowance_charges(source, line, currency):
        total = EXACT.add(total, entry.amount if entry.charge else -entry.amount)
        words.append(f"{entry} in the line total")
    return total, tuple(words)


def _require_distinct_ids(source: DocumentSource, elements: list[Element], lines: tuple[TradeLine, ...]) -> None:
    seen: set[str] = set()
    for element, line in zip(elements, lines, strict=True):
        if line.id in seen:
            raise source.error(
                element,
                f"Two lines have the id {shown(line.id)}.",
                "Ask the sender for an order with distinct line ids.",
            )
        seen.add(line.id)
