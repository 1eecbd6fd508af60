"""What a document says is read exactly, whatever prefixes and quirks it is written with."""

from datetime import date
from decimal import Decimal

import pytest

from exceptions.ubl import DocumentError, DocumentKind
from tests.exceptions.ubl.document_builder import (
    BRAMLEY,
    UNUSUAL,
    Who,
    allowance,
    cac,
    cbc,
    credit_note,
    despatch,
    document,
    invoice,
    line,
    order,
    order_response,
    read,
    receipt,
)


def test_it_reads_an_order_with_lines_prices_and_supplier() -> None:
    found = read(order("PO-7001", line(quantity="40", price="2.50", total="100.00", buyer="4711")))

    assert (found.kind, found.number, found.order_numbers) == (DocumentKind.ORDER, "PO-7001", ("PO-7001",))
    assert (found.issue_date, found.currency) == (date(2026, 3, 1), "EUR")
    assert found.supplier is not None
    assert (found.supplier.name, found.supplier.id) == ("Bramley Packaging Ltd", "V-2201")
    (only,) = found.lines
    assert (only.quantity.value, only.quantity.unit) == (Decimal("40"), "EA")
    assert (only.unit_price, only.line_total) == (Decimal("2.50"), Decimal("100.00"))
    assert (only.item.seller, only.item.buyer, only.item.preferred) == ("BOX-40", "4711", "BOX-40")


def test_it_goes_by_namespaces_and_not_by_prefixes() -> None:
    assert read(invoice(prefixes=UNUSUAL)) == read(invoice())
    assert read(order(prefixes=UNUSUAL)) == read(order())


def test_it_does_not_read_elements_of_foreign_namespaces() -> None:
    foreign = invoice().replace(
        b"<cbc:IssueDate>", b'<x:IssueDate xmlns:x="urn:x">2001-01-01</x:IssueDate><cbc:IssueDate>'
    )

    assert read(foreign).issue_date == date(2026, 3, 9)


def test_two_readings_of_the_same_words_are_equal_whatever_the_file_is_called() -> None:
    commented = order().replace(b"<cbc:ID>", b"<!-- sent again -->\n\n<cbc:ID>", 1)

    assert read(order(), "a.xml") == read(commented, "b.xml")


@pytest.mark.parametrize(
    ("price", "base", "factor", "expected"),
    [
        ("250.00", ("100", "EA"), None, "2.50"),
        ("2.50", ("1", "EA"), None, "2.50"),
        ("2.5", None, None, "2.5"),
        ("0.1250", ("0.05", "EA"), None, "2.5000"),
        ("30.00", ("1", "DZN"), "0.083333333", "2.4999999"),
    ],
)
def test_it_divides_the_base_quantity_out_of_the_price(
    price: str, base: tuple[str, str] | None, factor: str | None, expected: str
) -> None:
    (only,) = read(invoice("INV-1", line(price=price, base=base, factor=factor))).lines

    assert only.unit_price is not None
    assert abs(only.unit_price - Decimal(expected)) < Decimal("0.0000001")


def test_a_price_that_does_not_end_is_rounded_at_nine_places() -> None:
    (only,) = read(invoice("INV-1", line(price="10.00", base=("3", "EA"), quantity="3", total="10.00"))).lines

    assert only.unit_price == Decimal("3.333333333")


def test_a_price_field_that_holds_the_lines_total_is_read_as_such_and_remarked() -> None:
    found = read(order("PO-7001", line(quantity="100", price="250.00", base=("1", "EA"), total="250.00")))

    assert found.lines[0].unit_price == Decimal("2.50")
    (remark,) = found.remarks
    assert remark.element == "Order/cac:OrderLine/cac:LineItem/cac:Price/cbc:PriceAmount"
    assert "250.00 per 1 EA" in remark.message


def test_a_price_that_does_not_give_the_total_is_kept_as_printed_and_remarked() -> None:
    found = read(invoice("INV-1", line(quantity="100", price="2.50", total="260.00")))

    assert found.lines[0].unit_price == Decimal("2.50")
    assert found.lines[0].line_total == Decimal("260.00")
    assert [remark.message for remark in found.remarks] == ["100 EA at 2.50 make 250, the line says 260.00"]


def test_an_allowance_of_the_line_explains_its_total() -> None:
    found = read(invoice("INV-1", line(quantity="100", price="2.50", total="240.00", allowance="10.00")))

    assert found.remarks == ()
    assert found.lines[0].notes == ("allowance 10.00 (agreed rebate) in the line total",)


