"""Every address of the site, asked by everybody: docs/roles.md says what each gets.

For each role there are two characters: the member, who owns what the address is about, and a colleague of the same
role, who does not.
"""

from typing import Any, Final

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.shortcuts import resolve_url
from django.test import Client
from knox.models import AuthToken

from exceptions.catalogue import load_catalogue
from exceptions.environment import dump_case_pack
from exceptions.roles import ROLES
from exceptions.services.cases import case_pack_import
from exceptions.services.players import known_players_register
from tests.access.belongings import PASSWORD, address_of, body_of
from tests.access.roles_table import REST_OF_THE_API, ROLES_PAGE, Row, site_addresses, table_rows

pytestmark = pytest.mark.django_db
ROWS: Final = table_rows(ROLES_PAGE.read_text())
COLUMNS: Final = ["anonymous", "outsider", *ROLES]


@pytest.fixture
def desk() -> None:
    """One case, the players, and somebody who can sign in."""
    chosen = [case for case in load_catalogue() if case.id == "partial-receipt"]
    case_pack_import(source=dump_case_pack(chosen, "one"), user=None)
    known_players_register()
    User.objects.create_user("somebody", password=PASSWORD)


def character(name: str, role: str) -> User:
    user = User.objects.create_user(f"{name}-{role}")
    user.groups.set(Group.objects.filter(name=role))
    return user


def outcome(row: Row, address: str, user: User | None) -> str:
    """What the user gets: pages by their session, REST by a token. Nothing of it stays."""
    client, headers = Client(), {}
    with transaction.atomic():
        if user is not None and row.address.startswith(("/api/", "/openenv/")):
            headers["Authorization"] = f"Token {AuthToken.objects.create(user=user)[1]}"
        elif user is not None:
            client.force_login(user)
        method = "post" if row.method == "any" else row.method.lower()
        response = getattr(client, method)(address, headers=headers, **body_of(row))
        transaction.set_rollback(True)
    return _in_words(response)


def _in_words(response: Any) -> str:
    if response.status_code == 302 and response["Location"].startswith(f"{resolve_url(settings.LOGIN_URL)}?next="):
        return "log-in"
    return "yes" if 200 <= response.status_code < 400 else str(response.status_code)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_gets_what_the_table_says(row: Row, desk: None) -> None:
    wrong = []
    expected: dict[User | None, str]
    for column in COLUMNS:
        said = row.outcomes[column]
        member, colleague = character("member", column), character("colleague", column)
        expected = {member: "yes", colleague: "404"} if said == "own" else {member: said, colleague: said}
        if column == "anonymous":
            expected = {None: said}
        with transaction.atomic():
            address = address_of(row, member)
            for user, words in expected.items():
                got = outcome(row, address, user)
                if got != words:
                    wrong.append(f"{user or column}: {got}, not {words}")
            transaction.set_rollback(True)
    assert not wrong


def test_the_table_has_every_role() -> None:
    assert {tuple(row.outcomes) for row in ROWS} == {tuple(COLUMNS)}
    assert {words for row in ROWS for words in row.outcomes.values()} <= {"yes", "own", "403", "404", "log-in", "401"}


def test_the_table_has_every_address_with_every_method(desk: None) -> None:
    asker = character("asker", "admin")
    said = sorted((row.address, row.method) for row in ROWS)
    there = sorted((address, method) for address in site_addresses() for method in _methods(address, asker))
    assert said == there


def _methods(address: str, asker: User) -> set[str]:
    """The methods that the address takes, by its own word: it says so when it is asked with one that does not exist."""
    if address == REST_OF_THE_API:
        return {"any"}
    with transaction.atomic():
        signed_in = Client()
        signed_in.force_login(asker)
        concrete = address_of(Row(address, "GET", {}), asker)
        answers = [client.generic("NO-SUCH-METHOD", concrete) for client in (signed_in, Client())]
        transaction.set_rollback(True)
    refusals = [answer for answer in answers if answer.status_code == 405]
    assert refusals, f"{address} does not say which methods it takes"
    return {method.strip() for method in refusals[0]["Allow"].split(",")} - {"HEAD", "OPTIONS"}
