"""Where the embedded servers listen: known before anything runs, and short enough for the system."""

import os
from pathlib import Path

import pytest
import redis
from psycopg.conninfo import conninfo_to_dict

from invoiceguard_site.local_services import embedded_broker_url, embedded_database_url
from invoiceguard_site.local_services.addresses import SOCKET_PATH_MAX_BYTES, broker_socket, database_socket_folder


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A folder whose parents everybody may enter (pytest's own are closed to others)."""
    folder = Path("/srv") / "desk"
    assert not folder.exists()
    return folder


def test_the_database_url_is_read_by_libpq(open_folder: Path) -> None:
    assert conninfo_to_dict(embedded_database_url(open_folder)) == {
        "user": "postgres",
        "dbname": "invoiceguard",
        "host": "/srv/desk/run/postgres",
    }


def test_the_broker_url_is_read_by_redis(open_folder: Path) -> None:
    client = redis.Redis.from_url(embedded_broker_url(open_folder))
    assert client.connection_pool.connection_kwargs["path"] == "/srv/desk/run/valkey/valkey.sock"


@pytest.mark.parametrize("name", ["with space", "Grün", "50%", "a&b=c?d#e"])
def test_unusual_characters_survive(name: str) -> None:
    place = Path("/srv") / name
    assert conninfo_to_dict(embedded_database_url(place))["host"] == f"/srv/{name}/run/postgres"
    client = redis.Redis.from_url(embedded_broker_url(place))
    assert client.connection_pool.connection_kwargs["path"] == f"/srv/{name}/run/valkey/valkey.sock"


def test_a_path_too_long_for_a_socket_gets_a_short_one() -> None:
    deep = Path("/srv") / ("x" * 150)
    for socket in (database_socket_folder(deep) / ".s.PGSQL.5432", broker_socket(deep)):
        assert len(os.fsencode(socket)) <= SOCKET_PATH_MAX_BYTES
    assert database_socket_folder(deep) != database_socket_folder(Path("/srv") / ("y" * 150))


def test_the_address_does_not_depend_on_how_the_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/srv")
    assert (
        embedded_database_url("desk") == embedded_database_url("/srv/desk") == embedded_database_url("/srv/x/../desk")
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL as another user")
def test_root_puts_the_sockets_where_the_other_user_can_reach_them(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert database_socket_folder(tmp_path / "var").parent.parent == Path("/tmp")
