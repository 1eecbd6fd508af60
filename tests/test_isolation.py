"""No test meets what another one has left behind."""

import asyncio
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection

from tests.rows_left import KEPT, RowsLeft


@pytest.fixture(scope="module")
def after_a_browser() -> Iterator[None]:
    """As Playwright leaves the thread: its event loop is still running."""
    before, loop = asyncio._get_running_loop(), asyncio.new_event_loop()
    asyncio._set_running_loop(loop)
    yield
    asyncio._set_running_loop(before)
    loop.close()


@pytest.mark.usefixtures("after_a_browser")
@pytest.mark.django_db
def test_a_test_that_is_marked_works_in_its_transaction_after_a_browser(rows_left: RowsLeft) -> None:
    assert connection.in_atomic_block
    User.objects.create_user("rosa")
    assert rows_left.tables() == []


@pytest.mark.usefixtures("after_a_browser")
def test_a_test_that_asks_for_the_database_does_too(db: None, rows_left: RowsLeft) -> None:
    assert connection.in_atomic_block
    User.objects.create_user("rosa")
    assert rows_left.tables() == []


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_is_found_and_removed(rows_left: RowsLeft) -> None:
    User.objects.create_user("rosa").groups.add(Group.objects.get(name="reviewer"))
    assert rows_left.tables() == ["auth_user", "auth_user_groups"]
    rows_left.remove(["auth_user"])
    assert rows_left.tables() == []
    assert Group.objects.filter(name="reviewer").exists()


@pytest.mark.django_db
def test_what_is_kept_is_there() -> None:
    assert set(connection.introspection.table_names()) >= KEPT
