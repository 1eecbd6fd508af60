"""/cases/generate/: look at a set of generated cases, then import it; and the command that does the same."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.html import escape

from exceptions.environment import load_case_pack
from exceptions.generator import FAMILIES, generate_cases
from exceptions.models import Case, CaseVersion, Document, GroundTruthRecord
from exceptions.services.generated_cases import CannotGenerate, generated_set, generated_set_import, possible_families

pytestmark = pytest.mark.django_db
ADDRESS = "/cases/generate/"
LIVE = {"HX-Request": "true"}


def test_it_shows_a_few_cases_as_they_are_read_with_their_answers(admin: Client) -> None:
    page = admin.get(f"{ADDRESS}?count=30&seed=3").content.decode()
    first = generate_cases(2, 3)[0]
    truth = first.ground_truth
    assert truth is not None
    assert first.invoice.number in page
    assert first.purchase_order.number in page
    assert all(escape(finding) in page for finding in truth.key_findings)
    assert "30 cases of 30 families, 1 of each" in page
    assert not Case.objects.exists()


def test_the_whole_state_is_the_address(admin: Client) -> None:
    response = admin.get(f"{ADDRESS}?count=40&seed=3&kind=twins&use=but&family=currency-swap&show=3", headers=LIVE)
    page = response.content.decode()
    assert page.lstrip().startswith('<div id="preview"')
    assert response["HX-Push-Url"] == f"{ADDRESS}?count=40&seed=3&kind=twins&use=but&family=currency-swap&show=3"
    assert "40 pairs of twins, seed 3, some families" in page
    assert "Cases 3 and 4" in page
    assert "first of the pair" in page
    assert "reading-differs" in page, "what tells the twins apart is marked"
    balance = page.split('id="balance-title"')[1].split("</table>")[0]
    assert "currency-swap" not in balance
    assert "duplicate-invoice" in balance


def test_a_large_set_is_looked_at_without_making_it(admin: Client) -> None:
    page = admin.get(f"{ADDRESS}?count=2000&seed=3&show=999999").content.decode()
    assert "2,000 cases" in page
    assert "Cases 199 and 200" in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("count=0", "greater than or equal to 1"),
        ("count=many", "whole number"),
        ("count=5000", "less than or equal to 2000"),
        ("seed=-1", "greater than or equal to 0"),
        ("use=only", "Tick at least one family"),
        ("use=only&family=moon", "There is no family moon."),
        ("kind=twins&use=only&family=clean-match", "none of these families has twins"),
    ],
)
def test_a_set_that_cannot_be_made_says_why(admin: Client, query: str, words: str) -> None:
    page = admin.get(f"{ADDRESS}?{query}").content.decode()
    assert words in page
    assert "Such a set cannot be made" in page
    refused = admin.post(ADDRESS, dict(part.split("=") for part in f"count=3&seed=1&{query}".split("&")))
    assert refused.status_code == 422
    assert not Case.objects.exists()


def test_it_imports_the_set_once(admin: Client) -> None:
    sent = {"count": "12", "seed": "3"}
    page = admin.post(ADDRESS, sent).content.decode()
    assert "<b>12</b><span>new</span>" in page
    assert "/evaluations/new/?cases=generated-3" in page
    assert set(Case.objects.values_list("slug", flat=True)) == {case.id for case in generate_cases(12, 3)}
    assert set(CaseVersion.objects.values_list("slice", flat=True)) == {"generated"}
    assert GroundTruthRecord.objects.count() == 12
    assert Document.objects.filter(kind="invoice").count() == 12
    again = admin.post(ADDRESS, sent | {"count": "14"}).content.decode()
    assert "<b>2</b><span>new</span>" in again
    assert "<b>12</b><span>there already</span>" in again
    assert CaseVersion.objects.count() == 14


def test_the_evaluation_of_a_set_is_one_click_away(admin: Client) -> None:
    admin.post(ADDRESS, {"count": "5", "seed": "3", "kind": "twins"})
    page = admin.get("/evaluations/new/?cases=twins-3").content.decode()
    chosen = page.split('value="twins-3"')[1].split(">")[0]
    assert "checked" in chosen
    assert 'data-size="10"' in chosen


def test_the_set_can_be_saved_as_a_pack(admin: Client) -> None:
    response = admin.get(f"{ADDRESS}pack/?count=4&seed=3")
    assert response["Content-Disposition"] == 'attachment; filename="generated-3.json"'
    assert load_case_pack(response.content) == generate_cases(4, 3)
    assert admin.get(f"{ADDRESS}pack/?count=0").status_code == 422


def test_nobody_who_plays_is_shown_an_id(admin: Client, member: Client) -> None:
    """An id tells the family, and with it the answer."""
    admin.post(ADDRESS, {"count": "3", "seed": "3"})
    case = Case.objects.order_by("pk")[0]
    for where in ("/cases/", f"/cases/{case.reference}/", "/"):
        page = member.get(where).content.decode()
        assert not any(slug in page for slug in Case.objects.values_list("slug", flat=True)), where
        assert not any(name in page for name in FAMILIES if "-" in name), where


def test_others_neither_see_nor_make_sets(member: Client, supervisor: Client, outsider: Client) -> None:
    for client in (member, supervisor, outsider):
        assert client.get(ADDRESS).status_code == 403
        assert client.get(f"{ADDRESS}pack/").status_code == 403
        assert client.post(ADDRESS, {"count": "1", "seed": "1"}).status_code == 403


def test_a_set_names_what_is_wrong_with_it() -> None:
    with pytest.raises(CannotGenerate, match="every family is held out") as refused:
        generated_set(count=1, seed=1, hold_out=list(FAMILIES))
    assert refused.value.field == "hold_out"
    with pytest.raises(CannotGenerate, match="not 10,001"):
        generated_set(count=10_001, seed=1)


def test_a_family_that_is_held_out_is_in_no_case() -> None:
    held_out = ["currency-swap", "clean-match"]
    made = generated_set(count=60, seed=3, hold_out=held_out)
    assert {family.name for family, _count in made.by_family} == set(FAMILIES) - set(held_out)
    assert made.of_each == "2 or 3"
    assert {count for _family, count in made.by_family} == {2, 3}


def test_new_cases_cost_few_statements_however_many(django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(12):  # type: ignore[operator]  # pytest-django's fixture
        result = generated_set_import(generated=generated_set(count=90, seed=3), user=None)
    assert len(result.created) == 90
    assert len(set(Case.objects.values_list("reference", flat=True))) == 90


def test_the_command_says_writes_or_imports(tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        said = StringIO()
        call_command("generate_cases", *arguments, stdout=said)
        return said.getvalue()

    said = run("--count", "30", "--seed", "3")
    assert said.startswith("30 generated cases, seed 3:")
    assert "     1 currency-swap: " in said
    pack = tmp_path / "pack.json"
    run("--count", "4", "--seed", "3", "--twins", "--families", "currency-swap,inflated-po", "--out", str(pack))
    assert len(load_case_pack(pack)) == 8
    assert json.loads(pack.read_text())["name"] == "4 pairs of twins, seed 3, some families"
    assert not Case.objects.exists()
    assert "8 new" in run("--count", "4", "--seed", "3", "--twins", "--hold-out", "currency-swap", "--import")
    assert Case.objects.count() == 8


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--count", "0"], "Between 1 and 10,000"),
        (["--families", "moon"], "There is no family moon"),
        (["--out", "/no/such/folder/pack.json"], "No such file"),
    ],
)
def test_the_command_says_what_is_wrong(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("generate_cases", *arguments)


def test_only_families_with_a_trap_have_twins() -> None:
    assert set(possible_families(twins=True)) == {name for name, family in FAMILIES.items() if family.trap}
    assert possible_families(twins=False) == list(FAMILIES)
