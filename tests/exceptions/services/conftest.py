"""A desk with the catalogue on it, and a reviewer."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User

from exceptions.catalogue import CATALOGUE_PATH
from exceptions.models import Case, Episode
from exceptions.services.cases import case_pack_import
from exceptions.services.episodes import desk_episode_open
from exceptions.services.players import known_players_register


@pytest.fixture
def make_user(db: None) -> Callable[[str, str], User]:
    def make(name: str, role: str) -> User:
        user = User.objects.create_user(name)
        user.groups.set([Group.objects.get(name=role)])
        return user

    return make


@pytest.fixture
def reviewer(make_user: Callable[[str, str], User]) -> User:
    return make_user("reviewer", "reviewer")


@pytest.fixture
def catalogue(db: None) -> None:
    case_pack_import(source=CATALOGUE_PATH, user=None)
    known_players_register()


@pytest.fixture
def case(catalogue: None) -> Case:
    """A graded case: billed in full, part received."""
    return Case.objects.select_related("latest__truth").get(slug="partial-receipt")


@pytest.fixture
def episode(case: Case, reviewer: User) -> Episode:
    return desk_episode_open(case=case, user=reviewer)
