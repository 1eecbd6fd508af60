"""A desk with the catalogue and the known players on it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation.models import EvaluationEntry, EvaluationRun
from exceptions.catalogue import CATALOGUE_PATH
from exceptions.services.cases import case_pack_import
from exceptions.services.players import known_players_register


@pytest.fixture
def catalogue(db: None) -> None:
    case_pack_import(source=CATALOGUE_PATH, user=None)
    known_players_register()


def lose_leases(run: EvaluationRun) -> None:
    """As if the workers that hold the run's leases had stopped renewing them a while ago."""
    past = timezone.now() - timedelta(seconds=1)
    EvaluationEntry.objects.filter(run=run, lease_token__isnull=False).update(lease_expires_at=past)
