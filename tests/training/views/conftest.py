"""Who looks at training: an admin who launched it, a colleague who reads, and an outsider."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from exceptions.models import Player
from tests.training.views.made_runs import base_model
from training.models import TrainingRun

As = Callable[[str | None], Client]


@pytest.fixture
def as_role(db: None) -> As:
    """Somebody in a role, or in none, who is signed in."""

    def client(role: str | None) -> Client:
        user = User.objects.create_user(f"somebody-{role or 'outside'}")
        user.groups.set(Group.objects.filter(name=role))
        signed_in = Client()
        signed_in.force_login(user)
        return signed_in

    return client


@pytest.fixture
def base(db: None) -> Player:
    """SmolLM2, by name only: pages never load it."""
    return base_model()


def address(run: TrainingRun) -> str:
    return f"/training/{run.pk}/"


def read_page(client: Client, where: str) -> str:
    return str(client.get(where).content.decode())
