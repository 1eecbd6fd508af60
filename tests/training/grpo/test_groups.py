"""Groups: rewards as the recipe says, hotter tries where a group agrees, and the same batch every time."""

import json
from pathlib import Path

import pytest

from evaluation.devices import import_torch
from evaluation.players.drawing import Sampling
from evaluation.players.local_model import LocalModelPlayer
from evaluation.rollout import rollout
from evaluation.transcripts import transcript_of
from exceptions.environment import grade
from tests.training.grpo.speaking_model import short_cases
from tests.training.grpo.toy_run import changed
from training.grpo.batch_file import drop_batch, read_batch, write_batch
from training.grpo.cases import cases_of_iteration
from training.grpo.groups import Batch, Stopped, collect, reward_of
from training.reporting import TrainingFailed

import_torch()
CASES = short_cases(4)


@pytest.fixture(scope="module")
def player(speaking_folder: Path) -> LocalModelPlayer:
    return LocalModelPlayer.load("speaking", str(speaking_folder), device="cpu", threads=1)


def test_a_reward_is_what_the_steps_earned_and_the_grade_as_often_as_the_recipe_says(player: LocalModelPlayer) -> None:
    player.sampling = Sampling(1.0, 1.0, 4)
    played = rollout(player, CASES[:1], samples=8, rewards="seed-1")

    for one in played:
        state = one.play.env.state
        given = grade(one.case, state, rubric="seed-1").score
        assert reward_of(one, changed(rewards="seed-1")) == state.cumulative_reward
        assert reward_of(one, changed(rewards="seed-1", grade_weight=1.0)) == state.cumulative_reward + given
    assert len({one.play.env.state.cumulative_reward for one in played}) > 1, "equal rewards would prove nothing"


def test_samples_stand_by_case_with_advantages_that_sum_to_nothing(player: LocalModelPlayer) -> None:
    batch = collect(player, CASES, changed(hotter_tries=0, variant="dr_grpo"), iteration=1)

    assert batch.trajectories
    for start in range(0, len(batch.trajectories), 6):
        group = batch.trajectories[start : start + 6]
        assert sum(one.advantage for one in group) == pytest.approx(0, abs=1e-9)
        for one in group:
            assert len(one.places) == len(one.logprobs)
            assert all(logprob < 0 for logprob in one.logprobs)


def test_the_same_iteration_plays_the_same_batch_and_another_one_another(player: LocalModelPlayer) -> None:
    def play(iteration: int) -> Batch:
        player.weights_changed()
        return collect(player, CASES, changed(), iteration=iteration)

    assert play(1) == play(1)
    assert play(2).trajectories != play(1).trajectories


def test_groups_without_variance_are_counted_and_played_again_hotter(player: LocalModelPlayer) -> None:
    """At next to no temperature all samples are alike, as in the published run; a try at 2.0 tells them apart."""
    cold = {"temperature": 0.01, "hotter_by": 1.0, "group_size": 12}

    silent = collect(player, CASES, changed(**cold, hotter_tries=0), iteration=1)
    again = collect(player, CASES, changed(**cold, hotter_tries=2), iteration=1)

    assert silent.trajectories == ()
    assert silent.signals["grpo/zero_variance_groups"] == again.signals["grpo/zero_variance_groups"] == 4
    assert silent.signals["grpo/reward_std"] == 0
    assert again.signals == silent.signals, "the signals are of the policy, not of hotter tries"
    assert again.trajectories
    assert {one.temperature for one in again.trajectories} <= {1.01, 2.01}


def test_log_probabilities_are_of_the_distribution_that_was_sampled_from(player: LocalModelPlayer) -> None:
    import torch

    from training.forward import reading
    from training.grpo.scoring import score

    batch = collect(player, CASES, changed(temperature=1.4), iteration=1)

    with torch.no_grad(), reading(player.model):
        logprobs, _ = score(player.model, batch.trajectories)

    recorded = [logprob for one in batch.trajectories for logprob in one.logprobs]
    assert logprobs.tolist() == pytest.approx(recorded, abs=1e-4)


def test_on_a_worksheet_only_what_was_left_open_is_learned_from(speaking_folder: Path) -> None:
    player = LocalModelPlayer.load("speaking", str(speaking_folder), device="cpu", threads=1, worksheet=True)
    player.sampling = Sampling(1.0)
    played = rollout(player, CASES[:2], samples=4, rewards="grounded-1")

    answered = [step.completion for one in played for step in one.play.steps]
    assert all(step.record.valid for one in played for step in one.play.steps)
    transcripts = [transcript_of(player.chat, one.play) for one in played]
    forced = sum(one.forced_tokens for one in answered)
    assert forced > 100
    assert sum(map(sum, (one.sampled for one in transcripts))) == sum(len(one.token_ids) for one in answered) - forced


def test_a_batch_is_read_back_exactly_as_it_was_written(player: LocalModelPlayer, tmp_path: Path) -> None:
    batch = collect(player, CASES[:2], changed(), iteration=1)

    write_batch(tmp_path / "run", 3, batch)

    assert read_batch(tmp_path / "run", 3) == batch
    assert read_batch(tmp_path / "run", 4) is None
    drop_batch(tmp_path / "run", 3)
    assert read_batch(tmp_path / "run", 3) is None
    assert Batch.from_dict(json.loads(json.dumps(batch.to_dict()))) == batch


def test_a_case_without_ground_truth_fails_by_its_name(player: LocalModelPlayer) -> None:
    unresolved = CASES[0].model_copy(update={"ground_truth": None})

    with pytest.raises(TrainingFailed, match=f"{unresolved.id} has no ground truth"):
        collect(player, [unresolved], changed(), iteration=1)


def test_playing_stops_when_told(player: LocalModelPlayer) -> None:
    with pytest.raises(Stopped):
        collect(player, CASES, changed(), iteration=1, should_stop=lambda: True)


def test_every_case_is_played_before_any_comes_again() -> None:
    chosen = [cases_of_iteration(CASES, count=2, seed=1, iteration=iteration) for iteration in (1, 2, 3, 4)]

    for first, second in (chosen[:2], chosen[2:]):
        assert {case.id for case in first + second} == {case.id for case in CASES}
    assert cases_of_iteration(CASES, count=None, seed=1, iteration=5) == CASES
    assert cases_of_iteration(CASES, count=9, seed=1, iteration=5) == CASES
    assert len(cases_of_iteration(CASES, count=3, seed=1, iteration=2)) == 3
