"""UBL documents for tests, built from the few facts that a test is about; names and numbers are invented."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from exceptions.ubl import TradeDocument, TradeJoin, join_trade, read_document

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CONVENTIONAL = {"doc": "", "cac": "cac", "cbc": "cbc"}
UNUSUAL = {"doc": "order", "cac": "ns0", "cbc": ""}


@dataclass(frozen=True)
class Node:
    """An element to write; ``tag`` is ``doc:…``, ``cac:…`` or ``cbc:…``."""

    tag: str
    content: "str | tuple[Node, ...]" = ()
    attributes: dict[str, str] = field(default_factory=dict)

    def write(self, prefixes: dict[str, str]) -> str:
        kind, _, local = self.tag.partition(":")
        name = f"{prefixes[kind]}:{local}" if prefixes[kind] else local
        attributes = "".join(f" {key}={quoteattr(value)}" for key, value in self.attributes.items())
        if isinstance(self.content, str):
            return f"<{name}{attributes}>{escape(self.content)}</{name}>"
        return f"<{name}{attributes}>\n" + "".join(child.write(prefixes) for child in self.content) + f"</{name}>\n"


def cbc(name: str, value: object, **attributes: str) -> Node:
    return Node(f"cbc:{name}", str(value), attributes)


def cac(name: str, *children: Node | None) -> Node:
    return Node(f"cac:{name}", tuple(child for child in children if child is not None))


def document(root: str, children: Iterable[Node], prefixes: dict[str, str] = CONVENTIONAL) -> bytes:
    spaces = {
        "doc": f"{UBL}{root}-2",
        "cac": f"{UBL}CommonAggregateComponents-2",
        "cbc": f"{UBL}CommonBasicComponents-2",
    }
    declared = {f"xmlns:{prefixes[kind]}" if prefixes[kind] else "xmlns": space for kind, space in spaces.items()}
    tree = Node(f"doc:{root}", tuple(children), declared)
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + tree.write(prefixes)).encode()


@dataclass(frozen=True)
class Who:
    """A supplier or buyer to write."""

    name: str | None = "Bramley Packaging Ltd"
    account: str | None = "V-2201"
    tax: str | None = None
    party_id: tuple[str, str] | None = None
    endpoint: tuple[str, str] | None = None

    def node(self, role: str) -> Node:
        return cac(
            role,
            cbc("CustomerAssignedAccountID", self.account) if self.account else None,
            cac(
                "Party",
                cbc("EndpointID", self.endpoint[1], schemeID=self.endpoint[0]) if self.endpoint else None,
                cac("PartyIdentification", cbc("ID", self.party_id[1], schemeID=self.party_id[0]))
                if self.party_id
                else None,
                cac("PartyName", cbc("Name", self.name)) if self.name else None,
                cac("PartyTaxScheme", cbc("CompanyID", self.tax), cac("TaxScheme", cbc("ID", "VAT")))
                if self.tax
                else None,
            ),
        )


BRAMLEY = Who()


@dataclass(frozen=True)
class Line:
    """A line to write; what a document has no element for is ignored by it."""

    id: str = "1"
    quantity: str = "100"
    unit: str | None = "EA"
    price: str | None = "2.50"
    base: tuple[str, str | None] | None = None
    factor: str | None = None
    total: str | None = "250.00"
    seller: str | None = "BOX-40"
    buyer: str | None = None
    standard: str | None = None
    description: str = "Carton 40 cm"
    order_line: str | None = None
    order: str | None = None
    despatch_line: str | None = None
    rejected: str | None = None
    short: str | None = None
    backorder: str | None = None
    notes: tuple[str, ...] = ()
    allowance: str | None = None

    def measured(self, name: str, value: str | None) -> Node | None:
        if value is None:
            return None
        return cbc(name, value, unitCode=self.unit) if self.unit else cbc(name, value)

    def item(self) -> Node:
        codes = (("Buyers", self.buyer), ("Sellers", self.seller), ("Standard", self.standard))
        return cac(
            "Item",
            cbc("Description", self.description),
            *(cac(f"{kind}ItemIdentification", cbc("ID", code)) for kind, code in codes if code),
        )

    def money(self, name: str, value: str | None, currency: str) -> Node | None:
        return cbc(name, value, currencyID=currency) if value is not None else None

    def price_node(self, currency: str) -> Node | None:
        if self.price is None:
            return None
        base = None
        if self.base:
            quantity, unit = self.base
            base = cbc("BaseQuantity", quantity, unitCode=unit) if unit else cbc("BaseQuantity", quantity)
        return cac(
            "Price",
            cbc("PriceAmount", self.price, currencyID=currency),
            base,
            cbc("OrderableUnitFactorRate", self.factor) if self.factor else None,
        )

    def reference(self) -> Node | None:
        if self.order_line is None and self.order is None:
            return None
        return cac(
            "OrderLineReference",
            cbc("LineID", self.order_line) if self.order_line else None,
            cac("OrderReference", cbc("ID", self.order)) if self.order else None,
        )


LINE = Line()


def order(
    number: str = "PO-7001",
    *lines: Line,
    supplier: Who = BRAMLEY,
    currency: str | None = "EUR",
    date: str = "2026-03-01",
    extra: tuple[Node, ...] = (),
    prefixes: dict[str, str] = CONVENTIONAL,
) -> bytes:
    money = currency or "EUR"
    children = [cbc("ID", number), cbc("IssueDate", date)]
    if currency:
        children.append(cbc("DocumentCurrencyCode", currency))
    children += [supplier.node("SellerSupplierParty"), *extra]
    for line in lines or (LINE,):
        children.append(
            cac(
                "OrderLine",
                *(cbc("Note", note) for note in line.notes),
                cac(
                    "LineItem",
                    cbc("ID", line.id),
                    line.measured("Quantity", line.quantity),
                    line.money("LineExtensionAmount", line.total, money),
                    line.price_node(money),
                    line.item(),
                ),
            )
        )
    return document("Order", children, prefixes)


def invoice(
    number: str = "INV-1",
    *lines: Line,
    order: str | None = "PO-7001",
    supplier: Who = BRAMLEY,
    currency: str = "EUR",
    date: str = "2026-03-09",
    subtotal: str | None = None,
    tax: str | None = "0.00",
    payable: str | None = None,
    sums: tuple[Node, ...] = (),
    extra: tuple[Node, ...] = (),
    prefixes: dict[str, str] = CONVENTIONAL,
) -> bytes:
    lines = lines or (LINE,)
    if subtotal is None:
        subtotal = str(sum((Decimal(line.total or 0) for line in lines), Decimal(0)))
    if payable is None:
        payable = str(Decimal(subtotal) + Decimal(tax or 0))
    children = [cbc("ID", number), cbc("IssueDate", date), cbc("DocumentCurrencyCode", currency)]
    if order:
        children.append(cac("OrderReference", cbc("ID", order)))
    children += [supplier.node("AccountingSupplierParty"), *extra]
    if tax is not None:
        children.append(cac("TaxTotal", cbc("TaxAmount", tax, currencyID=currency)))
    children.append(
        cac(
            "LegalMonetaryTotal",
            cbc("LineExtensionAmount", subtotal, currencyID=currency),
            *sums,
            cbc("PayableAmount", payable, currencyID=currency),
        )
    )
    for line in lines:
        children.append(
            cac(
                "InvoiceLine",
                cbc("ID", line.id),
                *(cbc("Note", note) for note in line.notes),
                line.measured("InvoicedQuantity", line.quantity),
                line.money("LineExtensionAmount", line.total, currency),
                line.reference(),
                allowance(line.allowance, currency=currency) if line.allowance else None,
                line.item(),
                line.price_node(currency),
            )
        )
    return document("Invoice", children, prefixes)


def receipt(
    number: str = "GR-1",
    *lines: Line,
    order: str | tuple[str, ...] | None = "PO-7001",
    despatch: str | None = None,
    date: str = "2026-03-05",
    notes: tuple[str, ...] = (),
) -> bytes:
    children = [cbc("ID", number), cbc("IssueDate", date), *(cbc("Note", note) for note in notes)]
    orders = (order,) if isinstance(order, str) else order or ()
    children += [cac("OrderReference", cbc("ID", each)) for each in orders]
    if despatch:
        children.append(cac("DespatchDocumentReference", cbc("ID", despatch)))
    for line in lines or (LINE,):
        children.append(
            cac(
                "ReceiptLine",
                cbc("ID", line.id),
                *(cbc("Note", note) for note in line.notes),
                line.measured("ReceivedQuantity", line.quantity),
                line.measured("ShortQuantity", line.short),
                line.measured("RejectedQuantity", line.rejected),
                line.reference(),
                cac("DespatchLineReference", cbc("LineID", line.despatch_line)) if line.despatch_line else None,
                line.item(),
            )
        )
    return document("ReceiptAdvice", children)


def despatch(number: str = "4711", *lines: Line, order: str | None = "PO-7001", date: str = "2026-03-02") -> bytes:
    children = [cbc("ID", number), cbc("IssueDate", date)]
    if order:
        children.append(cac("OrderReference", cbc("ID", order)))
    for line in lines or (LINE,):
        children.append(
            cac(
                "DespatchLine",
                cbc("ID", line.id),
                line.measured("DeliveredQuantity", line.quantity),
                line.measured("BackorderQuantity", line.backorder),
                line.reference(),
                line.item(),
            )
        )
    return document("DespatchAdvice", children)


def credit_note(number: str = "CN-1", of_invoice: str = "INV-1", payable: str = "250.00") -> bytes:
    return document(
        "CreditNote",
        (
            cbc("ID", number),
            cbc("IssueDate", "2026-03-20"),
            cbc("DocumentCurrencyCode", "EUR"),
            cac("BillingReference", cac("InvoiceDocumentReference", cbc("ID", of_invoice))),
            BRAMLEY.node("AccountingSupplierParty"),
            cac("LegalMonetaryTotal", cbc("PayableAmount", payable, currencyID="EUR")),
        ),
    )


def order_response(accepted: bool, order: str = "PO-7001") -> bytes:
    return document(
        "OrderResponseSimple",
        (
            cbc("ID", "OR-1"),
            cbc("IssueDate", "2026-03-02"),
            cbc("AcceptedIndicator", "true" if accepted else "false"),
            cac("OrderReference", cbc("ID", order)),
            BRAMLEY.node("SellerSupplierParty"),
        ),
    )


def allowance(amount: str, charge: bool = False, reason: str = "agreed rebate", currency: str = "EUR") -> Node:
    return cac(
        "AllowanceCharge",
        cbc("ChargeIndicator", "true" if charge else "false"),
        cbc("AllowanceChargeReason", reason),
        cbc("Amount", amount, currencyID=currency),
    )


def read(data: bytes, name: str = "file.xml") -> TradeDocument:
    return read_document(data, name)


def join(*files: bytes) -> TradeJoin:
    """Read files under the names ``1.xml``, ``2.xml``, … and join them."""
    return join_trade(read_document(data, f"{place}.xml") for place, data in enumerate(files, 1))


def line(**changes: object) -> Line:
    """The usual line, with changes."""
    return replace(LINE, **changes)  # type: ignore[arg-type] # a test's typing slip fails in replace() itself
