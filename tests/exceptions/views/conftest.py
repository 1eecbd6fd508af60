"""A desk with the catalogue on it, and its characters: member, colleague (same role), outsider, and the seniors."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from exceptions.catalogue import load_catalogue
from exceptions.environment import dump_case_pack
from exceptions.models import Case
from exceptions.services.cases import case_pack_import
from exceptions.services.players import known_players_register


def _user(name: str, role: str | None) -> User:
    user = User.objects.create_user(name)
    if role:
        user.groups.set([Group.objects.get(name=role)])
    return user


@pytest.fixture
def reviewer(db: None) -> User:
    return _user("rosa", "reviewer")


@pytest.fixture
def other_reviewer(db: None) -> User:
    return _user("otto", "reviewer")


@pytest.fixture
def supervising_user(db: None) -> User:
    return _user("sam", "supervisor")


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    def as_user(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return as_user


@pytest.fixture
def member(reviewer: User, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(reviewer)


@pytest.fixture
def colleague(other_reviewer: User, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(other_reviewer)


@pytest.fixture
def outsider(db: None, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(_user("nobody", None))


@pytest.fixture
def supervisor(supervising_user: User, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(supervising_user)


@pytest.fixture
def admin(db: None, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(_user("ada", "admin"))


#: Enough of the catalogue for a list; all of it would only take longer.
CHOSEN = ("clean-match", "partial-receipt", "price-variance", "currency-swap", "duplicate-invoice", "pending-cosign")


@pytest.fixture
def catalogue(db: None) -> None:
    """Six graded cases, and the players."""
    chosen = [case for case in load_catalogue() if case.id in CHOSEN]
    case_pack_import(source=dump_case_pack(chosen, "six"), user=None)
    known_players_register()


@pytest.fixture
def case(catalogue: None) -> Case:
    """A graded case: billed in full, part received."""
    return Case.objects.select_related("latest__truth", "latest__case").get(slug="partial-receipt")


@pytest.fixture
def queries() -> Callable[[Client, str], int]:
    """How many queries a page costs."""

    def count(client: Client, address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address)
        assert response.status_code == 200
        return len(captured)

    return count
