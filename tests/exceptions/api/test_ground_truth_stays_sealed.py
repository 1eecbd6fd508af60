"""Whoever has an episode open finds the answer to its case at no address of the API, with no method and no filter."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.http import StreamingHttpResponse
from django.test import AsyncClient
from django.urls import URLPattern, reverse
from django.utils import timezone
from knox.models import AuthToken

from exceptions.api.urls import urlpatterns
from exceptions.catalogue import CATALOGUE_PATH
from exceptions.models import Case, Episode, EpisodeOrigin, Player
from exceptions.services.cases import case_pack_import
from exceptions.services.episodes import desk_episode_open, episode_step, session_open
from tests.exceptions.api.acting import MakeUser

SLUG = "phantom-receipt"
#: Wrong in decision and type, so that what the player sent is not mistaken for a leak.
WRONG = {
    "action_type": "submit_final_resolution",
    "final_decision": "approve_for_payment",
    "exception_type": "price_mismatch",
    "explanation": "It looks fine.",
}
RIGHT = WRONG | {"final_decision": "place_on_hold", "exception_type": "missing_receipt"}
#: The same for every case, and full of names of decisions and types.
REFERENCE_PAGES = {"api-schema", "api-docs"}
WRITE_ONLY = {"api-case-packs", "api-documents", "api-session-step", "api-nothing"}


@pytest.fixture
def case(db: None) -> Case:
    case_pack_import(source=CATALOGUE_PATH, user=None)
    return Case.objects.select_related("latest__truth").get(slug=SLUG)


@pytest.fixture(params=["reviewer", "admin", "reviewer and api_reader"])
def player(request: pytest.FixtureRequest, make_user: MakeUser) -> User:
    return make_user("player", *request.param.split(" and "))


@pytest.fixture
def addresses(case: Case, player: User, make_user: MakeUser) -> list[tuple[str, str]]:
    """(name, address) of everything that could be asked about the case, while `player` has two episodes of it open."""
    colleague = make_user("somebody-else", "reviewer")
    assert case.latest is not None
    theirs = session_open(version=case.latest, user=colleague, rewards="grounded-1", client="")
    episode_step(episode_id=theirs.pk, given=RIGHT, number=1)
    earlier = session_open(version=case.latest, user=player, rewards="seed-1", client="")
    episode_step(episode_id=earlier.pk, given=WRONG, number=1)
    desk = desk_episode_open(case=case, user=player)
    episode_step(episode_id=desk.pk, given={"action_type": "inspect_purchase_order"}, number=1)
    session = session_open(version=case.latest, user=player, rewards="seed-1", client="")
    episode_step(
        episode_id=session.pk,
        given={"action_type": "propose_exception_type", "exception_type": "price_mismatch"},
        number=1,
    )
    lane = Episode.objects.create(
        case_version=case.latest,
        player=Player.objects.create(slug="model", name="Model", kind="script"),
        user=player,
        origin=EpisodeOrigin.LANE,
        beside=desk,
        status="ended",
        stop_reason="submitted",
        final_decision="place_on_hold",
        exception_type="missing_receipt",
        cumulative_reward=1.0,
        ended_at=timezone.now(),
    )
    episodes = [theirs.pk, earlier.pk, desk.pk, session.pk, lane.pk]
    queries = {
        "api-episodes": [
            "",
            "?resolved=true",
            "?resolved=false",
            "?score_min=0.9",
            "?decision=place_on_hold",
            "?origin=lane",
        ],
        "api-episodes-export": ["", "?resolved=true", "?score_max=1", "?decision=place_on_hold"],
        "api-cases": ["", f"?q={case.reference}", f"?q={SLUG}", "?state=started"],
    }
    asked = []
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        name = str(pattern.name)
        if name in WRITE_ONLY:
            continue
        parts = list(pattern.pattern.converters)
        values = {"reference": [case.reference, SLUG], "episode_id": episodes, "session_id": episodes}
        arguments: Iterator[Any] | list[Any] = values[parts[0]] if parts else [None]
        for argument in arguments:
            address = reverse(name, args=[argument] if parts else [])
            asked += [(name, address + query) for query in queries.get(name, [""])]
    return asked


def read(address: str, token: str, method: str = "get") -> tuple[int, str]:
    """Status and body over ASGI, streams included; headers as well, they could leak too."""

    async def fetch() -> tuple[int, str]:
        response = await getattr(AsyncClient(), method)(address, headers={"Authorization": token})
        if isinstance(response, StreamingHttpResponse):
            parts = [part async for part in cast(AsyncIterator[bytes], response.streaming_content)]
            body = b"".join(parts)
        else:
            body = response.content
        return response.status_code, body.decode() + json.dumps(dict(response.items()))

    return async_to_sync(fetch)()


def test_no_address_tells_the_answer_while_it_is_played(
    case: Case, player: User, addresses: list[tuple[str, str]]
) -> None:
    _row, token = AuthToken.objects.create(user=player)
    assert case.latest is not None
    truth = case.latest.truth.answer
    names = {case.slug, case.latest.title, *truth["key_findings"]}
    answers = {truth["decision"], truth["exception_type"]}
    assert len(answers) == 2
    seen = 0
    for name, address in addresses:
        for method in ("get", "options"):
            status, text = read(address, f"Token {token}", method)
            assert status < 500, address
            seen += status == 200
            # An address that was asked for by the slug may say it back.
            asked = text.replace(address.split("?")[0], "").replace(f"q={SLUG}", "")
            leaked = [secret for secret in names if secret in asked.replace(f"case {SLUG}", "")]
            if name not in REFERENCE_PAGES:
                echoed = asked.replace("decision=place_on_hold", "")
                leaked += [secret for secret in answers if secret in echoed]
                leaked += [
                    f'"{key}"' for key in ("title", "slice", "difficulty") if f'"{key}":' in asked and status == 200
                ]
            assert not leaked, (method, address)
    assert seen > 20


def test_the_same_walk_finds_it_all_once_it_may_be_seen(
    case: Case, player: User, addresses: list[tuple[str, str]]
) -> None:
    """Proves that the walk above would have seen a leak."""
    for episode in Episode.objects.filter(user=player).exclude(status="ended"):
        episode_step(episode_id=episode.pk, given=WRONG, number=episode.steps_used + 1)
    _row, token = AuthToken.objects.create(user=player)
    everything = "".join(read(address, f"Token {token}")[1] for _name, address in addresses)
    assert case.latest is not None
    truth = case.latest.truth.answer
    secrets = [case.latest.title, truth["decision"], truth["exception_type"], *truth["key_findings"]]
    assert [secret for secret in secrets if json.dumps(secret, ensure_ascii=False)[1:-1] not in everything] == []
