"""A run from its launch to the registered model, in this process and inside the test's transaction."""

import pytest
from django.conf import LazySettings

from evaluation.models import EvaluationRun, RunStatus
from evaluation.players.registry import player_for
from exceptions.models import Episode, Grade, Player
from tests.training.conftest import launch
from training.checkpoints import all_checkpoints
from training.models import CheckpointKind, ModelLineage, TrainingDataset, TrainingMetric, TrainingRun
from training.running import run_train

pytest.importorskip("torch", reason="needs the extra `models`")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("catalogue"),
    pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning"),
]


@pytest.fixture
def trained(tiny: Player) -> TrainingRun:
    run = launch(tiny)
    assert run_train(run_id=run.pk, worker="here")
    run.refresh_from_db()
    assert (run.status, run.error) == (RunStatus.SUCCEEDED, "")
    return run


def test_a_run_is_trained_and_its_best_checkpoint_becomes_a_model_that_plays(
    trained: TrainingRun, settings: LazySettings
) -> None:
    run = trained
    assert (run.done, run.total, run.lease_token) == (4, 4, None)
    assert (run.phase, run.worked_seconds > 0) == ("", True)
    assert run.memory_bytes is not None and run.memory_bytes > 10_000_000  # noqa: PT018
    assert not run_train(run_id=run.pk, worker="another"), "it has ended"
    assert "torch" in run.machine
    assert run.code_version

    names = set(TrainingMetric.objects.filter(run=run).values_list("name", flat=True))
    assert {"train/loss", "train/lr", "train/tokens_per_second", "eval/score", "eval/resolved_rate"} <= names
    assert list(run.metrics.filter(name="eval/score").values_list("step", flat=True)) == [0, 1, 2]
    assert list(run.metrics.filter(name="train/loss").values_list("step", flat=True)) == [1, 2, 3, 4]

    epochs = list(run.checkpoints.filter(kind=CheckpointKind.EPOCH).order_by("epoch"))
    assert [one.epoch for one in epochs] == [1, 2]
    assert [one.last for one in epochs] == [False, True]
    from training.sft import best_checkpoint

    chosen = best_checkpoint(all_checkpoints(settings.TRAINING_DIR / str(run.pk)), "score")
    assert chosen is not None
    assert [one.epoch for one in epochs if one.best] == [chosen.epoch]

    lineage = ModelLineage.objects.get(run=run)
    assert lineage.checkpoint.epoch == chosen.epoch
    assert lineage.dataset == run.dataset == TrainingDataset.objects.get()
    assert (run.dataset.traces, run.dataset.cases) == (18, 18)
    model = lineage.player
    assert model.retired_at is None
    assert model.config["adapter"] == {"path": None, "sha256": chosen.sha256}
    assert player_for(model).name == model.name


def test_every_figure_of_an_evaluation_can_be_computed_from_its_episodes(trained: TrainingRun) -> None:
    assert [(one.epoch, one.set_name) for one in trained.evaluations.all()] == [(e, "holdout") for e in range(3)]
    for one in trained.evaluations.select_related("evaluation"):
        grades = Grade.objects.filter(episode__entries__run=one.evaluation, rubric="seed-1")
        assert grades.count() == 4
        stated = trained.metrics.get(name="eval/score", step=one.epoch).value
        assert stated == pytest.approx(sum(grade.score for grade in grades) / 4)
        assert one.evaluation.training_run == trained.pk


def test_what_is_played_within_a_run_is_in_no_list_of_players_and_no_comparison(trained: TrainingRun) -> None:
    player = trained.checkpoint_player
    assert player is not None
    assert (player.checkpoints_of, player.version) == (trained.pk, 3)
    assert player.retired_at is not None
    assert set(Episode.objects.filter(player=player).values_list("origin", flat=True)) == {"training"}
    assert not EvaluationRun.objects.filter(training_run=None).exists()
