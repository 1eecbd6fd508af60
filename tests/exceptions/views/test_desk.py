"""/: what needs me?"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from exceptions.catalogue import load_catalogue
from exceptions.environment import dump_case_pack
from exceptions.models import Case, Episode
from exceptions.selectors.desk import workload_of
from exceptions.services.cases import case_pack_import
from exceptions.services.trades import documents_upload
from tests.exceptions.ubl.document_builder import invoice, order
from tests.exceptions.views.playing import LOOK, RIGHT, WRONG, latest, play_beside, resolve

pytestmark = pytest.mark.django_db
KINDS = re.compile(r"partial receipt|price mismatch|duplicate invoice|policy violation|total amount mismatch", re.I)


def test_it_counts_my_cases_and_names_the_next(case: Case, reviewer: User, member: Client) -> None:
    response = member.get("/")
    work = response.context["work"]
    assert (work.open, work.started, work.done) == (6, 0, 0)
    oldest = Case.objects.order_by("latest__invoice_date", "reference")[0]
    assert re.search(rf'href="/cases/{oldest.reference}/"\s+data-key="n"', response.content.decode())


def test_it_counts_for_each_reader_alone(case: Case, reviewer: User, member: Client, colleague: Client) -> None:
    resolve(case, reviewer)
    assert member.get("/").context["work"].done == 1
    assert colleague.get("/").context["work"].done == 0


def test_it_leads_back_to_where_i_was(case: Case, reviewer: User, member: Client, colleague: Client) -> None:
    resolve(case, reviewer, LOOK)
    page = member.get("/").content.decode()
    assert "Continue where you were" in page
    assert re.search(rf'href="/cases/{case.reference}/"\s+data-key="c"', page)
    assert "Continue where you were" not in colleague.get("/").content.decode()


def test_nothing_on_it_tells_what_a_case_really_is(catalogue: None, member: Client) -> None:
    assert not KINDS.search(member.get("/").content.decode())


def test_a_finished_case_is_there_with_its_grade(case: Case, reviewer: User, member: Client) -> None:
    episode = resolve(case, reviewer)
    page = member.get("/").content.decode()
    assert f'href="/episodes/{episode.pk}/"' in page
    assert "resolved" in page
    score = episode.grades.get(rubric="grounded-1").score
    assert f"{score:.3f}" in page


def test_the_grade_is_hidden_while_i_play_the_case_again(case: Case, reviewer: User, member: Client) -> None:
    score = resolve(case, reviewer).grades.get(rubric="grounded-1").score
    resolve(case, reviewer, LOOK)
    page = member.get("/").content.decode()
    assert f"{score:.3f}" not in page
    assert "hidden" in page


def test_it_compares_me_with_the_models_where_both_finished(case: Case, reviewer: User, member: Client) -> None:
    play_beside(resolve(case, reviewer), [LOOK, WRONG])
    rules = next(row for row in member.get("/").context["agreement"] if row.player == "Three-way match")
    assert (rules.both, rules.same_decision, rules.same_resolution) == (1, 0, 0)
    assert "0 of 1" in member.get("/").content.decode()


def test_my_first_resolution_counts_not_the_one_after_the_answer(case: Case, reviewer: User, member: Client) -> None:
    play_beside(resolve(case, reviewer, LOOK, WRONG), [LOOK, RIGHT])
    resolve(case, reviewer, LOOK, RIGHT)
    rules = next(row for row in member.get("/").context["agreement"] if row.player == "Three-way match")
    assert (rules.both, rules.same_decision) == (1, 0)


def test_without_a_common_case_the_comparison_says_what_to_do(catalogue: None, member: Client) -> None:
    page = member.get("/").content.decode()
    assert page.count("No case yet that you both finished.") == 2


def test_without_models_it_says_how_to_set_one_up(catalogue: None, member: Client, settings: Settings) -> None:
    settings.LANE_PLAYERS = []
    assert "LANE_PLAYERS" in member.get("/").content.decode()


def test_the_groups_lead_to_exactly_the_cases_they_count(catalogue: None, member: Client) -> None:
    context = member.get("/").context
    for group, address in [*context["by_age"], *context["by_size"]]:
        assert member.get(address).context["page"].paginator.count == group.count


def test_ages_count_from_the_day_on_the_invoice(reviewer: User) -> None:
    today = timezone.localdate()
    template = load_catalogue()[0]
    for age in (0, 7, 8, 30, 31, 90, 91):
        dated = template.invoice.model_copy(update={"date": today - timedelta(days=age)})
        one = template.model_copy(update={"id": f"aged-{age}", "reference": None, "invoice": dated})
        case_pack_import(source=dump_case_pack([one], "aged"), user=None)
    groups = {group.name: group.count for group in workload_of(reviewer, today).by_age}
    assert groups == {"older than 90 days": 1, "31 to 90 days": 2, "8 to 30 days": 2, "up to 7 days": 2}


def test_a_document_that_waits_is_there_with_what_it_waits_for(catalogue: None, member: Client) -> None:
    documents_upload(files=[("order.xml", order())], user=None)
    page = member.get("/").content.decode()
    assert "waits for the invoice on order" in page
    documents_upload(files=[("invoice.xml", invoice())], user=None)
    assert "waits for a goods receipt for order" in member.get("/").content.decode()


def test_the_first_day_says_how_to_begin(member: Client, admin: Client) -> None:
    page = member.get("/").content.decode()
    assert "No case here yet" in page
    assert 'href="/cases/import/"' not in page
    assert 'href="/cases/import/"' in admin.get("/").content.decode()


def test_when_all_is_done_it_says_so(reviewer: User, member: Client, case: Case) -> None:
    for other in Case.objects.select_related("latest__truth", "latest__case"):
        resolve(other, reviewer)
    page = member.get("/").content.decode()
    assert "Nothing waits for you" in page
    assert 'data-key="n"' not in page


def test_a_cancelled_episode_is_no_case_of_mine(case: Case, reviewer: User, member: Client) -> None:
    resolve(case, reviewer, LOOK)
    member.post(f"/cases/{case.reference}/again/")
    work = member.get("/").context["work"]
    assert (work.open, work.started, work.done) == (6, 0, 0)
    assert Episode.objects.filter(stop_reason="cancelled").exists()


def test_its_number_of_queries_does_not_grow(
    case: Case, reviewer: User, member: Client, queries: Callable[[Client, str], int]
) -> None:
    first, *others = Case.objects.select_related("latest__truth", "latest__case").exclude(pk=case.pk)
    resolve(case, reviewer, LOOK)
    play_beside(resolve(first, reviewer), [LOOK, WRONG])
    documents_upload(files=[("order.xml", order())], user=None)
    few = queries(member, "/")
    for other in others[1:]:
        play_beside(resolve(other, reviewer), [LOOK, WRONG])
    documents_upload(files=[("other.xml", order("PO-9"))], user=None)
    assert queries(member, "/") == few <= 21


def test_an_account_that_only_reads_is_led_to_the_episodes(db: None, sign_in: Callable[[User], Client]) -> None:
    reader = User.objects.create_user("reader")
    reader.groups.set([Group.objects.get(name="api_reader")])
    page = sign_in(reader).get("/").content.decode()
    assert "This account reads episodes" in page


def test_an_account_without_a_role_is_told_whom_to_ask(outsider: Client) -> None:
    response = outsider.get("/")
    assert response.status_code == 200
    assert "no role yet" in response.content.decode()


def test_the_amounts_are_summed_by_currency(catalogue: None, reviewer: User) -> None:
    expected: dict[str, object] = {}
    for case in Case.objects.select_related("latest"):
        version = latest(case)
        expected[version.currency] = version.total + expected.get(version.currency, 0)  # type: ignore[operator]  # Decimal
    work = workload_of(reviewer, timezone.localdate())
    assert {part.currency: part.total for part in work.by_currency} == expected
