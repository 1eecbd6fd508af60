"""What a comparison is asked for: its whole state, as it stands in the address of the page."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict

from evaluation.selectors.case_sets import (
    CASE_SETS,
    CASE_SETS_OF_A_SEED,
    DEFAULT_CASE_SET,
    UnknownCases,
    case_set_named,
)
from exceptions.environment import RUBRICS
from exceptions.filters import DEFAULT_RUBRIC

#: The parameters of the address, in the order in which it is written.
PARAMETERS: Final = ("cases", "rubric", "condition", "players", "of", "page")
#: Players that one comparison takes.
MOST_PLAYERS: Final = 40
_ENTRANT: Final = re.compile(
    r"(?P<slug>[-a-zA-Z0-9_]{1,120})(?:@(?P<version>[1-9]\d{0,8}))?(?:~(?P<condition>[0-9a-f]{16}))?"
)


@dataclass(frozen=True, slots=True)
class AskedPlayer:
    """A player by its slug, and if it is stated its version (newest otherwise) and the condition it played under."""

    slug: str
    version: int | None = None
    condition: str | None = None

    def __str__(self) -> str:
        version = f"@{self.version}" if self.version is not None else ""
        return f"{self.slug}{version}{f'~{self.condition}' if self.condition else ''}"


@dataclass(frozen=True, slots=True)
class Choice:
    """What to compare. No players: all there are. No `of`: the best model is what the others are tested against."""

    cases: str = DEFAULT_CASE_SET
    rubric: str = DEFAULT_RUBRIC
    condition: str = ""
    players: tuple[AskedPlayer, ...] = ()
    of: AskedPlayer | None = None
    page: int = 1

    def address(self, **changed: object) -> str:
        """The query of the address that shows this, with changes; what is as by default is left out."""
        values: dict[str, object] = {
            "cases": self.cases,
            "rubric": self.rubric,
            "condition": self.condition,
            "players": ",".join(map(str, self.players)),
            "of": self.of or "",
            "page": self.page,
        } | changed
        query = QueryDict(mutable=True)
        for name in PARAMETERS:
            if values[name] and values[name] != _DEFAULTS.get(name):
                query[name] = str(values[name])
        return query.urlencode(safe=",@~")


_DEFAULTS: Final[dict[str, object]] = {"cases": DEFAULT_CASE_SET, "rubric": DEFAULT_RUBRIC, "page": 1}


def one_of(query: QueryDict, name: str, known: Collection[str], default: str, problems: list[tuple[str, str]]) -> str:
    """A parameter that takes one of some values; the default where it is missing, or wrong, as `problems` then says."""
    given = query.get(name, "").strip()
    if not given or given in known:
        return given or default
    problems.append((name, f"there is no {given[:60]!r}; choose one of {', '.join(known)}"))
    return default


def choice_from(query: QueryDict) -> tuple[Choice, list[tuple[str, str]]]:
    """What the parameters ask for, and what is wrong with them as (parameter, problem): a wrong one is left out.

    `players` may be given once with commas, as addresses have it, or several times, as the page's form sends it.
    """
    problems: list[tuple[str, str]] = []
    cases = _case_set(query.get("cases", "").strip() or DEFAULT_CASE_SET, problems)
    rubric = one_of(query, "rubric", RUBRICS, DEFAULT_RUBRIC, problems)
    condition = query.get("condition", "").strip()
    if condition and not re.fullmatch(r"[0-9a-f]{16}", condition):
        problems.append(("condition", "is 16 hexadecimal digits, as `~…` in the address of a player"))
        condition = ""
    asked = [part.strip() for value in query.getlist("players") for part in value.split(",") if part.strip()]
    players = [player for text in dict.fromkeys(asked) if (player := _player(text, "players", problems))]
    if len(players) > MOST_PLAYERS:
        problems.append(("players", f"at most {MOST_PLAYERS} are compared at once; the rest is left out"))
    of = _player(asked_of, "of", problems) if (asked_of := query.get("of", "").strip()) else None
    page = query.get("page", "").strip() or "1"
    if not re.fullmatch(r"[1-9]\d{0,5}", page):
        problems.append(("page", "counts from 1"))
        page = "1"
    return Choice(cases, rubric, condition, tuple(players[:MOST_PLAYERS]), of, int(page)), problems


def _case_set(given: str, problems: list[tuple[str, str]]) -> str:
    try:
        return case_set_named(given).name
    except UnknownCases:
        known = f"{', '.join(CASE_SETS)}, {CASE_SETS_OF_A_SEED}"
        problems.append(("cases", f"there is no {given[:60]!r}; choose one of {known}"))
        return DEFAULT_CASE_SET


def _player(text: str, name: str, problems: list[tuple[str, str]]) -> AskedPlayer | None:
    found = _ENTRANT.fullmatch(text)
    if found is None:
        problems.append((name, f"{text[:60]!r} is no player; write slug, slug@version or slug@version~condition"))
        return None
    return AskedPlayer(found["slug"], int(found["version"]) if found["version"] else None, found["condition"])
