"""A desk in a real browser: the site, its database, a worker, and people who sign in.

The desk is filled once for each module. Tests keep apart by their people: what somebody has done shows on
nobody else's desk. Every page is watched: an error in the console, a script that throws, and a violation of the
content policy fail the test.
"""

import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connections
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError, expect
from pytest_django import DjangoDbBlocker

from exceptions.catalogue import CATALOGUE_PATH
from exceptions.models import Case, Episode, EpisodeOrigin, EpisodeStatus
from exceptions.services.cases import case_pack_import
from exceptions.services.episodes import episode_cancel
from exceptions.services.players import known_players_register
from tests.conftest import LiveSite, answers, free_port, start_process, wait_for

#: Two shared cores: a page may take long, but what is waited for comes.
PATIENCE_MS: Final = 20_000
expect.set_options(timeout=PATIENCE_MS)

_TELL_VIOLATIONS: Final = """
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, target }) =>
  console.error(`content policy: ${violatedDirective} ${blockedURI} at ${sourceFile}, ${target.outerHTML ?? "page"}`));
"""


@dataclass
class Complaints:
    """What the browser complained about, and what a test expects it to."""

    heard: list[str] = field(default_factory=list)
    #: htmx logs as errors what is none: a request that a newer one, or leaving the page, has overtaken.
    expected: list[str] = field(default_factory=lambda: ["htmx:sendAbort", "htmx:afterRequest"])

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page of the context."""
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("console", self._hear_message)
        context.on("weberror", self._hear_error)

    def expect(self, words: str) -> None:
        """A complaint with these words is what the test is about."""
        self.expected.append(words)

    def unexpected(self) -> list[str]:
        """What nobody expected."""
        return [said for said in self.heard if not any(words in said for words in self.expected)]

    def _hear_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.heard.append(f"{message.type}: {message.text} ({message.location['url']})")

    def _hear_error(self, error: WebError) -> None:
        self.heard.append(f"thrown: {error.error}")


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """What the browser has to say; anything unexpected fails the test."""
    complaints = Complaints()
    yield complaints
    assert not complaints.unexpected()


@pytest.fixture(scope="module")
def _left_empty(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Tests after these find the database as empty as these did."""
    yield
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)
        connections.close_all()


@pytest.fixture(autouse=True)
def transactional_db(_left_empty: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Committed rows, as pytest-django's fixture of this name, but they stay until the module's last test."""
    with django_db_blocker.unblock():
        yield
        for episode in Episode.objects.filter(origin=EpisodeOrigin.LANE).exclude(status=EpisodeStatus.ENDED):
            episode_cancel(episode_id=episode.pk)
        # Django keeps connections that are made while Playwright's event loop runs apart from all others, and would
        # not find this one again when it drops the test database.
        connections.close_all()


@pytest.fixture
def desk(transactional_db: None) -> None:
    """The catalogue and the players are on the desk."""
    if not Case.objects.exists():
        case_pack_import(source=CATALOGUE_PATH, user=None)
        known_players_register()


@pytest.fixture
def empty_desk(transactional_db: None) -> Iterator[None]:
    """Nothing is on the desk, not even a user."""
    call_command("flush", verbosity=0, interactive=False)
    yield
    call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(scope="session")
def desk_site(live_site: LiveSite, process_environment: dict[str, str], var_dir: Path) -> Iterator[LiveSite]:
    """The site with the rule engine alone in the lane, so that only the tests about the model wait for one."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "invoiceguard_site.asgi:application", f"--port={port}"]
    process = start_process(
        [*command, "--lifespan=off"],
        process_environment | {"LANE_PLAYERS": "three-way-match"},
        var_dir / "web-without-model.log",
    )
    url = f"http://127.0.0.1:{port}"
    wait_for(lambda: answers(f"{url}/healthz"), process, "the site")
    yield LiveSite(url, process)
    process.stop()


@pytest.fixture(scope="session")
def base_url(desk_site: LiveSite) -> str:
    """Where the pages of a test are, unless it opens a context of its own."""
    return desk_site.url


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    name: str
    password: str
    user: User


MakePerson = Callable[[str | None], Person]


@pytest.fixture
def somebody() -> MakePerson:
    """Make an account in a role, or in none."""

    def make(role: str | None) -> Person:
        name, password = f"{role or 'outsider'}-{secrets.token_hex(3)}", secrets.token_urlsafe(12)
        user = User.objects.create_user(name, password=password)
        user.groups.set(Group.objects.filter(name=role))
        return Person(name, password, user)

    return make


@pytest.fixture
def reviewer(desk: None, somebody: MakePerson) -> Person:
    """A reviewer who has done nothing yet."""
    return somebody("reviewer")


@pytest.fixture
def context(new_context: Callable[..., BrowserContext], complaints: Complaints) -> BrowserContext:
    """A browser of its own for each test."""
    context = new_context()
    context.set_default_timeout(PATIENCE_MS)
    complaints.watch(context)
    return context


@pytest.fixture
def signed_in(page: Page, base_url: str) -> Callable[[Person], Page]:
    """The page, in the session of that person."""

    def sign_in(person: Person) -> Page:
        page.context.add_cookies([session_cookie(person.user, base_url)])
        return page

    return sign_in


def session_cookie(user: User, url: str) -> Any:
    """The cookie of somebody who has signed in."""
    client = Client()
    client.force_login(user)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A reviewer's screen."""
    return browser_context_args | {"viewport": {"width": 1280, "height": 800}}
