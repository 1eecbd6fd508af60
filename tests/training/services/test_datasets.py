"""Data sets: stored once under the hash of their traces, read back whole or not at all."""

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction

from exceptions.catalogue import load_catalogue
from exceptions.models import Case
from exceptions.services.episodes import desk_episode_open, episode_step
from training.models import DatasetKind, TrainingDataset
from training.services.datasets import DatasetRefused, dataset_make, dataset_traces

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def test_the_same_traces_are_the_same_data_set() -> None:
    first = dataset_make(kind=DatasetKind.CATALOGUE, spec={"trace_lengths": [3, 9]}, user=None)
    again = dataset_make(kind=DatasetKind.CATALOGUE, spec={"trace_lengths": [3, 9]}, user=None, name="Another name")
    assert (first.traces, first.cases) == (36, 18)
    assert again == first
    assert len(dataset_traces(first)) == 36


def test_generated_cases_become_a_data_set() -> None:
    dataset = dataset_make(
        kind=DatasetKind.GENERATED, spec={"case_count": 12, "case_seed": 5, "twin_share": 0.5}, user=None, name="Twelve"
    )
    assert (dataset.name, dataset.traces, dataset.kind) == ("Twelve", 12, DatasetKind.GENERATED)
    assert all(trace.case.id.startswith(("g5-", "t5-")) for trace in dataset_traces(dataset))


def test_what_people_resolved_becomes_traces_and_what_they_did_not_does_not() -> None:
    with pytest.raises(DatasetRefused, match="Nobody has resolved"):
        dataset_make(kind=DatasetKind.HUMAN, user=None)
    for name, case in (("right", 0), ("wrong", 1)):
        user = User.objects.create_user(name)
        answered = load_catalogue()[case]
        truth = answered.ground_truth
        assert truth is not None
        row = Case.objects.select_related("latest__truth").get(slug=answered.id)
        episode = desk_episode_open(case=row, user=user)
        submit = {
            "action_type": "submit_final_resolution",
            "final_decision": truth.decision if name == "right" else "request_information",
            "exception_type": truth.exception_type,
            "evidence_references": [],
            "explanation": "As the receipt says.",
        }
        episode_step(episode_id=episode.pk, given={"action_type": "inspect_purchase_order"}, number=1)
        episode_step(episode_id=episode.pk, given=submit, number=2)
    dataset = dataset_make(kind=DatasetKind.HUMAN, user=None)
    (trace,) = dataset_traces(dataset)
    assert trace.case.id == load_catalogue()[0].id
    assert len(trace.answers) == 2
    assert "As the receipt says." in trace.answers[1]


@pytest.mark.parametrize(
    ("kind", "spec", "words"),
    [
        ("poems", {}, "no kind"),
        ("catalogue", {"case_count": 5}, "not case_count"),
        ("generated", {"case_count": 0}, "case_count"),
        ("generated", {"case_count": 6000}, "At most"),
        ("generated", {"case_count": 2000, "drills_per_case": 4}, "At most"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_reason(kind: str, spec: dict[str, object], words: str) -> None:
    with pytest.raises(DatasetRefused, match=words):
        dataset_make(kind=kind, spec=spec, user=None)


def test_a_file_that_was_altered_is_found_out() -> None:
    dataset = dataset_make(kind=DatasetKind.CATALOGUE, spec={"trace_lengths": [3]}, user=None)
    other = dataset_make(kind=DatasetKind.CATALOGUE, spec={"trace_lengths": [5]}, user=None)
    with other.file.open("rb") as file:
        content = file.read()
    with dataset.file.storage.open(dataset.file.name, "wb") as file:
        file.write(content)
    with pytest.raises(DatasetRefused, match="was altered"):
        dataset_traces(dataset)
    dataset.file.storage.delete(dataset.file.name)
    with pytest.raises(DatasetRefused, match="cannot be read"):
        dataset_traces(dataset)


def test_a_data_set_never_changes() -> None:
    dataset = dataset_make(kind=DatasetKind.CATALOGUE, spec={"trace_lengths": [3]}, user=None)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TrainingDataset.objects.filter(pk=dataset.pk).update(name="Better")
