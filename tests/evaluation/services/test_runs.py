"""Evaluation runs: what is planned, what is skipped, what is stored, and how a run ends."""

import pytest

from evaluation.models import EvaluationEntry, EvaluationRun, RunStatus
from evaluation.running import run_play
from evaluation.selectors.run_progress import run_progress
from evaluation.services.entries import entries_give_up, entries_lease, entries_renew, entry_store
from evaluation.services.runs import RunRefused, run_launch, run_resume, run_settle, run_stop
from exceptions.environment import Environment, EpisodeState, StopReason
from exceptions.models import Episode, Grade, Player, Step
from exceptions.services.errors import LeaseLost
from tests.evaluation.services.conftest import lose_leases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def player(slug: str) -> Player:
    return Player.objects.get(slug=slug)


def launch(*slugs: str, samples: int = 1, **settings: object) -> EvaluationRun:
    return run_launch(
        players=[player(slug) for slug in slugs],
        case_set={"set": "catalogue"},
        user=None,
        samples=samples,
        settings=settings,
    )


def play_out(run: EvaluationRun, queue: str = "cpu") -> EvaluationRun:
    assert run_play(run_id=run.pk, queue=queue, worker="a worker")
    run_settle(run_id=run.pk)
    run.refresh_from_db()
    return run


def test_a_run_plays_every_player_on_every_case_and_stores_graded_episodes() -> None:
    run = play_out(launch("expert", "three-way-match"))
    assert (run.status, run.planned) == (RunStatus.SUCCEEDED, 44)
    entries = EvaluationEntry.objects.filter(run=run)
    assert entries.filter(episode__stop_reason="submitted").count() == 44
    expert = Grade.objects.filter(episode__entries__run=run, episode__player__slug="expert", rubric="grounded-1")
    assert {grade.score for grade in expert} == {1.0}
    for episode in Episode.objects.filter(entries__run=run):
        assert list(episode.steps.values_list("number", flat=True)) == list(range(1, episode.steps_used + 1))
        assert episode.condition


def test_what_the_same_version_played_under_the_same_settings_is_not_played_again() -> None:
    first = play_out(launch("three-way-match"))
    again = launch("three-way-match", "keyword")
    assert again.entries.filter(reused=True).count() == 22
    play_out(again)
    assert Episode.objects.filter(player__slug="three-way-match").count() == 22
    shared = set(first.entries.values_list("episode", flat=True))
    assert shared == set(again.entries.filter(reused=True).values_list("episode", flat=True))
    third = launch("three-way-match")
    assert third.status == RunStatus.SUCCEEDED, "nothing was left to play"


def test_another_seed_setting_or_version_is_played() -> None:
    play_out(launch("random"))
    assert not launch("random", seed=1).entries.filter(reused=True).exists()
    assert not launch("random", prompt_budget=4096).entries.filter(reused=True).exists()
    Player.objects.filter(slug="random").update(version=2)
    assert not launch("random").entries.filter(reused=True).exists()


def test_samples_have_seeds_of_their_own() -> None:
    run = play_out(launch("random", samples=3, seed=5))
    seeds = Episode.objects.filter(entries__run=run).values_list("settings__seed", flat=True)
    assert sorted(set(seeds)) == [5, 6, 7]
    assert run.entries.count() == 66
    answers = set(Episode.objects.filter(entries__run=run).values_list("final_decision", "exception_type"))
    assert len(answers) > 10


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"samples": 0}, "0 samples"),
        ({"samples": 65}, "65 samples"),
        ({"rewards": "seed-2"}, "no reward scheme"),
        ({"settings": {"prompt_policy": "cut_left"}}, "cut_left"),
        ({"settings": {"budget": 1}}, "no such settings: budget"),
        ({"settings": {"seed": "x"}}, "settings cannot be used"),
        ({"players": []}, "at least one player"),
        ({"case_set": {"set": "generated"}}, "holds no case"),
    ],
)
def test_an_impossible_run_is_refused_with_the_reason(change: dict[str, object], reason: str) -> None:
    asked = {"players": [player("expert")], "case_set": {"set": "catalogue"}, "user": None} | change
    with pytest.raises(RunRefused, match=reason):
        run_launch(**asked)  # type: ignore[arg-type]
    assert not EvaluationRun.objects.exists()


def test_a_retired_player_is_refused() -> None:
    Player.objects.filter(slug="keyword").update(retired_at="2026-01-01T00:00Z")
    with pytest.raises(RunRefused, match="retired"):
        launch("keyword")


