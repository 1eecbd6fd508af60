"""Answers stay sealed: single cases are shown only to who may see their answer, and no mean gives one away."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from django.contrib.auth.models import User

from evaluation.selectors.comparison.choice import Choice
from evaluation.selectors.comparison.figures import Comparison
from evaluation.selectors.comparison.heat import heat_map
from exceptions.models import CaseVersion
from exceptions.services.episodes import desk_episode_open
from tests.evaluation.comparison.played import model, play_all, resolve

pytestmark = pytest.mark.django_db
Read = Callable[..., str]


def test_a_reviewer_sees_only_the_cases_that_they_have_finished(
    cases: list[CaseVersion], reviewer: User, read: Read
) -> None:
    play_all(model(), cases, "resolved", "wrong")
    resolve(reviewer, cases[2])
    shown = heat_map(Comparison(Choice(), reviewer))
    assert [case.reference for case in shown.cases] == [cases[2].case.reference]
    assert shown.hidden == 7
    written = read(reviewer, "/compare/")
    hidden = [version for version in cases if version != cases[2]]
    assert cases[2].case.reference in written
    for version in hidden:
        assert version.case.reference not in written
        assert version.title not in written
        assert version.case.slug not in written
    table = read(reviewer, "/compare/cases.csv")
    assert {line.split(",")[5] for line in table.splitlines()[1:]} == {cases[2].case.reference}


def test_the_confusion_matrix_holds_visible_cases_only(cases: list[CaseVersion], reviewer: User) -> None:
    play_all(model(), cases, "resolved", "wrong")
    resolve(reviewer, cases[2])
    comparison = Comparison(Choice(of=None), reviewer)
    assert comparison.decisions.total == comparison.types.total == 1


def test_an_open_episode_hides_its_case_from_everybody(cases: list[CaseVersion], admin: User) -> None:
    play_all(model(), cases, "resolved", "wrong")
    assert len(heat_map(Comparison(Choice(), admin)).cases) == 8
    desk_episode_open(case=cases[0].case, user=admin)
    shown = heat_map(Comparison(Choice(), admin))
    assert cases[0].case.reference not in {case.reference for case in shown.cases}
    assert shown.hidden == 1


def test_a_mean_over_a_few_hidden_cases_is_withheld(
    cases: list[CaseVersion], reviewer: User, admin: User, read: Read
) -> None:
    play_all(model(), cases[:4], "resolved")
    [row] = Comparison(Choice(), reviewer).rows
    assert row.withheld
    assert row.summary is None
    assert "Too few cases to show a mean" in read(reviewer, "/compare/")
    [line] = read(reviewer, "/compare/leaderboard.csv").splitlines()[1:]
    assert line.endswith("," * 20)
    assert Comparison(Choice(), admin).rows[0].summary is not None
    for version in cases[:4]:
        resolve(reviewer, version)
    assert not next(row for row in Comparison(Choice(), reviewer).rows if row.entrant.slug == "model").withheld


def test_small_groups_and_small_overlaps_are_withheld_too(cases: list[CaseVersion], reviewer: User) -> None:
    play_all(model("one"), cases[:6], "resolved")
    play_all(model("two"), cases[3:], "wrong")
    comparison = Comparison(Choice(), reviewer)
    assert comparison.pairs[0].resolved is None
    assert comparison.pairs[0].corrected_p is None
    assert all(found is None or found.n >= 5 for group in comparison.groups for found in group.resolved)


def test_the_hardest_cases_come_first(cases: list[CaseVersion], admin: User) -> None:
    play_all(model(), cases, "wrong", "resolved")
    shown = heat_map(Comparison(Choice(), admin))
    assert all(before <= after for before, after in pairwise(shown.resolved))
    assert [cell.state for _row, cells in shown.rows for cell in cells] == ["wrong"] * 4 + ["resolved"] * 4
