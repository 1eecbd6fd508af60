"""Which rows a test has committed and not removed, and how they go."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Self

import psycopg
from psycopg import sql

#: Filled by migrations, and by workers that outlive a test.
KEPT: Final = frozenset(
    {
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "django_content_type",
        "django_migrations",
        "exceptions_worker",
    }
)


class RowsLeft:
    """A look at the test database from outside of every transaction; a context manager that closes its connection."""

    def __init__(self, database_url: str) -> None:
        # A lock that somebody holds is an error to show, not one to wait for until the test runs out of time.
        self._connection: psycopg.Connection[Any] = psycopg.connect(
            database_url, autocommit=True, options="-c lock_timeout=20s"
        )
        named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        tables = [name for (name,) in self._connection.execute(named) if name not in KEPT]
        one = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
        self._query = sql.SQL(" UNION ALL ").join(
            one.format(sql.Literal(table), sql.Identifier(table)) for table in tables
        )

    def tables(self) -> list[str]:
        """The tables that hold rows now."""
        return [name for (name,) in self._connection.execute(self._query)]

    def remove(self, tables: list[str]) -> None:
        """Empty these tables."""
        names = sql.SQL(", ").join(map(sql.Identifier, tables))
        self._connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()


@contextmanager
def emptied_again_after_a_deadlock() -> Iterator[None]:
    """Empty the tables after a test once more when that met a deadlock: a web process may still be ending a connection
    of the test, and one of the two gives way.
    """
    from django.core.management import CommandError
    from django.test import TransactionTestCase

    empty = TransactionTestCase._fixture_teardown

    def empty_patiently(case: TransactionTestCase) -> None:
        for tries_left in (2, 1, 0):
            try:
                empty(case)
            except CommandError as error:
                if not tries_left or "deadlock" not in str(error.__cause__):
                    raise
                time.sleep(0.5)
            else:
                return

    TransactionTestCase._fixture_teardown = empty_patiently
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = empty
