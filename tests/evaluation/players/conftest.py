"""Players of endpoints leave no connection open."""

from collections.abc import Iterator

import pytest

from tests.evaluation.players.asking import made


@pytest.fixture(autouse=True)
def _connections_closed() -> Iterator[None]:
    yield
    while made:
        made.pop().release([])
