"""The published collapse of the untrained model, replayed: its prompt said everything again in every turn and was cut
at 2 048 tokens from the right, so that the model was asked to go on with a text cut in mid-sentence.

Episodes of evaluation runs with just that rendering and cut, beside episodes of the same player version on the same
cases whose conversation only grows at its end.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from evaluation.models import EvaluationEntry, EvaluationRun
from exceptions.environment import StopReason
from exceptions.models import Episode, EpisodeStatus, Grade, Player, Step

#: What the published run did, as an evaluation run's settings have it.
PUBLISHED_SETTINGS: Final = {"rendering": "cumulative", "prompt_policy": "cut_right", "prompt_budget": 2048}
BUDGET: Final = 2048
OURS: Final = "append_only"
#: Episodes with the cut that are read, the newest.
MOST_EPISODES: Final = 400


@dataclass(frozen=True, slots=True)
class PlayedPrompts:
    """An episode: the tokens of each prompt before anything was cut, and the first turn that was cut, if one was."""

    episode: UUID
    stop_reason: str
    steps: int
    score: float
    tokens: Sequence[int]
    cut_at: int | None

    @property
    def stopped(self) -> str:
        return self.stop_reason.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Pair:
    """One case: as published, and ours where the same player has played it so."""

    version: UUID
    case: UUID
    reference: str
    title: str
    cut: PlayedPrompts
    ours: PlayedPrompts | None


@dataclass(frozen=True, slots=True)
class Replay:
    """One version of a player. `demonstration`: both were shown the form of an answer first."""

    player: Player
    version: int
    demonstration: bool
    pairs: Sequence[Pair] = field(default_factory=list)

    @property
    def compared(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.ours is not None]

    @property
    def cut_turns(self) -> list[int]:
        return sorted(pair.cut.cut_at for pair in self.pairs if pair.cut.cut_at is not None)


#: Player, version, and the settings apart from rendering and budget that must be alike.
_Key = tuple[UUID, int, bool, bool]


def replays() -> list[Replay]:
    """Every player version that has been played as published, newest first. Seven queries; one where there is none."""
    as_published = {f"settings__{name}": value for name, value in PUBLISHED_SETTINGS.items()}
    runs = list(EvaluationRun.objects.filter(**as_published).values_list("pk", flat=True))
    cut = _episodes(EvaluationEntry.objects.filter(run__in=runs)) if runs else []
    if not cut:
        return []
    ours = _episodes(
        EvaluationEntry.objects.filter(
            run__settings__rendering=OURS,
            player__in={one.player_id for one in cut},
            case_version__in={one.case_version_id for one in cut},
        )
    )
    beside: dict[tuple[_Key, UUID], Episode] = {}
    for one in ours:
        # Newest first.
        beside.setdefault((_key(one), one.case_version_id), one)
    chosen: dict[tuple[_Key, UUID], Episode] = {}
    for one in cut:
        chosen.setdefault((_key(one), one.case_version_id), one)
    needed = [*chosen.values(), *(found for place in chosen if (found := beside.get(place)))]
    prompts = _prompts(needed)
    groups: dict[_Key, list[Pair]] = {}
    for place, one in chosen.items():
        if one.pk not in prompts:
            continue
        other = beside.get(place)
        groups.setdefault(place[0], []).append(
            Pair(
                version=one.case_version_id,
                case=one.case_version.case_id,
                reference=one.case_version.case.reference,
                title=one.case_version.title,
                cut=prompts[one.pk],
                ours=prompts.get(other.pk) if other else None,
            )
        )
    players = {one.player_id: one.player for one in chosen.values()}
    return [
        Replay(players[key[0]], key[1], key[2], sorted(pairs, key=lambda pair: pair.reference))
        for key, pairs in groups.items()
    ]


def _episodes(entries: Any) -> list[Episode]:
    """The ended episodes of these entries, newest first, each once."""
    ended = entries.filter(episode__status=EpisodeStatus.ENDED).exclude(episode__stop_reason=StopReason.PLAYER_ERROR)
    keys = ended.order_by("-episode__created_at").values("episode")
    found = (
        Episode.objects.filter(pk__in=keys)
        .select_related("player", "case_version__case")
        .defer("case_version__content", "explanation")
        .order_by("-created_at", "-pk")
    )
    return list(found[:MOST_EPISODES])


def _key(one: Episode) -> _Key:
    settings: Mapping[str, Any] = one.settings
    return (
        one.player_id,
        one.player_version,
        bool(settings.get("demonstration", False)),
        bool(settings.get("constrained", False)),
    )


def _prompts(episodes: Iterable[Episode]) -> dict[UUID, PlayedPrompts]:
    """By episode; without those that have no grade by `seed-1`. Two queries."""
    by_key = {one.pk: one for one in episodes}
    scores = dict(
        Grade.objects.filter(episode__in=by_key, revision=None, rubric="seed-1").values_list("episode", "score")
    )
    tokens: dict[UUID, list[int]] = {}
    cuts: dict[UUID, int] = {}
    steps = Step.objects.filter(episode__in=by_key).order_by("episode", "number")
    for episode, number, given, budget in steps.values_list("episode", "number", "prompt_tokens", "prompt_budget"):
        tokens.setdefault(episode, []).append(int(budget.get("tokens", given)))
        if budget.get("policy") == PUBLISHED_SETTINGS["prompt_policy"]:
            cuts.setdefault(episode, number)
    return {
        key: PlayedPrompts(
            episode=key,
            stop_reason=by_key[key].stop_reason,
            steps=by_key[key].steps_used,
            score=float(score),
            tokens=tuple(tokens.get(key, ())),
            cut_at=cuts.get(key),
        )
        for key, score in scores.items()
    }
