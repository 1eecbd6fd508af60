"""What a comparison says about who played what."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from evaluation.selectors.comparison.choice import MOST_PLAYERS, AskedPlayer, Choice
from evaluation.selectors.comparison.figures import Comparison, Row
from evaluation.selectors.comparison.plays import Summary
from exceptions.environment import RUBRICS
from exceptions.models import CaseVersion, Episode, EpisodeMode, Grade
from exceptions.services.cases import case_version_store
from exceptions.services.episodes import desk_episode_open, episode_mode_open, session_open
from tests.evaluation.comparison.played import SETTINGS, model, person, play, play_all, resolve, script

pytestmark = pytest.mark.django_db


def row_of(comparison: Comparison, slug: str) -> Row:
    return next(row for row in comparison.rows if row.entrant.slug == slug)


def summary_of(comparison: Comparison, slug: str) -> Summary:
    summary = row_of(comparison, slug).summary
    assert summary is not None
    return summary


def test_every_mean_is_that_of_the_stored_grades(cases: list[CaseVersion], admin: User) -> None:
    player = model()
    play_all(player, cases, "resolved", "decision", "wrong", "open")
    for rubric in RUBRICS:
        summary = summary_of(Comparison(Choice(rubric=rubric), admin), "model")
        grades = Grade.objects.filter(episode__player=player, rubric=rubric)
        assert summary.score.value == pytest.approx(sum(grade.score for grade in grades) / 8, abs=1e-6)
        for name, estimate in summary.criteria.items():
            expected = sum(grade.criteria[name] for grade in grades) / 8
            assert estimate.value == pytest.approx(expected, abs=1e-6)
        assert (summary.resolved.value, summary.decision.value, summary.resolved.n) == (0.25, 0.5, 8)
        steps = [episode.steps_used for episode in Episode.objects.filter(player=player)]
        assert summary.steps.value == pytest.approx(sum(steps) / 8)


def test_success_is_submitted_with_half_a_seed_1_score(cases: list[CaseVersion], admin: User) -> None:
    player = model()
    play_all(player, cases, "resolved", "decision", "wrong", "open")
    expected = Grade.objects.filter(
        rubric="seed-1", score__gte=0.5, episode__stop_reason="submitted", episode__player=player
    ).count()
    assert summary_of(Comparison(Choice(), admin), "model").success.value == expected / 8


def test_samples_of_a_case_are_averaged_before_anything_else(cases: list[CaseVersion], admin: User) -> None:
    player = model()
    for seed, ending in enumerate(("resolved", "wrong", "wrong")):
        play(player, cases[0], ending, seed=seed)
    for version in cases[1:]:
        play(player, version, "resolved")
    row = row_of(Comparison(Choice(), admin), "model")
    assert row.summary is not None
    assert (row.plays.count, row.plays.episodes) == (8, 10)
    assert row.summary.resolved.value == pytest.approx((1 / 3 + 7) / 8)
    assert row.summary.resolved.n == 8


def test_an_episode_that_its_player_failed_is_not_played(cases: list[CaseVersion], admin: User) -> None:
    player = model()
    play_all(player, cases[:6], "resolved")
    play_all(player, cases[6:], "failed")
    row = row_of(comparison := Comparison(Choice(), admin), "model")
    assert (row.plays.count, row.failed, len(comparison.cases)) == (6, 2, 8)
    assert row.summary is not None
    assert row.summary.resolved.n == 6
    assert not comparison.complete


def test_only_the_latest_version_of_a_case_counts(cases: list[CaseVersion], admin: User) -> None:
    play_all(model(), cases, "resolved")
    changed = cases[0].answered.model_copy(update={"max_steps": cases[0].max_steps + 1})
    case_version_store(case=changed, user=None)
    assert row_of(Comparison(Choice(), admin), "model").plays.count == 7


def test_the_newest_version_that_has_played_stands_there(cases: list[CaseVersion], admin: User) -> None:
    player = model()
    play_all(player, cases, "wrong")
    player.version = 2
    player.save()
    row = row_of(Comparison(Choice(), admin), "model")
    assert (row.entrant.version, row.entrant.newer_version) == (1, 2)
    play_all(player, cases, "resolved")
    assert summary_of(Comparison(Choice(), admin), "model").resolved.value == 1
    stated = Choice(players=(AskedPlayer("model", 1), AskedPlayer("model", 2)))
    assert [row.entrant.version for row in Comparison(stated, admin).rows] == [2, 1]


def test_conditions_are_kept_apart(cases: list[CaseVersion], admin: User) -> None:
    player = model()
    play_all(player, cases, "resolved")
    for version in cases:
        play(player, version, "wrong", settings=SETTINGS | {"demonstration": True})
    comparison = Comparison(Choice(), admin)
    assert [row.summary and row.summary.resolved.value for row in comparison.rows] == [1, 0]
    assert len({row.label for row in comparison.rows}) == 2
    assert comparison.mixed_conditions
    shown = comparison.rows[1].entrant.condition
    assert "demonstration on" in comparison.conditions[shown]
    one = Comparison(Choice(condition=shown), admin)
    assert [row.entrant.condition for row in one.rows] == [shown]
    assert not one.mixed_conditions


def test_the_scripts_are_always_there(cases: list[CaseVersion], admin: User) -> None:
    expert, floor = script("expert", "expert"), script("floor", "constant:approve_for_payment/clean_match")
    play_all(expert, cases, "resolved")
    play_all(model(), cases, "wrong")
    play_all(model("other"), cases, "wrong")
    comparison = Comparison(Choice(players=(AskedPlayer("model"),), condition="0" * 16), admin)
    assert {row.entrant.slug for row in comparison.rows} == {"expert", "floor", "model"}
    assert [row.entrant.role for row in comparison.rows[:1]] == ["ceiling"]
    assert row_of(comparison, "floor").summary is None
    assert floor.pk


def test_people_count_by_what_they_resolved_unaided(cases: list[CaseVersion], admin: User) -> None:
    rosa = person("rosa")
    for version in cases[:6]:
        resolve(rosa, version)
    resolve(rosa, cases[0], "wrong")  # a second time, having seen the answer
    aided = person("otto")
    for version in cases:
        episode_mode_open(episode_id=desk_episode_open(case=version.case, user=aided).pk, mode=EpisodeMode.ALONGSIDE)
        resolve(aided, version)
    leaky = session_open(version=cases[7], user=rosa, rewards="seed-1", client="")
    assert leaky.rewards == "seed-1"
    comparison = Comparison(Choice(), admin)
    assert [row.entrant.name for row in comparison.rows] == ["rosa"]
    assert comparison.rows[0].plays.count == 6
    assert comparison.rows[0].summary is not None
    assert comparison.rows[0].summary.resolved.value == 1


def test_a_paired_comparison_is_over_common_cases(cases: list[CaseVersion], admin: User) -> None:
    play_all(model("good"), cases, "resolved")
    play_all(model("bad"), cases[1:], "wrong")
    comparison = Comparison(Choice(), admin)
    assert comparison.subject is not None
    assert comparison.subject.entrant.slug == "good"
    [pair] = comparison.pairs
    assert pair.resolved is not None
    assert (pair.resolved.n, pair.resolved.more, pair.resolved.fewer) == (7, 7, 0)
    assert pair.by_resolved == "first"
    assert comparison.verdicts == [
        "Good beats Bad by 1.00 ± 0.00 on 7 cases "
        "(resolved, paired, 95 % interval 1.00 to 1.00; exact McNemar p = 0.016)."
    ]
    other = Comparison(Choice(of=AskedPlayer("bad")), admin)
    assert other.pairs[0].by_resolved == "second"


def test_slices_and_difficulties_add_up(cases: list[CaseVersion], admin: User) -> None:
    play_all(model(), cases, "resolved", "wrong")
    comparison = Comparison(Choice(), admin)
    for kind in ("slice", "difficulty"):
        groups = [group for group in comparison.groups if group.kind == kind]
        assert sum(group.cases for group in groups) == 8
        found = [group.resolved[0] for group in groups]
        assert sum(one.value * one.n for one in found if one) == pytest.approx(4)


def test_the_confusion_matrix_counts_every_answer(cases: list[CaseVersion], admin: User) -> None:
    play_all(model(), cases, "resolved", "wrong", "open")
    comparison = Comparison(Choice(), admin)
    assert comparison.decisions.total == comparison.types.total == 8
    right = sum(counts[at + 1] for at, counts in enumerate(comparison.decisions.counts))
    assert right == 3
    assert sum(counts[0] for counts in comparison.decisions.counts) == 2


def test_a_persons_agreement_with_a_model(cases: list[CaseVersion], admin: User) -> None:
    rosa = person("rosa")
    for version in cases:
        resolve(rosa, version)
    play_all(model(), cases, "resolved", "resolved", "resolved", "wrong")
    [found] = Comparison(Choice(), admin).agreements
    assert (found.agreement.n, found.agreement.same.value) == (8, 0.75)
    assert found.agreement.kappa is not None
    assert 0.4 < found.agreement.kappa.value < 0.75


def test_calibration_is_that_of_the_stated_confidence(cases: list[CaseVersion], admin: User) -> None:
    player = model()
    for at, version in enumerate(cases):
        play(player, version, "resolved" if at % 2 else "wrong", confidence=0.9)
    found = row_of(Comparison(Choice(), admin), "model").plays.calibration
    assert found is not None
    assert found.error == pytest.approx(0.4)


def test_cost_is_of_an_episode_and_empty_without_a_price(cases: list[CaseVersion], admin: User) -> None:
    player = model()
    for version in cases:
        play(player, version, "resolved", price=Decimal("0.001"))
    play_all(model("free"), cases, "resolved")
    comparison = Comparison(Choice(), admin)
    cost = summary_of(comparison, "model").cost
    assert cost is not None
    assert cost.value == pytest.approx(0.002)
    assert summary_of(comparison, "free").cost is None


def test_what_was_kept_is_read_again_when_more_was_played(cases: list[CaseVersion], admin: User) -> None:
    player = model()
    play_all(player, cases[:5], "resolved")
    assert row_of(Comparison(Choice(), admin), "model").plays.count == 5
    play_all(player, cases[5:], "wrong")
    row = row_of(Comparison(Choice(), admin), "model")
    assert row.plays.count == 8
    assert row.summary is not None
    assert row.summary.resolved.value == pytest.approx(5 / 8)


def test_of_a_set_without_cases_there_is_nothing_to_say(cases: list[CaseVersion], admin: User) -> None:
    comparison = Comparison(Choice(cases="imported"), admin)
    assert (comparison.rows, comparison.pairs, comparison.verdicts, comparison.groups) == ([], [], [], [])


def test_too_many_players_leave_out_people_first_and_say_so(cases: list[CaseVersion], admin: User) -> None:
    for number in range(MOST_PLAYERS):
        resolve(person(f"person-{number}"), cases[0])
    play_all(script("floor", "random"), cases, "wrong")
    play(model(), cases[0], "resolved")
    comparison = Comparison(Choice(), admin)
    assert len(comparison.rows) == MOST_PLAYERS
    assert {"floor", "model"} <= {row.entrant.slug for row in comparison.rows}
    assert "2 more have played" in comparison.notes[0]
