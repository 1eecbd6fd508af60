"""Trade documents in: one after the other or together, nothing lost, nothing twice."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from exceptions.models import Case, CaseVersion, Supplier, UploadedDocument
from exceptions.services.trades import documents_upload
from tests.exceptions.ubl.document_builder import credit_note, despatch, invoice, line, order, receipt

pytestmark = pytest.mark.django_db

SHORT_RECEIPT = receipt("GR-1", line(quantity="90"))


def test_a_whole_trade_becomes_a_case_without_an_answer(reviewer: User) -> None:
    files = [("order.xml", order()), ("receipt.xml", SHORT_RECEIPT), ("invoice.xml", invoice())]
    result = documents_upload(files=files, user=reviewer)
    assert [(trade.outcome, trade.missing) for trade in result.trades] == [("created", ())]
    version = CaseVersion.objects.get()
    assert version.slice == "imported"
    assert not hasattr(version, "truth")
    case = version.sealed
    assert case.purchase_order.lines[0].quantity == Decimal(100)
    assert case.goods_receipts[0].lines[0].accepted == Decimal(90)
    assert version.documents.filter(uploaded__isnull=False).count() == 3


def test_it_joins_what_comes_one_after_the_other() -> None:
    first = documents_upload(files=[("invoice.xml", invoice())], user=None)
    assert [waiting.waiting_for for waiting in first.waiting]
    assert not Case.objects.exists()
    documents_upload(files=[("receipt.xml", SHORT_RECEIPT)], user=None)
    last = documents_upload(files=[("order.xml", order())], user=None)
    assert [trade.outcome for trade in last.trades] == ["created"]
    assert len(CaseVersion.objects.get().sealed.goods_receipts) == 1


def test_a_receipt_that_comes_late_makes_the_next_version() -> None:
    early = documents_upload(files=[("order.xml", order()), ("invoice.xml", invoice())], user=None)
    assert "goods receipt" in early.trades[0].missing[0]
    late = documents_upload(files=[("receipt.xml", SHORT_RECEIPT)], user=None)
    assert [trade.outcome for trade in late.trades] == ["changed"]
    case = Case.objects.select_related("latest").get()
    assert case.latest is not None
    assert case.latest.number == 2
    assert [len(version.sealed.goods_receipts) for version in case.versions.order_by("number")] == [0, 1]


def test_the_same_files_again_change_nothing() -> None:
    files = [("order.xml", order()), ("receipt.xml", SHORT_RECEIPT), ("invoice.xml", invoice())]
    documents_upload(files=files, user=None)
    again = documents_upload(files=files, user=None)
    assert all(outcome.known for outcome in again.files)
    assert [trade.outcome for trade in again.trades] == ["unchanged"]
    assert (UploadedDocument.objects.count(), CaseVersion.objects.count()) == (3, 1)


def test_one_unreadable_file_is_refused_by_name_and_keeps_nothing_else_out() -> None:
    files = [("order.xml", order()), ("broken.xml", order()[:200]), ("invoice.xml", invoice())]
    result = documents_upload(files=files, user=None)
    assert [error.document for error in result.refused] == ["broken.xml"]
    assert [trade.outcome for trade in result.trades] == ["created"]


def test_two_files_of_one_name_stay_two_documents() -> None:
    files = [("scan.xml", order()), ("scan.xml", SHORT_RECEIPT), ("scan.xml", invoice())]
    result = documents_upload(files=files, user=None)
    assert [trade.outcome for trade in result.trades] == ["created"]
    linked = CaseVersion.objects.get().documents.values_list("uploaded__kind", flat=True)
    assert sorted(filter(None, linked)) == ["invoice", "order", "receipt_advice"]


def test_what_is_not_used_yet_is_kept_and_said() -> None:
    result = documents_upload(files=[("credit.xml", credit_note())], user=None)
    assert "not handled" in result.set_aside[0].reason
    assert bytes(UploadedDocument.objects.get().source) == credit_note()


def test_a_despatch_advice_alone_is_no_receipt() -> None:
    files = [("o.xml", order()), ("d.xml", despatch("4711", line(quantity="90"))), ("i.xml", invoice())]
    documents_upload(files=files, user=None)
    case = CaseVersion.objects.get().sealed
    assert case.goods_receipts == ()
    assert any("4711" in comment and "90" in comment for comment in case.history.comments)


def test_the_case_is_made_with_what_the_desk_keeps_for_the_supplier() -> None:
    Supplier.objects.create(
        supplier_id="V-2201", name="Bramley", risk_tier="high", preferred=True, policy={"price_tolerance_pct": "2.5"}
    )
    documents_upload(files=[("o.xml", order()), ("i.xml", invoice())], user=None)
    case = CaseVersion.objects.get().sealed
    assert (case.vendor.risk_tier, case.vendor.preferred) == ("high", True)
    assert case.policy.price_tolerance_pct == Decimal("2.5")
    assert case.policy.quantity_tolerance_pct == Decimal(5)


def test_a_new_supplier_gets_the_defaults() -> None:
    documents_upload(files=[("o.xml", order()), ("i.xml", invoice())], user=None)
    supplier = Supplier.objects.get()
    assert (supplier.supplier_id, supplier.risk_tier, supplier.policy) == ("V-2201", "medium", {})


def test_an_earlier_invoice_of_the_same_amount_is_found_by_the_duplicate_check() -> None:
    documents_upload(files=[("o.xml", order()), ("i.xml", invoice())], user=None)
    second = [("o2.xml", order("PO-7002")), ("i2.xml", invoice("INV-2", order="PO-7002"))]
    documents_upload(files=second, user=None)
    similar = CaseVersion.objects.get(po_number="PO-7002").sealed.history.similar_invoices
    first = Case.objects.get(latest__po_number="PO-7001")
    assert len(similar) == 1
    assert "INV-1" in similar[0]
    assert first.reference in similar[0]


def test_sending_old_files_again_after_other_trades_came_in_changes_nothing() -> None:
    first = [("o.xml", order()), ("i.xml", invoice())]
    documents_upload(files=first, user=None)
    documents_upload(files=[("o2.xml", order("PO-7002")), ("i2.xml", invoice("INV-2", order="PO-7002"))], user=None)
    assert [trade.outcome for trade in documents_upload(files=first, user=None).trades] == ["unchanged"]
    assert CaseVersion.objects.count() == 2


def test_a_receipt_that_names_only_the_despatch_finds_its_trade() -> None:
    documents_upload(files=[("d.xml", despatch("4711"))], user=None)
    documents_upload(files=[("r.xml", receipt("GR-1", order=None, despatch="4711"))], user=None)
    last = documents_upload(files=[("o.xml", order()), ("i.xml", invoice())], user=None)
    assert [trade.missing for trade in last.trades] == [()]


def test_two_different_invoices_of_one_number_are_two_cases() -> None:
    other = invoice("INV-1", line(quantity="50", total="125.00"))
    documents_upload(files=[("o.xml", order()), ("i.xml", invoice()), ("again.xml", other)], user=None)
    assert Case.objects.count() == 2
