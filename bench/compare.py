"""Server time of the comparison page with 30 players on 500 cases: `python -m bench.compare [players] [cases]`.

Real script episodes: the catalogue's cases under new numbers, played by the scripts (the same answer always, chance
under several seeds, the rules), stored with their steps and grades. Prints milliseconds from the first middleware to
the rendered page (median and 95th percentile; limit 150 ms), and the number of queries, which may not depend on how
much there is.
"""

import os
import secrets
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from django.test import Client

    from evaluation.play import Play
    from exceptions.models import CaseVersion, Player

PLAYERS: Final = 30
CASES: Final = 500
LIMIT_MS: Final = 150
_ROUNDS: Final = 40
_CHANCES: Final = 4
_BATCH: Final = 250
_SETTINGS: Final[dict[str, Any]] = {"rendering": "append_only", "prompt_budget": 2048, "prompt_policy": "fail"}
_ADDRESS: Final = "/compare/?cases=generated"


def main(players: int = PLAYERS, cases: int = CASES) -> None:
    """Measure and print."""
    from invoiceguard_site.local_services.temporary import TemporaryServers

    with TemporaryServers() as servers:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "invoiceguard_site.settings",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "INVOICEGUARD_LOCAL": "1",
            "INVOICEGUARD_VAR": str(servers.var_dir),
            "LOG_LEVEL": "ERROR",
        }
        servers.start_postgres()
        servers.start_valkey()
        import django

        django.setup()
        _site()
        # As in the web process: what it has loaded is out of the way of garbage collections.
        import invoiceguard_site.asgi  # noqa: F401 - for what loading it does

        _play(players, cases)
        client = _signed_in()
        queries = _queries(client)
        milliseconds = sorted(_times(client))
        tail = milliseconds[int(0.95 * len(milliseconds))]
        print(
            f"/compare/, {players} players × {cases} cases, server time: "
            f"median {statistics.median(milliseconds):.0f} ms, 95th percentile {tail:.0f} ms "
            f"(n = {len(milliseconds)}, limit {LIMIT_MS} ms); {queries} queries"
        )


def _site() -> None:
    from django.core.management import call_command

    for command in (["migrate"], ["collectstatic", "--noinput"]):
        call_command(*command, verbosity=0)
    with Path(os.devnull).open("w") as nowhere:
        call_command("register_players", stdout=nowhere)


def _play(players: int, cases: int) -> None:
    """Let the scripts play, and store what they did."""
    from django.db import connection

    from exceptions.models import CaseVersion

    began = time.perf_counter()
    _import(cases)
    versions = list(CaseVersion.objects.select_related("case", "truth"))
    for player in _scripts(players):
        for start in range(0, len(versions), _BATCH):
            part = versions[start : start + _BATCH]
            _store(player, part, _played(player, part))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"played and stored {players * cases:,} episodes in {time.perf_counter() - began:.0f} s")


def _import(cases: int) -> None:
    """So many cases: the catalogue's, under new numbers."""
    from exceptions.catalogue import load_catalogue
    from exceptions.environment import dump_case_pack
    from exceptions.services.cases import case_pack_import

    catalogue = load_catalogue()
    pack = dump_case_pack(catalogue, "varied")
    pack["cases"] = [
        entry | {"id": f"{entry['id']}-{number}", "reference": None, "slice": "generated"}
        for number, entry in enumerate(pack["cases"][at % len(catalogue)] for at in range(cases))
    ]
    case_pack_import(source=pack, user=None)


def _scripts(players: int) -> "Iterator[Player]":
    """So many script players: the known ones, chance under several seeds, and the constant answers."""
    from exceptions.environment import Decision, ExceptionType
    from exceptions.models import Player, PlayerKind

    known = list(Player.objects.filter(kind=PlayerKind.SCRIPT))
    constants = [f"constant:{decision}/{kind}" for kind, decision in product(ExceptionType, Decision)]
    made = [(f"chance-{seed}", "random") for seed in range(_CHANCES)]
    made += [(f"constant-{number}", script) for number, script in enumerate(constants)]
    yield from known[:players]
    for name, script in made[: max(players - len(known), 0)]:
        yield Player.objects.create(slug=name, name=name, kind=PlayerKind.SCRIPT, config={"script": script})


def _played(player: "Player", versions: "Sequence[CaseVersion]") -> "list[Play]":
    from evaluation.play import Play, play_batch
    from evaluation.players.scripts import script_player

    seed = int(player.slug.rpartition("-")[2]) if player.slug.startswith("chance") else 0
    plays = [Play.begin(version.answered, play_id=str(version.pk), seed=seed) for version in versions]
    play_batch(plays, script_player(player.config["script"]))
    return plays


def _store(player: "Player", versions: "Sequence[CaseVersion]", plays: "Sequence[Play]") -> None:
    from exceptions.models import EpisodeOrigin
    from exceptions.services.episode_rows import StepCost
    from exceptions.services.played_episodes import EndedPlay, played_episodes_store

    played_episodes_store(
        [
            EndedPlay(
                version=version,
                player=player,
                player_version=player.version,
                origin=EpisodeOrigin.EVALUATION,
                rewards="grounded-1",
                settings=_SETTINGS,
                state=play.env.state,
                costs=[StepCost()] * len(play.env.state.steps),
            )
            for version, play in zip(versions, plays, strict=True)
        ]
    )


def _signed_in() -> "Client":
    """An admin: sees every case, which is the most that the page ever shows."""
    from django.contrib.auth.models import Group, User
    from django.test import Client

    user = User.objects.create_user("admin")
    user.groups.set(Group.objects.filter(name="admin"))
    client = Client(headers={"Host": "localhost"})
    client.force_login(user)
    return client


def _queries(client: "Client") -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        _get(client)
    return len(captured)


def _times(client: "Client") -> Iterator[float]:
    """Milliseconds of each request, after the first, which loads NumPy and draws the resamples."""
    for _round in range(_ROUNDS):
        began = time.perf_counter()
        _get(client)
        yield 1000 * (time.perf_counter() - began)


def _get(client: "Client") -> None:
    answer = client.get(_ADDRESS)
    if answer.status_code != 200:
        raise SystemExit(f"{_ADDRESS} answered {answer.status_code}")


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:3]))
