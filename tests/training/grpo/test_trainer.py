"""The trainer, whole: it learns, keeps the best, counts what is no number, and says what it does."""

from pathlib import Path

import pytest

from evaluation.devices import import_torch
from evaluation.players.adapters import adapter_sha256
from evaluation.players.local_model import LocalModelPlayer
from evaluation.rollout import rollout
from tests.training.grpo.recording import Recorder
from tests.training.grpo.speaking_model import short_cases
from tests.training.grpo.toy_run import changed, toy_run
from training.checkpoints import all_checkpoints
from training.grpo.batch_file import write_batch
from training.grpo.groups import Batch, Trajectory, collect
from training.grpo.trainer import train_grpo
from training.grpo.update import Step, update_step
from training.lora import Trainee, load_trainee
from training.optimising import adamw
from training.reporting import TrainingFailed
from training.sft import Outcome

torch = import_torch()
pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")

ITERATIONS = 6
SIGNALS = {"reward_mean", "reward_std", "grade_mean", "success_rate", "zero_variance_groups", "invalid_rate"}
LEARNED = {"policy_loss", "kl", "clip_fraction", "entropy"}
Learned = tuple[Recorder, Outcome, Path]


@pytest.fixture(scope="module")
def learned(speaking_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Learned:
    """A run that had time enough."""
    recorder, folder = Recorder(), tmp_path_factory.mktemp("learned")
    outcome = toy_run(speaking_folder, folder, recorder, changed(iterations=ITERATIONS))
    return recorder, outcome, folder


def test_it_learns_to_submit_where_only_a_submit_is_rewarded(learned: Learned) -> None:
    recorder, outcome, _folder = learned

    assert outcome.status == "succeeded"
    steps, rewards = recorder.of("eval/steps_mean"), recorder.of("grpo/reward_mean")
    assert (steps[0], steps[-1]) == (2, 1), "it looked until its steps were over; now it submits at once"
    assert rewards[-1] > rewards[0] + 0.05


def test_it_evaluates_before_the_first_and_after_each_iteration(learned: Learned) -> None:
    recorder, _outcome, _folder = learned

    assert recorder.played == dict.fromkeys(range(ITERATIONS + 1), 2)
    assert len(recorder.of("eval/score_grounded")) == ITERATIONS + 1


def test_every_iteration_has_its_signals(learned: Learned) -> None:
    recorder, _outcome, _folder = learned

    for name in SIGNALS | LEARNED:
        assert {step for step, found in recorder.values if found == f"grpo/{name}"} <= set(range(1, ITERATIONS + 1))
    for name in SIGNALS:
        assert len(recorder.of(f"grpo/{name}")) == ITERATIONS
    assert all(value > 0 for value in recorder.of("grpo/kl"))
    assert recorder.done[-1] == (3 * ITERATIONS, 3 * ITERATIONS)
    assert recorder.done == sorted(recorder.done)


def test_the_best_iteration_is_kept_beside_the_last(learned: Learned) -> None:
    _recorder, outcome, folder = learned

    assert outcome.best is not None
    assert outcome.last is not None
    kept = [one for one in all_checkpoints(folder) if one.kind == "epoch"]
    assert [one.epoch for one in kept] == list(range(ITERATIONS + 1))
    assert outcome.last == kept[-1]
    best = max((one.scores["eval/resolved_rate"], one.scores["eval/score_grounded"]) for one in kept)
    assert (outcome.best.scores["eval/resolved_rate"], outcome.best.scores["eval/score_grounded"]) == best
    assert adapter_sha256(outcome.best.folder) == outcome.best.sha256
    assert not list(folder.glob("batch-*")), "what was played is forgotten once it is learned"


def test_the_adapter_that_is_kept_plays_what_was_evaluated(learned: Learned, speaking_folder: Path) -> None:
    _recorder, outcome, _folder = learned
    assert outcome.last is not None

    player = LocalModelPlayer.load("kept", str(speaking_folder), adapter=outcome.last.folder, device="cpu", threads=1)
    played = rollout(player, short_cases(2))

    assert [len(one.play.steps) for one in played] == [1, 1]


def test_a_finished_run_is_finished(learned: Learned, speaking_folder: Path) -> None:
    _recorder, outcome, folder = learned
    again = Recorder()

    assert toy_run(speaking_folder, folder, again, changed(iterations=ITERATIONS)) == outcome
    assert again.values == {}


def test_an_iteration_without_any_variance_teaches_nothing_and_says_so(speaking_folder: Path, tmp_path: Path) -> None:
    recorder = Recorder()

    toy_run(speaking_folder, tmp_path, recorder, changed(iterations=1, temperature=0.01, hotter_tries=0))

    assert recorder.of("grpo/zero_variance_groups") == [3]
    assert recorder.of("grpo/policy_loss") == []
    assert "Iteration 1 teaches nothing: no group has any variance." in recorder.lines


def test_a_cold_start_warms_up_first_and_counts_its_steps(speaking_folder: Path, tmp_path: Path) -> None:
    recorder = Recorder()
    cold = changed(starts_from="warm-up", warm_up_cases=1, warm_up_epochs=1, iterations=1)

    toy_run(speaking_folder, tmp_path, recorder, cold, cases=short_cases(3, steps=12))

    warmed = len(recorder.of("train/loss_submit"))
    assert warmed > 0
    assert {step for step, name in recorder.values if name == "train/loss"} > set(range(1, warmed + 1))
    assert [one.epoch for one in recorder.checkpoints if one.kind == "epoch"] == [0, 1]


def test_a_recipe_that_goes_on_from_an_adapter_needs_one(tmp_path: Path) -> None:
    with pytest.raises(TrainingFailed, match="goes on from an adapter"):
        train_grpo(
            changed(starts_from="adapter"),
            base_model="nowhere",
            folder=tmp_path,
            reporter=Recorder(),
            cases=short_cases(1),
            select=(),
        )


class TestUpdate:
    """One optimizer step."""

    @pytest.fixture
    def trainee(self, speaking_folder: Path) -> Trainee:
        return load_trainee(changed(), str(speaking_folder), device="cpu", threads=1)

    def step(self, trainee: Trainee, most_tokens: int) -> Step:
        recipe = changed()
        with trainee.playing() as model:
            player = LocalModelPlayer("x", model, trainee.tokenizer)
            batch = collect(player, short_cases(4), recipe, iteration=1)
        optimizer = adamw(trainee.trained(), recipe.learning_rate)
        return update_step(trainee, optimizer, batch.trajectories, recipe, longest=8, most_tokens=most_tokens)

    def test_it_is_the_same_in_one_pass_and_in_many(self, speaking_folder: Path) -> None:
        found = []
        for most_tokens in (100_000, 1):
            trainee = load_trainee(changed(), str(speaking_folder), device="cpu", threads=1)
            found.append((self.step(trainee, most_tokens), trainee.trained()))

        (step, weights), (other, other_weights) = found
        assert step.loss == pytest.approx(other.loss, abs=1e-6)
        assert step.gradient_norm == pytest.approx(other.gradient_norm, rel=1e-3)
        for weight, other_weight in zip(weights, other_weights, strict=True):
            torch.testing.assert_close(weight, other_weight, rtol=1e-3, atol=1e-4)

    def test_a_loss_that_is_no_number_changes_nothing(self, trainee: Trainee) -> None:
        before = [weight.detach().clone() for weight in trainee.trained()]
        impossible = Trajectory((5, 6, 7), (2,), (-1000.0,), 1.0, 0.0, advantage=-1.0)

        step = update_step(trainee, adamw(trainee.trained(), 1e-2), [impossible], changed(), longest=8, most_tokens=100)

        assert step.gradient_norm is None
        for weight, was in zip(trainee.trained(), before, strict=True):
            assert torch.equal(weight, was)


def test_losses_that_are_no_numbers_are_counted_and_too_many_fail_the_run(
    speaking_folder: Path, tmp_path: Path
) -> None:
    """A token that was next to impossible when it was sampled: its ratio leaves the range of numbers."""
    impossible = Trajectory((5, 6, 7), (2,), (-1000.0,), 1.0, 0.0, advantage=-1.0)
    for folder in (tmp_path / "one", tmp_path / "none"):
        write_batch(folder, 1, Batch((impossible,), {}, ""))
    recorder = Recorder()

    toy_run(speaking_folder, tmp_path / "one", recorder, changed(iterations=1, max_nonfinite=1))
    with pytest.raises(TrainingFailed, match="1 losses were no numbers and 0 are allowed"):
        toy_run(speaking_folder, tmp_path / "none", Recorder(), changed(iterations=1, max_nonfinite=0))

    assert recorder.of("train/nonfinite") == [1]
    assert recorder.of("train/loss") == []