def test_two_workers_never_lease_the_same_entry_and_a_lost_lease_stores_nothing() -> None:
    run = launch("expert")
    token, first = entries_lease(run_id=run.pk, queue="cpu", worker="one")
    _other, second = entries_lease(run_id=run.pk, queue="cpu", worker="two")
    assert len(first) == 22
    assert second == []
    lose_leases(run)
    _third, taken = entries_lease(run_id=run.pk, queue="cpu", worker="two")
    assert {entry.pk for entry in taken} == {entry.pk for entry in first}
    with pytest.raises(LeaseLost):
        entry_store(entry=first[0], token=token, state=ended_state(first[0]), costs=[])
    assert not Episode.objects.exists()


def test_renewing_says_how_far_each_episode_is_and_whether_to_go_on() -> None:
    run = launch("expert")
    token, leased = entries_lease(run_id=run.pk, queue="cpu", worker="one")
    assert entries_renew(token=token, steps_played={entry.pk: 6 for entry in leased[:11]})
    run.refresh_from_db()
    progress = run_progress(run)
    assert progress.playing == 22
    assert progress.half_done == pytest.approx(sum(6 / entry.case_version.max_steps for entry in leased[:11]))
    assert 0 < progress.share < 0.5
    assert progress.remaining is not None, "told from the steps, before any episode has ended"
    run_stop(run_id=run.pk)
    assert not entries_renew(token=token, steps_played={})


def test_a_stopped_run_keeps_what_is_finished_and_goes_on_where_it_was() -> None:
    run = launch("expert")
    token, leased = entries_lease(run_id=run.pk, queue="cpu", worker="one")
    entry_store(entry=leased[0], token=token, state=ended_state(leased[0]), costs=[])
    run_stop(run_id=run.pk)
    with pytest.raises(LeaseLost):
        entry_store(entry=leased[1], token=token, state=ended_state(leased[1]), costs=[])
    assert entries_lease(run_id=run.pk, queue="cpu", worker="two")[1] == []
    # The one that was finished failed in this test: it is played again, beside the 21 that were not.
    run_resume(run_id=run.pk)
    assert play_out(run).status == RunStatus.SUCCEEDED
    assert Episode.objects.filter(player__slug="expert").count() == 23


def test_a_run_that_has_everything_cannot_be_resumed() -> None:
    run = play_out(launch("expert"))
    with pytest.raises(RunRefused, match="Every episode"):
        run_resume(run_id=run.pk)


def test_a_player_that_cannot_be_built_fails_its_episodes_with_the_reason_and_the_run_ends() -> None:
    Player.objects.create(slug="broken", name="Broken", kind="script", config={"script": "no-such-script"})
    run = play_out(launch("broken", "expert"))
    assert run.status == RunStatus.SUCCEEDED
    failed = Episode.objects.filter(player__slug="broken")
    assert failed.count() == 22
    assert set(failed.values_list("stop_reason", flat=True)) == {StopReason.PLAYER_ERROR}
    assert all("no-such-script" in error for error in failed.values_list("error", flat=True))
    assert not Grade.objects.filter(episode__in=failed).exists()
    alone = play_out(launch("broken"))
    assert alone.status == RunStatus.FAILED
    assert "no-such-script" in alone.error


def test_a_player_changed_after_the_launch_is_not_played_as_if_it_were_the_old_one() -> None:
    run = launch("keyword")
    Player.objects.filter(slug="keyword").update(version=2)
    assert "launch a new run" in play_out(run).error


def test_an_entry_whose_worker_was_lost_three_times_fails_and_says_so() -> None:
    run = launch("expert")
    for _ in range(3):
        assert len(entries_lease(run_id=run.pk, queue="cpu", worker="doomed")[1]) == 22
        lose_leases(run)
    assert entries_lease(run_id=run.pk, queue="cpu", worker="doomed")[1] == []
    assert entries_give_up(run_id=run.pk) == 22
    run_settle(run_id=run.pk)
    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "lost 3 times" in run.error


def test_steps_of_a_stored_episode_cannot_be_changed() -> None:
    run = play_out(launch("expert"))
    step = Step.objects.filter(episode__entries__run=run).first()
    assert step is not None
    with pytest.raises(Exception, match="append-only"):
        Step.objects.filter(pk=step.pk).update(result="better")


def ended_state(entry: EvaluationEntry) -> EpisodeState:
    env = Environment(entry.case_version.answered, entry.run.rewards)
    env.reset()
    env.end(StopReason.PLAYER_ERROR)
    return env.state
