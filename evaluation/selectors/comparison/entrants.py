"""Who can be compared on a set of cases: a player in one version under one set of conditions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q

from evaluation.selectors.comparison.choice import MOST_PLAYERS, AskedPlayer, Choice
from exceptions.models import Episode, EpisodeOrigin, Player, PlayerKind


class Role(StrEnum):
    """What a player is there for."""

    CEILING = "ceiling"
    FLOOR = "floor"
    RULES = "rules"
    MODEL = "model"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Entrant:
    """One row of a comparison. `cases` and `episodes` are what it has on the set, failed ones included."""

    player_id: UUID
    slug: str
    name: str
    kind: PlayerKind
    role: Role
    version: int
    condition: str
    cases: int = 0
    episodes: int = 0
    #: The player's current version, when that is a newer one.
    newer_version: int | None = None
    #: Several rows are the same player in the same version: the condition tells them apart.
    several_conditions: bool = False

    @property
    def key(self) -> AskedPlayer:
        """What an address names it by."""
        return AskedPlayer(self.slug, self.version, self.condition or None)

    @property
    def label(self) -> str:
        """The name, with what tells it from other rows of the same player."""
        version = f" v{self.version}" if self.version > 1 or self.newer_version else ""
        return f"{self.name}{version}{f' ~{self.condition[:4]}' if self.several_conditions else ''}"


@dataclass(frozen=True, slots=True)
class Field:
    """The entrants of a comparison, and what has to be said about who is not among them."""

    entrants: list[Entrant]
    notes: list[str] = field(default_factory=list)


#: A script sees nothing of rendering, budget or rewards: it plays the same under all conditions.
_FLOORS: Final = ("constant:", "investigator", "random")
#: Who is left out last when there are too many.
_TURN: Final = {PlayerKind.SCRIPT: 0, PlayerKind.LOCAL_MODEL: 1, PlayerKind.API_MODEL: 1, PlayerKind.HUMAN: 2}
#: Of one model's conditions those are shown that cover at least this share of the cases its best-covered one does.
_COVERAGE: Final = 0.5


#: A person's own, unaided play, in SQL: blind, not having seen the answer, under rewards that do not give it away.
PEOPLE_PLAYING: Final = """
    episode.origin IN ('desk', 'api') AND episode.mode IN ('', 'blind') AND episode.rewards = 'grounded-1'
    AND NOT episode.informed AND episode.status = 'ended' AND episode.stop_reason IN ('submitted', 'out_of_steps')
"""
#: How much everybody has played. The first half is answered by the index `episode_evaluated` alone, the second by
#: `episode_unaided`; people play a case once without having seen its answer, so theirs are counted without sorting.
_PLAYED: Final = f"""
    SELECT player_id, player_version, condition, count(*), count(DISTINCT case_version_id)
    FROM exceptions_episode WHERE origin = 'evaluation' AND case_version_id = ANY(%(cases)s::uuid[])
    GROUP BY player_id, player_version, condition
    UNION ALL
    SELECT episode.player_id, 1, NULL, count(*), count(*)
    FROM exceptions_episode AS episode JOIN exceptions_player AS player ON player.id = episode.player_id
    WHERE player.kind = 'human' AND {PEOPLE_PLAYING} AND episode.case_version_id = ANY(%(cases)s::uuid[])
    GROUP BY episode.player_id
