"""Case packs in: versions, references, idempotence."""

import copy
import json
from typing import Any

import pytest
from django.contrib.auth.models import User

from exceptions.catalogue import CATALOGUE_PATH
from exceptions.environment import CasePackError
from exceptions.models import Case, CaseVersion, Document, GroundTruthRecord
from exceptions.services.cases import case_pack_import
from exceptions.services.episodes import desk_episode_open

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(CATALOGUE_PATH.read_text())
    return content | {"cases": content["cases"][:3]}


def test_it_stores_cases_documents_and_answers_apart(pack: dict[str, Any]) -> None:
    result = case_pack_import(source=pack, user=None)
    assert len(result.created) == 3
    version = CaseVersion.objects.get(case__slug="clean-match")
    assert "ground_truth" not in version.content
    assert version.truth.answer["decision"] == "approve_for_payment"
    assert {"invoice", "purchase_order", "goods_receipt"} == set(version.documents.values_list("kind", flat=True))
    assert version.sealed.ground_truth is None
    assert version.answered.ground_truth is not None


def test_the_same_pack_twice_changes_nothing(pack: dict[str, Any]) -> None:
    case_pack_import(source=pack, user=None)
    before = (CaseVersion.objects.count(), Document.objects.count(), GroundTruthRecord.objects.count())
    result = case_pack_import(source=pack, user=None)
    assert (len(result.unchanged), result.created, result.changed) == (3, [], [])
    assert before == (CaseVersion.objects.count(), Document.objects.count(), GroundTruthRecord.objects.count())


def test_a_changed_case_becomes_a_version_and_episodes_keep_theirs(pack: dict[str, Any], reviewer: User) -> None:
    case_pack_import(source=pack, user=None)
    case = Case.objects.get(slug="clean-match")
    episode = desk_episode_open(case=case, user=reviewer)
    changed = copy.deepcopy(pack)
    changed["cases"][0]["invoice"]["note"] = "Second copy."
    result = case_pack_import(source=changed, user=None)
    case.refresh_from_db()
    episode.refresh_from_db()
    assert result.changed == ["clean-match"]
    assert case.latest is not None
    assert case.latest.number == 2
    assert episode.case_version.number == 1


def test_a_changed_answer_is_a_change(pack: dict[str, Any]) -> None:
    case_pack_import(source=pack, user=None)
    changed = copy.deepcopy(pack)
    changed["cases"][0]["ground_truth"]["decision"] = "reject_invoice"
    assert case_pack_import(source=changed, user=None).changed == ["clean-match"]


def test_one_bad_case_refuses_the_whole_pack(pack: dict[str, Any]) -> None:
    pack["cases"][2]["invoice"]["total"] = "much"
    with pytest.raises(CasePackError, match=r"invoice\.total"):
        case_pack_import(source=pack, user=None)
    assert not Case.objects.exists()


def test_a_case_without_a_reference_gets_the_desks_next_one(pack: dict[str, Any]) -> None:
    for case in pack["cases"]:
        case.pop("reference", None)
    case_pack_import(source=pack, user=None)
    references = list(Case.objects.values_list("reference", flat=True))
    assert len(set(references)) == 3
    assert all(reference.startswith("C-") for reference in references)
