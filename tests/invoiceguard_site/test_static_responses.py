"""Static files as the site under ASGI answers with them."""

import gzip
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.conftest import LiveSite

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/static/js/api_docs.js"


@pytest.fixture
def source() -> bytes:
    found = finders.find("js/api_docs.js")
    assert isinstance(found, str)
    return Path(found).read_bytes()


def _lowered(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def asked(site: LiveSite, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(site.url + ADDRESS, headers=named, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, _lowered(answer.headers.items()), answer.read()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, _lowered(answer.headers.items()), answer.read()


def test_a_file_comes_whole_and_nothing_is_complained_about(live_site: LiveSite, source: bytes) -> None:
    status, headers, body = asked(live_site)
    assert (status, body) == (200, source)
    assert headers["content-type"].startswith("text/javascript")
    assert "StreamingHttpResponse" not in live_site.process.output()


def test_it_comes_compressed_to_who_can_read_that(live_site: LiveSite, source: bytes) -> None:
    _status, headers, body = asked(live_site, Accept_Encoding="gzip")
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == source


def test_a_part_of_it_comes_alone(live_site: LiveSite, source: bytes) -> None:
    status, headers, body = asked(live_site, Range="bytes=10-19")
    assert (status, body) == (206, source[10:20])
    assert headers["content-range"] == f"bytes 10-19/{len(source)}"


def test_what_has_not_changed_is_not_sent_again(live_site: LiveSite) -> None:
    _status, headers, _body = asked(live_site)
    status, _headers, body = asked(live_site, If_Modified_Since=headers["last-modified"])
    assert (status, body) == (304, b"")


def test_its_size_can_be_asked(live_site: LiveSite, source: bytes) -> None:
    status, headers, body = asked(live_site, method="HEAD")
    assert (status, headers["content-length"], body) == (200, str(len(source)), b"")


def test_it_takes_nothing(live_site: LiveSite) -> None:
    assert asked(live_site, method="DELETE")[0] == 405
