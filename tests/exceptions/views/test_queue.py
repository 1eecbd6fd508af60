"""/cases/: which one next?"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from exceptions.catalogue import load_catalogue
from exceptions.environment import dump_case_pack
from exceptions.models import Case
from exceptions.services.cases import case_pack_import
from exceptions.services.trades import documents_upload
from tests.exceptions.ubl.document_builder import invoice, order
from tests.exceptions.views.playing import LOOK, latest, resolve

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def references(response: Any) -> list[str]:
    """The cases listed, in their order."""
    return re.findall(r'data-row-link\s+href="/cases/([^/]+)/"', response.content.decode())


def test_it_lists_every_case_oldest_invoice_first(catalogue: None, member: Client) -> None:
    expected = Case.objects.order_by("latest__invoice_date", "reference").values_list("reference", flat=True)
    assert references(member.get("/cases/")) == list(expected)


def test_it_gives_nothing_of_the_answers_away(catalogue: None, member: Client) -> None:
    page = member.get("/cases/").content.decode()
    for case in load_catalogue():
        assert case.id not in page
        assert case.title not in page
    assert not re.search(r"canonical|moderate|difficulty|slice", page)


def test_it_shows_each_reader_their_own_state(case: Case, reviewer: User, member: Client, colleague: Client) -> None:
    resolve(case, reviewer)
    assert references(member.get("/cases/?state=done")) == [case.reference]
    assert references(colleague.get("/cases/?state=done")) == []


def test_a_case_with_a_step_taken_is_started_and_still_to_do(case: Case, reviewer: User, member: Client) -> None:
    resolve(case, reviewer, LOOK)
    assert references(member.get("/cases/?state=started")) == [case.reference]
    assert case.reference in references(member.get("/cases/?state=todo"))
    assert case.reference not in references(member.get("/cases/?state=open"))


@pytest.mark.parametrize("field", ["invoice_number", "po_number", "supplier_name", "supplier_id"])
def test_search_finds_a_case_by_what_is_printed_on_it(case: Case, member: Client, field: str) -> None:
    asked = str(getattr(latest(case), field)).lower()
    assert case.reference in references(member.get("/cases/", {"q": asked}))


def test_search_finds_a_case_by_its_amount_however_it_is_written(case: Case, member: Client) -> None:
    total = latest(case).total
    for asked in (f"{total:.2f}", f"{total:,.2f}", str(int(total))):
        assert references(member.get("/cases/", {"q": asked})) == [case.reference]


def test_every_word_of_a_search_must_be_found(case: Case, member: Client) -> None:
    vendor = latest(case).supplier_name.split()[0]
    assert references(member.get("/cases/", {"q": f"{vendor} {latest(case).invoice_number}"})) == [case.reference]
    assert references(member.get("/cases/", {"q": f"{vendor} nowhere"})) == []


def test_an_amount_range_takes_its_bounds_in(case: Case, member: Client) -> None:
    total = str(latest(case).total)
    assert references(member.get("/cases/", {"total_min": total, "total_max": total})) == [case.reference]


def test_a_supplier_and_a_range_of_dates_narrow(case: Case, member: Client) -> None:
    version = latest(case)
    day = version.invoice_date.isoformat()
    found = references(member.get("/cases/", {"supplier": version.supplier_id, "dated_from": day, "dated_to": day}))
    assert found == [case.reference]


@pytest.mark.parametrize(
    ("sort", "field"),
    [("-amount", "-latest__total"), ("vendor", "latest__supplier_name"), ("-date", "-latest__invoice_date")],
)
def test_it_sorts(catalogue: None, member: Client, sort: str, field: str) -> None:
    expected = Case.objects.order_by(field, "reference").values_list("reference", flat=True)
    assert references(member.get("/cases/", {"sort": sort})) == list(expected)


def test_a_filter_that_makes_no_sense_is_said_and_left_out(catalogue: None, member: Client) -> None:
    response = member.get("/cases/?total_min=cheap&state=lost&sort=luck")
    assert response.status_code == 200
    assert len(references(response)) == 6
    assert response.content.decode().count("This filter was left out.") == 3


def test_a_real_trade_is_marked_and_can_be_filtered(catalogue: None, member: Client) -> None:
    documents_upload(files=[("order.xml", order()), ("invoice.xml", invoice())], user=None)
    real = Case.objects.get(latest__slice="imported")
    assert "real trade" in member.get("/cases/").content.decode()
    assert references(member.get("/cases/?real=true")) == [real.reference]


def test_htmx_gets_the_list_alone_and_a_clean_address(catalogue: None, member: Client) -> None:
    response = member.get("/cases/?q=&state=open&supplier=&sort=-amount", headers=HTMX)
    assert "<html" not in response.content.decode()
    assert response["HX-Push-Url"] == "/cases/?state=open&sort=-amount"
    assert "HX-Request" in response["Vary"]


def test_going_back_gets_the_whole_page(catalogue: None, member: Client) -> None:
    response = member.get("/cases/?state=open", headers=HTMX | {"HX-History-Restore-Request": "true"})
    assert "<html" in response.content.decode()


def test_pages_keep_what_is_asked_and_never_overlap(catalogue: None, member: Client) -> None:
    _many_cases(120)
    pages = [member.get("/cases/", {"sort": "-amount", "page": number}) for number in (1, 2, 3)]
    listed = [reference for page in pages for reference in references(page)]
    assert len(listed) == len(set(listed)) == 126
    assert "sort=-amount&amp;page=2" in pages[0].content.decode()
    assert references(member.get("/cases/?sort=-amount&page=99")) == references(pages[2])


def test_its_number_of_queries_does_not_grow(
    catalogue: None, member: Client, queries: Callable[[Client, str], int]
) -> None:
    few = queries(member, "/cases/?q=a&state=todo")
    _many_cases(60)
    assert queries(member, "/cases/?q=a&state=todo") == few <= 8


def test_an_empty_queue_says_what_to_do(member: Client, admin: Client) -> None:
    assert "ask an admin to import a case pack" in member.get("/cases/").content.decode()
    assert 'href="/cases/import/"' in admin.get("/cases/").content.decode()


def test_nothing_found_says_what_to_do(catalogue: None, member: Client) -> None:
    assert "No case fits" in member.get("/cases/?q=nothing-like-this").content.decode()


def test_an_outsider_gets_no_queue(catalogue: None, outsider: Client) -> None:
    assert outsider.get("/cases/").status_code == 403


def test_somebody_who_is_not_signed_in_is_sent_to_the_log_in(client: Client) -> None:
    assert client.get("/cases/").status_code == 302


def _many_cases(count: int) -> None:
    """More cases, all alike but for their ids: the same date, vendor and amount."""
    template = load_catalogue()[0]
    cases = [template.model_copy(update={"id": f"more-{number}", "reference": None}) for number in range(count)]
    case_pack_import(source=dump_case_pack(cases, "more"), user=None)
