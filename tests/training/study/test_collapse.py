"""The published prompt cut, replayed: which episodes are read, beside which of ours, and what a reader may see."""

import pytest

from exceptions.catalogue import CATALOGUE_PATH
from exceptions.models import CaseVersion, Player
from exceptions.services.cases import case_pack_import
from tests.training.study.replayed import CUT, played_run
from tests.training.views.conftest import As
from training.charts.of_collapse import prompts_chart
from training.selectors.study.collapse import replays
from training.views.study_words import replay_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def versions(db: None) -> list[CaseVersion]:
    """Seven cases of the catalogue."""
    case_pack_import(source=CATALOGUE_PATH, user=None)
    return list(CaseVersion.objects.select_related("case", "truth").order_by("case__reference")[:7])


def test_nothing_was_replayed(db: None) -> None:
    assert replays() == []


def test_episodes_with_the_cut_stand_beside_ours_on_the_same_cases(base: Player, versions: list[CaseVersion]) -> None:
    played_run(base, versions, cut_at=5, resolved=False, settings=CUT)
    played_run(base, versions[:6], cut_at=None, resolved=True)
    [replay] = replays()
    assert len(replay.pairs) == 7
    assert len(replay.compared) == 6
    assert replay.cut_turns == [5] * 7
    one = replay.compared[0]
    assert one.cut.tokens[4:6] == (2500, 3000), "as long as they were before the cut"
    assert one.ours is not None
    assert (one.ours.cut_at, one.cut.stop_reason) == (None, "out_of_steps")
    assert one.ours.score > one.cut.score


def test_the_words_are_computed(base: Player, versions: list[CaseVersion]) -> None:
    played_run(base, versions, cut_at=5, resolved=False, settings=CUT)
    [alone] = replays()
    assert replay_words(alone, tellable=True, hidden=0).sentence.tag == "not tried"
    played_run(base, versions, cut_at=None, resolved=True)
    [replay] = replays()
    sentence = replay_words(replay, tellable=True, hidden=0).sentence
    assert sentence.tag == "held"
    assert sentence.words.startswith("7 of 7 episodes were cut, first at turn 5. ")
    assert "n = 7" in sentence.words
    untold = replay_words(replay, tellable=False, hidden=7).sentence
    assert "0." not in untold.words


def test_a_demonstration_is_compared_with_a_demonstration_only(base: Player, versions: list[CaseVersion]) -> None:
    played_run(base, versions, cut_at=5, resolved=False, settings=CUT | {"demonstration": True})
    played_run(base, versions, cut_at=None, resolved=True)
    [replay] = replays()
    assert replay.demonstration
    assert replay.compared == []


def test_another_budget_or_policy_is_not_the_published_run(base: Player, versions: list[CaseVersion]) -> None:
    played_run(base, versions[:1], cut_at=None, resolved=False, settings=CUT | {"prompt_budget": 4096})
    played_run(base, versions[:1], cut_at=None, resolved=False, settings=CUT | {"prompt_policy": "fail"})
    assert replays() == []


def test_prompts_are_drawn_by_turn_beside_the_budget(base: Player, versions: list[CaseVersion]) -> None:
    played_run(base, versions, cut_at=5, resolved=False, settings=CUT)
    played_run(base, versions, cut_at=None, resolved=True)
    [replay] = replays()
    chart = prompts_chart(replay)
    cut, ours = chart.figure["data"]
    assert (cut["y"][4], ours["y"]) == (2500, [440, 480, 520])
    assert chart.figure["layout"]["shapes"][0]["y0"] == 2048


def test_the_page_shows_single_episodes_to_who_may_see_the_answers(
    base: Player, versions: list[CaseVersion], as_role: As
) -> None:
    played_run(base, versions, cut_at=5, resolved=False, settings=CUT)
    played_run(base, versions, cut_at=None, resolved=True)
    seen = as_role("supervisor").get("/study/").content.decode()
    assert "Where each prompt was cut" in seen
    assert versions[0].case.reference in seen
    reviewer = as_role("reviewer")
    unseen = reviewer.get("/study/").content.decode()
    assert versions[0].case.reference not in unseen
    assert "7 are left out below" in unseen
    assert "7 of 7 episodes were cut" in unseen, "means over enough cases are for every reader"
    assert reviewer.get("/study/collapse.csv").content.decode().count("\n") == 1