def test_a_price_in_another_unit_is_not_converted_but_taken_from_the_total() -> None:
    found = read(invoice("INV-1", line(quantity="100", price="12.00", base=("1", "KGM"), total="250.00")))

    assert found.lines[0].unit_price == Decimal("2.50")
    assert "units are not converted" in found.remarks[0].message


def test_it_takes_the_currency_from_the_amounts_when_the_document_names_none() -> None:
    assert read(order(currency=None)).currency == "EUR"


def test_amounts_in_another_currency_than_the_document_are_refused() -> None:
    mixed = invoice().replace(b'<cbc:PriceAmount currencyID="EUR">', b'<cbc:PriceAmount currencyID="USD">')

    with pytest.raises(DocumentError, match="in “USD”, the document in EUR"):
        read(mixed)


def test_the_tax_in_a_second_currency_is_kept_in_words() -> None:
    extra = (cac("TaxTotal", cbc("TaxAmount", "312.00", currencyID="DKK")),)
    totals = read(invoice(tax="41.80", extra=extra)).totals

    assert totals.tax == Decimal("41.80")
    assert totals.tax_in_other_currencies == ("312.00 DKK",)


def test_several_taxes_in_the_documents_currency_add_up() -> None:
    extra = (cac("TaxTotal", cbc("TaxAmount", "3.10", currencyID="EUR")),)

    assert read(invoice(tax="41.80", extra=extra)).totals.tax == Decimal("44.90")


def test_amounts_keep_every_digit() -> None:
    huge = "123456789012345.123456789"
    found = read(invoice("INV-1", line(quantity="1", price=huge, total=huge), subtotal=huge, payable=huge))

    assert found.totals.payable == Decimal(huge)
    assert found.remarks == ()


def test_it_reads_what_was_received_rejected_and_short() -> None:
    found = read(receipt("GR-1", line(quantity="90", rejected="4", short="10")))
    (only,) = found.lines

    assert found.kind is DocumentKind.RECEIPT_ADVICE
    assert only.rejected is not None
    assert only.short is not None
    assert (only.quantity.value, only.rejected.value, only.short.value) == (Decimal(90), Decimal(4), Decimal(10))
    assert (only.order_number, found.order_numbers) == ("PO-7001", ("PO-7001",))


def test_more_rejected_than_received_is_refused() -> None:
    with pytest.raises(DocumentError, match="12 EA were rejected, but only 10 EA received") as caught:
        read(receipt("GR-1", line(quantity="10", rejected="12")))

    assert caught.value.element == "ReceiptAdvice/cac:ReceiptLine/cbc:RejectedQuantity"


def test_it_reads_every_identifier_of_the_supplier_the_most_telling_first() -> None:
    who = Who(account="V-1", tax="GB123", party_id=("GLN", "5790000000001"), endpoint=("0088", "579"))
    supplier = read(invoice(supplier=who)).supplier

    assert supplier is not None
    assert [str(identifier) for identifier in supplier.identifiers] == [
        "the buyer's account number V-1",
        "party id (GLN) 5790000000001",
        "tax registration (VAT) GB123",
        "endpoint (0088) 579",
    ]


def test_an_invoice_without_a_supplier_is_refused() -> None:
    with pytest.raises(DocumentError, match="neither a name nor an identifier") as caught:
        read(invoice(supplier=Who(name=None, account=None)))

    assert caught.value.element == "Invoice/cac:AccountingSupplierParty"


def test_terms_due_date_account_and_payee_are_kept() -> None:
    extra = (
        cac("PayeeParty", cac("PartyName", cbc("Name", "Factor Bank"))),
        cac(
            "PaymentMeans",
            cbc("PaymentDueDate", "2026-04-08"),
            cac("PayeeFinancialAccount", cbc("ID", "DE02120300000000202051"), cbc("Name", "Bramley")),
        ),
        cac("PaymentTerms", cbc("Note", "30 days net")),
    )
    found = read(invoice(extra=extra))

    assert found.payment_terms == ("30 days net",)
    assert found.payment_details == ("due 2026-04-08", "pay to account DE02120300000000202051 of Bramley")
    assert found.payee is not None
    assert found.payee.name == "Factor Bank"


