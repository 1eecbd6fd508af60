"""A desk with a few cases, three characters (member, colleague, outsider) and the roles, each with a token."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from knox.models import AuthToken
from rest_framework.test import APIClient

from exceptions.catalogue import load_catalogue
from exceptions.environment import dump_case_pack
from exceptions.models import Case
from exceptions.services.cases import case_pack_import
from tests.exceptions.api.acting import Call, MakeUser


@pytest.fixture
def make_user(db: None) -> MakeUser:
    def make(name: str, *roles: str) -> User:
        user = User.objects.create_user(name, password="for-the-login-page-only")
        user.groups.set(Group.objects.filter(name__in=roles))
        return user

    return make


@pytest.fixture
def member(make_user: MakeUser) -> User:
    return make_user("member", "reviewer")


@pytest.fixture
def colleague(make_user: MakeUser) -> User:
    return make_user("colleague", "reviewer")


@pytest.fixture
def outsider(make_user: MakeUser) -> User:
    """Signed in, and in no role."""
    return make_user("outsider")


@pytest.fixture
def supervisor(make_user: MakeUser) -> User:
    return make_user("supervisor", "supervisor")


@pytest.fixture
def admin(make_user: MakeUser) -> User:
    return make_user("admin", "admin")


@pytest.fixture
def api_reader(make_user: MakeUser) -> User:
    return make_user("api-reader", "api_reader")


@pytest.fixture
def calling() -> Call:
    """A client with a token of this user."""

    def as_user(user: User) -> APIClient:
        client = APIClient()
        _row, token = AuthToken.objects.create(user=user)
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        return client

    return as_user


@pytest.fixture
def cases(db: None) -> list[Case]:
    """Three graded cases; the first is billed in full and received in part."""
    chosen = [case for case in load_catalogue() if case.id in ("partial-receipt", "clean-match", "price-variance")]
    case_pack_import(source=dump_case_pack(chosen, "three"), user=None)
    return sorted(Case.objects.select_related("latest__truth"), key=lambda case: case.slug != "partial-receipt")


@pytest.fixture
def case(cases: list[Case]) -> Case:
    return cases[0]


@pytest.fixture
def real_pack() -> dict[str, Any]:
    """A pack of one real case that nobody has resolved yet."""
    pack = dump_case_pack([next(case for case in load_catalogue() if case.id == "clean-match")], "real")
    case = pack["cases"][0]
    case |= {"id": "real-trade", "reference": None, "slice": "imported", "ground_truth": None}
    return pack
