"""/suppliers/: the vendor profile and the policy that real cases are made with."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from exceptions.forms import SupplierForm
from exceptions.models import Case, Supplier
from exceptions.services.trades import documents_upload
from tests.exceptions.ubl.document_builder import invoice, order
from tests.exceptions.views.playing import latest

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier(db: None) -> Supplier:
    return Supplier.objects.create(supplier_id="V-2201", name="Bramley Packaging Ltd")


def address(supplier: Supplier) -> str:
    return f"/suppliers/{supplier.pk}/"


def fields(supplier: Supplier, **changes: str) -> dict[str, str]:
    """The form as the page shows it, with changes; an empty text unticks a box."""
    shown = {
        name: "" if value is None or value is False else str(value) for name, value in _initial(supplier).items()
    } | changes
    return {name: value for name, value in shown.items() if name != "preferred" or value}


def _initial(supplier: Supplier) -> dict[str, Any]:
    return SupplierForm.initial_from(supplier)


def test_a_supervisor_saves_the_profile_and_the_policy(supervisor: Client, supplier: Supplier) -> None:
    changes = {
        "risk_tier": "high",
        "duplicate_incidents": "3",
        "preferred": "on",
        "vendor_price_tolerance_pct": "2.5",
        "escalation_threshold": "20000",
        "quantity_tolerance_pct": "1",
        "duplicate_check": "off",
    }
    response = supervisor.post(address(supplier), fields(supplier, **changes), follow=True)
    supplier.refresh_from_db()
    assert "Cases that are made from now on use this profile" in response.content.decode()
    assert (supplier.risk_tier, supplier.duplicate_incidents, supplier.preferred) == ("high", 3, True)
    assert (supplier.price_tolerance_pct, supplier.escalation_threshold) == (Decimal("2.5"), Decimal(20000))
    assert supplier.policy == {"quantity_tolerance_pct": "1", "duplicate_check": False}


def test_an_empty_field_goes_back_to_the_default(supervisor: Client, supplier: Supplier) -> None:
    supplier.policy = {"total_tolerance": "7.50"}
    supplier.save()
    assert 'value="7.50"' in supervisor.get(address(supplier)).content.decode()
    supervisor.post(address(supplier), fields(supplier, total_tolerance=""))
    supplier.refresh_from_db()
    assert supplier.policy == {}


def test_cases_made_afterwards_use_it_and_earlier_ones_stay(supervisor: Client) -> None:
    documents_upload(files=[("order.xml", order()), ("invoice.xml", invoice())], user=None)
    before = Case.objects.select_related("latest").get()
    supplier = Supplier.objects.get()
    supervisor.post(address(supplier), fields(supplier, risk_tier="high", price_tolerance_pct="0.5"))
    documents_upload(files=[("o2.xml", order("PO-2")), ("i2.xml", invoice("INV-2", order="PO-2"))], user=None)
    after = Case.objects.select_related("latest").exclude(pk=before.pk).get()
    assert (latest(before).sealed.vendor.risk_tier, latest(after).sealed.vendor.risk_tier) == ("medium", "high")
    assert latest(after).sealed.policy.price_tolerance_pct == Decimal("0.5")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("quantity_tolerance_pct", "-1", "greater than or equal to 0"),
        ("quantity_tolerance_pct", "12345", "no more than"),
        ("escalation_threshold", "50,000", "Write it with a point and no spaces"),
        ("escalation_threshold", "NaN", "Not a number"),
        ("risk_tier", "terrible", "Select a valid choice"),
        ("duplicate_incidents", "", "required"),
        ("duplicate_check", "maybe", "Select a valid choice"),
    ],
)
def test_it_says_what_is_wrong_beside_the_field_and_saves_nothing(
    supervisor: Client, supplier: Supplier, field: str, value: str, words: str
) -> None:
    saved_at = supplier.updated_at
    response = supervisor.post(address(supplier), fields(supplier, **{field: value}))
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert re.search(rf'id="id_{field}"[^>]*aria-invalid="true"|aria-invalid="true"[^>]*id="id_{field}"', page)
    supplier.refresh_from_db()
    assert supplier.updated_at == saved_at


def test_two_people_at_once_do_not_overwrite_each_other(supervisor: Client, admin: Client, supplier: Supplier) -> None:
    mine = fields(supplier, risk_tier="low")
    admin.post(address(supplier), fields(supplier, risk_tier="high"))
    response = supervisor.post(address(supplier), mine)
    supplier.refresh_from_db()
    assert response.status_code == 409
    assert supplier.risk_tier == "high"
    page = response.content.decode()
    assert "Somebody else saved this profile" in page
    again = re.search(r'name="read_at"\s+value="([^"]+)"', page)
    assert again is not None
    assert supervisor.post(address(supplier), mine | {"read_at": again[1]}).status_code == 302
    supplier.refresh_from_db()
    assert supplier.risk_tier == "low"


def test_a_form_that_does_not_say_what_it_read_is_refused(supervisor: Client, supplier: Supplier) -> None:
    response = supervisor.post(address(supplier), fields(supplier, read_at="yesterday"))
    assert response.status_code == 422
    assert "The page is too old." in response.content.decode()


def test_a_reviewer_reads_the_profile_with_its_defaults_and_may_not_change_it(
    member: Client, supplier: Supplier
) -> None:
    page = member.get(address(supplier)).content.decode()
    assert "none agreed" in page
    assert "100,000.00" in page
    assert "<form" not in page.split("<main", 1)[1].split("</main>", 1)[0]
    assert member.post(address(supplier), fields(supplier, risk_tier="low")).status_code == 403


def test_an_outsider_sees_no_supplier(outsider: Client, supplier: Supplier) -> None:
    assert outsider.get("/suppliers/").status_code == 403
    assert outsider.get(address(supplier)).status_code == 403


def test_the_list_has_the_riskiest_first_and_searches(member: Client, supplier: Supplier) -> None:
    Supplier.objects.create(supplier_id="V-9", name="Aldgate Pumps", risk_tier="high")
    Supplier.objects.create(supplier_id="V-8", name="Calder Tools", risk_tier="low")

    def names(query: str = "") -> list[str]:
        return [entry.name for entry in member.get(f"/suppliers/{query}").context["page"]]

    assert names() == ["Aldgate Pumps", "Bramley Packaging Ltd", "Calder Tools"]
    assert names("?q=v-8") == ["Calder Tools"]
    assert "No supplier fits" in member.get("/suppliers/?q=nobody").content.decode()


def test_the_list_counts_the_cases_of_each(member: Client) -> None:
    documents_upload(files=[("order.xml", order()), ("invoice.xml", invoice())], user=None)
    assert [entry.cases for entry in member.get("/suppliers/").context["page"]] == [1]


def test_an_empty_list_says_where_suppliers_come_from(member: Client) -> None:
    assert "No supplier yet" in member.get("/suppliers/").content.decode()


def test_its_number_of_queries_does_not_grow(
    member: Client, supplier: Supplier, queries: Callable[[Client, str], int]
) -> None:
    few = queries(member, "/suppliers/")
    Supplier.objects.bulk_create(Supplier(supplier_id=f"S-{n}", name=f"Supplier {n}") for n in range(30))
    assert queries(member, "/suppliers/") == few <= 7


def test_a_supplier_that_is_not_there_is_not_found(member: Client) -> None:
    assert member.get("/suppliers/123456/").status_code == 404