def test_document_allowances_and_charges_keep_sign_and_reason() -> None:
    found = read(invoice(extra=(allowance("8.00"), allowance("5.00", charge=True, reason="freight"))))

    assert [str(entry) for entry in found.allowance_charges] == [
        "allowance 8.00 (agreed rebate)",
        "charge 5.00 (freight)",
    ]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (credit_note(), DocumentKind.CREDIT_NOTE),
        (order_response(True), DocumentKind.ORDER_RESPONSE),
        (
            document("OrderChange", (cbc("ID", "1"), cbc("IssueDate", "2026-03-02"))),
            DocumentKind.ORDER_CHANGE,
        ),
    ],
)
def test_it_recognises_what_the_desk_does_not_use_yet(data: bytes, kind: DocumentKind) -> None:
    found = read(data)

    assert found.kind is kind
    assert not found.kind.joins_a_trade


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (document("Catalogue", (cbc("ID", "1"),)), "no use for the UBL document Catalogue"),
        (invoice().replace(b"Invoice-2", b"Invoice-1.0"), "another version"),
        (b"<StandardBusinessDocument/>", "transport envelope"),
        (b"<html/>", "not that of a UBL 2.x document"),
    ],
)
def test_it_says_politely_what_other_documents_are(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason) as caught:
        read(data, "letter.xml")

    assert caught.value.document == "letter.xml"
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("old", "new", "element", "problem"),
    [
        (b"<cbc:ID>INV-1</cbc:ID>", b"", "Invoice/cbc:ID", "missing"),
        (b"<cbc:ID>INV-1</cbc:ID>", b"<cbc:ID> </cbc:ID>", "Invoice/cbc:ID", "empty"),
        (b"2026-03-09", b"09.03.2026", "Invoice/cbc:IssueDate", "not a date"),
        (b"2026-03-09", b"2026-02-30", "Invoice/cbc:IssueDate", "not a date"),
        (
            b">2.50<",
            b">2,50<",
            "Invoice/cac:InvoiceLine[2]/cac:Price/cbc:PriceAmount",
            "not a decimal number",
        ),
        (b">2.50<", b">NaN<", "Invoice/cac:InvoiceLine[2]/cac:Price/cbc:PriceAmount", "not a decimal number"),
        (b">2.50<", b">-2.50<", "Invoice/cac:InvoiceLine[2]/cac:Price/cbc:PriceAmount", "negative"),
        (b">100<", b">-100<", "Invoice/cac:InvoiceLine[2]/cbc:InvoicedQuantity", "negative"),
        (b">100<", b">1e3<", "Invoice/cac:InvoiceLine[2]/cbc:InvoicedQuantity", "not a decimal number"),
        (
            b">250.00</cbc:P",
            b">" + b"9" * 16 + b"</cbc:P",
            "Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount",
            "digits",
        ),
        (b">EUR<", b">Euro<", "Invoice/cbc:DocumentCurrencyCode", "not a currency code"),
    ],
)
def test_an_error_names_document_element_and_line(old: bytes, new: bytes, element: str, problem: str) -> None:
    first = line(id="1", quantity="7", price="1.00", total="0.00", seller="A")
    good = invoice("INV-1", first, line(id="2", total="250.00"))
    broken = good.replace(old, new)
    assert broken != good

    with pytest.raises(DocumentError, match=problem) as caught:
        read(broken, "march.xml")

    error = caught.value
    assert (error.document, error.element) == ("march.xml", element)
    assert error.line is not None
    if new:
        assert new.split(b"<")[0].split(b">")[-1] in broken.splitlines()[error.line - 1]
    assert str(error).startswith(f"march.xml, line {error.line}, {element}: ")


def test_two_order_lines_with_one_id_are_refused() -> None:
    with pytest.raises(DocumentError, match="Two lines have the id “1”"):
        read(order("PO-7001", line(), line(seller="BOX-60")))


def test_a_document_without_lines_is_refused() -> None:
    empty = document(
        "DespatchAdvice",
        (cbc("ID", "4711"), cbc("IssueDate", "2026-03-02"), BRAMLEY.node("DespatchSupplierParty")),
    )

    with pytest.raises(DocumentError) as caught:
        read(empty)

    assert caught.value.element == "DespatchAdvice/cac:DespatchLine"


def test_a_despatch_advice_keeps_what_is_on_backorder() -> None:
    (only,) = read(despatch("4711", line(quantity="90", backorder="10"))).lines

    assert only.backorder is not None
    assert only.backorder.value == 10