"""  # noqa: S608 - only what stands above


def field_of(choice: Choice, versions: Sequence[UUID]) -> Field:
    """Who is compared: whom the choice names, or all who have played some of these case versions; and every script.

    Two queries. A player stands there in its newest version that has played, unless the choice states another.
    """
    played, people = _played(versions)
    players = {
        player.pk: player
        for player in Player.objects.filter(
            Q(pk__in=[*played, *people])
            | Q(kind=PlayerKind.SCRIPT, retired_at=None)
            | Q(slug__in=[asked.slug for asked in choice.players])
        ).order_by("created_at", "pk")
    }
    common = Counter[str]()
    for rows in played.values():
        for row in rows:
            common[row.condition] += row.cases
    candidates = [_Candidate(player, played.get(pk, []), people.get(pk), common) for pk, player in players.items()]
    notes: list[str] = []
    if choice.players:
        chosen = _named(choice, {one.player.slug: one for one in candidates}, notes)
    else:
        chosen = [entrant for one in candidates for entrant in one.all_of(choice.condition)]
    taken = {entrant.player_id for entrant in chosen}
    scripts = [
        entrant
        for one in candidates
        if one.player.kind == PlayerKind.SCRIPT and one.player.retired_at is None and one.player.pk not in taken
        for entrant in one.all_of(choice.condition)
    ]
    return Field(_told_apart(_bounded([*chosen, *scripts], notes)), notes)


@dataclass(frozen=True, slots=True)
class _Played:
    version: int
    condition: str
    episodes: int
    cases: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    player: Player
    played: list[_Played]
    #: What a person has played, unaided.
    own: _Played | None
    common: Mapping[str, int]

    def all_of(self, condition: str) -> list[Entrant]:
        """The rows of this player when nobody names it: one, or for a model one for each well-covered condition."""
        if self.player.kind == PlayerKind.HUMAN:
            return [self.entrant(self.own)] if self.own else []
        if self.player.kind == PlayerKind.SCRIPT:
            return [self.entrant(self.best(None, condition) or self.best(None, ""))]
        version = max((row.version for row in self.played if condition in ("", row.condition)), default=None)
        rows = [row for row in self.played if row.version == version and condition in ("", row.condition)]
        enough = _COVERAGE * max((row.cases for row in rows), default=0)
        return [self.entrant(row) for row in sorted(rows, key=self._order, reverse=True) if row.cases >= enough]

    def best(self, version: int | None, condition: str) -> _Played | None:
        """The newest or stated version under the best-covered or stated condition; None when it has not played it."""
        if self.player.kind == PlayerKind.HUMAN:
            return self.own
        rows = [row for row in self.played if condition in ("", row.condition)]
        wanted = version if version is not None else max((row.version for row in rows), default=None)
        return max((row for row in rows if row.version == wanted), key=self._order, default=None)

    def entrant(self, row: _Played | None, version: int | None = None, condition: str = "") -> Entrant:
        """As a row of the comparison; without anything played, under the version and condition asked for."""
        shown = row or _Played(version or self.player.version, condition, 0, 0)
        return Entrant(
            player_id=self.player.pk,
            slug=self.player.slug,
            name=self.player.name,
            kind=PlayerKind(self.player.kind),
            role=_role(self.player),
            version=shown.version,
            condition=shown.condition,
            cases=shown.cases,
            episodes=shown.episodes,
            newer_version=self.player.version if self.player.version > shown.version else None,
        )

    def _order(self, row: _Played) -> tuple[int, int, str]:
        return row.cases, self.common[row.condition], row.condition


def _played(versions: Sequence[UUID]) -> tuple[dict[UUID, list[_Played]], dict[UUID, _Played]]:
    """What was evaluated, by player, and what people have played; one query."""
    evaluated: defaultdict[UUID, list[_Played]] = defaultdict(list)
    people: dict[UUID, _Played] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PLAYED, {"cases": list(versions)})
        for player, version, condition, episodes, cases in cursor.fetchall():
            if condition is None:
                people[player] = _Played(version, "", episodes, cases)
            else:
                evaluated[player].append(_Played(version, condition, episodes, cases))
    return evaluated, people


def _named(choice: Choice, candidates: Mapping[str, _Candidate], notes: list[str]) -> list[Entrant]:
    chosen: dict[AskedPlayer, Entrant] = {}
    for asked in choice.players:
        one = candidates.get(asked.slug)
        if one is None:
            notes.append(f"There is no player {asked.slug!r}.")
            continue
        condition = asked.condition or choice.condition
        row = one.best(asked.version, condition)
        if row is None and one.player.kind == PlayerKind.SCRIPT:
            row = one.best(asked.version, "")
        entrant = one.entrant(row, asked.version, condition)
        chosen[entrant.key] = entrant
    return list(chosen.values())


def _bounded(entrants: list[Entrant], notes: list[str]) -> list[Entrant]:
    """Scripts first, then models, then people, who has played most before others: what is left out is said."""
    order = sorted(entrants, key=lambda one: (_TURN[one.kind], -one.cases))
    if len(order) > MOST_PLAYERS:
        left_out = len(order) - MOST_PLAYERS
        notes.append(
            f"{left_out} more have played: {MOST_PLAYERS} are shown, scripts and models first, then who has played "
            "most. Choose others by name."
        )
    return order[:MOST_PLAYERS]


def _told_apart(entrants: Iterable[Entrant]) -> list[Entrant]:
    listed = list(entrants)
    rows = Counter((one.player_id, one.version) for one in listed)
    return [replace(one, several_conditions=rows[one.player_id, one.version] > 1) for one in listed]


def _role(player: Player) -> Role:
    if player.kind == PlayerKind.HUMAN:
        return Role.PERSON
    if player.kind != PlayerKind.SCRIPT:
        return Role.MODEL
    script = str(player.config.get("script", ""))
    if script == "expert":
        return Role.CEILING
    return Role.FLOOR if script.startswith(_FLOORS) else Role.RULES


_words: dict[str, str] = {}


def condition_words(conditions: Iterable[str]) -> dict[str, str]:
    """What each condition is, as people say it; at most one query. What a condition means never changes."""
    wanted = set(conditions)
    missing = sorted(wanted - set(_words) - {""})
    if missing:
        samples = [
            Episode.objects.filter(origin=EpisodeOrigin.EVALUATION, condition=condition)
            .order_by()
            .values_list("condition", "rewards", "settings")[:1]
            for condition in missing
        ]
        first, *others = samples
        for condition, rewards, settings in first.union(*others, all=True) if others else first:
            _words[condition] = _in_words(rewards, settings)
    return {condition: _words[condition] for condition in sorted(wanted) if condition in _words}


def _in_words(rewards: str, settings: Mapping[str, Any]) -> str:
    parts = [f"rewards {rewards}"]
    parts += [f"{name.replace('_', ' ')} {_plain(value)}" for name, value in sorted(settings.items()) if name != "seed"]
    return ", ".join(parts)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value).replace("_", " ")
