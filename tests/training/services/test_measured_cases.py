"""Cases that models are measured on within a training: stored for that, and left out of the work of people."""

import pytest
from django.contrib.auth.models import User

from exceptions.catalogue import load_catalogue
from exceptions.generator import generate_cases
from exceptions.models import Case
from exceptions.selectors.openenv import playable_cases
from exceptions.selectors.queue import queue_for
from exceptions.selectors.suppliers import suppliers_in_queue
from exceptions.services.cases import cases_store, measured_cases_store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def test_they_stand_in_no_queue_until_somebody_imports_them() -> None:
    cases, user = generate_cases(5, seed=1007), User.objects.create_user("reviewer")
    suppliers = len(suppliers_in_queue())
    found = measured_cases_store(cases=cases)
    assert all(found[case.id].answered.ground_truth == case.ground_truth for case in cases)
    assert (queue_for(user).count(), playable_cases().count(), len(suppliers_in_queue())) == (22, 22, suppliers)
    assert measured_cases_store(cases=cases) == found, "once"

    result = cases_store(cases=cases, user=None)
    assert len(result.unchanged) == 5
    assert queue_for(user).count() == 27


def test_one_that_is_there_is_taken_in_the_version_that_says_the_same() -> None:
    known = load_catalogue()[0]
    assert measured_cases_store(cases=[known])[known.id].number == 1
    changed = known.model_copy(update={"title": "Another title"})
    assert measured_cases_store(cases=[changed])[known.id].number == 2
    assert measured_cases_store(cases=[known])[known.id].number == 1
    assert Case.objects.get(slug=known.id).queued
