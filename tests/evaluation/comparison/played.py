"""Players who have played, without a worker: each case ends the way the test says."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Literal

from django.contrib.auth.models import Group, User
from django.utils.text import slugify

from exceptions.catalogue import load_catalogue
from exceptions.environment import Environment, GroundTruth, StopReason, dump_case_pack
from exceptions.models import CaseVersion, Episode, EpisodeOrigin, Player, PlayerKind
from exceptions.services.cases import case_pack_import
from exceptions.services.episode_rows import StepCost
from exceptions.services.episodes import desk_episode_open, episode_step
from exceptions.services.played_episodes import played_episode_store

#: How an episode goes: resolved, only the decision right, wrong, nothing submitted, failed by its player.
Ending = Literal["resolved", "decision", "wrong", "open", "failed"]
SETTINGS: Final = {"rendering": "append_only", "prompt_budget": 2048, "prompt_policy": "fail", "demonstration": False}
#: Eight cases of the catalogue: four canonical, four hard.
CHOSEN: Final = (
    "clean-match",
    "partial-receipt",
    "price-variance",
    "duplicate-invoice",
    "currency-swap",
    "pending-cosign",
    "phantom-receipt",
    "rounding-false-alarm",
)


def catalogue() -> list[CaseVersion]:
    """The eight cases, in the order of their references."""
    chosen = [case for case in load_catalogue() if case.id in CHOSEN]
    case_pack_import(source=dump_case_pack(chosen, "eight"), user=None)
    return list(CaseVersion.objects.select_related("case", "truth").order_by("case__reference"))


def model(name: str = "model", **config: Any) -> Player:
    return Player.objects.create(slug=slugify(name), name=name.title(), kind=PlayerKind.API_MODEL, config=config)


def script(slug: str, name: str) -> Player:
    return Player.objects.create(slug=slug, name=slug.title(), kind=PlayerKind.SCRIPT, config={"script": name})


def play(
    player: Player,
    version: CaseVersion,
    ending: Ending,
    *,
    settings: Mapping[str, Any] = SETTINGS,
    seed: int = 0,
    confidence: float | None = None,
    price: Decimal | None = None,
) -> Episode:
    """One look, then the ending; stored as an evaluation stores it."""
    case = version.answered
    assert case.ground_truth is not None
    env = Environment(case, "grounded-1")
    env.reset()
    env.step({"action_type": "inspect_purchase_order"})
    if ending == "failed":
        env.end(StopReason.PLAYER_ERROR)
    elif ending == "open":
        while not env.state.done:
            env.step({"action_type": "inspect_purchase_order"})
    else:
        env.step(_answer(case.ground_truth, ending) | ({} if confidence is None else {"confidence": confidence}))
    return played_episode_store(
        version=version,
        player=player,
        player_version=player.version,
        origin=EpisodeOrigin.EVALUATION,
        rewards="grounded-1",
        settings=dict(settings) | {"seed": seed},
        state=env.state,
        costs=[StepCost(price=price) for _step in env.state.steps],
        error="the endpoint died" if ending == "failed" else "",
    )


def play_all(player: Player, versions: list[CaseVersion], *endings: Ending) -> None:
    """The endings in turn, from the first again when there are more cases."""
    for at, version in enumerate(versions):
        play(player, version, endings[at % len(endings)])


def resolve(user: User, version: CaseVersion, ending: Ending = "resolved") -> Episode:
    """A person in the workspace, blind."""
    episode = desk_episode_open(case=version.case, user=user)
    truth = version.answered.ground_truth
    assert truth is not None
    episode_step(episode_id=episode.pk, given=_answer(truth, ending), number=1)
    episode.refresh_from_db()
    return episode


def person(name: str, role: str = "reviewer") -> User:
    user = User.objects.create_user(name)
    user.groups.set(Group.objects.filter(name=role))
    return user


def _answer(truth: GroundTruth, ending: Ending) -> dict[str, Any]:
    decision, kind = truth.decision.value, truth.exception_type.value
    if ending == "wrong":
        decision = "reject_invoice" if decision != "reject_invoice" else "approve_for_payment"
    if ending != "resolved":
        kind = "tax_variance"
    return {
        "action_type": "submit_final_resolution",
        "final_decision": decision,
        "exception_type": kind,
        "explanation": "What was billed and what was received.",
    }
